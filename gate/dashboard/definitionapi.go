package dashboard

import (
	"net/http"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// definitionDocument is what is in force, as JSON. Lists are never null.
type definitionDocument struct {
	Nexus      string              `json:"nexus"`
	Digest     string              `json:"digest"`
	Home       string              `json:"home,omitempty"`
	Criteria   []criterionDocument `json:"criteria"`
	Exceptions []exceptionDocument `json:"exceptions"`
	Forecasts  []gate.Forecast     `json:"forecasts"`
	Proposals  []proposalDocument  `json:"proposals"`
	Warnings   []string            `json:"warnings"`
}

type criterionDocument struct {
	ID          string               `json:"id"`
	Why         string               `json:"why"`
	Team        string               `json:"team,omitempty"` // whose it is, where it is not the Nexus's
	On          definition.On        `json:"on"`
	Evidence    string               `json:"evidence"`
	Must        []string             `json:"must"`
	Level       string               `json:"level"`
	For         string               `json:"for"`
	At          string               `json:"at"`
	TightenedBy []tighteningDocument `json:"tightenedBy"`
}

type tighteningDocument struct {
	Component string `json:"component"`
	At        string `json:"at"`
}

type exceptionDocument struct {
	ID          string    `json:"id"`
	Criterion   string    `json:"criterion"`
	Teams       []string  `json:"teams"`
	Components  []string  `json:"components"`
	Reason      string    `json:"reason"`
	Ticket      string    `json:"ticket,omitempty"`
	RequestedBy string    `json:"requestedBy"`
	ApprovedBy  string    `json:"approvedBy"`
	Until       time.Time `json:"until"` // the first moment at which it applies no more
	State       string    `json:"state"`
	Says        string    `json:"says"`
	Uses        []string  `json:"uses"`
	At          string    `json:"at"`
}

type proposalDocument struct {
	Change   gate.Subject   `json:"change"`
	Title    string         `json:"title"`
	Author   string         `json:"author"`
	URL      string         `json:"url,omitempty"`
	Outcome  gate.Outcome   `json:"outcome"`
	Verdict  string         `json:"verdict"`
	Proposal *gate.Proposal `json:"proposal"`
}

type versionsDocument struct {
	Nexus    string            `json:"nexus"`
	Versions []versionDocument `json:"versions"`
	More     int               `json:"more,omitempty"` // older ones beyond those
}

type versionDocument struct {
	gate.Version
	Differences []string `json:"differences"`
}

func (d *dashboard) apiDefinition(w http.ResponseWriter, r *http.Request) {
	p, f := d.definitionOf(r)
	if f != nil {
		d.answer(w, r, nil, f)
		return
	}
	doc := definitionDocument{
		Nexus: p.Nexus, Digest: p.Digest, Home: p.Home, Criteria: []criterionDocument{}, Exceptions: []exceptionDocument{},
		Forecasts: listed(p.Forecasts), Proposals: []proposalDocument{}, Warnings: listed(p.Warnings),
	}
	for _, c := range p.Criteria {
		doc.Criteria = append(doc.Criteria, newCriterionDocument(c))
	}
	for _, e := range p.Exceptions {
		doc.Exceptions = append(doc.Exceptions, exceptionDocument{
			ID: e.ID, Criterion: e.Criterion, Teams: listed(e.Teams), Components: listed(e.Components), Reason: e.Reason, Ticket: e.Ticket,
			RequestedBy: e.RequestedBy, ApprovedBy: e.ApprovedBy, Until: e.Until, State: e.State, Says: e.Says, Uses: listed(e.Uses), At: e.Place.Text,
		})
	}
	for _, c := range p.Proposals {
		doc.Proposals = append(doc.Proposals, proposalDocument{
			Change: c.Subject, Title: c.Title, Author: c.Author, URL: c.URL,
			Outcome: c.ChangeStanding.Says.Outcome, Verdict: c.ChangeStanding.Says.ID, Proposal: c.ChangeStanding.Says.Proposal,
		})
	}
	d.answer(w, r, doc, nil)
}

func newCriterionDocument(c criterionRow) criterionDocument {
	doc := criterionDocument{
		ID: c.ID, Why: c.Why, Team: c.Team, On: c.On, Evidence: c.Evidence, Must: listed(c.Must), Level: c.Level, For: c.For,
		At: c.Place.Text, TightenedBy: []tighteningDocument{},
	}
	for _, t := range c.Tightened {
		doc.TightenedBy = append(doc.TightenedBy, tighteningDocument{t.Component, t.Place.Text})
	}
	return doc
}

func (d *dashboard) apiVersions(w http.ResponseWriter, r *http.Request) {
	s, ok := d.reader.Standing(r.PathValue("name"))
	if !ok || s.Definition == nil {
		d.answer(w, r, nil, noNexus(r.PathValue("name")))
		return
	}
	rows, more, f := d.versionsOf(r, s.Definition.Name, versionsTold)
	if f != nil {
		d.answer(w, r, nil, f)
		return
	}
	doc := versionsDocument{Nexus: s.Definition.Name, Versions: []versionDocument{}, More: more}
	for _, row := range rows {
		doc.Versions = append(doc.Versions, versionDocument{row.Version, listed(row.Differences)})
	}
	d.answer(w, r, doc, nil)
}

// listed is the list, empty where it is nil.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
