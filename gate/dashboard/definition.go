package dashboard

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// Definitions are the layers that are in force and that ever were.
type Definitions interface {
	// Versions lists every layer that ever came into force in a Nexus, the newest first.
	Versions(ctx context.Context, nexus string) ([]gate.Version, error)
	// Source is a layer, or a manifest, by its digest.
	Source(ctx context.Context, digest string) (gate.DefinitionSource, error)
	// Differences says in words what a layer changed of the one before it; "" is none before it.
	Differences(ctx context.Context, before, after gate.Version) ([]string, error)
}

// definitionPage shows what is in force, what is asked for, and what ever was.
type definitionPage struct {
	Nexus      string
	Digest     string // of all that is in force
	Home       string
	Criteria   []criterionRow
	Exceptions []exceptionRow
	Forecasts  []gate.Forecast
	Proposals  []proposalRow
	Warnings   []string
	Versions   []versionRow
	More       int // versions beyond those
}

// criterionRow is a criterion in force, and who has tightened it.
type criterionRow struct {
	ID, Why   string
	Team      string // whose it is, "" of the Nexus's
	On        definition.On
	Evidence  string
	Must      []string
	Level     string
	For       string // whom it is asked of
	Place     place
	Tightened []tightenedBy
}

// tightenedBy is a component whose team asks for more, and where.
type tightenedBy struct {
	Component string
	Place     place
}

// exceptionRow is an exception, and what has become of it.
type exceptionRow struct {
	gate.ExceptionStanding
	Of    string // the components and teams that it is for
	Left  string // "5 days left", "" of one that has ended
	Place place
}

// proposalRow is an open change to a layer.
type proposalRow struct {
	gate.ChangeStanding
	Says        string
	Differences []string
}

func (d *dashboard) definition(w http.ResponseWriter, r *http.Request) {
	p, f := d.definitionOf(r)
	if f != nil {
		d.refuse(w, r, f)
		return
	}
	p.Versions, p.More, f = d.versionsOf(r, p.Nexus, versionsShown)
	if f != nil {
		d.refuse(w, r, f)
		return
	}
	d.render(w, r, http.StatusOK, "definition", page{
		Title: "Definition of Done of " + p.Nexus, Live: soon, Nexus: p.Nexus, Here: atDefinition, Body: p, API: "/api/v1" + definitionPath(p.Nexus),
		Crumbs: []crumb{{p.Nexus, nexusPath(p.Nexus)}, {Name: "Definition of Done"}},
	})
}

// definitionOf is what is in force, without its history.
func (d *dashboard) definitionOf(r *http.Request) (definitionPage, *fault) {
	nexus := r.PathValue("name")
	s, ok := d.reader.Standing(nexus)
	if !ok || s.Definition == nil {
		return definitionPage{}, noNexus(nexus)
	}
	at := d.placesOf(r, nexus, s.Digest)
	p := definitionPage{
		Nexus: s.Definition.Name, Digest: s.Digest, Home: s.Home, Criteria: criteria(s, at),
		Forecasts: gate.Forecasts(s.HeadSays.Findings), Warnings: s.Warnings,
	}
	for _, e := range s.Exceptions {
		p.Exceptions = append(p.Exceptions, newExceptionRow(e, at, d.options.Now()))
	}
	for _, c := range s.Proposals {
		p.Proposals = append(p.Proposals, newProposalRow(c))
	}
	return p, nil
}

// criteria are the Nexus's in the definition's order, then the teams' own.
func criteria(s gate.Standing, at places) []criterionRow {
	var rows, own []criterionRow
	for i := range s.Definition.Criteria {
		rows = append(rows, newCriterionRow(&s.Definition.Criteria[i], at))
	}
	for _, c := range s.Components {
		for _, rule := range c.Rules {
			switch {
			case rule.Team == nil:
			case rule.Nexus == nil:
				row := newCriterionRow(rule.Team, at)
				row.Team, row.For = c.Team, "component "+c.Name
				own = append(own, row)
			default:
				tighten(rows, rule.Team, c.Name, at)
			}
		}
	}
	slices.SortStableFunc(own, func(a, b criterionRow) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.For, b.For)) })
	return append(rows, own...)
}

func tighten(rows []criterionRow, by *definition.Criterion, component string, at places) {
	if i := slices.IndexFunc(rows, func(r criterionRow) bool { return r.ID == by.ID }); i >= 0 {
		rows[i].Tightened = append(rows[i].Tightened, tightenedBy{component, at.at(by.Pos.String())})
	}
}

func newCriterionRow(c *definition.Criterion, at places) criterionRow {
	row := criterionRow{
		ID: c.ID, Why: c.Why, On: c.On, Evidence: strings.TrimSpace(c.Evidence + " " + c.Name),
		Level: levelOf(c), For: appliesTo(c), Place: at.at(c.Pos.String()),
	}
	for _, leaf := range c.Must {
		row.Must = append(row.Must, gate.InWords(leaf.String()))
	}
	return row
}

// levelOf says whether a criterion is required, and from when.
func levelOf(c *definition.Criterion) string {
	if c.Level == definition.Required && !c.RequiredFrom.IsZero() {
		return "required from " + report.Day(c.RequiredFrom)
	}
	return string(c.Level)
}

func appliesTo(c *definition.Criterion) string {
	switch {
	case c.On == definition.OnIncrement:
		return "the Increment"
	case len(c.AppliesTo.Teams)+len(c.AppliesTo.Components) == 0:
		return "every component"
	default:
		return whom(c.AppliesTo.Teams, c.AppliesTo.Components)
	}
}

// whom names teams and components: "team cart, component web".
func whom(teams, components []string) string {
	var names []string
	for _, t := range teams {
		names = append(names, "team "+t)
	}
	for _, c := range components {
		names = append(names, "component "+c)
	}
	return strings.Join(names, ", ")
}

func newExceptionRow(e gate.ExceptionStanding, at places, now time.Time) exceptionRow {
	row := exceptionRow{ExceptionStanding: e, Of: whom(e.Teams, e.Components), Place: at.at(e.Pos.String())}
	if left := e.Until.Sub(now); left > 0 && e.Void == "" {
		row.Left = report.Left(left) + " left"
	}
	return row
}

func newProposalRow(c gate.ChangeStanding) proposalRow {
	row := proposalRow{ChangeStanding: c, Says: report.Title(c.Says)}
	if p := c.Says.Proposal; p != nil {
		row.Differences = p.Differences
	}
	return row
}
