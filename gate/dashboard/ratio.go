package dashboard

import (
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// ratio is how the required criteria of a verdict divide, for a bar as wide as there are criteria.
type ratio struct{ Met, Excepted, Awaited, Not int }

func newRatio(v gate.Verdict) ratio {
	t := report.Count(v)
	return ratio{Met: len(t.Met), Excepted: len(t.Excepted), Awaited: len(t.Awaited), Not: len(t.Holding)}
}

// All is the width of the bar.
func (r ratio) All() int { return r.Met + r.Excepted + r.Awaited + r.Not }

// Borne is where what is awaited begins: behind what is met, and what is under an exception.
func (r ratio) Borne() int { return r.Met + r.Excepted }

// Reached is where what is not met begins.
func (r ratio) Reached() int { return r.Borne() + r.Awaited }

// Sentence says the same under the answer: "33 of 38 required criteria met, 3 not, 2 awaited."
func (r ratio) Sentence() string {
	if r.All() == 0 {
		return "No required criterion is in force, and unknown is never done."
	}
	said := fmt.Sprintf("%d of %d required criteria met", r.Met, r.All())
	if r.All() == 1 {
		said = fmt.Sprintf("%d of 1 required criterion met", r.Met)
	}
	if r.Excepted > 0 {
		said += fmt.Sprintf(", %d under an exception", r.Excepted)
	}
	if r.Not > 0 {
		said += fmt.Sprintf(", %d not", r.Not)
	}
	if r.Awaited > 0 {
		said += fmt.Sprintf(", %d awaited", r.Awaited)
	}
	return said + "."
}

// Words say what the bar shows.
func (r ratio) Words() string {
	said := fmt.Sprintf("%d met, ", r.Met)
	if r.Excepted > 0 {
		said += fmt.Sprintf("%d under an exception, ", r.Excepted)
	}
	return said + fmt.Sprintf("%d awaited, %d not met", r.Awaited, r.Not)
}
