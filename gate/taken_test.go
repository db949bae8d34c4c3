package gate_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition/definitiontest"
	"github.com/nexusgate/nexusgate/gate"
)

// takenAlong is what was copied at one moment, and what was to be read then.
type takenAlong struct {
	backlog       func() gate.Backlog
	chronicle     func() gate.Chronicle
	wantBacklog   gate.Backlog
	wantChronicle gate.Chronicle
}

func (h *house) take() takenAlong {
	return takenAlong{h.ledger.TakeBacklog("storefront", h.now), h.ledger.TakeChronicle("storefront"), h.backlog(), h.chronicle()}
}

func (one takenAlong) holds(t *testing.T, seed uint64) {
	if diff := cmp.Diff(one.wantBacklog, one.backlog()); diff != "" {
		t.Errorf("seed %d: the backlog that is read later (-then +later):\n%s", seed, diff)
	}
	if diff := cmp.Diff(one.wantChronicle, one.chronicle()); diff != "" {
		t.Errorf("seed %d: the chronicle that is read later (-then +later):\n%s", seed, diff)
	}
}

func TestWhatWasTakenIsReadAsItWasWhileJudgingGoesOn(t *testing.T) {
	for n := range definitiontest.Cases(20) {
		seed := rand.Uint64()
		c := chance{rand.New(rand.NewPCG(seed, uint64(n))), []gate.Repo{cartRepo, payRepo, webRepo, productRepo}, nil}
		h := newHouse(t, apart)
		allGreen(h)
		var readers sync.WaitGroup
		for i := range 60 {
			if i%6 == 0 {
				one := h.take()
				readers.Go(func() { one.holds(t, seed) }) // meanwhile the ledger goes on
			}
			h.after(time.Minute)
			h.tell(c.planning())
			h.tell(run(cartRepo, "c1", "push", 9, 1+i, h.now, pick(c.Rand, "success", "failure")))
		}
		readers.Wait()
	}
}

func TestAnEditionIsNewWhereSomethingHasChangedAndOnlyThere(t *testing.T) {
	h := newHouse(t, apart)
	allGreen(h)
	edition := func() gate.Edition { return h.ledger.Edition("storefront") }
	before := edition()
	h.tell(run(cartRepo, "elsewhere", "push", 77, 1, h.now, "failure")) // of no head
	if edition() != before {
		t.Errorf("after nothing happened it is %+v, before %+v", edition(), before)
	}
	h.tell(issue(cartRepo, 2, h.now))
	planned := edition()
	if planned.Backlog <= before.Backlog || planned.Chronicle != before.Chronicle || before.NoOlder(planned) || !planned.NoOlder(before) {
		t.Errorf("with an item it is %+v, before %+v", planned, before)
	}
	h.after(time.Minute)
	h.tell(run(cartRepo, "c1", "push", 9, 1, h.now, "failure"))
	if judged := edition(); judged.Chronicle <= planned.Chronicle || judged.Backlog != planned.Backlog {
		t.Errorf("with a verdict it is %+v, before %+v", judged, planned)
	}
	judged := edition()
	h.restart()
	if !edition().NoOlder(judged) {
		t.Errorf("after a restart it is %+v, before %+v", edition(), judged)
	}
	if none := h.ledger.Edition("nobody's"); none != (gate.Edition{}) {
		t.Errorf("that of no Nexus is %+v", none)
	}
}
