package gate_test

import (
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// forgets lets so much time pass, and forgets all that is older than half of it.
func (h *house) forgets(after time.Duration) {
	h.t.Helper()
	h.after(after)
	if step := h.tell(gate.Pruned{Before: h.now.Add(-after / 2)}); step.Result != gate.Applied || len(step.Verdicts)+len(step.Owed) > 0 {
		h.t.Fatalf("to forget is %s, says %d verdicts and owes %d reports", step.Result, len(step.Verdicts), len(step.Owed))
	}
}

const season = 90 * 24 * time.Hour

// a change that was opened, judged and closed, with all that was said of it.
func (h *house) closed(repo gate.Repo, number int, said ...gate.Event) (opened gate.ChangeSeen) {
	opened = seen(repo, number, "aaa", h.now)
	h.tell(opened)
	h.tell(said...)
	ended := opened
	ended.State, ended.UpdatedAt = gate.ChangeClosed, h.now.Add(time.Minute)
	h.tell(ended)
	return opened
}

func TestALateWordOnWhatIsForgottenOpensNothingAgain(t *testing.T) {
	h := newHouse(t, reviewed)
	allGreen(h)
	opened := h.closed(cartRepo, 17)
	green := run(cartRepo, "aaa", "push", 9, 1, h.now, "success")
	approved := gate.Reviewed{Repo: cartRepo, Number: 17, Reviewer: "kim", State: gate.Approved, Commit: "aaa", At: h.now}
	queued := gate.GroupSeen{Repo: cartRepo, Head: "grp", Base: "main", Ref: queueRef, At: h.now}
	h.forgets(season)
	for _, late := range []gate.Event{opened, green, approved, queued, push(cartRepo, "000", "c0", morning, "a")} {
		if step := h.tell(late); step.Result != gate.Unused || len(step.Verdicts)+len(step.Owed)+len(step.Docs) > 0 {
			t.Errorf("a late %T is %s: %d verdicts, %d reports, %d documents; want it unused", late, step.Result, len(step.Verdicts), len(step.Owed), len(step.Docs))
		}
	}
}

func TestAChangeThatIsOpenedAgainIsJudgedThoughItWasForgotten(t *testing.T) {
	h := newHouse(t, reviewed)
	allGreen(h)
	again := h.closed(cartRepo, 17)
	h.forgets(season)
	again.UpdatedAt = h.now
	h.tell(again)
	h.tell(gate.ChangeRead{Repo: cartRepo, Number: 17, Head: "aaa", Paths: []string{"a"}, Complete: true})
	h.wantOutcome("the change", h.change(cartRepo, 17), gate.Awaiting)
	h.tell(run(cartRepo, "aaa", "push", 12, 1, h.now, "success"))
	h.tell(gate.Reviewed{Repo: cartRepo, Number: 17, Reviewer: "kim", State: gate.Approved, Commit: "aaa", At: h.now})
	h.wantOutcome("once it was run and approved anew", h.change(cartRepo, 17), gate.Done)
}

func TestAnObjectionOutlastsTheChangeThatItIsTo(t *testing.T) {
	h := newHouse(t, storefront+`done: review: {why: "Nobody objects", on: "change", evidence: "review", must: changesRequested: 0, within: "1h"}`)
	allGreen(h)
	again := h.closed(cartRepo, 17, gate.Reviewed{Repo: cartRepo, Number: 17, Reviewer: "kim", State: gate.ChangesRequested, Commit: "aaa", At: h.now})
	h.forgets(season)
	h.forgets(season)
	again.UpdatedAt = h.now
	h.tell(again)
	h.tell(gate.ChangeRead{Repo: cartRepo, Number: 17, Head: "aaa", Paths: []string{"a"}, Complete: true})
	h.wantState("kim asked for another thing, and the change", h.change(cartRepo, 17), "review", gate.Unmet)
}

func TestToForgetTwiceOrEarlierForgetsNothingMore(t *testing.T) {
	h := newHouse(t, storefront)
	allGreen(h)
	h.forgets(season)
	for _, before := range []time.Time{h.now.Add(-season / 2), morning} {
		if step := h.tell(gate.Pruned{Before: before}); step.Result != gate.Unused || len(step.Docs) > 0 {
			t.Errorf("to forget again is %s and leaves %d documents; want it unused", step.Result, len(step.Docs))
		}
	}
}

func TestWhatALandingOfLongAgoSaysStillStands(t *testing.T) {
	h := newHouse(t, storefront)
	allGreen(h)
	h.forgets(season)
	h.restart()
	h.after(0)
	s := h.standing()
	if s.Head.Outcome != gate.Done {
		t.Errorf("Increment %d is %s after its evidence grew old and the service was restarted, want done\n%s", s.Head.Number, s.Head.Outcome, findings(s.HeadSays))
	}
}
