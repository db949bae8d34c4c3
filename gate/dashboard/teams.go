package dashboard

import (
	"net/http"
	"slices"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// teamsPage shows where every team stands on every criterion.
type teamsPage struct {
	Name   string
	Says   string
	Whole  []item // the criteria on the Increment itself
	Matrix matrix
}

// outcomes are the states that a component is in, for a filter.
var outcomes = []option{
	{string(gate.NotDone), report.OutcomeMark(gate.NotDone).Word},
	{string(gate.Awaiting), report.OutcomeMark(gate.Awaiting).Word},
	{"excepted", "Done under exceptions"},
	{string(gate.Done), report.OutcomeMark(gate.Done).Word},
}

func (d *dashboard) teams(w http.ResponseWriter, r *http.Request) {
	s, f := d.standing(r)
	if f != nil {
		d.refuse(w, r, f)
		return
	}
	chosen, none := filterBy(r.URL, byTeam(s), byComponent(s), byState(outcomes))
	if none != nil {
		d.refuseChoice(w, r, s, atTeams, none)
		return
	}
	d.render(w, r, http.StatusOK, "teams", d.within(s, page{
		Title: "Teams and criteria", Here: atTeams, Live: soon, Filter: chosen, Body: newTeamsPage(s, d.sight(r, s.Definition.Name, s.Digest, 0), chosen),
	}))
}

// standing is how the Nexus that a request names stands.
func (d *dashboard) standing(r *http.Request) (gate.Standing, *fault) {
	name := r.PathValue("name")
	s, ok := d.reader.Standing(name)
	if !ok || s.Definition == nil {
		return gate.Standing{}, noNexus(name)
	}
	return s, nil
}

// within makes a page one of a Nexus: its title says of which, and it leads back there.
func (d *dashboard) within(s gate.Standing, p page) page {
	p.Nexus = s.Definition.Name
	p.Crumbs = []crumb{{p.Nexus, nexusPath(p.Nexus)}, {Name: p.Title}}
	p.Title += ": " + p.Nexus
	return p
}

func newTeamsPage(s gate.Standing, look sight, f *filter) teamsPage {
	p := teamsPage{Name: s.Definition.Name, Says: says(s)}
	for _, g := range s.HeadSays.Findings {
		if g.Component == "" {
			p.Whole = append(p.Whole, look.item(s.HeadSays, g))
		}
	}
	s.Components = slices.DeleteFunc(slices.Clone(s.Components), func(c gate.ComponentStanding) bool {
		return !f.of(c.Team, c.Name) || !f.in(answerOf(c.Says.Outcome, c.Says.Exceptions).Shade)
	})
	p.Matrix = newMatrix(s)
	return p
}
