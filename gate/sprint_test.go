package gate_test

import (
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// TestSprintsFollowEachOtherFromTheFirstMomentsOfTheirDays holds it where the clocks jump over midnight, too.
func TestSprintsFollowEachOtherFromTheFirstMomentsOfTheirDays(t *testing.T) {
	for _, name := range []string{
		"America/Santiago", "America/Havana", "Africa/Cairo", "Asia/Beirut", "Atlantic/Azores", "America/St_Johns",
		"Australia/Lord_Howe", "Europe/Madrid", "Pacific/Kiritimati", "UTC",
	} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, days := range []int{1, 7, 14, 28} {
			first := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
			d := definition.Definition{Zone: zone, Sprint: definition.Sprint{Start: definition.AddDays(first, 0, zone), Days: days}}
			if s := gate.SprintAt(&d, d.Sprint.Start.Add(-1)); s.Number != 0 {
				t.Errorf("%s: %+v is before the first Sprint", name, s)
			}
			at := d.Sprint.Start
			for n := 1; first.Year() < 2029; n++ {
				s := gate.SprintAt(&d, at)
				if s.Number != n || !s.Start.Equal(at) || s.Start.Format(time.DateOnly) != first.Format(time.DateOnly) {
					t.Fatalf("%s: Sprint %d of %d days is to begin on %s; it is %d, from %s", name, n, days, first.Format(time.DateOnly), s.Number, s.Start)
				}
				if early := s.Start.Add(-1).In(zone); early.Format(time.DateOnly) >= first.Format(time.DateOnly) {
					t.Errorf("%s: Sprint %d of %d days begins at %s, and %s is of its first day, too", name, n, days, s.Start, early)
				}
				if last := gate.SprintAt(&d, s.End.Add(-1)); last.Number != n || !last.End.Equal(s.End) {
					t.Errorf("%s: Sprint %d of %d days ends at %s, and just before that it is %d", name, n, days, s.End, last.Number)
				}
				at, first = s.End, first.AddDate(0, 0, days)
			}
		}
	}
}

func TestABurnHasTheDaysOfTheCalendar(t *testing.T) {
	zone, err := time.LoadLocation("America/Santiago")
	if err != nil {
		t.Fatal(err)
	}
	d := definition.Definition{Zone: zone, Sprint: definition.Sprint{Days: 7}}
	d.Sprint.Start = definition.AddDays(time.Date(2026, 8, 30, 0, 0, 0, 0, time.UTC), 0, zone)
	next := gate.SprintAt(&d, time.Date(2026, 9, 6, 12, 0, 0, 0, zone)) // begins where the clocks jump
	c := gate.Chronicle{Points: []gate.Point{{At: d.Sprint.Start, Outcome: gate.NotDone, Required: 2}}}
	for _, at := range []time.Time{d.Sprint.Start, next.Start} {
		s := gate.SprintAt(&d, at)
		burn := gate.BurnOf(c, s, s.End)
		if len(burn.Days) != 8 {
			t.Errorf("the burn from %s to %s has %d moments", s.Start, s.End, len(burn.Days))
		}
		for i, day := range burn.Days {
			if hour := day.At.In(zone).Hour(); hour != 0 && !day.At.Equal(next.Start) {
				t.Errorf("the moment %d is %s", i, day.At)
			}
		}
	}
	if since := gate.BriefSince(gate.PlanningBrief, next, next.Start.Add(time.Hour)); !since.Equal(d.Sprint.Start) {
		t.Errorf("the Sprint before began at %s", since)
	}
}
