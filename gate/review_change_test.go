package gate_test

import (
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

const approvedOnce = storefront + `
done: review: {why: "Somebody else looked", on: "change", evidence: "review", must: {approvals: >=1, changesRequested: 0}}
`

// gitlabSeen is a merge request as GitLab tells of it: the author is named only where he did it himself.
func gitlabSeen(number int, head, author string, at time.Time) gate.ChangeSeen {
	c := seen(webRepo, number, head, at)
	c.Author = author
	return c
}

func TestAnAuthorsApprovalDoesNotCountAfterSomebodyElseTouchedTheMergeRequest(t *testing.T) {
	h := newHouse(t, approvedOnce)
	h.tell(gitlabSeen(3, "w9", "ana", h.now))
	h.tell(gate.ChangeRead{Repo: webRepo, Number: 3, Head: "w9", Paths: []string{"a"}, Complete: true})
	h.tell(gate.Reviewed{Repo: webRepo, Number: 3, Reviewer: "ana", State: gate.Approved, Commit: "w9", At: h.now})
	h.tell(gitlabSeen(3, "w9", "", h.now.Add(time.Minute)))
	h.wantState("the merge request", h.change(webRepo, 3), "review", gate.Waiting)
}

func TestTheDismissalOfAnOldReviewLeavesALaterRequestForChanges(t *testing.T) {
	h := newHouse(t, approvedOnce)
	h.opened(cartRepo, 17, "bbb", "a")
	h.after(10 * time.Minute)
	said := func(who string, state gate.ReviewState, commit string, minute int) {
		h.tell(gate.Reviewed{Repo: cartRepo, Number: 17, Reviewer: who, State: state, Commit: commit, At: morning.Add(time.Duration(minute) * time.Minute)})
	}
	said("kim", gate.Approved, "bbb", 1)
	said("li", gate.Approved, "aaa", 2)
	said("li", gate.ChangesRequested, "bbb", 3)
	said("li", gate.Withdrawn, "aaa", 4)
	h.wantState("the change", h.change(cartRepo, 17), "review", gate.Unmet)
	said("li", gate.Withdrawn, "bbb", 5)
	h.wantState("the change", h.change(cartRepo, 17), "review", gate.Met)
}

const doneBefore = storefront + `
done: landing: {why: "What lands was done", on: "commit", evidence: "landing", must: changeDone: true}
`

// merged tells that a change landed, and of the push.
func (h *house) merged(repo gate.Repo, number int, head, before, after string) {
	c := seen(repo, number, head, h.now)
	c.State, c.Landed = gate.ChangeMerged, after
	h.tell(c)
	h.landed(repo, before, after, "a")
}

func TestAChangeThatWasDoneOnceAndNotWhenItLandedWasNotDone(t *testing.T) {
	h := newHouse(t, doneBefore)
	h.landed(cartRepo, "000", "c1", "a")
	h.opened(cartRepo, 17, "bbb", "a")
	h.tell(run(cartRepo, "bbb", "pull_request", 7, 1, h.now, "success"))
	h.wantOutcome("the change", h.change(cartRepo, 17), gate.Done)
	h.tell(run(cartRepo, "bbb", "pull_request", 7, 2, h.now, "failure"))
	h.after(time.Minute)
	h.merged(cartRepo, 17, "bbb", "c1", "c2")
	h.wantState("the component", h.component("cart-api"), "landing", gate.Unmet)
}

func TestAChangeThatMergedIntoAnotherBranchIsNotHowACommitCameToThisOne(t *testing.T) {
	h := newHouse(t, storefront+`
done: landing: {why: "Nobody pushes", on: "commit", evidence: "landing", must: viaChange: true}
`)
	h.landed(cartRepo, "000", "c1", "a")
	c := seen(cartRepo, 17, "bbb", h.now)
	c.State, c.Landed, c.Base = gate.ChangeMerged, "c2", "feature"
	h.tell(c)
	h.landed(cartRepo, "c1", "c2", "a")
	h.after(2 * time.Minute)
	h.wantState("the component", h.component("cart-api"), "landing", gate.Unmet)
}

func TestAChangeOfWhichNoPathIsToldIsNotTakenToTouchNothing(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(cartRepo, "000", "c1", "a")
	h.opened(cartRepo, 17, "bbb")
	h.wantOutcome("the change", h.change(cartRepo, 17), gate.Awaiting)
}

func TestTheTeamsLayerIsKnownBeforeAChangeIsJudgedByIt(t *testing.T) {
	h := newHouse(t, storefront)
	h.opened(cartRepo, 17, "bbb", "a")
	h.tell(run(cartRepo, "bbb", "pull_request", 7, 1, h.now, "success"))
	h.wantOutcome("the change, whose team's layer nobody has read", h.change(cartRepo, 17), gate.Awaiting)
	h.landed(cartRepo, "000", "c1", "a")
	h.wantOutcome("the change", h.change(cartRepo, 17), gate.Done)
}

func TestThePathsOfARetargetedChangeAreReadAgain(t *testing.T) {
	h := newHouse(t, `
name: "storefront"
teams: {
	cart: components: cart: {repo: "github:acme/cart-api", branch: "main", path: "cart"}
	old: components: old: {repo: "github:acme/cart-api", branch: "release", path: "old"}
	web: components: web: {repo: "gitlab:acme/web", branch: "main"}
}
done: ci: {why: "Green", on: "commit", evidence: "pipeline", name: "ci", must: conclusion: "success"}
`)
	h.tell(push(cartRepo, "000", "c1", h.now, "cart/a"))
	h.tell(gate.FileRead{Repo: cartRepo, Commit: "c1", Path: "cart/.nexus/done.cue", Absent: true})
	onRelease := seen(cartRepo, 17, "bbb", h.now)
	onRelease.Base = "release"
	h.tell(onRelease)
	h.tell(gate.ChangeRead{Repo: cartRepo, Number: 17, Head: "bbb", Paths: []string{"docs/a"}, Complete: true})
	h.tell(seen(cartRepo, 17, "bbb", h.now.Add(time.Minute)))
	h.wantOutcome("the change on main", h.change(cartRepo, 17), gate.Awaiting)
	h.tell(gate.ChangeRead{Repo: cartRepo, Number: 17, Head: "bbb", Paths: []string{"cart/a"}, Complete: true})
	h.wantState("the change on main", h.change(cartRepo, 17), "ci", gate.Waiting)
}

func mergeRequestPipeline(change int, commit string, id int64, at time.Time, conclusion string) []gate.Event {
	events := pipeline(webRepo, commit, "merge_request_event", id, at, map[string]string{"build": conclusion})
	r := events[0].(gate.Reported)
	r.Evidence.Change = change
	events[0] = r
	return events
}

func TestThePipelineOfAHeadThatWasTakenBackDoesNotAnswerForTheOneBefore(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(webRepo, "000", "w1", "a")
	h.opened(webRepo, 3, "bbb", "a")
	h.tell(mergeRequestPipeline(3, "bbb", 31, h.now, "success")...)
	h.wantOutcome("the merge request", h.change(webRepo, 3), gate.Done)
	h.after(time.Minute)
	h.opened(webRepo, 3, "aaa", "a") // its parent: the last commit was dropped
	h.tell(gate.CommitRead{Repo: webRepo, Commit: "bbb", Tree: "t2", Parents: []string{"aaa"}})
	h.wantOutcome("the merge request at its former commit", h.change(webRepo, 3), gate.Awaiting)
}

func TestAMergedResultThatCameBeforeItsMergeRequestCounts(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(webRepo, "000", "w1", "a")
	h.tell(mergeRequestPipeline(3, "internal", 31, h.now, "success")...)
	h.opened(webRepo, 3, "bbb", "a")
	h.tell(gate.CommitRead{Repo: webRepo, Commit: "internal", Tree: "t2", Parents: []string{"w1", "bbb"}})
	h.wantOutcome("the merge request", h.change(webRepo, 3), gate.Done)
}

func TestThePipelineOfAnotherMergeRequestOfTheSameHeadDoesNotStandIn(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(webRepo, "000", "w1", "a")
	h.opened(webRepo, 3, "bbb", "a")
	h.tell(mergeRequestPipeline(3, "bbb", 31, h.now, "failure")...)
	h.tell(mergeRequestPipeline(4, "bbb", 32, h.now.Add(time.Minute), "success")...)
	h.wantState("the merge request", h.change(webRepo, 3), "ci", gate.Unmet)
}

func TestACarThatIsHeardOfAfterItsMergeRequestEndedIsNotJudged(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(webRepo, "000", "w1", "a")
	c := seen(webRepo, 3, "bbb", h.now)
	c.State, c.Landed = gate.ChangeMerged, "w2"
	h.tell(c)
	h.tell(gate.GroupSeen{Repo: webRepo, Head: "car", Base: "main", Ref: "refs/merge-requests/3/train", At: h.now})
	if v, judged := h.said["group "+webRepo.Key()+" car"]; judged {
		t.Errorf("it is judged: %s", v.Outcome)
	}
}
