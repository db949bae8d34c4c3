package dashboard_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func ago(minutes int) time.Time { return noon.Add(-time.Duration(minutes) * time.Minute) }

var errNowhere = errors.New("no such thing")

// readSide is a reader that stands still, until told otherwise.
type readSide struct {
	names     []string
	standings map[string]gate.Standing
	verdicts  map[string]gate.Verdict
	broken    error

	mu       sync.Mutex
	watchers map[chan struct{}]bool
}

func (r *readSide) Nexuses() []string { return r.names }

func (r *readSide) Standing(nexus string) (gate.Standing, bool) {
	s, ok := r.standings[nexus]
	return s, ok
}

func (r *readSide) Verdict(_ context.Context, id string) (gate.Verdict, error) {
	if v, ok := r.verdicts[id]; ok && r.broken == nil {
		return v, nil
	}
	return gate.Verdict{}, errors.Join(r.broken, errNowhere)
}

func (r *readSide) Increment(_ context.Context, nexus string, number int64) (gate.Increment, error) {
	if r.broken != nil {
		return gate.Increment{}, r.broken
	}
	for _, i := range r.standings[nexus].Landings {
		if i.Number == number {
			return i, nil
		}
	}
	return gate.Increment{}, errNowhere
}

func (r *readSide) Watch() (<-chan struct{}, func()) {
	changed := make(chan struct{}, 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.watchers == nil {
		r.watchers = make(map[chan struct{}]bool)
	}
	r.watchers[changed] = true
	return changed, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.watchers, changed)
	}
}

// change signals to all who watch, and says how many those are.
func (r *readSide) change() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	for w := range r.watchers {
		select {
		case w <- struct{}{}:
		default:
		}
	}
	return len(r.watchers)
}

// storefront is a Nexus of five teams and seven components in the middle of its work.
func storefront() gate.Standing {
	d := &definition.Definition{Name: "storefront", ProductGoal: "A shopper buys in one minute", Teams: []definition.Team{
		{Name: "cart", Goal: "Guest carts"},
		{Name: "mobile", Goal: "One-tap checkout on a phone"},
		{Name: "payments", Goal: "Wallets in three countries"},
		{Name: "search", Goal: "Answers while typing"},
		{Name: "web", Goal: "A shop window in under a second"},
	}}
	for _, id := range []string{"tests", "coverage", "ci", "scan", "licences", "e2e", "sbom"} {
		d.Criteria = append(d.Criteria, criterion(id, definition.NexusLayer))
	}
	s := gate.Standing{Definition: d, Digest: "sha256:9c1f5a0be2d94c6f7d3f2a1b", At: noon, Components: components()}
	s.Head = gate.Increment{
		Number: 128, Digest: "sha256:77ab3c40f1d2e3c4b5a69788", Composition: composition(s.Components), Made: ago(18),
		Landing: landing("cart-api", "cart", "acme/cart-api#412", 18), Outcome: gate.NotDone, Verdict: "01JD9YHEAD",
	}
	s.HeadSays = headVerdict(s)
	s.Landings = landings(s.Head)
	s.LastDone = s.Landings[2]
	s.LastDone.DoneAt = s.LastDone.Made
	s.Changes = changes()
	s.Sprint = gate.SprintStanding{Number: 14, Start: time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC), Goal: "Checkout without an account", Done: 3}
	s.Warnings = []string{"acme/search-api:.nexus/done.cue:3:22 was overtaken by nexus.cue:41:20: coverage >=90 is below the Nexus's >=95; both are in force"}
	return s
}

func criterion(id string, l definition.Layer) definition.Criterion {
	return definition.Criterion{
		ID: id, Why: whys[id], On: definition.OnCommit, Evidence: id, Level: definition.Required, Layer: l,
		Must: []definition.Leaf{{Path: "lines", Text: ">=80"}}, Pos: definition.Pos{File: "nexus.cue", Line: 30 + len(id), Column: 2},
	}
}

var whys = map[string]string{
	"tests":    "Every unit test passes, and there is at least one",
	"coverage": "Coverage stays at or above the agreed floor",
	"ci":       "The component's pipeline is green",
	"scan":     "No known vulnerability that is critical or high",
	"licences": "Every dependency has a licence that we can ship",
	"mutation": "Mutants die",
	"e2e":      "The end-to-end suite passed on exactly this composition",
	"sbom":     "What is shipped is listed",
}

func finding(id, component, team string, s gate.FindingState) gate.Finding {
	return gate.Finding{
		Criterion: id, Component: component, Team: team, State: s, Level: definition.Required, Layer: definition.NexusLayer,
		Why: whys[id], Want: `conclusion "success"`, Got: `conclusion "success"`, At: fmt.Sprintf("nexus.cue:%d:2", 30+len(id)),
	}
}

func component(name, team, forge string, commit string, findings ...gate.Finding) gate.ComponentStanding {
	c := gate.ComponentStanding{
		Component: definition.Component{Name: name, Team: team, Forge: forge, Repo: "acme/" + name, Branch: "main"},
		Commit:    commit, Since: ago(95), URL: "https://" + forge + ".example/acme/" + name, File: "none",
		Says: gate.Verdict{ID: "01JD9Y" + name, Nexus: "storefront", Subject: gate.Subject{Kind: gate.OfComponent, ID: name, Name: name}, Outcome: gate.Done, Definition: "sha256:9c1f5a0be2d94c6f7d3f2a1b", Commit: commit, At: ago(12)},
	}
	for _, id := range []string{"tests", "coverage", "ci", "scan", "licences"} {
		c.Says.Findings = append(c.Says.Findings, finding(id, name, team, gate.Met))
		rule := criterion(id, definition.NexusLayer)
		c.Rules = append(c.Rules, definition.Rule{Nexus: &rule})
	}
	for _, f := range findings {
		replace(&c.Says, f)
	}
	return c
}

// replace puts a finding in the place of the one on the same criterion, or adds it.
func replace(v *gate.Verdict, f gate.Finding) {
	switch {
	case f.Level == definition.Advisory:
	case f.State == gate.Waiting && v.Outcome == gate.Done:
		v.Outcome = gate.Awaiting
	case f.State != gate.Met && f.State != gate.Waiting:
		v.Outcome = gate.NotDone
	}
	for i := range v.Findings {
		if v.Findings[i].Criterion == f.Criterion {
			v.Findings[i] = f
			return
		}
	}
	v.Findings = append(v.Findings, f)
}
