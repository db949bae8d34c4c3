package gate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// tested asks for unit tests of every commit, proved by the job that ran them.
const unitTested = storefront + `done: unit: {why: "Tests pass", on: "commit", evidence: "junit", name: "unit", from: trust: "oidc", must: failed: 0, within: "1h"}
`

const (
	shaLanded = "c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1"
	shaHead   = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	shaMerge  = "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
)

// by is evidence that a job of cart-api brought of a run.
func by(h *house, event, ref, commit string, run int64, attempt, failed int) gate.Submitted {
	return gate.Submitted{
		Job: gate.Job{
			Forge: gate.GitHub, Repo: cartRepo, Event: event, Ref: ref, Commit: commit, Run: run, Attempt: attempt, Token: fmt.Sprint("t", run, attempt),
			Workflow: "acme/cart-api/.github/workflows/ci.yml@" + ref, Issuer: "https://token.example.com", Expires: h.now.Add(time.Minute),
		},
		Repo: cartRepo, Kind: "junit", Name: "unit", Facts: gate.Facts{"tests": 9, "failed": failed}, At: h.now,
		Files: []gate.SubmittedFile{{Name: "unit.xml", SHA256: fmt.Sprintf("%064d", failed), Size: 9}},
	}
}

func (h *house) landedUnit() {
	h.landed(cartRepo, "000", shaLanded, "a")
	h.tell(run(cartRepo, shaLanded, "push", 1, 1, h.now, "success"))
}

func TestWhatAJobBringsOfAPushCountsForTheCommit(t *testing.T) {
	h := newHouse(t, unitTested)
	h.landedUnit()
	h.wantState("before", h.component("cart-api"), "unit", gate.Waiting)
	h.tell(by(h, "push", "refs/heads/main", shaLanded, 1, 1, 0))
	h.wantOutcome("with passing tests", h.component("cart-api"), gate.Done)
	h.tell(by(h, "push", "refs/heads/main", shaLanded, 1, 2, 3))
	h.wantState("when another attempt fails", h.component("cart-api"), "unit", gate.Unmet)
	h.tell(by(h, "push", "refs/heads/main", shaLanded, 1, 1, 0))
	h.wantState("told again of the first", h.component("cart-api"), "unit", gate.Unmet)
	h.tell(by(h, "push", "refs/heads/main", shaLanded, 2, 1, 0))
	h.wantState("of a later run", h.component("cart-api"), "unit", gate.Met)
	late := by(h, "push", "refs/heads/main", shaLanded, 1, 3, 1)
	late.At = h.now.Add(time.Minute)
	h.tell(late)
	h.wantState("of an attempt of the run before", h.component("cart-api"), "unit", gate.Met)
	h.restart()
	h.after(time.Minute)
	h.wantOutcome("after a restart", h.component("cart-api"), gate.Done)
}

func TestTwoFilesOfOneNameInOneAttemptAreTwoAndTheWorseCounts(t *testing.T) {
	for _, failed := range [][]int{{0, 2}, {2, 0}} {
		h := newHouse(t, unitTested)
		h.landedUnit()
		for _, n := range failed {
			h.tell(by(h, "push", "refs/heads/main", shaLanded, 1, 1, n))
			h.now = h.now.Add(time.Second)
		}
		h.wantState(fmt.Sprintf("of legs that say %v", failed), h.component("cart-api"), "unit", gate.Unmet)
		h.tell(by(h, "push", "refs/heads/main", shaLanded, 1, 2, 0))
		h.wantState("when they ran again", h.component("cart-api"), "unit", gate.Met)
	}
}

