package gate

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// integrate decides what is run on which composition, once the head is known. There is never more than one run:
// what lands meanwhile waits, and then the newest composition is next.
func (t *sitting) integrate() {
	s, i := t.s, &t.s.integrating
	d := s.nexus.Definition.Integration
	if of := ofIntegration(d); i.Of != of {
		t.abandon(of)
	}
	if d == nil {
		s.integrateDue = time.Time{}
		return
	}
	come := i.follow(s.record.Head)
	if come {
		s.unintegrated = true
		s.touch(integratingDoc, "")
	}
	if !s.unintegrated {
		return
	}
	s.unintegrated, s.integrateDue = false, time.Time{}
	t.concludeRun(d)
	if come {
		t.comeBack(d)
	}
	if i.Under == nil {
		t.runNext(d)
	}
	if u := i.Under; u != nil {
		s.integrateDue = earliest(s.integrateDue, u.Asked.Add(d.Longest))
	}
}

// comeBack takes note of a head that is a composition of before, as after a branch was set back: what that came to is
// known, and it is not run on again.
func (t *sitting) comeBack(d *definition.Integration) {
	i, head := &t.s.integrating, t.s.record.Head
	if word := i.Tests[head.Digest].Over; word != "" {
		t.tell(d, head.Number, word)
	}
}

func ofIntegration(d *definition.Integration) string {
	if d == nil {
		return ""
	}
	return digestOf(d.Says())
}

// abandon lets go of all that was known of another pipeline: what it said is no evidence any more.
func (t *sitting) abandon(of string) {
	s := t.s
	t.callOff(s.integrating.Under)
	s.integrating = integrating{Of: of}
	s.touch(integratingDoc, "")
	if d := s.nexus.Definition.Integration; d != nil {
		for _, key := range sortedKeys(s.repos) {
			if r := s.repos[key]; r.Repo.named(d.Forge, d.Repo) && !r.Gone {
				s.integrating.Repo = key
			}
		}
	}
	s.rerouted = true
	if s.record.Number > 0 {
		s.stir(s.incrementSubject())
	}
}

// callOff lets go of the errand of a run that was not started yet: it is not wanted any more.
func (t *sitting) callOff(u *underway) {
	if u != nil && u.Run == "" {
		t.step.Errands = append(t.step.Errands, Errand{Nexus: t.s.name, Key: u.Key, Kind: DispatchErrand, Made: t.m.now, Over: true})
	}
}

// concludeRun takes note of a run that has ended, that the forge will not start, or that never ends.
func (t *sitting) concludeRun(d *definition.Integration) {
	s, i := t.s, &t.s.integrating
	u := i.Under
	if u == nil {
		return
	}
	test := i.Tests[u.Digest]
	word, why := s.wordOf(u), ""
	switch {
	case u.Refused != "":
		test.Over, why = sumUnclear, u.Refused
	case word == "" && t.m.now.Sub(u.Asked) < d.Longest:
		return
	case word == "":
		test.Over, why = sumUnclear, "it has not ended by "+clock(u.Asked.Add(d.Longest))
		t.callOff(u)
	case word == "success":
		test.Over = sumPassed
	case u.Attempt < d.Attempts:
	case word == "failure" || word == "timed_out":
		test.Over = sumFailed
	default:
		test.Over = sumUnclear
	}
	test.Said, test.URL, test.At = cmp.Or(why, word), u.URL, t.m.now
	i.Under = nil
	if why != "" {
		gave := *u
		gave.Why, i.Dropped = why, &gave
	}
	s.touch(integratingDoc, "")
	s.stirHead(u.Digest)
	number := i.numberOf(u.Digest)
	if number == 0 {
		return // a step that is not told apart from another any more
	}
	i.Tests[u.Digest] = test
	if test.Over != "" {
		t.tell(d, number, test.Over)
	}
}

// wordOf is the conclusion of what is under way; "" while there is none.
func (s *State) wordOf(u *underway) string {
	r := s.sumRuns[u.Run]
	if u.Run == "" || r == nil {
		return ""
	}
	tries := r.tries()
	if len(tries) == 0 || tries[len(tries)-1].Status != Completed {
		return ""
	}
	last := tries[len(tries)-1]
	return cmp.Or(last.conclusion(), "neutral") // a pipeline of no jobs has come to nothing
}

// runNext asks for the next run: on the head, where it has rested and nothing is known of it, or for the hunt. The
// two take turns.
func (t *sitting) runNext(d *definition.Integration) {
	s, i := t.s, &t.s.integrating
	head := s.record.Head
	hunted, hunting := i.nextOfHunt()
	wanted := head.Number > 0 && s.allKnown() && i.Tests[head.Digest].Over == ""
	rested := head.Made.Add(d.Rest)
	if wanted && t.m.now.Before(rested) {
		s.integrateDue, wanted = rested, false
	}
	switch {
	case wanted && (!hunting || i.Hunted):
		i.Hunted = false
		t.ask(d, head.Number, head.Digest, head.Composition)
	case hunting:
		i.Hunted = true
		i.Hunt.Runs++
		t.ask(d, hunted.Number, hunted.Digest, i.composition(hunted.Number))
	}
}

// allKnown says whether every component that has a branch is part of the head: until then it is no sum to run on.
func (s *State) allKnown() bool {
	for _, c := range s.components {
		if c.Commit == "" && !c.Gone {
			return false
		}
	}
	return len(s.record.Head.Composition) > 0
}

// ask has a forge start the pipeline on a composition.
func (t *sitting) ask(d *definition.Integration, number int64, digest string, sum Composition) {
	s, i := t.s, &t.s.integrating
	if i.Tests == nil {
		i.Tests = map[string]sumTest{}
	}
	test := i.Tests[digest]
	test.Attempts++
	i.Tests[digest] = test
	e := Errand{
		Nexus: s.name, Key: dispatchKey(digest, test.Attempts, i.Of), Kind: DispatchErrand, Made: t.m.now,
		Repo: Repo{Forge: Forge(d.Forge), Name: d.Repo},
	}
	if r, known := s.repos[i.Repo]; known {
		e.Repo = r.Repo
	}
	e.Body = s.dispatchBody(d, e.Mark(), CheckoutOf(s.nexus.Definition, Increment{Number: number, Digest: digest, Composition: sum}))
	t.step.Errands = append(t.step.Errands, e)
	i.Under = &underway{Key: e.Key, Digest: digest, Number: number, Attempt: test.Attempts, Asked: t.m.now}
	s.touch(integratingDoc, "")
	s.stirHead(digest)
}

// mostInputs bounds the composition that a run is given: GitHub takes 65,535 characters in all. A longer one is
// asked for by its digest.
const mostInputs = 60_000

func (s *State) dispatchBody(d *definition.Integration, mark string, c Checkout) json.RawMessage {
	sum := canonical(c)
	if len(sum) > mostInputs {
		c.Components = nil
		sum = canonical(c)
	}
	return canonicalText(Dispatch{
		Workflow: d.Workflow, Ref: d.Branch, Mark: d.MarkInput,
		Inputs: map[string]string{d.MarkInput: mark, d.CompositionInput: sum},
	})
}

// refuseDispatch notes that a forge will not start what was asked for.
func (s *State) refuseDispatch(e ErrandDone) bool {
	if u := s.integrating.Under; u != nil && u.Key == e.Key && u.Run == "" {
		u.Refused, s.unintegrated = fmt.Sprintf("%s will not start it: %s", e.Repo.Forge, e.Refused), true
		s.touch(integratingDoc, "")
	}
	return true
}
