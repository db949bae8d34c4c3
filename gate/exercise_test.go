package gate_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

const exercised = `name: "a"
teams: cart: components: "cart-api": repo: "github:acme/cart-api"
done: {
	tests: {why: "x", on: "commit", evidence: "junit", must: {failed: 0, passed: >0}}
	ci: {why: "x", on: "commit", evidence: "pipeline", name: "ci", from: app: "github-actions", must: conclusion: "success"}
	e2e: {why: "x", on: "increment", evidence: "pipeline", must: conclusion: "success"}
}`

// exercisedCase is the Increment's case on some evidence, with cart-api's tests tightened.
func exercisedCase(t *testing.T, evidence string) (gate.Case, gate.Verdict) {
	t.Helper()
	d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(exercised)})
	if err != nil {
		t.Fatal(err)
	}
	n := gate.NewNexus(d, exercised, map[string]gate.Layer{
		"cart-api": {File: "done.cue", Source: "done: tests: must: {failed: 0, skipped: <5}"},
	}, nil)
	f, err := gate.ReadEvidence(strings.NewReader(`{"now": "2026-11-22T12:00:00Z", "composition": {"cart-api": "c"}, "evidence": [` + evidence + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	kase := f.Case(n)
	return kase, gate.Judge(kase, f.Now)
}

// tried is what exercises say, in short: "ci unmet" and, of a constraint, "failed 0 met unmet".
func tried(exercises []gate.Exercise) []string {
	var said []string
	for _, e := range exercises {
		said = append(said, strings.TrimSpace(e.Component+" "+e.Rule.Main().ID+" "+string(e.State)))
		for _, trial := range e.Trials {
			line := "  " + string(trial.Leaf.Layer) + " " + trial.Leaf.String()
			if trial.Met {
				line += " met"
			}
			if trial.Unmet {
				line += " unmet"
			}
			said = append(said, line)
		}
	}
	return said
}

func TestExercisesTellWhatTheEvidenceTriesOfBothLayers(t *testing.T) {
	kase, v := exercisedCase(t, `
		{"component": "cart-api", "commit": "c", "kind": "junit", "name": "unit", "facts": {"tests": 3, "failed": 0, "passed": 3}},
		{"component": "cart-api", "commit": "c", "kind": "junit", "name": "slow", "facts": {"tests": 3, "failed": 1, "passed": 2, "skipped": 0}},
		{"component": "cart-api", "commit": "c", "kind": "pipeline", "name": "ci", "producer": {"app": "jenkins"}, "facts": {"conclusion": "success"}},
		{"component": "cart-api", "commit": "other", "kind": "pipeline", "name": "ci", "producer": {"app": "github-actions"}, "facts": {"conclusion": "success"}},
		{"increment": true, "kind": "pipeline", "status": "running", "facts": {"conclusion": "success"}}`)
	want := []string{
		"cart-api ci waiting",
		`  nexus conclusion "success"`, // of another App, and of another commit: not of this criterion
		"cart-api tests unmet",
		"  nexus failed 0 met unmet",
		"  nexus passed >0 met",
		"  team failed 0 met unmet",
		"  team skipped <5 met unmet", // an absent fact does not meet it
		"e2e waiting",
		`  nexus conclusion "success"`, // what still runs says nothing yet
	}
	if diff := cmp.Diff(want, tried(gate.Exercises(kase, v))); diff != "" {
		t.Errorf("what is tried (-want +got):\n%s", diff)
	}
}

func TestExercisesLeaveTheVerdictAlone(t *testing.T) {
	kase, v := exercisedCase(t, `{"component": "cart-api", "commit": "c", "kind": "junit", "facts": {"tests": 3, "failed": 0, "passed": 3}}`)
	gate.Exercises(kase, v)
	if diff := cmp.Diff(v, gate.Judge(kase, v.At)); diff != "" {
		t.Errorf("the verdict is another one after (-before +after):\n%s", diff)
	}
}

func TestACaseHasEveryFieldOfAnEvidenceFile(t *testing.T) {
	cases, err := definition.LoadCases(definition.File{Name: "a_test.cue", Source: []byte(`_at: "2026-11-22T11:00:00Z"
cases: all: {
	want: outcome: "done"
	evidence: {
		now: _at, since: c: _at, composition: "cart-api": "c"
		let common = {
			commit: "c", kind: "x", name: "x", producer: {app: "x", workflow: "x"}, trigger: "x", trust: "oidc", attempt: 2
			status: "running", started: _at, observed: _at, facts: x: 1
		}
		evidence: [common & {component: "cart-api"}, common & {change: "github:acme/cart-api#1"}, common & {increment: true}]
	}
}`)})
	if err != nil {
		t.Fatal(err)
	}
	file, err := gate.ReadEvidence(bytes.NewReader(cases[0].Evidence))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range empty(file) {
		t.Errorf("a case does not have %s of an evidence file", name)
	}
	all := file.Evidence[0]
	all.Change, all.Increment = file.Evidence[1].Change, file.Evidence[2].Increment
	for _, name := range append(empty(all), empty(all.Producer)...) {
		t.Errorf("a case does not have %s of a piece of evidence", name)
	}
}

// empty names the fields of a struct that are not set.
func empty(v any) []string {
	var names []string
	s := reflect.ValueOf(v)
	for i := range s.NumField() {
		if s.Field(i).IsZero() {
			names = append(names, s.Type().Field(i).Name)
		}
	}
	return names
}
