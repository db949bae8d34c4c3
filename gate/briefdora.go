package gate

import (
	"fmt"
	"time"
)

// dora are the four measures of delivery, as https://dora.dev/guides/dora-metrics/ defines them, as far as a forge
// tells them: where production is, and what fails there, it does not. Each says how it is counted here.
func (w *briefing) dora() []BriefLine {
	out, alarmed, mended := w.wentOutIn()
	return []BriefLine{
		{Text: "Deployment frequency: " + w.frequency(out), Lines: []BriefLine{{
			Text: "Releases that were published, and deployments that the door let through.",
		}}},
		{Text: "Change lead time: " + w.leadTime(), Lines: []BriefLine{{
			Text: "From when a change was opened until it first went out by one of them. DORA counts from the first commit, which no forge tells.",
		}}},
		{Text: "Change fail rate: " + failRate(out, alarmed), Lines: []BriefLine{{
			Text: "Of what went out, the part that was in no done Increment. DORA counts what has to be mended in production, which is not seen from here.",
		}, {Text: w.broken()}}},
		{Text: "Failed deployment recovery time: " + recovery(mended, alarmed), Lines: []BriefLine{{
			Text: "From when that was found until what went out was in a done Increment, or the release was made anew.",
		}, {Text: w.mending()}}},
	}
}

// wentOutIn counts what went out, what of it raised an alarm, and how long those lasted that are over.
func (w *briefing) wentOutIn() (out, alarmed int, mended []time.Duration) {
	for i := range w.Chronicle.Released {
		r := &w.Chronicle.Released[i]
		if !w.in(r.At) || r.Environment != "" && r.Outcome != Done {
			continue
		}
		out++
		if r.Alarmed.IsZero() {
			continue
		}
		alarmed++
		if !r.Mended.IsZero() {
			mended = append(mended, r.Mended.Sub(r.Alarmed))
		}
	}
	return out, alarmed, mended
}

func (w *briefing) frequency(out int) string {
	days := w.Now.Sub(latest(w.Since, w.Chronicle.Kept)).Hours() / 24
	if out == 0 || days < 1 {
		return fmt.Sprintf("%d since %s", out, w.day(w.Since))
	}
	return fmt.Sprintf("%d in %.0f days, %.1f a week", out, days, float64(out)/days*7)
}

// leadTime counts a change once, however many components it moved: from when it was opened until it went out first.
func (w *briefing) leadTime() string {
	first := map[string]*Landed{}
	for i := range w.Chronicle.Landed {
		l := &w.Chronicle.Landed[i]
		if l.Opened.IsZero() || l.Released.IsZero() {
			continue
		}
		if was := first[l.Change.key()]; was == nil || l.Released.Before(was.Released) {
			first[l.Change.key()] = l
		}
	}
	var times []time.Duration
	for _, l := range first {
		if w.in(l.Released) {
			times = append(times, l.Released.Sub(l.Opened))
		}
	}
	if len(times) == 0 {
		return "no change went out"
	}
	return fmt.Sprintf("half within %s, nine of ten within %s, of %s", Left(quantile(times, 0.5)), Left(quantile(times, 0.9)), counted(len(times), "change", "changes"))
}

func failRate(out, alarmed int) string {
	if out == 0 {
		return "nothing went out"
	}
	return fmt.Sprintf("%d of %d, %.0f %%", alarmed, out, 100*float64(alarmed)/float64(out))
}

func recovery(mended []time.Duration, alarmed int) string {
	switch {
	case alarmed == 0:
		return "nothing failed"
	case len(mended) == 0:
		return fmt.Sprintf("none of %d is mended", alarmed)
	default:
		return fmt.Sprintf("half within %s, of %d that are mended", Left(quantile(mended, 0.5)), len(mended))
	}
}

// broken counts the Increments that were not done at some time: the sum fails before anything goes out.
func (w *briefing) broken() string {
	decided, red := map[int64]bool{}, map[int64]bool{}
	for _, p := range w.Chronicle.Points {
		if w.in(p.At) && p.Outcome.Decided() {
			decided[p.Increment] = true
			red[p.Increment] = red[p.Increment] || p.Outcome == NotDone
		}
	}
	count := 0
	for _, was := range red {
		if was {
			count++
		}
	}
	return fmt.Sprintf("In the sum, before anything goes out: %d of %s were not done at some time.", count, counted(len(decided), "Increment that was decided", "Increments that were decided"))
}

// mending is how long the sum was not done, each time, until it was done again.
func (w *briefing) mending() string {
	var times []time.Duration
	var since time.Time
	for _, p := range w.Chronicle.Points {
		switch {
		case p.Outcome == NotDone && since.IsZero():
			since = p.At
		case p.Outcome == Done && !since.IsZero():
			if w.in(p.At) {
				times = append(times, p.At.Sub(since))
			}
			since = time.Time{}
		}
	}
	if len(times) == 0 {
		return "In the sum: it was not brought back from not done to done."
	}
	return fmt.Sprintf("In the sum, from not done to done: half within %s, of %s.", Left(quantile(times, 0.5)), counted(len(times), "time", "times"))
}
