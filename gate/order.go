package gate

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// rank orders the statuses of one start.
func (s Status) rank() int {
	switch s {
	case Queued:
		return 1
	case Running:
		return 2
	case Completed:
		return 3
	default:
		return 0
	}
}

// identity is what makes two pieces of evidence about one commit reports of the same thing:
// a push run and a pull-request run of one workflow are two things, and so are the pipelines of two
// merge requests.
type identity struct {
	kind, app, workflow, trigger, name, of string
	change                                 int
}

func (e *Evidence) identity() identity {
	workflow, _ := splitWorkflow(e.Producer.Workflow) // the same one, whichever branch it was pushed to
	return identity{e.Kind, e.Producer.App, workflow, e.Trigger, e.Name, e.Of, e.Change}
}

func (i identity) compare(with identity) int {
	return cmp.Or(
		strings.Compare(i.kind, with.kind),
		strings.Compare(i.app, with.app),
		strings.Compare(i.workflow, with.workflow),
		strings.Compare(i.trigger, with.trigger),
		strings.Compare(i.name, with.name),
		strings.Compare(i.of, with.of),
		cmp.Compare(i.change, with.change),
	)
}

// latestOfEach keeps the latest report of each identity, in a fixed order.
func latestOfEach(all []*Evidence) []*Evidence {
	if len(all) < 2 {
		return all
	}
	ordered := slices.Clone(all)
	slices.SortFunc(ordered, func(a, b *Evidence) int {
		if order := a.identity().compare(b.identity()); order != 0 {
			return order
		}
		return compareEvidence(a, b)
	})
	latest := ordered[:0]
	for from := 0; from < len(ordered); {
		to := from + 1
		for to < len(ordered) && ordered[to].identity() == ordered[from].identity() {
			to++
		}
		last := ordered[to-1]
		for _, e := range ordered[from : to-1] {
			if e.beside(last) {
				latest = append(latest, e)
			}
		}
		latest, from = append(latest, last), to
	}
	return latest
}

// beside says whether two files were brought under one name by one attempt of a run: by two jobs of a matrix, or
// twice by one. Neither takes the other's place.
func (e *Evidence) beside(last *Evidence) bool {
	one := e.Run == last.Run || e.Of == "" && e.Run.ID == last.Run.ID && e.Run.Attempt == last.Run.Attempt
	return e.Digest != "" && last.Digest != "" && e.Run.ID != 0 && one
}

// compareEvidence orders two reports of one identity by the forge's own words: the run, the
// attempt, the start, the status within that start, the time. Receipt plays no part, so disorder
// and duplication change nothing. What still ties is ordered by which is worse, then by content,
// so that the order is total.
func compareEvidence(a, b *Evidence) int {
	if order := cmp.Or(
		compareTimes(a.Run.Created, b.Run.Created),
		cmp.Compare(a.Run.ID, b.Run.ID),
		cmp.Compare(a.Run.Attempt, b.Run.Attempt),
		cmp.Compare(a.Run.Job, b.Run.Job),
		compareTimes(a.Started, b.Started),
		cmp.Compare(a.Status.rank(), b.Status.rank()),
		compareTimes(a.Observed, b.Observed),
		cmp.Compare(badness(a), badness(b)),
	); order != 0 {
		return order
	}
	return cmp.Or(
		strings.Compare(a.fingerprint(), b.fingerprint()),
		strings.Compare(b.Delivery, a.Delivery), // of two that say the same, the first one kept
	)
}

func compareTimes(a, b time.Time) int { return a.Compare(b) }

// badness breaks a tie: between a success and anything else, anything else is believed.
func badness(e *Evidence) int {
	if e.conclusion() == "success" {
		return 0
	}
	return 1
}

func (e *Evidence) conclusion() string {
	word, _ := e.Facts["conclusion"].(string)
	return word
}

// fingerprint is all that a report says, less the delivery that brought it and what adds up over reports.
func (e *Evidence) fingerprint() string {
	said := *e
	said.Delivery, said.Listed, said.Confirms, said.Deploys = "", false, "", ""
	return canonical(said)
}