func TestWhatARunOfAChangeBringsCountsForThatChangeAlone(t *testing.T) {
	for name, late := range map[string]bool{"before its run is told of": false, "after": true} {
		h := newHouse(t, unitTested)
		h.landed(cartRepo, "000", "c0", "a")
		h.opened(cartRepo, 17, shaHead, "cart.go")
		h.opened(cartRepo, 18, shaHead, "cart.go")
		brought := by(h, "pull_request", "refs/pull/17/merge", shaMerge, 7, 1, 0)
		ran := run(cartRepo, shaHead, "pull_request", 7, 1, h.now, "success")
		story := []gate.Event{brought, ran}
		if late {
			story = []gate.Event{ran, brought}
		}
		for _, e := range story {
			h.tell(e)
			h.restart()
			h.after(time.Second)
		}
		h.wantOutcome(name+", the change", h.change(cartRepo, 17), gate.Done)
		h.wantState(name+", another change of the same head", h.change(cartRepo, 18), "unit", gate.Waiting)
		merged := seen(cartRepo, 17, shaHead, h.now)
		merged.State, merged.Landed = gate.ChangeMerged, shaLanded
		h.tell(merged)
		h.now = h.now.Add(time.Minute)
		h.landed(cartRepo, "c0", shaLanded, "cart.go")
		h.tell(gate.CommitRead{Repo: cartRepo, Commit: shaLanded, Tree: "t1"}, gate.CommitRead{Repo: cartRepo, Commit: shaHead, Tree: "t1"})
		h.wantState(name+", what landed of the same tree", h.component("cart-api"), "unit", gate.Waiting)
		for _, f := range h.component("cart-api").Findings {
			if f.Criterion == "unit" && f.Got != "it ran for a change, and counts for that change alone" {
				t.Errorf("%s: what landed says %q", name, f.Got)
			}
		}
	}
}

func TestAPipelineIsOfTheCommitThatItsJobsProve(t *testing.T) {
	h := newHouse(t, unitTested)
	h.opened(webRepo, 17, shaHead, "a")
	h.tell(gate.Submitted{
		Job:  gate.Job{Forge: gate.GitLab, Repo: webRepo, Event: "merge_request_event", Ref: "refs/heads/guest", RefType: "branch", Commit: shaMerge, Run: 31, Job: 3101, Token: "x"},
		Repo: webRepo, Kind: "junit", Name: "unit", Facts: gate.Facts{"tests": 9, "failed": 0}, At: h.now,
	})
	of := func(commit string) {
		for _, e := range pipeline(webRepo, commit, "merge_request_event", 31, h.now, map[string]string{"test": "success"}) {
			told := e.(gate.Reported)
			told.Evidence.Change = 17
			h.tell(told)
		}
	}
	of(shaHead)
	h.wantState("told to be of another commit", h.change(webRepo, 17), "unit", gate.Waiting)
	h.now = h.now.Add(time.Minute)
	h.opened(webRepo, 17, shaMerge, "a")
	of(shaMerge)
	h.wantState("told to be of its own", h.change(webRepo, 17), "unit", gate.Met)
}

func TestWhatAForkBringsIsUntrusted(t *testing.T) {
	h := newHouse(t, unitTested)
	fork := seen(cartRepo, 17, shaHead, h.now)
	fork.HeadRepo = 99
	h.tell(by(h, "pull_request", "refs/pull/17/merge", shaMerge, 7, 1, 0))
	h.tell(run(cartRepo, shaHead, "pull_request", 7, 1, h.now, "success"))
	h.tell(fork, gate.ChangeRead{Repo: cartRepo, Number: 17, Head: shaHead, Paths: []string{"cart.go"}, Complete: true})
	h.after(2 * time.Hour)
	h.wantState("of a fork", h.change(cartRepo, 17), "unit", gate.Untrusted)
	for _, f := range h.change(cartRepo, 17).Findings {
		if f.Criterion == "unit" && !strings.Contains(f.Got, "change 17 is of a fork") {
			t.Errorf("it says %q", f.Got)
		}
	}
}

func TestWhatAnybodyMayBringAboutIsUntrustedAndSaysWhy(t *testing.T) {
	for event, says := range map[string]string{
		"pull_request_target": "a run by pull_request_target may be anybody's doing",
		"issue_comment":       "a run by issue_comment may be anybody's doing",
		"workflow_run":        "a run by workflow_run may be anybody's doing",
	} {
		h := newHouse(t, unitTested)
		h.landedUnit()
		h.tell(by(h, event, "refs/heads/main", shaLanded, 3, 1, 0))
		h.wantState(event+" in time", h.component("cart-api"), "unit", gate.Waiting)
		h.after(2 * time.Hour)
		h.wantState(event+", when it is due", h.component("cart-api"), "unit", gate.Untrusted)
		for _, f := range h.component("cart-api").Findings {
			if f.Criterion == "unit" && !strings.HasPrefix(f.Got, says) {
				t.Errorf("%s: it says %q", event, f.Got)
			}
		}
		h.tell(by(h, "push", "refs/heads/main", shaLanded, 4, 1, 0))
		h.wantState("once a push brings it", h.component("cart-api"), "unit", gate.Met)
	}
}

