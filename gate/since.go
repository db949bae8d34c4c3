package gate

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// longestSince bounds how far back a moment may lie.
const longestSince = 10 * 366 * 24 * time.Hour

// ParseSince reads since when is looked back: a day of a zone as "2026-11-16", a moment as RFC 3339 writes it, or how
// long ago as "36h" or "3d". "" is the zero time.
func ParseSince(text string, now time.Time, zone *time.Location) (time.Time, error) {
	at, err := parseSince(text, now, zone)
	switch {
	case text == "":
		return time.Time{}, nil
	case err != nil:
		return time.Time{}, fmt.Errorf("%q is no moment: give a day as 2026-11-16, a moment as 2026-11-16T09:00:00Z, or how long ago as 36h or 3d", clip(text, longestFact))
	case !at.Before(now):
		return time.Time{}, fmt.Errorf("%s is not in the past", at.Format(time.RFC3339))
	case now.Sub(at) > longestSince:
		return time.Time{}, fmt.Errorf("%s is more than ten years ago", at.Format(time.RFC3339))
	}
	return at, nil
}

func parseSince(text string, now time.Time, zone *time.Location) (time.Time, error) {
	if zone == nil {
		zone = time.UTC
	}
	if at, err := definition.ParseDay(text, zone); err == nil {
		return at, nil
	}
	if days, is := strings.CutSuffix(text, "d"); is {
		n, err := strconv.ParseUint(days, 10, 12)
		if err != nil {
			return time.Time{}, fmt.Errorf("reading days: %w", err)
		}
		return now.AddDate(0, 0, -int(n)), nil
	}
	if ago, err := time.ParseDuration(text); err == nil {
		return now.Add(-ago), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("reading a moment: %w", err)
	}
	return at, nil
}
