package report_test

import (
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

func TestTimeLeftIsRoundedDown(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"less than 1 min": 59 * time.Second,
		"1 min":           time.Minute + 59*time.Second,
		"119 min":         2*time.Hour - 1,
		"2 h":             2 * time.Hour,
		"47 h":            48*time.Hour - 1,
		"2 days":          48 * time.Hour,
		"54 days":         55*24*time.Hour - 1,
	} {
		if got := report.Left(d); got != want {
			t.Errorf("%s is left as %q, not as %q", d, got, want)
		}
	}
}

func TestDueSaysTheTimeLeftAsOfTheVerdict(t *testing.T) {
	for want, f := range map[string]gate.Finding{
		"":                                {State: gate.Waiting},
		"deadline 12:45 UTC, 45 min left": {State: gate.Waiting, Due: noon.Add(45 * time.Minute)},
		"deadline 2026-11-23 11:00 UTC, 23 h left":         {State: gate.Waiting, Due: noon.Add(23 * time.Hour)},
		"deadline 11:59 UTC, passed":                       {State: gate.Missing, Due: noon.Add(-time.Minute)},
		"good until 15:00 UTC, stale in 3 h":               {State: gate.Met, Due: noon.Add(3 * time.Hour)},
		"good until 2026-11-25 12:00 UTC, stale in 3 days": {State: gate.Met, Due: noon.Add(72 * time.Hour)},
		"good until 12:00 UTC":                             {State: gate.Met, Due: noon},
	} {
		if got := report.Due(f, noon); got != want {
			t.Errorf("due %q, want %q", got, want)
		}
	}
}

func TestADayIsThatOfItsOwnZone(t *testing.T) {
	auckland := time.FixedZone("NZDT", 13*60*60)
	g := gate.Grant{ID: "x", Until: time.Date(2027, 1, 16, 0, 0, 0, 0, auckland)}
	if got, want := report.Until(g, gate.Verdict{At: noon}), "until 15 January 2027, 53 days left"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
