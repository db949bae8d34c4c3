package gate

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// integrating is where a Nexus stands with its Increment's own pipeline. What is run next, and which landing is
// blamed, is history: decided once, in recorded order. What a run says of a composition is not.
type integrating struct {
	Of      string             `json:"of,omitempty"`      // what is run, as the definition names it
	Repo    string             `json:"repo,omitempty"`    // the key of its repository, once heard of
	Under   *underway          `json:"under,omitempty"`   // what is asked for, or runs: never more than one
	Base    summed             `json:"base,omitzero"`     // the latest composition that passed, or the first that was known
	Passed  bool               `json:"passed,omitempty"`  // whether the base did
	Steps   []summed           `json:"steps,omitempty"`   // the Increments since, oldest first
	Tests   map[string]sumTest `json:"tests,omitempty"`   // by digest: of the base and of the steps
	Hunt    *hunt              `json:"hunt,omitempty"`    // for the landing that broke it
	Found   *Culprit           `json:"found,omitempty"`   // until a later composition passes
	Hunted  bool               `json:"hunted,omitempty"`  // the last run was for the hunt, so that the head is next
	Dropped *underway          `json:"dropped,omitempty"` // the last that was given up, and why
}

// underway is a run that was asked for.
type underway struct {
	Key     string    `json:"key"` // of the errand
	Digest  string    `json:"digest"`
	Number  int64     `json:"number"` // of the Increment
	Attempt int       `json:"attempt"`
	Asked   time.Time `json:"asked"`
	Run     string    `json:"run,omitempty"` // where the run is kept, once it is known
	URL     string    `json:"url,omitempty"`
	Refused string    `json:"refused,omitempty"` // why the forge will not start it
	Why     string    `json:"why,omitempty"`     // it was given up
}

// summed is an Increment by what moved in it.
type summed struct {
	Number      int64             `json:"number"`
	Digest      string            `json:"digest"`
	Composition Composition       `json:"composition,omitempty"` // of the base
	Moved       map[string]string `json:"moved,omitempty"`       // of a step: component → commit; "" of one that is gone
	Landings    []Landing         `json:"landings,omitempty"`    // that made it: more where there were too many steps to keep apart
	More        int               `json:"more,omitempty"`        // landings besides
}

// sumTest is what running on a composition has come to.
type sumTest struct {
	Attempts int       `json:"attempts"` // that were asked for
	Over     sumWord   `json:"over,omitempty"`
	Said     string    `json:"said,omitempty"`
	URL      string    `json:"url,omitempty"`
	At       time.Time `json:"at,omitzero"`
}

// sumWord is what came of running on a composition, once nothing more is run on it.
type sumWord string

const (
	sumPassed  sumWord = "passed"
	sumFailed  sumWord = "failed"
	sumUnclear sumWord = "unclear" // it was cancelled, refused or never ended: that says nothing of any landing
)

// The bounds of what is kept of Increments that were not passed yet.
const (
	mostSummed   = 128
	mostLandings = 10
)

// integratesIn says whether the Increment's pipeline runs in a repository.
func (s *State) integratesIn(repo string) bool {
	return s.nexus != nil && s.nexus.Definition.Integration != nil && s.integrating.Repo == repo
}

// integratesAlone says whether nothing else of the Nexus lies there.
func (s *State) integratesAlone(repo string) bool {
	return s.integratesIn(repo) && len(s.componentsIn(repo)) == 0 && !s.homeIn(repo)
}

// bindSum ties the pipeline to its repository the first time it is heard of, as a component is.
func (s *State) bindSum(repo Repo) (ours bool) {
	d := s.nexus.Definition.Integration
	if d == nil || repo.ID == 0 || !repo.named(d.Forge, d.Repo) {
		return false
	}
	key := repo.Key()
	if at := s.integrating.Repo; at == "" || at != key && s.isGone(at) {
		s.integrating.Repo, s.rerouted = key, true
		s.touch(integratingDoc, "")
		if s.repos[key] == nil {
			s.repos[key] = &repository{Repo: repo}
			s.touch(repoDoc, key)
		}
	}
	return s.integrating.Repo == key
}

