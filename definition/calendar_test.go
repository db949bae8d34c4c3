package definition_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// zones are some whose clocks jump over midnight in some years, over another hour, by half an hour, over a whole day,
// back over midnight, and not at all.
var zones = []string{
	"America/Santiago", "America/Havana", "Africa/Cairo", "Asia/Beirut", "America/Asuncion", "America/Sao_Paulo", "Asia/Tehran",
	"Atlantic/Azores", "America/Scoresbysund", "Pacific/Apia", "America/St_Johns", "Australia/Lord_Howe", "Europe/Madrid",
	"America/New_York", "Asia/Kolkata", "Pacific/Kiritimati", "UTC",
}

func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// dated is the day that the clocks of a zone show at a moment, as a number that grows with the days.
func dated(at time.Time) int {
	year, month, date := at.Date()
	return (year*100+int(month))*100 + date
}

func TestADayBeginsWithItsFirstMoment(t *testing.T) {
	jumped := 0
	for _, name := range zones {
		zone := zoneOf(t, name)
		for day := time.Date(2005, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2032; day = day.AddDate(0, 0, 1) {
			if name == "Pacific/Apia" && dated(day) == 20111230 {
				continue // it went from the 29th to the 31st
			}
			begin := definition.AddDays(day, 0, zone)
			if dated(begin) != dated(day) {
				t.Errorf("%s: %s begins at %s", name, day.Format(time.DateOnly), begin)
			}
			for _, before := range []time.Duration{time.Nanosecond, time.Minute, time.Hour, 3 * time.Hour, 12 * time.Hour} {
				if early := begin.Add(-before); dated(early) >= dated(day) {
					t.Errorf("%s: %s begins at %s, and %s is of it too", name, day.Format(time.DateOnly), begin, early)
				}
			}
			if begin.Hour() != 0 {
				jumped++
			}
		}
	}
	if jumped < 100 {
		t.Errorf("%d days begin later than at midnight: too few to hold anything", jumped)
	}
}

func TestAClockThatJumpsOverATimeShowsItAsMuchLater(t *testing.T) {
	for _, one := range []struct{ zone, day, clock, want string }{
		{"America/Santiago", "2026-09-06", "00:00", "2026-09-06T01:00:00-03:00"},
		{"America/Santiago", "2026-09-06", "00:30", "2026-09-06T01:30:00-03:00"},
		{"America/Santiago", "2026-09-06", "01:00", "2026-09-06T01:00:00-03:00"},
		{"America/Santiago", "2026-04-04", "23:30", "2026-04-04T23:30:00-03:00"}, // the first of two
		{"America/Havana", "2026-03-08", "00:15", "2026-03-08T01:15:00-04:00"},
		{"America/Havana", "2026-11-01", "00:15", "2026-11-01T00:15:00-04:00"}, // the first of two
		{"Europe/Madrid", "2026-03-29", "02:30", "2026-03-29T03:30:00+02:00"},
		{"Europe/Madrid", "2026-10-25", "02:30", "2026-10-25T02:30:00+02:00"},
		{"Australia/Lord_Howe", "2026-10-04", "02:10", "2026-10-04T02:40:00+11:00"},
		{"UTC", "2026-03-29", "02:30", "2026-03-29T02:30:00Z"},
	} {
		day, err := time.Parse("2006-01-02 15:04", one.day+" "+one.clock)
		if err != nil {
			t.Fatal(err)
		}
		if at := definition.ClockAt(day, 0, day.Hour(), day.Minute(), zoneOf(t, one.zone)); at.Format(time.RFC3339) != one.want {
			t.Errorf("%s: %s on %s is at %s, want %s", one.zone, one.clock, one.day, at.Format(time.RFC3339), one.want)
		}
	}
}

func TestASprintThatBeginsWhereMidnightIsLeftOutIsSettledWithItsDay(t *testing.T) {
	const source = "name: \"n\"\nzone: %q\nsprint: {start: %q, days: 14, goal: \"g\"}\nteams: {}\ndone: {}\n"
	for zone, first := range map[string]string{"America/Santiago": "2026-09-06", "America/Havana": "2026-03-08", "UTC": "2026-09-06"} {
		f := definition.File{Name: "nexus.cue", Source: fmt.Appendf(nil, source, zone, first)}
		d := load(t, string(f.Source))
		text, err := definition.Settle(d)
		if err != nil {
			t.Fatal(err)
		}
		moment := d.Sprint.Start.Unix()
		earlier := strings.Replace(text, fmt.Sprintf(`"Start":%d`, moment), fmt.Sprintf(`"Start":%d`, moment-3600), 1)
		for _, text := range []string{text, earlier} { // as it was once written
			again, err := definition.LoadSettled(f, text)
			if err != nil {
				t.Fatal(err)
			}
			if !again.Sprint.Start.Equal(d.Sprint.Start) || again.Sprint.Start.Format(time.DateOnly) != first {
				t.Errorf("%s: the Sprint of %s begins at %s, and as it is read back at %s", zone, first, d.Sprint.Start, again.Sprint.Start)
			}
		}
	}
}

func TestAnExceptionLastsToTheEndOfItsLastDay(t *testing.T) {
	for _, name := range zones {
		zone := zoneOf(t, name)
		for day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2028; day = day.AddDate(0, 0, 1) {
			e := definition.Exception{Until: definition.AddDays(day, 1, zone)}
			if last := e.LastDay(); dated(last) != dated(day) || dated(e.Until.Add(-time.Second)) != dated(day) {
				t.Errorf("%s: one until %s ends at %s, and its last day is %s", name, day.Format(time.DateOnly), e.Until, last)
			}
			d := definition.Definition{Zone: zone, Longest: 30}
			if asked := definition.ClockAt(day, -30, 9, 0, zone); d.TooFar(&e, asked) || !d.TooFar(&e, asked.Add(-24*time.Hour)) {
				t.Errorf("%s: one until %s may not be asked for just thirty days before", name, day.Format(time.DateOnly))
			}
		}
	}
}