func TestAnotherRepositorysEvidenceCountsNowhere(t *testing.T) {
	h := newHouse(t, unitTested)
	h.landedUnit()
	h.landed(payRepo, "000", "p1", "a")
	stolen := by(h, "push", "refs/heads/main", shaLanded, 1, 1, 0)
	stolen.Job.Repo = payRepo
	h.tell(stolen)
	h.after(2 * time.Hour)
	h.wantState("of another's job", h.component("cart-api"), "unit", gate.Untrusted)
	strange := stolen
	strange.Repo = gate.Repo{Forge: gate.GitHub, ID: 77, Name: "evil/cart-api"}
	if step := h.tell(strange); step.Result != gate.Unused {
		t.Errorf("what comes from a repository that is not ours is %s", step.Result)
	}
}

func TestWhatCountsOnProposalsAloneIsSaidOfWhatLanded(t *testing.T) {
	h := newHouse(t, unitTested)
	h.landed(webRepo, "000", shaLanded, "a")
	lab := gate.Job{
		Forge: gate.GitLab, Repo: webRepo, Event: "push", Ref: "refs/heads/main", RefType: "branch", Commit: shaLanded, Run: 31, Job: 5, Token: "x",
		Workflow: "gitlab.example.com/acme/web//.gitlab-ci.yml@refs/heads/main",
	}
	brought := gate.Submitted{Job: lab, Repo: webRepo, Kind: "junit", Name: "unit", Facts: gate.Facts{"tests": 9, "failed": 0}, At: h.now}
	h.tell(brought)
	h.after(2 * time.Hour)
	h.wantState("of a branch that is not protected", h.component("web"), "unit", gate.Untrusted)
	brought.Job.RefProtected, brought.Job.Job, brought.At = true, 6, h.now
	h.tell(brought)
	h.wantState("of a protected one", h.component("web"), "unit", gate.Met)
}

func TestARetriedJobOfGitLabTakesItsOwnPlaceAndNoOthers(t *testing.T) {
	h := newHouse(t, unitTested)
	h.landed(webRepo, "000", shaLanded, "a")
	h.tell(pipeline(webRepo, shaLanded, "push", 31, h.now, map[string]string{"build": "success", "test": "success"})...) // jobs 3101, 3102
	bring := func(job int64, failed int) {
		h.tell(gate.Submitted{
			Job:  gate.Job{Forge: gate.GitLab, Repo: webRepo, Event: "push", Ref: "refs/heads/main", RefType: "branch", RefProtected: true, Commit: shaLanded, Run: 31, Job: job, Token: fmt.Sprint(job)},
			Repo: webRepo, Kind: "junit", Name: "unit", Facts: gate.Facts{"tests": 9, "failed": failed}, At: h.now,
		})
	}
	bring(3101, 2)
	bring(3102, 0)
	h.wantState("of two jobs, the first of which failed", h.component("web"), "unit", gate.Unmet)
	bring(3110, 0)
	h.wantState("with a job that nobody has told of", h.component("web"), "unit", gate.Unmet)
	h.tell(labJob(webRepo, shaLanded, "build", 31, 3110, h.now, "success"))
	h.wantState("once it is told to be a retry of the first", h.component("web"), "unit", gate.Met)
}

