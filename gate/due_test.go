package gate_test

import (
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

func wantTimes(t *testing.T, v gate.Verdict, state gate.FindingState, due, wake time.Time) {
	t.Helper()
	if f := v.Findings[0]; f.State != state || !f.Due.Equal(due) || !v.Due().Equal(wake) {
		t.Errorf("it is %s, due %v, to be judged again %v; want %s, due %v, %v", f.State, f.Due, v.Due(), state, due, wake)
	}
}

const matrixOfJobs = `done: matrix: {
	why: "Green", on: "commit", evidence: "job", name: "test*", atLeast: 2, must: conclusion: "success", fresh: "12h", within: "24h"
}`

func TestWhatWaitsForARunIsNotDueWhenItsReportsGrowStale(t *testing.T) {
	first := job(cartRepo, "c1", "test (1)", 1, 11, morning, "success").Evidence
	second := job(cartRepo, "c1", "test (2)", 1, 12, morning.Add(time.Hour), "success").Evidence
	goesOn := run(cartRepo, "c1", "push", 1, 1, morning, "").Evidence
	wantTimes(t, judged(t, matrixOfJobs, "", morning.Add(2*time.Hour), first, second, goesOn), gate.Waiting, time.Time{}, morning.Add(12*time.Hour))
}

func TestTooFewAreDueAtTheDeadlineAndLookedAtSooner(t *testing.T) {
	first := job(cartRepo, "c1", "test (1)", 1, 11, morning, "success").Evidence
	ended := run(cartRepo, "c1", "push", 1, 1, morning, "success").Evidence
	wantTimes(t, judged(t, matrixOfJobs, "", morning.Add(2*time.Hour), first, ended), gate.Waiting, morning.Add(24*time.Hour), morning.Add(12*time.Hour))
}

func TestOneThatRunsIsNotDueWhenAnotherGrowsStale(t *testing.T) {
	const ci = `done: ci: {why: "Green", on: "commit", evidence: "pipeline", name: "ci", must: conclusion: "success", fresh: "12h"}`
	green := run(cartRepo, "c1", "push", 1, 1, morning, "success").Evidence
	goesOn := run(cartRepo, "c1", "pull_request", 2, 1, morning, "").Evidence
	wantTimes(t, judged(t, ci, "", morning.Add(time.Hour), green, goesOn), gate.Waiting, time.Time{}, morning.Add(12*time.Hour))
}

func TestTheTimeLeftIsThatOfTheStricterLayer(t *testing.T) {
	const ci = `done: ci: {why: "Green", on: "commit", evidence: "pipeline", name: "ci", must: conclusion: "success", fresh: "24h", within: "8h"}`
	const stricter = `done: ci: {fresh: "12h", within: "4h"}`
	green := run(cartRepo, "c1", "push", 1, 1, morning, "success").Evidence
	wantTimes(t, judged(t, ci, stricter, morning.Add(time.Hour), green), gate.Met, morning.Add(12*time.Hour), morning.Add(12*time.Hour))
	wantTimes(t, judged(t, ci, stricter, morning.Add(time.Hour)), gate.Waiting, morning.Add(4*time.Hour), morning.Add(4*time.Hour))
}

func TestCarriedEvidenceGrowsStaleByItsOwnAge(t *testing.T) {
	const ci = `done: ci: {why: "Green", on: "commit", evidence: "pipeline", name: "ci", must: conclusion: "success", fresh: "24h"}`
	carried := run(cartRepo, "c0", "push", 1, 1, morning.Add(-20*time.Hour), "success").Evidence
	carried.Carried = "c0"
	v := judged(t, ci, "", morning, carried)
	wantTimes(t, v, gate.Met, morning.Add(4*time.Hour), morning.Add(4*time.Hour))
	if v.Findings[0].Carried != "c0" {
		t.Errorf("it is carried from %q, want c0", v.Findings[0].Carried)
	}
}

func TestWhatIsNotYetRequiredSaysFromWhen(t *testing.T) {
	const ci = `done: {
	ci: {why: "Green", on: "commit", evidence: "pipeline", name: "ci", must: conclusion: "success", requiredFrom: "2027-01-15"}
	tests: {why: "They pass", on: "commit", evidence: "junit", must: failed: 0}
}`
	nexus := time.Date(2027, 1, 15, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		layer string
		from  time.Time
	}{
		{"", nexus}, {`done: ci: requiredFrom: "2027-01-04"`, time.Date(2027, 1, 4, 0, 0, 0, 0, time.UTC)},
	} {
		f := criterion(t, judged(t, ci, c.layer, morning), "ci")
		if !f.RequiredFrom.Equal(c.from) || f.Level != "advisory" || f.Want != `conclusion "success"` {
			t.Errorf("under %q it is %s from %v and wants %q; want advisory until %v", c.layer, f.Level, f.RequiredFrom, f.Want, c.from)
		}
		f = criterion(t, judged(t, ci, c.layer, c.from), "ci")
		if !f.RequiredFrom.IsZero() || f.Level != "required" {
			t.Errorf("under %q, on that day, it is %s from %v; want required", c.layer, f.Level, f.RequiredFrom)
		}
	}
}

func criterion(t *testing.T, v gate.Verdict, name string) gate.Finding {
	t.Helper()
	for _, f := range v.Findings {
		if f.Criterion == name {
			return f
		}
	}
	t.Fatalf("nothing is said of %s in\n%s", name, findings(v))
	return gate.Finding{}
}
