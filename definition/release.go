package definition

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Release is what opens the door in front of a release.
type Release struct {
	Watched      bool          `json:",omitempty"` // the definition speaks of releases, and those that are published are watched
	Exceptions   bool          // whether an Increment that is done under exceptions may go out
	Tags         string        `json:",omitempty"` // a glob: those are releases, published or not; "": what is published alone
	Environments []Environment `json:",omitempty"` // by id
}

// Environment is what a deployment to one of the forges' environments asks for.
type Environment struct {
	ID         string
	Needs      Needs
	Exceptions bool     // whether what is done under exceptions may be deployed there
	Components []string `json:",omitempty"` // that are deployed there; none: all that lie in the repository that deploys
	Name       string   `json:",omitempty"` // as the forge calls it, exact or a glob; "" for its id
}

// Needs is what has to be done before a deployment.
type Needs string

// What may be needed.
const (
	NeedsIncrement Needs = "increment" // that holds exactly what is deployed
	NeedsComponent Needs = "component" // those that are deployed, whatever the others are
)

// Environment is what a deployment to an environment asks for, by the name that a forge calls it. One that the
// definition does not name, and none, asks for a done Increment. Forges do not tell "Production" from "production".
func (r Release) Environment(name string) Environment {
	for _, e := range r.Environments {
		if e.called(name) {
			return e
		}
	}
	return Environment{Needs: NeedsIncrement, Exceptions: r.Exceptions}
}

// Names says whether the definition says something of an environment, by the name that a forge calls it.
func (r Release) Names(name string) bool {
	return slices.ContainsFunc(r.Environments, func(e Environment) bool { return e.called(name) })
}

// called says whether a forge's environment is this one. One that is called so exactly is found before a glob.
func (e *Environment) called(name string) bool {
	return name != "" && MatchGlob(strings.ToLower(e.forgeName()), strings.ToLower(name))
}

func (e *Environment) forgeName() string {
	if e.Name == "" {
		return e.ID
	}
	return e.Name
}

// formed holds what a door rests on.
func (r Release) formed() error {
	for _, e := range r.Environments {
		if e.Needs != NeedsIncrement && e.Needs != NeedsComponent || !isName(e.ID) {
			return fmt.Errorf("release.%.80s: it needs %.80q", e.ID, e.Needs)
		}
	}
	return nil
}

func (r *reader) release(nexus map[string]node, d *Definition) Release {
	n, found := nexus["release"]
	if !found {
		return Release{}
	}
	children := r.children(n)
	own := map[string]node{}
	for _, name := range [...]string{"exceptions", "tags"} {
		if field, said := children[name]; said {
			own[name] = field
			delete(children, name)
		}
	}
	release := Release{Watched: true, Exceptions: r.text("#Release", own, "exceptions") == "allowed", Tags: r.text("#Release", own, "tags")}
	if err := checkGlob(release.Tags); err != nil {
		r.faults.add(own["tags"].pos, "%s: the glob %q %s", own["tags"], release.Tags, err)
	}
	for _, name := range slices.Sorted(maps.Keys(children)) {
		if !isName(name) {
			r.faults.add(children[name].pos, "%q is no name; write letters, digits, dots, dashes and underscores, a letter or a digit first, and how the forge calls the environment as its name", name)
			continue
		}
		release.Environments = append(release.Environments, r.environment(children[name], release, d))
	}
	slices.SortStableFunc(release.Environments, func(a, b Environment) int { return globsLast(a.forgeName(), b.forgeName()) })
	return release
}

// globsLast orders names that mean one environment before those that mean several.
func globsLast(a, b string) int {
	globA, globB := strings.ContainsAny(a, `*?[\`), strings.ContainsAny(b, `*?[\`)
	switch {
	case globA == globB:
		return 0
	case globB:
		return -1
	default:
		return 1
	}
}

func (r *reader) environment(n node, of Release, d *Definition) Environment {
	fields := r.fields("#Environment", n)
	e := Environment{
		ID: n.path[len(n.path)-1], Needs: NeedsIncrement, Exceptions: of.Exceptions,
		Components: r.texts("#Environment", fields, "components"), Name: r.text("#Environment", fields, "name"),
	}
	if needs := r.text("#Environment", fields, "needs"); needs != "" {
		e.Needs = Needs(needs)
	}
	if said := r.text("#Environment", fields, "exceptions"); said != "" {
		e.Exceptions = said == "allowed"
	}
	if err := checkGlob(e.Name); err != nil {
		r.faults.add(fields["name"].pos, "%s: the glob %q %s", fields["name"], e.Name, err)
	}
	if listed, said := fields["components"]; said && len(e.Components) == 0 {
		r.faults.add(listed.pos, "%s names no component; name some, or leave it out for all of the repository", listed)
	}
	for _, name := range e.Components {
		if _, known := d.Component(name); !known {
			r.faults.add(fields["components"].pos, "%s: there is no component %q; %s", fields["components"], name, suggest(name, d.componentNames()))
		}
	}
	return e
}
