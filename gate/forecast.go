package gate

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Forecast says of a criterion that is not required yet what it would hold back if it were required
// today.
type Forecast struct {
	Criterion  string    `json:"criterion"`
	From       time.Time `json:"from"`       // the day from which it is required
	Components int       `json:"components"` // that it speaks of; 0 where it is about the Increment itself
	NotDone    int       `json:"notDone"`    // of them, or 1 of the Increment, that do not meet it today
}

// Forecasts reads them off the findings of a verdict: the nearest day first, then by criterion. Where a
// team brings a day nearer, the same criterion has several.
func Forecasts(findings []Finding) []Forecast {
	var all []Forecast
	for _, f := range findings {
		if f.RequiredFrom.IsZero() {
			continue
		}
		at := slices.IndexFunc(all, func(c Forecast) bool { return c.Criterion == f.Criterion && c.From.Equal(f.RequiredFrom) })
		if at < 0 {
			at, all = len(all), append(all, Forecast{Criterion: f.Criterion, From: f.RequiredFrom})
		}
		if f.Component != "" {
			all[at].Components++
		}
		if f.State != Met {
			all[at].NotDone++
		}
	}
	slices.SortFunc(all, func(a, b Forecast) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Criterion, b.Criterion))
	})
	return all
}

// String is the forecast in words, without the criterion's name: "required from 15 January 2027; today
// 3 of 12 components would not be done".
func (f Forecast) String() string {
	words := "required from " + f.From.Format("2 January 2006") + "; today "
	switch {
	case f.Components == 0 && f.NotDone > 0:
		return words + "the Increment would not be done"
	case f.Components == 0:
		return words + "the Increment meets it"
	case f.NotDone == 0:
		return words + fmt.Sprintf("%s it", counted(f.Components, "component meets", "components meet"))
	default:
		return words + fmt.Sprintf("%d of %s would not be done", f.NotDone, counted(f.Components, "component", "components"))
	}
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
