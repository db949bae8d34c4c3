package gate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// hunt looks for the landing that broke the Increment, between the latest composition that passed, the base, and
// one that failed: it has the pipeline run on the one in the middle, until nothing lies in between.
type hunt struct {
	Failed int64 `json:"failed"` // the earliest Increment that is known to fail
	Runs   int   `json:"runs"`   // compositions in between that were run on
}

// Culprit is the landing from which on the Increment's own pipeline fails.
type Culprit struct {
	Number   int64     `json:"number"`         // the first Increment that fails
	After    int64     `json:"after"`          // the last that passed
	Landings []Landing `json:"landings"`       // one, or those among which it could not be told
	More     int       `json:"more,omitempty"` // and so many besides
	Runs     int       `json:"runs"`           // compositions in between that were run on to find it
	At       time.Time `json:"at"`
}

// Says names the landing, its team and its change.
func (c *Culprit) Says() string {
	var who []string
	for _, l := range c.Landings {
		who = append(who, l.says())
	}
	text := strings.Join(who, " or ")
	if all := len(c.Landings) + c.More; all > 1 {
		text = fmt.Sprintf("by one of %d landings, the last of them %s", all, who[len(who)-1])
	}
	return fmt.Sprintf("broken since Integrated Increment %d: %s (%d passed)", c.Number, text, c.After)
}

// says is a landing in words: "cart-api at 9c1f0a2b3c4d by acme/cart-api#17, of team cart".
func (l *Landing) says() string {
	if l.Component == "" {
		return "the definition"
	}
	text := l.Component + " at " + clipSHA(l.Commit)
	if len(l.Also) > 0 {
		text = strings.Join(append([]string{l.Component}, l.Also...), ", ") + " at " + clipSHA(l.Commit)
	}
	if l.Change != "" {
		text += " by " + l.Change
	}
	return text + ", of team " + l.Team
}

// tell takes note of what a composition came to, and looks for who broke it.
func (t *sitting) tell(d *definition.Integration, number int64, word sumWord) {
	i := &t.s.integrating
	switch word {
	case sumPassed:
		i.passedAt(number)
		if i.Hunt != nil && number >= i.Hunt.Failed {
			i.Hunt = nil // it was mended before it was found
		}
		if i.Found != nil && number >= i.Found.Number {
			i.Found = nil
		}
	case sumFailed:
		if i.Hunt != nil {
			i.Hunt.Failed = min(i.Hunt.Failed, number)
		}
	case sumUnclear:
		if i.Hunt != nil && number < i.Hunt.Failed {
			t.blame() // it cannot be told further
			return
		}
	}
	t.search(d)
}

// search begins to look for who broke it, or goes on, as far as what is known allows.
func (t *sitting) search(d *definition.Integration) {
	i := &t.s.integrating
	if i.Hunt == nil {
		first := i.firstFailed()
		if !d.Culprit || !i.Passed || first == 0 || i.Found != nil && i.Found.Number == first {
			return
		}
		i.Hunt = &hunt{Failed: first}
	}
	for i.Hunt != nil {
		middle, between := i.nextOfHunt()
		if !between {
			t.blame()
			return
		}
		switch i.Tests[middle.Digest].Over {
		case sumPassed:
			i.passedAt(middle.Number)
		case sumFailed:
			i.Hunt.Failed = middle.Number
		case sumUnclear:
			t.blame()
		default:
			return // it is to be run
		}
	}
}

// firstFailed is the earliest Increment since the base that is known to fail; 0 where none is.
func (i *integrating) firstFailed() int64 {
	for _, step := range i.Steps {
		if i.Tests[step.Digest].Over == sumFailed {
			return step.Number
		}
	}
	return 0
}

// suspects are the steps since the base up to the one that fails.
func (i *integrating) suspects() []summed {
	at := slices.IndexFunc(i.Steps, func(step summed) bool { return step.Number == i.Hunt.Failed })
	return i.Steps[:at+1]
}

// nextOfHunt is the Increment in the middle; false where nothing lies in between, or nothing is looked for.
func (i *integrating) nextOfHunt() (middle summed, between bool) {
	if i.Hunt == nil {
		return summed{}, false
	}
	suspects := i.suspects()
	if len(suspects) < 2 {
		return summed{}, false
	}
	return suspects[(len(suspects)-1)/2], true
}

// blame ends the hunt: with one landing, or with those between which it could not be told.
func (t *sitting) blame() {
	i := &t.s.integrating
	found := Culprit{Number: i.Hunt.Failed, After: i.Base.Number, Runs: i.Hunt.Runs, At: t.m.now}
	for _, step := range i.suspects() {
		found.Landings, found.More = append(found.Landings, step.Landings...), found.More+step.More
	}
	found.Landings, found.More = latestLandings(found.Landings, found.More)
	for at := range found.Landings {
		t.s.nameChange(&found.Landings[at])
	}
	i.Found, i.Hunt = &found, nil
	if t.s.record.Number > 0 {
		t.s.stir(t.s.incrementSubject())
	}
}

// nameChange names the change of a landing of which the push was told first.
func (s *State) nameChange(l *Landing) {
	if l.Change != "" || l.Commit == "" {
		return
	}
	for _, key := range s.changesLandedAs(l.Repo.Key(), l.Commit) {
		l.Change = s.changeSubject(key, s.changes[key]).Name
	}
}

// blames is who broke a composition that fails, where that is known.
func (i *integrating) blames(digest string) *Culprit {
	if i.Found == nil || i.Tests[digest].Over != sumFailed || i.numberOf(digest) < i.Found.Number {
		return nil
	}
	return i.Found
}