func TestTheIncrementsPipelineBringsEvidenceOfItsComposition(t *testing.T) {
	h := newHouse(t, strings.ReplaceAll(whole, "ATTEMPTS", "1")+`done: api: {why: "The API holds", on: "increment", evidence: "junit", name: "api", must: failed: 0}`+"\n")
	allGreen(h)
	head := h.standing().Head
	job := by(h, "workflow_dispatch", "refs/heads/main", shaMerge, 77, 1, 0)
	job.Name, job.Increment, job.Composition, job.Job.Repo, job.Repo = "api", head.Digest, head.Composition, wholeRepo, wholeRepo
	if _, takes := h.ledger.Takes("storefront", wholeRepo); takes {
		t.Error("before its forge has told of it, evidence is taken from there")
	}
	h.tell(run(wholeRepo, shaMerge, "workflow_dispatch", 77, 1, h.now, "success"))
	if _, takes := h.ledger.Takes("storefront", wholeRepo); !takes {
		t.Error("no evidence is taken from where the Increment's pipeline runs")
	}
	elsewhere := job
	elsewhere.Job.Ref = "refs/heads/mine"
	h.tell(elsewhere)
	h.wantState("from another branch", h.standing().HeadSays, "api", gate.Waiting)
	h.tell(job)
	h.wantState("from its own", h.standing().HeadSays, "api", gate.Met)
}

func TestALaterPipelineTakesThePlaceOfOneWhoseJobsNobodyTold(t *testing.T) {
	h := newHouse(t, storefront+`done: e2e: {why: "The whole works", on: "increment", evidence: "junit", name: "e2e", must: failed: 0}`+"\n")
	allGreen(h)
	head := h.standing().Head
	bring := func(pipeline, job int64, failed int) {
		h.tell(gate.Submitted{
			Job:       gate.Job{Forge: gate.GitLab, Repo: webRepo, Event: "schedule", Ref: "refs/heads/main", RefType: "branch", RefProtected: true, Commit: "w1", Run: pipeline, Job: job, Token: fmt.Sprint(job)},
			Increment: head.Digest, Composition: head.Composition, Kind: "junit", Name: "e2e", Facts: gate.Facts{"tests": 9, "failed": failed}, At: h.now,
		})
	}
	bring(41, 1, 2)
	bring(41, 2, 0)
	h.wantState("of two jobs, the first of which failed", h.standing().HeadSays, "e2e", gate.Unmet)
	bring(42, 3, 0)
	h.wantState("of a later pipeline", h.standing().HeadSays, "e2e", gate.Met)
}

func TestAStaticTokenBringsWhatIsTrustedLess(t *testing.T) {
	h := newHouse(t, unitTested)
	h.landedUnit()
	brought := gate.Submitted{Repo: cartRepo, Commit: shaLanded, Kind: "junit", Name: "unit", Facts: gate.Facts{"tests": 9, "failed": 0}, At: h.now}
	h.tell(brought)
	h.after(2 * time.Hour)
	h.wantState("where a job is asked for", h.component("cart-api"), "unit", gate.Untrusted)

	h = newHouse(t, strings.Replace(unitTested, `from: trust: "oidc", `, `from: app: "token", `, 1))
	h.landedUnit()
	brought.At = h.now
	h.tell(brought)
	h.wantState("where a token will do", h.component("cart-api"), "unit", gate.Met)
	later := brought
	later.At, later.Facts = h.now.Add(time.Minute), gate.Facts{"tests": 9, "failed": 1}
	later.Files = []gate.SubmittedFile{{Name: "b", SHA256: "b"}}
	h.now = later.At
	h.tell(later)
	h.wantState("after another word", h.component("cart-api"), "unit", gate.Unmet)
}

func TestAnEmptyReportIsNeverMet(t *testing.T) {
	h := newHouse(t, unitTested)
	h.landedUnit()
	empty := by(h, "push", "refs/heads/main", shaLanded, 1, 1, 0)
	empty.Facts = gate.Facts{"tests": 0, "failed": 0}
	h.tell(empty)
	h.wantState("with no test", h.component("cart-api"), "unit", gate.Empty)
}

