package definition

import (
	"fmt"
	"slices"
	"strings"
)

// Backlog says which of the forges' issues are the Product Backlog, and how they say whose they are, when they
// are done and what for.
type Backlog struct {
	Repos  []BacklogRepo `json:",omitempty"` // besides the components' own
	Select []string      `json:",omitempty"` // labels, globs as well, at least one of which an item bears; none: every issue
	Team   Mark          // its star is the team's name; zero: the team whose repository it is
	Sprint Mark          // what it names is a Sprint by number or date; zero: no item is in a Sprint
	Ready  Mark          // refined, and fit for a Sprint; zero: nothing says so
	Goal   Mark          // what leads toward the Product Goal; zero: all that is selected
}

// BacklogRepo is a repository of items alone.
type BacklogRepo struct {
	Forge, Repo string
}

// Mark is something that an item bears on its forge.
type Mark struct {
	By   MarkKind `json:",omitempty"`
	Name string   `json:",omitempty"` // exact or a glob; "" for any
}

// MarkKind is a kind of mark.
type MarkKind string

// What an item can bear.
const (
	ByLabel     MarkKind = "label"
	ByMilestone MarkKind = "milestone"
	ByIteration MarkKind = "iteration"
)

// String is the mark as it is written: "label:team/*".
func (m Mark) String() string {
	if m.Name == "" {
		return string(m.By)
	}
	return string(m.By) + ":" + m.Name
}

// Named is what one of the names means to the mark: what its star stands for, or the whole name where it has no
// star. Forges do not tell "Ready" from "ready".
func (m Mark) Named(names []string) (meant string, found bool) {
	before, after, star := strings.Cut(m.Name, "*")
	for _, name := range names {
		switch {
		case m.Name == "" || !star && strings.EqualFold(name, m.Name):
			return name, true
		case star && len(name) > len(m.Name)-1 && strings.EqualFold(name[:len(before)], before) && strings.EqualFold(name[len(name)-len(after):], after):
			return name[len(before) : len(name)-len(after)], true
		}
	}
	return "", false
}

// Selects says whether an issue with those labels is an item of the Product Backlog.
func (b *Backlog) Selects(labels []string) bool {
	if len(b.Select) == 0 {
		return true
	}
	return slices.ContainsFunc(b.Select, func(glob string) bool {
		_, found := Mark{By: ByLabel, Name: glob}.Named(labels)
		return found
	})
}

// formed holds what reading a backlog rests on.
func (b *Backlog) formed() error {
	if b == nil {
		return nil
	}
	for _, m := range []Mark{b.Team, b.Sprint, b.Ready, b.Goal} {
		if !slices.Contains([]MarkKind{"", ByLabel, ByMilestone, ByIteration}, m.By) || strings.Count(m.Name, "*") > 1 {
			return fmt.Errorf("backlog: %.80q marks nothing", m)
		}
	}
	return nil
}

// backlog reads the rules of the Product Backlog; nil where there are none.
func (r *reader) backlog(nexus map[string]node, d *Definition) *Backlog {
	n, found := nexus["backlog"]
	if !found {
		return nil
	}
	fields := r.fields("#Backlog", n)
	b := &Backlog{
		Select: r.texts("#Backlog", fields, "select"), Repos: r.backlogRepos(fields, d),
		Team: r.mark(fields, "team"), Sprint: r.mark(fields, "sprint"), Ready: r.mark(fields, "ready"), Goal: r.mark(fields, "goal"),
	}
	for _, glob := range b.Select {
		if err := checkMark(glob); err != nil {
			r.faults.add(fields["select"].pos, "%s: the label %q %s", fields["select"], glob, err)
		}
	}
	if b.Team.By != "" && !strings.Contains(b.Team.Name, "*") {
		r.faults.add(fields["team"].pos, "%s: %q has no star, which stands for the name of the team; write one such as \"label:team/*\"", fields["team"], b.Team)
	}
	r.vainMarks(fields, b, d)
	return b
}

// mark reads what the schema allows: a kind, and behind a colon a name.
func (r *reader) mark(fields map[string]node, name string) Mark {
	written := r.text("#Backlog", fields, name)
	kind, named, _ := strings.Cut(written, ":")
	if err := checkMark(named); err != nil {
		r.faults.add(fields[name].pos, "%s: %q %s", fields[name], written, err)
		return Mark{}
	}
	return Mark{By: MarkKind(kind), Name: named}
}

