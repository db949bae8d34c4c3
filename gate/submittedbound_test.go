package gate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
)

// large is evidence of a kind of its own with 60 KiB of facts.
func large(e gate.Submitted, n int) gate.Submitted {
	e.Kind, e.Name, e.Facts = "own", fmt.Sprint("part ", n), gate.Facts{"text": strings.Repeat("x", 60<<10)}
	return e
}

func TestWhatIsKeptOfOneCommitIsBounded(t *testing.T) {
	for name, c := range map[string]struct {
		event, ref, commit string
		told               bool
	}{
		"of a commit":                        {"push", "refs/heads/main", shaLanded, true},
		"of a change whose run is told of":   {"pull_request", "refs/pull/17/merge", shaMerge, true},
		"of a change before its run is":      {"pull_request", "refs/pull/17/merge", shaMerge, false},
		"of a fork, which counts for nought": {"pull_request_target", "refs/heads/main", shaLanded, true},
	} {
		h := newHouse(t, unitTested)
		h.landedUnit()
		h.opened(cartRepo, 17, shaHead, "cart.go")
		if c.told {
			h.tell(run(cartRepo, shaHead, "pull_request", 7, 1, h.now, "success"))
		}
		kept := 0
		for i := range 20 {
			e := large(by(h, c.event, c.ref, c.commit, 7, 1, 0), i)
			says, counts := h.ledger.Counts("storefront", e)
			taken := h.tell(e).Result == gate.Applied
			if taken {
				kept++
			}
			if taken != counts && c.event != "pull_request_target" {
				t.Errorf("%s: of part %d it is said %q, and it was taken: %v", name, i, says, taken)
			}
		}
		if kept != 16 {
			t.Errorf("%s: %d parts of 60 KiB are kept, want those of 1 MiB", name, kept)
		}
	}
}

func TestWhatHasWaitedLongestForItsRunMakesRoom(t *testing.T) {
	h := newHouse(t, unitTested)
	h.landedUnit()
	h.opened(cartRepo, 17, shaHead, "cart.go")
	for n := range 2001 {
		h.tell(by(h, "pull_request", "refs/pull/17/merge", shaMerge, int64(1000+n), 1, 0))
	}
	h.tell(run(cartRepo, shaHead, "pull_request", 1000, 1, h.now, "success"))
	h.wantState("told of the first run", h.change(cartRepo, 17), "unit", gate.Waiting)
	h.tell(run(cartRepo, shaHead, "pull_request", 3000, 1, h.now, "success"))
	h.wantState("told of the last", h.change(cartRepo, 17), "unit", gate.Met)
}

func TestJobsOfOneRunThatAreOfTwoWorkflowsBringTheSameFileEach(t *testing.T) {
	const shared = "acme/shared/.github/workflows/ci.yml"
	for name, first := range map[string]int{"the trusted one first": 0, "the other one first": 1} {
		h := newHouse(t, storefront+`done: unit: {why: "Tests pass", on: "commit", evidence: "junit", name: "unit", from: workflow: "`+shared+`", must: failed: 0, within: "1h"}
`)
		h.landedUnit()
		both := []gate.Submitted{by(h, "push", "refs/heads/main", shaLanded, 1, 1, 0), by(h, "push", "refs/heads/main", shaLanded, 1, 1, 0)}
		both[0].Job.Workflow = shared + "@refs/heads/main"
		if both[0].Key() == both[1].Key() {
			t.Fatal("they are taken for one")
		}
		h.tell(both[first])
		h.tell(both[1-first])
		h.wantState(name, h.component("cart-api"), "unit", gate.Met)
	}
}
