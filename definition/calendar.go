package definition

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	defaultWithin = 24 * time.Hour
	day           = 24 * time.Hour
	longest       = 3650 * day
)

var errDuration = errors.New(`write one such as "45m", "24h" or "14d"`)

// parseDuration reads Go's durations, with days before them: "14d", "1d12h", "90m".
func parseDuration(s string) (time.Duration, error) {
	var whole time.Duration
	rest := s
	if days, after, found := strings.Cut(s, "d"); found {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil || n > uint64(longest/day) {
			return 0, fmt.Errorf("%q is no duration of at most ten years; %w", s, errDuration)
		}
		whole, rest = time.Duration(n)*day, after
	}
	if rest != "" {
		part, err := time.ParseDuration(rest)
		if err != nil || part < 0 || part > longest-whole {
			return 0, fmt.Errorf("%q is no duration of at most ten years; %w", s, errDuration)
		}
		whole += part
	}
	if whole <= 0 {
		return 0, fmt.Errorf("%q is no time at all; %w", s, errDuration)
	}
	return whole, nil
}

// ParseDay reads a date as the first moment of that day in a zone.
func ParseDay(s string, zone *time.Location) (time.Time, error) {
	at, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no date; write one such as \"2027-01-15\"", s)
	}
	return AddDays(at, 0, zone), nil
}

// AddDays is the first moment, in a zone, of the day that is so many days after the one whose date a moment bears.
// That is midnight, or, where the clocks jump over it, the moment they do.
func AddDays(from time.Time, days int, zone *time.Location) time.Time {
	at, jump := shownAt(from, days, 0, 0, zone)
	if !jump.IsZero() {
		return jump
	}
	return at
}

// ClockAt is when the clocks of a zone show a time of that day: of two such moments the first, and where they jump
// over it as much after the jump.
func ClockAt(from time.Time, days, hour, minute int, zone *time.Location) time.Time {
	at, _ := shownAt(from, days, hour, minute, zone)
	return at
}

// shownAt finds both; the jump is zero where there is none. What time.Date makes of a time that no clock shows, or that
// they show twice, is one of two moments, and it is not promised which.
func shownAt(from time.Time, days, hour, minute int, zone *time.Location) (at, jump time.Time) {
	year, month, date := from.Date()
	shown := time.Date(year, month, date+days, hour, minute, 0, 0, time.UTC)
	at = shown.Add(-day).In(zone) // no clock is a day ahead
	for {
		_, offset := at.Zone()
		_, end := at.ZoneBounds()
		at = shown.Add(-time.Duration(offset) * time.Second).In(zone)
		if end.IsZero() || at.Before(end) {
			return at, time.Time{}
		}
		if _, next := end.Zone(); shown.Add(-time.Duration(next) * time.Second).Before(end) {
			return at, end
		}
		at = end
	}
}

// parseZone finds a time zone by its IANA name. "Local" would be another on each machine.
func parseZone(s string) (*time.Location, error) {
	if s == "" || s == "Local" {
		return nil, fmt.Errorf("%q is no time zone; write one such as \"Europe/Madrid\", or \"UTC\"", s)
	}
	zone, err := time.LoadLocation(s)
	if err != nil {
		return nil, fmt.Errorf("%q is no time zone that is known here; write one such as \"Europe/Madrid\", or \"UTC\"", s)
	}
	return zone, nil
}

// shortDuration writes a duration without zeros at its end: 24h, not 24h0m0s.
func shortDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
