package gate_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
)

// TestHoweverItGoesOneRunsAtATimeAndTheCulpritIsFound lands at random moments, ends runs late, tells of them in any
// order and twice, and restarts in between. The plant holds that there is never more than one run.
func TestHoweverItGoesOneRunsAtATimeAndTheCulpritIsFound(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 5))
			p := newPlant(t, 1)
			p.runAll(brokenBy(1))
			landings := 1 + random.IntN(20)
			culprit := 1 + random.IntN(landings+4) // or none
			for landed := 0; landed < landings || len(p.asked) > p.over; {
				switch random.IntN(5) {
				case 0, 1:
					if landed < landings {
						before := fmt.Sprintf("l%d", landed)
						if landed == 0 {
							before = "base0"
						}
						landed++
						p.landed(cartRepo, before, fmt.Sprintf("l%d", landed), "a")
					}
				case 2:
					p.after(time.Duration(random.IntN(60)) * time.Second)
				case 3:
					p.restart()
				case 4:
					if len(p.asked) > p.over {
						p.runAnyhow(random, brokenBy(culprit)(sumOf(t, p.last())))
					}
				}
			}
			p.runAll(brokenBy(culprit))
			p.wantFound(culprit, landings)
		})
	}
}

// runAnyhow tells of the last run in any order, and some of it twice.
func (p *plant) runAnyhow(random *rand.Rand, conclusion string) {
	p.t.Helper()
	p.runs++
	words := []gate.Event{
		p.started(p.last(), p.runs), wholeRun(p.runs, 1, p.now, ""), wholeRun(p.runs, 1, p.now.Add(time.Second), conclusion),
	}
	words = append(words, words[random.IntN(len(words))])
	random.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	last := p.lastNeeded(words)
	for i, word := range words {
		if i == last {
			p.over++ // now all is told
		}
		p.tell(word)
	}
}

// lastNeeded is the first place at which both what came of the errand and the end of the run are told.
func (p *plant) lastNeeded(words []gate.Event) int {
	done := slices.IndexFunc(words, func(e gate.Event) bool { _, is := e.(gate.ErrandDone); return is })
	end := slices.IndexFunc(words, func(e gate.Event) bool {
		r, is := e.(gate.Reported)
		return is && r.Evidence.Status == gate.Completed
	})
	return max(done, end)
}

func (p *plant) wantFound(culprit, landings int) {
	p.t.Helper()
	c := p.standing().Integration.Culprit
	switch {
	case culprit > landings && c != nil:
		p.t.Errorf("nothing broke it, and the culprit is %+v", c)
	case culprit > landings:
		p.wantState("the head", p.increment(), "e2e", gate.Met)
	case c == nil || len(c.Landings) != 1 || c.Landings[0].Commit != fmt.Sprintf("l%d", culprit):
		p.t.Errorf("landing %d of %d broke it, and the culprit is %+v", culprit, landings, c)
	}
}

// TestEvidenceOfACompositionDoesNotDependOnTheOrderOfItsWords tells the same words in all orders.
func TestEvidenceOfACompositionDoesNotDependOnTheOrderOfItsWords(t *testing.T) {
	var want []gate.Finding
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 7))
		p := newPlant(t, 2)
		p.rest()
		at, first := p.now, p.last()
		second := first
		second.Key = "dispatch " + sumOf(t, first).Increment + " 2" + first.Key[len("dispatch "+sumOf(t, first).Increment+" 1"):]
		words := []gate.Event{
			p.started(first, 1), p.started(second, 2),
			wholeRun(1, 1, at, ""), wholeRun(1, 1, at.Add(time.Second), "failure"),
			wholeRun(2, 1, at.Add(2*time.Second), ""), wholeRun(2, 1, at.Add(3*time.Second), "success"),
			wholeRun(1, 2, at.Add(time.Minute), "failure"),
		}
		random.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
		for _, word := range words {
			p.house.tell(word) // what is asked for meanwhile is another matter
		}
		v := p.increment()
		for i := range v.Findings {
			v.Findings[i].Delivery = ""
		}
		if want == nil {
			want = v.Findings
		}
		if diff := cmp.Diff(want, v.Findings); diff != "" {
			t.Fatalf("in another order (seed %d) it says something else:\n%s", seed, diff)
		}
	}
}