// checkMark holds that what a mark stands for is plain: one star at most, and no other sign of a glob.
func checkMark(name string) error {
	if strings.ContainsAny(name, `?[\{`) || strings.Count(name, "*") > 1 {
		return fmt.Errorf("is no plain name with at most one star in it; write one such as %q", "team/*")
	}
	return nil
}

func (r *reader) backlogRepos(fields map[string]node, d *Definition) (repos []BacklogRepo) {
	owned := func(of BacklogRepo) bool {
		return slices.ContainsFunc(d.All(), func(c Component) bool { return c.Forge == of.Forge && strings.EqualFold(c.Repo, of.Repo) })
	}
	for _, written := range r.texts("#Backlog", fields, "repos") {
		forge, name, _ := strings.Cut(written, ":")
		repo := BacklogRepo{Forge: forge, Repo: name}
		if owned(repo) {
			d.Warnings.add(fields["repos"].pos, "%s: %s is a component's repository, whose issues are in the Product Backlog anyway; take it out", fields["repos"], written)
			continue
		}
		repos = append(repos, repo)
	}
	return repos
}

// vainMarks warns of marks that can match nothing, as the definition stands.
func (r *reader) vainMarks(fields map[string]node, b *Backlog, d *Definition) {
	if b.Sprint.By != "" && d.Sprint.Days == 0 {
		d.Warnings.add(fields["sprint"].pos, "%s: there is no Sprint calendar, so that no item is in a Sprint; write sprint: {start: …, days: …}", fields["sprint"])
	}
	if b.Goal.By != "" && d.ProductGoal == "" {
		d.Warnings.add(fields["goal"].pos, "%s: there is no Product Goal that it could lead to; write productGoal", fields["goal"])
	}
	onGitLab := func(forge string) bool { return forge == "gitlab" }
	if b.Sprint.By == ByIteration && !slices.ContainsFunc(b.forges(d), onGitLab) {
		d.Warnings.add(fields["sprint"].pos, "%s: iterations are GitLab's, and all repositories are on GitHub, so that no item is in a Sprint; write \"milestone\"", fields["sprint"])
	}
	if b.Sprint.By == ByLabel && !strings.Contains(b.Sprint.Name, "*") {
		d.Warnings.add(fields["sprint"].pos, "%s: %q has no star, so that it names one Sprint at most; write one such as \"label:sprint/*\"", fields["sprint"], b.Sprint)
	}
}

// forges are those of all repositories that items lie in.
func (b *Backlog) forges(d *Definition) (all []string) {
	for _, c := range d.All() {
		all = append(all, c.Forge)
	}
	for _, repo := range b.Repos {
		all = append(all, repo.Forge)
	}
	return all
}

// backlogged compares the rules of the Product Backlog. None of them decides what is done.
func (c *comparison) backlogged(old, new *Backlog) {
	says := func(b *Backlog, what func(*Backlog) string) string {
		if b == nil {
			return ""
		}
		return plain(what(b))
	}
	for _, rule := range []struct {
		name string
		what func(*Backlog) string
	}{
		{"the Product Backlog", func(*Backlog) string { return "kept from the forges' issues" }},
		{"backlog: repos", func(b *Backlog) string { return b.reposText() }},
		{"backlog: select", func(b *Backlog) string { return strings.Join(b.Select, ", ") }},
		{"backlog: team", func(b *Backlog) string { return b.Team.String() }},
		{"backlog: sprint", func(b *Backlog) string { return b.Sprint.String() }},
		{"backlog: ready", func(b *Backlog) string { return b.Ready.String() }},
		{"backlog: goal", func(b *Backlog) string { return b.Goal.String() }},
	} {
		c.instead(rule.name, says(old, rule.what), says(new, rule.what))
	}
}

func (b *Backlog) reposText() string {
	names := make([]string, len(b.Repos))
	for i, repo := range b.Repos {
		names[i] = repo.Forge + ":" + repo.Repo
	}
	return strings.Join(names, ", ")
}
