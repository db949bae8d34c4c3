package report_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

var update = flag.Bool("update", false, "write the golden files anew")

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// valid is a sound verdict with one finding in each state, changed by mutate.
func valid(mutate ...func(*gate.Verdict)) gate.Verdict {
	v := gate.Verdict{
		ID:         "01JD9Y",
		Nexus:      "storefront",
		Subject:    gate.Subject{Kind: gate.OfChange, ID: "github:1296269#17", Name: "acme/cart-api#17"},
		Outcome:    gate.NotDone,
		Definition: "sha256:9c1f5a0be2d94c6f7d3f2a1b",
		Commit:     "77ab3c40f1d2e3c4b5a697887766554433221100",
		At:         noon,
	}
	for i, s := range gate.FindingStates {
		v.Findings = append([]gate.Finding{sample(s, i)}, v.Findings...) // the worst last
	}
	for _, m := range mutate {
		m(&v)
	}
	return v
}

func sample(s gate.FindingState, line int) gate.Finding {
	names := [...]string{"lint", "coverage", "scan", "tests", "e2e", "review", "ci", "landing"}
	return gate.Finding{
		Criterion: names[line],
		Component: "cart-api",
		Team:      "cart",
		State:     s,
		Level:     definition.Required,
		Layer:     definition.NexusLayer,
		Why:       "Why " + names[line] + " is a rule",
		Want:      `conclusion "success"`,
		Got:       `conclusion "` + string(s) + `"`,
		At:        "nexus.cue:4" + string(rune('0'+line)) + ":3",
	}
}

func only(states ...gate.FindingState) func(*gate.Verdict) {
	return func(v *gate.Verdict) {
		v.Findings = nil
		for _, s := range states {
			v.Findings = append(v.Findings, sample(s, indexOf(s)))
		}
	}
}

func indexOf(s gate.FindingState) int {
	for i, t := range gate.FindingStates {
		if s == t {
			return i
		}
	}
	return 0
}

func outcome(o gate.Outcome) func(*gate.Verdict) {
	return func(v *gate.Verdict) { v.Outcome = o }
}

// golden holds got against the file of that name, or with -update writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs, -want +got (make golden writes it anew):\n%s", file, diff)
	}
}
