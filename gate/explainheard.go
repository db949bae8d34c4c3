package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
)

// mostHeard bounds the pieces of evidence that an explanation lists: a matrix may have hundreds.
const mostHeard = 40

// heard lists the evidence that bears the criterion's kind and name, or nearly that name: what
// counts, the worst first, then what does not, the newest first.
func (q *inquiry) heard() (heard []Testimony, more int) {
	c := q.counting()
	for i := range c.x.all {
		if e := &c.x.all[i]; e.Kind == c.x.c.Evidence && (c.x.names(e) || c.x.nearly(e)) {
			heard = append(heard, c.testimony(e))
		}
	}
	slices.SortStableFunc(heard, func(a, b Testimony) int {
		return cmp.Or(-cmp.Compare(a.weight(), b.weight()), -a.Evidence.Observed.Compare(b.Evidence.Observed))
	})
	if len(heard) > mostHeard {
		heard, more = heard[:mostHeard], len(heard)-mostHeard
	}
	return heard, more
}

// weight is 0 of what does not count, and more the worse what counts is.
func (t *Testimony) weight() int {
	if !t.Counts {
		return 0
	}
	return 1 + severity(t.State)
}

// nearly says whether evidence bears a name that was perhaps meant.
func (x examination) nearly(e *Evidence) bool {
	want, has := strings.ToLower(x.c.Name), strings.ToLower(e.Name)
	return definition.MatchGlob(want, has) || definition.Resembles(want, has) ||
		(min(len(want), len(has)) > 2 && (strings.Contains(has, want) || strings.Contains(want, has)))
}

// counting is which of the evidence counts, as the examination finds it.
type counting struct {
	x       examination
	trusted []*Evidence
	latest  []*Evidence
	decides *Evidence
}

func (q *inquiry) counting() counting {
	x := q.examination()
	c := counting{x: x, decides: q.answer().evidence, trusted: x.trusted(x.matching(nil))}
	c.latest = latestOfEach(c.trusted)
	return c
}

func (c counting) testimony(e *Evidence) Testimony {
	t := Testimony{Evidence: *e, Said: c.x.said(e), Why: c.whyNot(e)}
	if slices.Contains(c.latest, e) {
		t.Counts, t.State, t.Why = true, c.x.weigh(e).state, c.why(e)
	}
	return t
}

// said is what a report says of the rule.
func (x examination) said(e *Evidence) string {
	if e.Status != Completed {
		return string(e.Status)
	}
	return describeFacts(x.c.Must, e, e.grown(x.now))
}

func (c counting) why(e *Evidence) string {
	why := fmt.Sprintf("one of %d", len(c.latest))
	switch {
	case len(c.latest) == 1:
		why = "the only one"
	case e == c.decides && c.differ():
		why = fmt.Sprintf("the worst of %d", len(c.latest))
	}
	if n := len(c.sameAs(e)); n > 1 {
		why += fmt.Sprintf(", and the latest of %d reports", n)
	}
	return why
}

// differ says whether what counts comes to different states, so that the worst of them decides.
func (c counting) differ() bool {
	return slices.ContainsFunc(c.latest, func(e *Evidence) bool { return c.x.weigh(e).state != c.x.weigh(c.latest[0]).state })
}

// sameAs are the trusted reports of one identity.
func (c counting) sameAs(e *Evidence) []*Evidence {
	id := e.identity()
	return keep(c.trusted, func(other *Evidence) bool { return other.identity() == id })
}

// whyNot says why a report does not count, by the first of the questions that it fails.
func (c counting) whyNot(e *Evidence) string {
	switch {
	case !c.x.names(e):
		return fmt.Sprintf("its name is %q, and the rule asks for %q", clip(e.Name, longestFact), c.x.c.Name)
	case e.Parent != "":
		return "a child pipeline answers for the one that started it, and never for itself"
	case !c.x.renewed(e):
		return "given for " + brief12(e.Earlier) + ", and each commit needs a new one"
	case !c.x.admits(e):
		return "brought by " + producerName(e.Producer) + ", and the rule asks for " + asksFor(c.x.c.From)
	case e.Trust < c.x.floor:
		return distrust(e, c.x.floor)
	}
	for _, other := range c.latest {
		if other.identity() == e.identity() {
			return "superseded by " + successor(e, other)
		}
	}
	return ""
}

// successor says by what a later report of the same thing is the later one.
func successor(e, by *Evidence) string {
	switch {
	case by.Run.ID != e.Run.ID:
		return fmt.Sprintf("a later run, %d", by.Run.ID)
	case by.Run.Attempt != e.Run.Attempt:
		return fmt.Sprintf("attempt %d", by.Run.Attempt)
	case by.Run.Job != e.Run.Job:
		return fmt.Sprintf("a later job, %d", by.Run.Job)
	default:
		return "a later report, observed " + clock(by.Observed)
	}
}

func producerName(p Producer) string {
	name := cmp.Or(clip(p.App, longestFact), "nobody who is named")
	if p.Workflow != "" {
		name += " (" + clip(p.Workflow, longestFact) + ")"
	}
	return name
}

// asksFor says who a rule lets bring its evidence; "" where it lets anyone.
func asksFor(from definition.From) string {
	said := strings.Join(from.App, " or ")
	if len(from.Workflow) > 0 {
		said = strings.TrimSpace(said + " (" + strings.Join(from.Workflow, " or ") + ")")
	}
	return said
}
