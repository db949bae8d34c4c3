package definition

import (
	"cmp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // so that a zone is the same on every machine
)

// nexus reads the whole file.
func (r *reader) nexus(root node) *Definition {
	fields := r.fields("#Nexus", root)
	d := &Definition{
		Name:        r.text("#Nexus", fields, "name"),
		ProductGoal: r.text("#Nexus", fields, "productGoal"),
		Zone:        r.zone(fields),
	}
	d.IntegrationTeam = r.integrationTeam(fields)
	d.Sprint = r.sprint(fields, d.Zone)
	if n, found := fields["teams"]; found {
		d.Teams = r.teams(n)
	}
	r.checkComponents(d)
	if n, found := fields["done"]; found {
		d.done = n.pos
		r.criteria(n, d)
	}
	r.exceptions(fields, d)
	d.Release, d.Integration, d.Backlog = r.release(fields, d), r.integration(fields, d), r.backlog(fields, d)
	d.Briefs = r.briefs(fields, d)
	d.warn(root.pos)
	d.Warnings = d.Warnings.sorted()
	return d
}

// text reads a field that may be absent.
func (r *reader) text(definition string, fields map[string]node, name string) string {
	n, found := fields[name]
	if !found {
		return ""
	}
	s, _ := r.setting(definition, n)
	return s.text
}

func (r *reader) zone(fields map[string]node) *time.Location {
	name := r.text("#Nexus", fields, "zone")
	if fields["zone"].path == nil || name == "" && r.reported["zone"] {
		return time.UTC
	}
	zone, err := parseZone(name)
	if err != nil {
		r.faults.add(fields["zone"].pos, "zone: %s", err)
		return time.UTC
	}
	return zone
}

func (r *reader) integrationTeam(nexus map[string]node) IntegrationTeam {
	n, found := nexus["integrationTeam"]
	if !found {
		return IntegrationTeam{}
	}
	fields := r.fields("#IntegrationTeam", n)
	team := IntegrationTeam{
		ProductOwner: r.text("#IntegrationTeam", fields, "productOwner"),
		ScrumMaster:  r.text("#IntegrationTeam", fields, "scrumMaster"),
	}
	team.Members = r.texts("#IntegrationTeam", fields, "members")
	return team
}

func (r *reader) sprint(nexus map[string]node, zone *time.Location) Sprint {
	n, found := nexus["sprint"]
	if !found {
		return Sprint{}
	}
	fields := r.fields("#Sprint", n)
	sprint := Sprint{Goal: r.text("#Sprint", fields, "goal")}
	if days, some := fields["days"]; some {
		s, _ := r.setting("#Sprint", days)
		sprint.Days = s.number
	}
	if start := r.text("#Sprint", fields, "start"); start != "" {
		first, err := ParseDay(start, zone)
		if err != nil {
			r.faults.add(fields["start"].pos, "sprint.start: %s", err)
		}
		sprint.Start = first
	}
	return sprint
}

func (r *reader) teams(n node) []Team {
	var teams []Team
	for _, n := range r.named(n) {
		fields := r.fields("#Team", n)
		team := Team{Name: n.path[len(n.path)-1], Goal: r.text("#Team", fields, "goal"), Members: r.texts("#Team", fields, "members")}
		if components, some := fields["components"]; some {
			for _, n := range r.named(components) {
				team.Components = append(team.Components, r.component(n, team.Name))
			}
		}
		teams = append(teams, team)
	}
	return teams
}

func (r *reader) component(n node, team string) Component {
	fields := r.fields("#Component", n)
	forge, repo, _ := strings.Cut(r.text("#Component", fields, "repo"), ":")
	c := Component{
		Name:   n.path[len(n.path)-1],
		Team:   team,
		Forge:  forge,
		Repo:   repo,
		Branch: cmp.Or(r.text("#Component", fields, "branch"), "main"),
		Path:   r.text("#Component", fields, "path"),
		Pos:    n.pos,
	}
	if c.Path != "" && !isCleanPath(c.Path) {
		r.faults.add(fields["path"].pos, "%s: %q is no folder; write one from the root of the repository, without slashes at its ends, such as \"services/cart\"", fields["path"], c.Path)
	}
	return c
}

func isCleanPath(p string) bool {
	for step := range strings.SplitSeq(p, "/") {
		if step == "" || step == "." || step == ".." || strings.ContainsAny(step, `\*?[`) {
			return false
		}
	}
	return true
}

// checkComponents holds that a name is used once, and that a path of a repository belongs to one
// component.
func (r *reader) checkComponents(d *Definition) {
	all := d.All()
	slices.SortStableFunc(all, func(a, b Component) int {
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
	for i, c := range all {
		for _, earlier := range all[:i] {
			if c.Name == earlier.Name {
				r.faults.add(c.Pos, "component %s is also at %s; give one of them another name", c.Name, earlier.Pos)
			}
			if c.Repo != "" && c.overlaps(earlier) {
				r.faults.add(c.Pos, "component %s has a path of %s:%s that belongs to component %s (%s); a path belongs to one component: give them folders of their own",
					c.Name, c.Forge, c.Repo, earlier.Name, earlier.Pos)
			}
		}
	}
}

func (c Component) overlaps(with Component) bool {
	if c.Forge != with.Forge || !strings.EqualFold(c.Repo, with.Repo) {
		return false
	}
	return c.Path == "" || with.Path == "" ||
		strings.HasPrefix(c.Path+"/", with.Path+"/") || strings.HasPrefix(with.Path+"/", c.Path+"/")
}

// warn says what is legal and yet worth a word.
func (d *Definition) warn(at Pos) {
	if n := len(d.Teams); n < 3 || n > 9 {
		d.Warnings.add(at, "a Nexus has about three to nine Scrum Teams, and this one has %d", n)
	}
	for _, t := range d.Teams {
		if len(t.Components) == 0 {
			d.Warnings.add(at, "team %s has no component, so that nothing of its work is seen; name one", t.Name)
		}
	}
}
