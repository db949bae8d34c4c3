package draft

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Repo is a repository or a project as it was found.
type Repo struct {
	Forge  string // "github" or "gitlab"
	Name   string // "acme/cart-api", "acme/shop/web"
	Branch string // that is integrated on
	Topics []string
	Owners string // its CODEOWNERS, "" where there is none
	CI     bool   // whether its forge runs pipelines for it
}

// component is what a team would own.
type component struct {
	name, repo, branch, path string
	by                       string // what names the team
	ci                       bool
}

// most bounds the components of a draft.
const most = 500

// Nexus is the draft of a definition for these repositories.
func Nexus(repos []Repo) string {
	teams, used := map[string][]component{}, map[string]bool{}
	for _, r := range repos[:min(len(repos), most)] {
		for team, owned := range r.components() {
			for _, c := range owned {
				c.name = unused(used, c)
				teams[team] = append(teams[team], c)
			}
		}
	}
	var b strings.Builder
	b.WriteString(head)
	fmt.Fprintf(&b, "name: %s\n%s", quoted(nameOf(repos)), who)
	b.WriteString("\n// Three to nine teams, as far as the forges tell. A component is a repository, or a folder of one (path), and its\n// integration branch.\nteams: {\n")
	for _, team := range slices.Sorted(maps.Keys(teams)) {
		fmt.Fprintf(&b, "\t%s: components: {\n", quoted(team))
		for _, c := range teams[team] {
			b.WriteString(c.line())
		}
		b.WriteString("\t}\n")
	}
	fmt.Fprintf(&b, "}\n%s", done(repos))
	return b.String()
}

// components are those of a repository, by the team that would own them.
func (r Repo) components() map[string][]component {
	rules := Rules(r.Owners)
	if folders := folders(rules); len(folders) > 1 {
		owned := map[string][]component{}
		for _, f := range slices.Sorted(maps.Keys(folders)) {
			owned[folders[f]] = append(owned[folders[f]], r.component(f[strings.LastIndex(f, "/")+1:], f, "by CODEOWNERS"))
		}
		if len(owned) > 1 {
			return owned
		}
	}
	team, by := r.team(rules)
	return map[string][]component{team: {r.component(r.last(), "", by)}}
}

func (r Repo) component(name, path, by string) component {
	return component{name: plain(name), repo: r.Forge + ":" + r.Name, branch: cmp.Or(r.Branch, "main"), path: path, by: by, ci: r.CI}
}

// last is the name of the repository without its owner.
func (r Repo) last() string { return r.Name[strings.LastIndex(r.Name, "/")+1:] }

// folders are those that belong to a team, without those that lie in another. The last rule of a folder counts.
func folders(rules []Rule) map[string]string {
	all := map[string]string{}
	for _, rule := range rules {
		if f := rule.folder(); f != "" && rule.team() != "" {
			all[f] = plain(rule.team())
		}
	}
	maps.DeleteFunc(all, func(f, _ string) bool {
		for parent := range all {
			if strings.HasPrefix(f, parent+"/") {
				return true
			}
		}
		return false
	})
	return all
}

// teamTopic begins a topic that names a team.
const teamTopic = "team-"

// team is the team of a whole repository, and what names it.
func (r Repo) team(rules []Rule) (team, by string) {
	named := map[string]bool{}
	for _, rule := range rules {
		if t := rule.team(); t != "" {
			named[t] = true
			if rule.whole() {
				team = t
			}
		}
	}
	if team == "" && len(named) == 1 {
		team = slices.Collect(maps.Keys(named))[0]
	}
	if team != "" {
		return plain(team), "by CODEOWNERS"
	}
	for _, topic := range r.Topics {
		if t, is := strings.CutPrefix(topic, teamTopic); is && t != "" {
			return plain(t), "by a topic"
		}
	}
	if parts := strings.Split(r.Name, "/"); len(parts) > 2 {
		return plain(parts[len(parts)-2]), "by its group"
	}
	return plain(r.last()), "nothing names its team"
}

// unused is the name of a component, made different from those before it.
func unused(used map[string]bool, c component) string {
	parts := strings.Split(c.repo, "/")
	name := c.name
	for n, tries := 1, []string{c.name, plain(parts[len(parts)-1] + "-" + c.name)}; used[name]; n++ {
		if n < len(tries) {
			name = tries[n]
		} else {
			name = fmt.Sprintf("%s-%d", c.name, n)
		}
	}
	used[name] = true
	return name
}

func (c component) line() string {
	path := ""
	if c.path != "" {
		path = ", path: " + quoted(c.path)
	}
	note := c.by
	if !c.ci {
		note += "; no pipeline of it was seen"
	}
	return fmt.Sprintf("\t\t%s: {repo: %s, branch: %s%s} // %s\n", quoted(c.name), quoted(c.repo), quoted(c.branch), path, note)
}

// nameOf is the owner that most repositories have.
func nameOf(repos []Repo) string {
	count := map[string]int{}
	for _, r := range repos {
		owner, _, _ := strings.Cut(r.Name, "/")
		count[plain(owner)]++
	}
	best := ""
	for _, owner := range slices.Sorted(maps.Keys(count)) {
		if best == "" || count[owner] > count[best] {
			best = owner
		}
	}
	return cmp.Or(best, "nexus")
}

// plain makes a name as definitions take them: letters, digits, dots, dashes and underscores, a letter or a digit
// first, and at most forty.
func plain(name string) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && strings.ContainsRune("._-", r):
			b.WriteRune(r)
		case b.Len() > 0:
			b.WriteByte('-')
		}
		if b.Len() == 40 {
			break
		}
	}
	return cmp.Or(strings.TrimRight(b.String(), "._-"), "unnamed")
}

// quoted is a text as a string of CUE: JSON's strings are, and nothing in one is computed.
func quoted(text string) string {
	raw, err := json.Marshal(text)
	if err != nil {
		return `""` // texts always encode
	}
	return string(raw)
}