func TestEvidenceOfACompositionCountsForThatAlone(t *testing.T) {
	h := newHouse(t, storefront+`done: e2e: {why: "The whole works", on: "increment", evidence: "junit", name: "e2e", must: failed: 0}`+"\n")
	allGreen(h)
	head := h.standing().Head
	bring := func(event, ref, digest string, failed int) {
		e := by(h, event, ref, shaLanded, 9, 1, failed)
		e.Name, e.Increment, e.Composition = "e2e", digest, head.Composition
		e.Job.Run += int64(h.told)
		h.tell(e)
	}
	bring("push", "refs/heads/main", "sha256:other", 0)
	bring("pull_request", "refs/pull/17/merge", head.Digest, 0)
	bring("push", "refs/heads/mine", head.Digest, 0)
	h.wantState("of another composition, or of a run elsewhere", h.standing().HeadSays, "e2e", gate.Waiting)
	bring("schedule", "refs/heads/main", head.Digest, 2)
	h.wantState("that failed", h.standing().HeadSays, "e2e", gate.Unmet)
	bring("repository_dispatch", "refs/heads/main", head.Digest, 0)
	if state(h.standing().HeadSays, "e2e") != gate.Unmet {
		t.Error("a run by another trigger took the place of one")
	}
	bring("schedule", "refs/heads/main", head.Digest, 0)
	h.wantOutcome("of a later run", h.standing().HeadSays, gate.Done)
	h.landed(cartRepo, "c1", "c2", "a")
	h.tell(run(cartRepo, "c2", "push", 99, 1, h.now, "success"))
	h.wantState("the next Increment", h.standing().HeadSays, "e2e", gate.Waiting)
}

func TestMoreEvidenceThanIsTakenIsSaidToCountForNothing(t *testing.T) {
	h := newHouse(t, unitTested)
	h.landedUnit()
	one := func(leg int) gate.Submitted {
		e := by(h, "push", "refs/heads/main", shaLanded, 1, 1, 0)
		e.Name = fmt.Sprintf("leg %d", leg)
		return e
	}
	for leg := range 500 {
		if says, counts := h.ledger.Counts("storefront", one(leg)); !counts {
			t.Fatalf("leg %d: %s", leg, says)
		}
		h.tell(one(leg))
	}
	if says, counts := h.ledger.Counts("storefront", one(500)); counts || !strings.HasPrefix(says, "untrusted: 500 pieces of evidence") {
		t.Errorf("one more counts (%v) for %q", counts, says)
	}
	if says, counts := h.ledger.Counts("storefront", one(7)); !counts {
		t.Errorf("one of them again: %s", says)
	}
}

func TestWhatCountsIsSaidBeforeItIsKept(t *testing.T) {
	h := newHouse(t, unitTested)
	h.landedUnit()
	for _, c := range []struct {
		event, ref, want string
		counts           bool
	}{
		{"push", "refs/heads/main", "the commit " + shaLanded, true},
		{"pull_request", "refs/pull/17/merge", "the change 17", true},
		{"pull_request_target", "refs/heads/main", "untrusted: a run by pull_request_target", false},
		{"workflow_dispatch", "refs/heads/mine", "untrusted: a run by workflow_dispatch counts on main alone", false},
	} {
		said, counts := h.ledger.Counts("storefront", by(h, c.event, c.ref, shaLanded, 1, 1, 0))
		if !strings.HasPrefix(said, c.want) || counts != c.counts {
			t.Errorf("%s on %s counts (%v) for %q, want %q", c.event, c.ref, counts, said, c.want)
		}
	}
	for _, c := range []struct {
		repo gate.Repo
		want bool
	}{
		{cartRepo, true},
		{gate.Repo{Forge: gate.GitHub, Name: "Acme/Cart-API"}, true},
		{gate.Repo{Forge: gate.GitHub, ID: 2, Name: "acme/pay"}, true}, // never heard of, and named
		{gate.Repo{Forge: gate.GitHub, Name: "acme/pay"}, false},       // whose id is not known
		{gate.Repo{Forge: gate.GitHub, ID: 77, Name: "acme/cart-api"}, false},
		{gate.Repo{Forge: gate.GitLab, ID: 1, Name: "acme/cart-api"}, false},
	} {
		if known, takes := h.ledger.Takes("storefront", c.repo); takes != c.want || takes && known.ID == 0 {
			t.Errorf("of %+v evidence is taken: %v (%+v), want %v", c.repo, takes, known, c.want)
		}
	}
	if _, takes := h.ledger.Takes("other", cartRepo); takes {
		t.Error("a Nexus that is not there takes evidence")
	}
}
