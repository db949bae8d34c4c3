package gate

import (
	"fmt"
	"math"
	"time"
)

// Outlook says when the Increment will be done if all goes on as it did.
type Outlook struct {
	Rate float64   `json:"rate"`          // required criteria that were met a day, less those that opened
	Days float64   `json:"days"`          // over which it was counted
	Done time.Time `json:"done,omitzero"` // zero: it cannot be told, or not at that rate
	Says string    `json:"says"`
	How  string    `json:"how"` // how that was worked out
}

// What an outlook is counted over, and at the least. One further away than a year is none.
const (
	outlookDays  = 14
	outlookLeast = 48 * time.Hour
	outlookFirst = time.Hour // in which the components become known one by one: nothing was opened by that
	outlookMost  = 365
)

// ForecastOf says when the Increment will be done. It takes no more for granted than what was open, and is: the rate
// is the difference of the two over the days between.
func ForecastOf(c Chronicle, s SprintStanding, now time.Time) Outlook {
	is, known := c.At(now)
	switch {
	case !known:
		return Outlook{Says: "Nothing is known of an Increment yet.", How: "There is nothing to count."}
	case is.Outcome == Done && c.ExceptedAt(now) > 0:
		return Outlook{Done: is.At, Says: "The Increment is done under exceptions." + s.ends(now), How: "That is how it was judged last."}
	case is.Outcome == Done:
		return Outlook{Done: is.At, Says: "The Increment is done." + s.ends(now), How: "That is how it was judged last."}
	}
	since := now.AddDate(0, 0, -outlookDays)
	was, known := c.At(since)
	if !known {
		since = c.Points[0].At.Add(outlookFirst)
		was, _ = c.At(since)
	}
	if now.Sub(since) < outlookLeast {
		return Outlook{
			Says: "When the Increment will be done cannot be told yet." + s.ends(now),
			How:  fmt.Sprintf("A rate is counted over two days at the least, and what happened is known for %s.", Left(max(0, now.Sub(since)))),
		}
	}
	return outlookFrom(&was, &is, since, now).with(s, now)
}

// outlookFrom counts the rate between two moments.
func outlookFrom(was, is *Point, since, now time.Time) Outlook {
	days := now.Sub(since).Hours() / 24
	o := Outlook{Days: days, Rate: float64(was.Open()-is.Open()) / days}
	o.How = fmt.Sprintf("Required criteria that were open on %s: %d; that are open now: %d. That is %.2g fewer a day over %.1f days. What is open, divided by that, is the time that is left; what lands until then is taken to be as what landed.",
		since.Format(dayWords), was.Open(), is.Open(), o.Rate, days)
	if o.Rate <= 0 {
		o.How = fmt.Sprintf("Required criteria that were open on %s: %d; that are open now: %d. Over %.1f days no fewer were opened than were met.",
			since.Format(dayWords), was.Open(), is.Open(), days)
	}
	if left := float64(is.Open()) / o.Rate; o.Rate > 0 && left <= outlookMost {
		o.Done = now.Add(time.Duration(left * 24 * float64(time.Hour))).Truncate(time.Second)
	}
	return o
}

// with says it in words.
func (o Outlook) with(s SprintStanding, now time.Time) Outlook {
	over := fmt.Sprintf("the last %s' rate", inWords(int(math.Round(o.Days))))
	switch {
	case o.Done.IsZero():
		o.Says = "At " + over + " the Increment does not become done." + s.ends(now)
	case s.Number == 0:
		o.Says = fmt.Sprintf("At %s the Increment is done in %s.", over, InDays(o.Done.Sub(now)))
	default:
		o.Says = fmt.Sprintf("At %s the Increment is done in %s; the Sprint ends in %s.", over, InDays(o.Done.Sub(now)), InDays(s.End.Sub(now)))
	}
	return o
}

func (s SprintStanding) ends(now time.Time) string {
	if s.Number == 0 {
		return ""
	}
	return " The Sprint ends in " + InDays(s.End.Sub(now)) + "."
}

// InDays is a time to come, as "2.1 days", and as Left says it where that is less than a day.
func InDays(d time.Duration) string {
	if d < 24*time.Hour {
		return Left(d)
	}
	days := math.Round(d.Hours()/2.4) / 10
	if days == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%g days", days)
}

// inWords is a number of days in words up to a fortnight.
func inWords(days int) string {
	words := [...]string{2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten", 11: "eleven", 12: "twelve", 13: "thirteen", 14: "fourteen"}
	if days >= 2 && days < len(words) {
		return words[days] + " days"
	}
	return fmt.Sprintf("%d days", days)
}
