package gate_test

import (
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

const everyTest = storefront + `
done: tests: {why: "Every test passes", on: "commit", evidence: "job", name: "test*", must: conclusion: "success", within: "1h"}
`

func TestAMatrixInAChildPipelineIsCompleteWhenTheChildAndItsParentAre(t *testing.T) {
	h := newHouse(t, everyTest)
	h.landed(webRepo, "000", "w1", "a")
	h.tell(pipeline(webRepo, "w1", "push", 31, h.now, map[string]string{"build": "success"})...)
	child := pipeline(webRepo, "w1", "parent_pipeline", 32, h.now, map[string]string{"test": ""})
	r := child[0].(gate.Reported)
	r.Evidence.Parent = "pipeline/31"
	child[0] = r
	h.tell(child...)
	h.wantState("while the child runs, the component", h.component("web"), "tests", gate.Waiting)
	h.tell(labJob(webRepo, "w1", "test", 32, 3201, h.now, "success"))
	h.wantState("the component", h.component("web"), "tests", gate.Met)
}

func TestPipelinesThatSayTheyStartedEachOtherAreNeverComplete(t *testing.T) {
	h := newHouse(t, everyTest)
	h.landed(webRepo, "000", "w1", "a")
	for id, parent := range map[int64]string{31: "pipeline/32", 32: "pipeline/31"} {
		events := pipeline(webRepo, "w1", "parent_pipeline", id, h.now, map[string]string{"test": "success"})
		r := events[0].(gate.Reported)
		r.Evidence.Parent = parent
		events[0] = r
		h.tell(events...)
	}
	h.wantState("the component", h.component("web"), "tests", gate.Waiting)
}

func TestAPipelineOfWhichNoJobRanIsNoSuccess(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(webRepo, "000", "w1", "a")
	events := pipeline(webRepo, "w1", "push", 31, h.now, map[string]string{"deploy": "action_required"})
	manual := events[1].(gate.Reported)
	manual.Evidence.AllowFailure = true
	events[1] = manual
	h.tell(events...)
	h.wantState("the component", h.component("web"), "ci", gate.Unmet)
}

func TestJobsOfTwoRunsThatWereNotHeardOfYetAreTwo(t *testing.T) {
	h := newHouse(t, storefront+`
done: test: {why: "The test passes", on: "commit", evidence: "job", name: "test", must: conclusion: "success"}
`)
	h.landed(cartRepo, "000", "c1", "a")
	h.tell(job(cartRepo, "c1", "test", 1, 10, h.now, "failure"))
	h.tell(job(cartRepo, "c1", "test", 2, 20, h.now, "success"))
	h.wantState("the component", h.component("cart-api"), "test", gate.Unmet)
}

func TestAMatrixOfALaterAttemptIsNotCompleteByTheEarlierOne(t *testing.T) {
	h := newHouse(t, everyTest)
	h.landed(cartRepo, "000", "c1", "a")
	h.tell(run(cartRepo, "c1", "push", 1, 1, h.now, "success"))
	again := job(cartRepo, "c1", "test 1", 1, 11, h.now, "success")
	again.Evidence.Run.Attempt = 2
	h.tell(again)
	h.wantState("the component", h.component("cart-api"), "tests", gate.Waiting)
	h.tell(run(cartRepo, "c1", "push", 1, 2, h.now.Add(time.Second), "success"))
	h.wantState("the component", h.component("cart-api"), "tests", gate.Met)
}

func TestAChangeIsJudgedAgainWhenThePathsOfItsBaseAreRead(t *testing.T) {
	h := newHouse(t, `
name: "storefront"
teams: {
	cart: components: cart: {repo: "github:acme/cart-api", branch: "main", path: "cart"}
	pay: components: pay: {repo: "github:acme/pay", branch: "main"}
	web: components: web: {repo: "gitlab:acme/web", branch: "main"}
}
done: {
	ci: {why: "Green", on: "commit", evidence: "pipeline", name: "ci", must: conclusion: "success", paths: ["cart/src/**"]}
}
`)
	file := func(commit string) gate.FileRead {
		return gate.FileRead{Repo: cartRepo, Commit: commit, Path: "cart/.nexus/done.cue", Absent: true}
	}
	h.tell(push(cartRepo, "000", "c1", h.now, "cart/src/a"))
	h.tell(file("c1"))
	h.tell(run(cartRepo, "c1", "push", 1, 1, h.now, "success"))
	h.opened(cartRepo, 17, "bbb", "cart/readme")
	h.wantState("the change", h.change(cartRepo, 17), "ci", gate.Met)
	h.after(time.Minute)
	h.tell(push(cartRepo, "c1", "c2", h.now)) // its paths are not told
	h.tell(run(cartRepo, "c2", "push", 2, 1, h.now, "failure"))
	h.tell(gate.PathsRead{Repo: cartRepo, Base: "c1", Head: "c2", Paths: []string{"cart/src/b"}, Complete: true})
	h.tell(file("c2"))
	h.wantState("the component", h.component("cart"), "ci", gate.Unmet)
	h.wantState("the change", h.change(cartRepo, 17), "ci", gate.Unmet)
}

func TestAMergeGroupThatIsHeardOfAfterItsPushTellsHowTheCommitCame(t *testing.T) {
	h := newHouse(t, storefront+`
done: landing: {why: "Nobody pushes", on: "commit", evidence: "landing", must: viaChange: true}
`)
	h.landed(cartRepo, "000", "c1", "a")
	h.after(2 * time.Minute)
	h.wantState("pushed, the component", h.component("cart-api"), "landing", gate.Unmet)
	h.tell(gate.GroupSeen{Repo: cartRepo, Head: "c1", Base: "main", Ref: "refs/heads/gh-readonly-queue/main/pr-1-000", At: morning})
	h.wantState("by a group, the component", h.component("cart-api"), "landing", gate.Met)
}

func TestAForgeThatTellsAgainOfAPipelineThatWeReportedOnGetsNoOtherReport(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(webRepo, "000", "w1", "a")
	ahead := h.now.Add(3 * time.Second) // the forge's clock
	for i, delivery := range []string{"first", "second", "third"} {
		events := pipeline(webRepo, "w1", "push", 31, ahead, map[string]string{"test": "success"})
		for j := range events {
			r := events[j].(gate.Reported)
			r.Evidence.Delivery = delivery
			events[j] = r
		}
		h.now = h.now.Add(time.Second)
		if step := h.tell(events...); (len(step.Owed)+len(step.Verdicts) == 0) != (i > 0) {
			t.Errorf("by the %s delivery %d reports are owed and %d verdicts made", delivery, len(step.Owed), len(step.Verdicts))
		}
	}
}

func TestAStatusThatSomebodyPostedToAPipelineCanFailItAndNotMendIt(t *testing.T) {
	for name, c := range map[string]struct {
		job, posted string
		want        gate.FindingState
	}{
		"under the name of a job that failed": {"failure", "success", gate.Unmet},
		"that failed":                         {"success", "failure", gate.Unmet},
		"that succeeded":                      {"success", "success", gate.Met},
	} {
		h := newHouse(t, storefront)
		h.landed(webRepo, "000", "w1", "a")
		h.tell(pipeline(webRepo, "w1", "push", 31, h.now, map[string]string{"test": c.job})...)
		posted := labJob(webRepo, "w1", "test", 31, 9_999, h.now, c.posted)
		posted.Evidence.Object, posted.Evidence.Kind, posted.Evidence.Producer.App = "status/9999", "status", "mallory"
		h.tell(posted)
		h.wantState("with a posted status "+name+" the component", h.component("web"), "ci", c.want)
	}
}
