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

// parseDay reads a date as its midnight in a zone.
func parseDay(s string, zone *time.Location) (time.Time, error) {
	at, err := time.ParseInLocation(time.DateOnly, s, zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no date; write one such as \"2027-01-15\"", s)
	}
	return at, nil
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
