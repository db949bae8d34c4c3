package dashboard

import (
	"net/url"
	"slices"

	"github.com/nexusgate/nexusgate/gate"
)

// filter is what somebody has chosen to see. It lives in the address of the page.
type filter struct {
	Team, State, Component string
	Choices                []choice
	Kept                   []option // what the address says beside it
	Any                    bool     // something was chosen
	Clear                  string   // where nothing is
}

// choice is one thing to choose, and among what.
type choice struct {
	Name, Label, Every, Chosen string
	Options                    []option
}

// option is a value and the word for it.
type option struct{ Value, Word string }

// byTeam is the choice among the teams of a Nexus.
func byTeam(s gate.Standing) choice {
	c := choice{Name: "team", Label: "Team", Every: "all teams"}
	for _, t := range s.Definition.Teams {
		c.Options = append(c.Options, option{t.Name, t.Name})
	}
	return c
}

// byComponent is the choice among its components.
func byComponent(s gate.Standing) choice {
	c := choice{Name: "component", Label: "Component", Every: "all components"}
	for _, standing := range s.Components {
		c.Options = append(c.Options, option{standing.Name, standing.Name})
	}
	for _, defined := range s.Definition.All() {
		if !c.offers(defined.Name) {
			c.Options = append(c.Options, option{defined.Name, defined.Name})
		}
	}
	return c
}

// byState is the choice among the states of what a page shows.
func byState(states []option) choice {
	return choice{Name: "state", Label: "State", Every: "all states", Options: states}
}

// filterBy reads what was chosen of what can be, or says what of that there is not: nothing is shown then, for an
// empty page would be taken for an answer.
func filterBy(here *url.URL, choices ...choice) (*filter, *unchosen) {
	q := here.Query()
	f := &filter{Choices: choices}
	for i := range choices {
		c := &choices[i]
		c.Chosen = q.Get(c.Name)
		f.Any = f.Any || c.Chosen != ""
		switch c.Name {
		case "team":
			f.Team = c.Chosen
		case "component":
			f.Component = c.Chosen
		default:
			f.State = c.Chosen
		}
	}
	kept := url.Values{}
	if since := q.Get("since"); since != "" {
		f.Kept = append(f.Kept, option{"since", brief(since)})
		kept.Set("since", brief(since))
	}
	f.Clear = here.EscapedPath()
	if len(kept) > 0 {
		f.Clear += "?" + kept.Encode()
	}
	return f, newUnchosen(here, choices)
}

// offers says whether there is such a value.
func (c *choice) offers(value string) bool {
	return slices.ContainsFunc(c.Options, func(o option) bool { return o.Value == value })
}

// of says whether something of a team and a component was asked for.
func (f *filter) of(team, component string) bool {
	return (f.Team == "" || f.Team == team) && (f.Component == "" || f.Component == component)
}

// in says whether something that is in these states was asked for.
func (f *filter) in(states ...string) bool { return f.State == "" || slices.Contains(states, f.State) }

// chosenOf is as much of an address as chooses what is shown.
func chosenOf(q url.Values) string {
	chosen := url.Values{}
	for _, name := range [...]string{"team", "component", "state", "since"} {
		if value := q.Get(name); value != "" {
			chosen.Set(name, brief(value))
		}
	}
	return chosen.Encode()
}

// apiOf is what a page shows, as JSON, with what was chosen of it.
func (f *filter) apiOf(path string) string {
	chosen := url.Values{}
	for _, c := range f.Choices {
		if c.Chosen != "" {
			chosen.Set(c.Name, c.Chosen)
		}
	}
	if len(chosen) == 0 {
		return path
	}
	return path + "?" + chosen.Encode()
}
