package gate_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
)

func TestAForecastCountsWhatWouldNotBeDone(t *testing.T) {
	early, late := morning.AddDate(0, 0, 7), morning.AddDate(0, 1, 0)
	of := func(criterion, component string, from time.Time, state gate.FindingState) gate.Finding {
		return gate.Finding{Criterion: criterion, Component: component, RequiredFrom: from, State: state}
	}
	got := gate.Forecasts([]gate.Finding{
		of("mutation", "cart-api", late, gate.Unmet), of("mutation", "pay", late, gate.Waiting), of("mutation", "web", late, gate.Met),
		of("mutation", "admin", early, gate.Met), // its team brought the day nearer
		of("e2e", "", late, gate.Missing), of("licences", "web", late, gate.Met), of("load", "", late, gate.Met),
		of("tests", "web", time.Time{}, gate.Unmet),
	})
	want := []gate.Forecast{
		{Criterion: "mutation", From: early, Components: 1},
		{Criterion: "e2e", From: late, NotDone: 1},
		{Criterion: "licences", From: late, Components: 1},
		{Criterion: "load", From: late},
		{Criterion: "mutation", From: late, Components: 3, NotDone: 2},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("forecasts (-want +got):\n%s", diff)
	}
	words := []string{
		"required from 30 November 2026; today 1 component meets it",
		"required from 23 December 2026; today the Increment would not be done",
		"required from 23 December 2026; today 1 component meets it",
		"required from 23 December 2026; today the Increment meets it",
		"required from 23 December 2026; today 2 of 3 components would not be done",
	}
	for i, f := range got {
		if f.String() != words[i] {
			t.Errorf("%s is %q, want %q", f.Criterion, f, words[i])
		}
	}
}