// placeOfSum is the name of the repository that the pipeline runs in, as it is listened to; "" where there is none.
func placeOfSum(d *definition.Definition) string {
	if d.Integration == nil {
		return ""
	}
	return strings.ToLower(d.Integration.Forge + ":" + d.Integration.Repo)
}

// follow notes what the head is, and what moved in it.
func (i *integrating) follow(head Increment) (changed bool) {
	last := i.Base
	if n := len(i.Steps); n > 0 {
		last = i.Steps[n-1]
	}
	switch {
	case head.Number == 0 || head.Number <= last.Number:
		return false
	case i.Base.Number == 0:
		i.Base = summed{Number: head.Number, Digest: head.Digest, Composition: head.Composition}
		return true
	}
	i.Steps = append(i.Steps, summed{
		Number: head.Number, Digest: head.Digest, Moved: moved(i.composition(last.Number), head.Composition), Landings: []Landing{head.Landing},
	})
	if len(i.Steps) > mostSummed {
		i.merge()
	}
	return true
}

// moved is what differs in a composition from the one before it.
func moved(from, to Composition) map[string]string {
	all := map[string]string{}
	for name, commit := range to {
		if from[name] != commit {
			all[name] = commit
		}
	}
	for name := range from {
		if _, still := to[name]; !still {
			all[name] = ""
		}
	}
	return all
}

// merge has the two oldest steps count as one: which of them broke something is not told apart any more.
func (i *integrating) merge() {
	first, second := i.Steps[0], i.Steps[1]
	all := maps.Clone(first.Moved)
	maps.Copy(all, second.Moved)
	second.Moved = all
	second.Landings, second.More = latestLandings(append(slices.Clone(first.Landings), second.Landings...), first.More+second.More)
	i.Steps = append([]summed{second}, i.Steps[2:]...)
	i.forgetTests()
}

// latestLandings are as many as are named, and how many are not.
func latestLandings(all []Landing, more int) (named []Landing, besides int) {
	cut := max(0, len(all)-mostLandings)
	return all[cut:], more + cut
}

// composition is that of an Increment since the base; nil where it is not known.
func (i *integrating) composition(number int64) Composition {
	if number < i.Base.Number {
		return nil
	}
	sum := maps.Clone(i.Base.Composition)
	at := i.Base.Number
	for _, step := range i.Steps {
		if step.Number > number {
			break
		}
		for name, commit := range step.Moved {
			if sum[name] = commit; commit == "" {
				delete(sum, name)
			}
		}
		at = step.Number
	}
	if at != number {
		return nil
	}
	return sum
}

// numberOf is the latest Increment since the base of that composition; 0 where there is none.
func (i *integrating) numberOf(digest string) int64 {
	for _, step := range slices.Backward(i.Steps) {
		if step.Digest == digest {
			return step.Number
		}
	}
	if i.Base.Digest == digest {
		return i.Base.Number
	}
	return 0
}

// passedAt makes an Increment the base: what came before it needs no looking at any more.
func (i *integrating) passedAt(number int64) {
	if sum := i.composition(number); sum != nil {
		at := i.Base.Digest
		rest := i.Steps[:0:0]
		for _, step := range i.Steps {
			if step.Number == number {
				at = step.Digest
			}
			if step.Number > number {
				rest = append(rest, step)
			}
		}
		i.Base, i.Passed, i.Steps = summed{Number: number, Digest: at, Composition: sum}, true, rest
		i.forgetTests()
	}
}

func (i *integrating) forgetTests() {
	maps.DeleteFunc(i.Tests, func(digest string, _ sumTest) bool { return i.numberOf(digest) == 0 })
}
