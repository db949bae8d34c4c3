package dashboard

import (
	"net/http"
	"slices"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// componentPage shows one component: where it stands, by which rules, and its team's file.
type componentPage struct {
	Nexus     string
	Component gate.ComponentStanding
	Ratio     ratio
	Lists     []list
	Rules     []ruleRow
	Changes   []gate.ChangeStanding
}

// ruleRow is a criterion in force.
type ruleRow struct {
	ID, Why  string
	Whose    string // "the Nexus's", "the team's", "the Nexus's, tightened by the team"
	On       definition.On
	Evidence string
	Must     []string
	Level    string
	At       []place
}

func (d *dashboard) component(w http.ResponseWriter, r *http.Request) {
	s, c, f := d.find(r)
	if f != nil {
		d.refuse(w, r, f)
		return
	}
	name := s.Definition.Name
	d.render(w, r, http.StatusOK, "component", page{
		Title: report.VerdictMark(c.Says).Word + ": " + c.Name, Live: soon, Nexus: name, Here: atTeams,
		Crumbs: []crumb{{name, nexusPath(name)}, {atTeams, teamsPath(name)}, {Name: c.Name}},
		API:    "/api/v1" + componentPath(name, c.Name), Body: newComponentPage(s, c, d.sight(r, name, s.Digest, 0)),
	})
}

// find is the component that a request is for.
func (d *dashboard) find(r *http.Request) (gate.Standing, gate.ComponentStanding, *fault) {
	nexus, name := r.PathValue("name"), r.PathValue("component")
	s, ok := d.reader.Standing(nexus)
	if !ok || s.Definition == nil {
		return gate.Standing{}, gate.ComponentStanding{}, noNexus(nexus)
	}
	for _, c := range s.Components {
		if c.Name == name {
			return s, c, nil
		}
	}
	return gate.Standing{}, gate.ComponentStanding{}, noComponent(s.Definition.Name, name)
}

func newComponentPage(s gate.Standing, c gate.ComponentStanding, look sight) componentPage {
	p := componentPage{Nexus: s.Definition.Name, Component: c, Ratio: newRatio(c.Says), Lists: look.lists(c.Says)}
	for _, rule := range c.Rules {
		if rule.Main() != nil {
			p.Rules = append(p.Rules, newRuleRow(rule, look.places))
		}
	}
	for _, change := range s.Changes {
		if slices.Contains(change.Components, c.Name) {
			p.Changes = append(p.Changes, change)
		}
	}
	return p
}

func newRuleRow(r definition.Rule, at places) ruleRow {
	strictest := r.Main()
	if r.Team != nil {
		strictest = r.Team // the Nexus's with the team's laid over
	}
	row := ruleRow{ID: strictest.ID, Why: strictest.Why, Whose: whoseRule(r), On: strictest.On, Evidence: strictest.Evidence, Level: levelOf(strictest)}
	if strictest.Name != "" {
		row.Evidence += " " + strictest.Name
	}
	for _, l := range strictest.Must {
		row.Must = append(row.Must, gate.InWords(l.String()))
	}
	for _, c := range [...]*definition.Criterion{r.Nexus, r.Team} {
		if c == nil || c.Pos.String() == "" {
			continue
		}
		if p := at.at(c.Pos.String()); !slices.Contains(row.At, p) {
			row.At = append(row.At, p)
		}
	}
	return row
}

func whoseRule(r definition.Rule) string {
	switch {
	case r.Nexus == nil:
		return "the team's"
	case r.Team == nil:
		return "the Nexus's"
	default:
		return "the Nexus's, tightened by the team"
	}
}
