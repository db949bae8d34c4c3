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

// filterBy reads what was chosen of a page, among the teams and the components of a Nexus and the page's own states.
func filterBy(asked *url.URL, s gate.Standing, states []option) *filter {
	q := asked.Query()
	f := &filter{Team: brief(q.Get("team")), State: brief(q.Get("state")), Component: brief(q.Get("component"))}
	var teams, components []option
	for _, t := range s.Definition.Teams {
		teams = append(teams, option{t.Name, t.Name})
	}
	for _, c := range s.Components {
		components = append(components, option{c.Name, c.Name})
	}
	f.Choices = []choice{{"team", "Team", "all teams", f.Team, teams}, {"component", "Component", "all components", f.Component, components}}
	if len(states) > 0 {
		f.Choices = append(f.Choices, choice{"state", "State", "all states", f.State, states})
	} else {
		f.State = ""
	}
	for i := range f.Choices {
		f.Choices[i].offer()
	}
	f.Any = f.Team != "" || f.State != "" || f.Component != ""
	kept := url.Values{}
	if since := q.Get("since"); since != "" {
		f.Kept = append(f.Kept, option{"since", brief(since)})
		kept.Set("since", brief(since))
	}
	f.Clear = asked.EscapedPath()
	if len(kept) > 0 {
		f.Clear += "?" + kept.Encode()
	}
	return f
}

// offer adds what was chosen and is not among the options: an old address says what it asks for all the same.
func (c *choice) offer() {
	if c.Chosen != "" && !slices.ContainsFunc(c.Options, func(o option) bool { return o.Value == c.Chosen }) {
		c.Options = append(c.Options, option{c.Chosen, brief(c.Chosen)})
	}
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
