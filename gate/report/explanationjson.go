package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// explanationDocument is an explanation as JSON.
type explanationDocument struct {
	Nexus    string           `json:"nexus"`
	Subject  gate.Subject     `json:"subject"`
	Commit   string           `json:"commit,omitempty"`
	At       time.Time        `json:"at"`
	Finding  gate.Finding     `json:"finding"`
	Because  []string         `json:"because"`
	Mend     []string         `json:"mend"`
	Rule     []clauseDocument `json:"rule"`
	Evidence []heardDocument  `json:"evidence"`
	More     int              `json:"more,omitempty"` // pieces of evidence beyond those
}

type clauseDocument struct {
	Says  string           `json:"says"`
	Layer definition.Layer `json:"layer"`
	At    string           `json:"at"`
}

type heardDocument struct {
	Kind     string            `json:"kind"`
	Name     string            `json:"name,omitempty"`
	Producer gate.Producer     `json:"producer,omitzero"`
	Trust    string            `json:"trust,omitempty"`
	Attempt  int               `json:"attempt,omitempty"`
	Status   gate.Status       `json:"status"`
	Observed time.Time         `json:"observed,omitzero"`
	Facts    gate.Facts        `json:"facts,omitempty"`
	Object   string            `json:"object,omitempty"`
	Delivery string            `json:"delivery,omitempty"`
	Carried  string            `json:"carried,omitempty"`
	URL      string            `json:"url,omitempty"`
	Counts   bool              `json:"counts"`
	Why      string            `json:"why"`
	State    gate.FindingState `json:"state,omitempty"`
}

// ExplanationJSON is an explanation for scripts, as `explain --format json` prints it. Lists are never null.
func ExplanationJSON(e gate.Explanation) ([]byte, error) {
	doc := explanationDocument{
		Nexus: e.Nexus, Subject: e.Subject, Commit: e.Commit, At: e.At, Finding: e.Finding, More: e.More,
		Because: listed(e.Because), Mend: listed(e.Mend), Rule: []clauseDocument{}, Evidence: []heardDocument{},
	}
	for _, c := range e.Rule {
		doc.Rule = append(doc.Rule, clauseDocument(c))
	}
	for _, t := range e.Heard {
		doc.Evidence = append(doc.Evidence, heardDocument{
			Kind: t.Evidence.Kind, Name: t.Evidence.Name, Producer: t.Evidence.Producer, Trust: t.Evidence.Trust.String(),
			Attempt: t.Evidence.Run.Attempt, Status: t.Evidence.Status, Observed: t.Evidence.Observed, Facts: t.Evidence.Facts,
			Object: t.Evidence.Object, Delivery: t.Evidence.Delivery, Carried: t.Evidence.Carried, URL: WebAddress(t.Evidence.URL),
			Counts: t.Counts, Why: t.Why, State: t.State,
		})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // ">=90" is to be read by people too
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return nil, fmt.Errorf("writing the explanation of %s as JSON: %w", e.Finding.Criterion, err)
	}
	return b.Bytes(), nil
}
