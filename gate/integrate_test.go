package gate_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// whole is a Nexus whose Increment has a pipeline of its own.
const whole = `
name: "storefront"
teams: {
	cart: components: "cart-api": {repo: "github:acme/cart-api", branch: "main"}
	pay: components: pay: {repo: "github:acme/pay", branch: "main"}
	web: components: web: {repo: "gitlab:acme/web", branch: "main"}
}
done: e2e: {why: "All of it works together", on: "increment", evidence: "pipeline", name: "e2e", must: conclusion: "success"}
integration: {run: "github:acme/integration@e2e.yml", rest: "30s", attempts: ATTEMPTS}
`

var wholeRepo = gate.Repo{Forge: gate.GitHub, ID: 9, Name: "acme/integration", Installation: 7}

// plant is a house with a forge that runs the Increment's pipeline.
type plant struct {
	*house
	asked []gate.Errand // in order
	over  int           // of them, that have come to an end
	runs  int64
}

func newPlant(t *testing.T, attempts int) *plant {
	t.Helper()
	p := &plant{house: newHouse(t, strings.ReplaceAll(whole, "ATTEMPTS", fmt.Sprint(attempts)))}
	for i, repo := range []gate.Repo{cartRepo, payRepo, webRepo} {
		p.landed(repo, "000", fmt.Sprintf("base%d", i), "a")
	}
	return p
}

// heed takes up what a step wants done. Never more than one run may be asked for.
func (p *plant) heed(step gate.Step) {
	p.t.Helper()
	for _, e := range step.Errands {
		if e.Over {
			p.over++
			continue
		}
		p.asked = append(p.asked, e)
	}
	if under := len(p.asked) - p.over; under > 1 {
		p.t.Fatalf("%d runs are under way at once", under)
	}
}

func (p *plant) tell(events ...gate.Event) {
	p.t.Helper()
	p.heed(p.house.tell(events...))
}

func (p *plant) landed(repo gate.Repo, before, after string, paths ...string) {
	p.t.Helper()
	p.tell(push(repo, before, after, p.now, paths...))
	p.tell(gate.FileRead{Repo: repo, Commit: after, Path: ".nexus/done.cue", Absent: true})
}

// after lets time pass, step by step as deadlines come.
func (p *plant) after(d time.Duration) {
	p.t.Helper()
	p.now = p.now.Add(d)
	if step, empty := p.ledger.Wake(p.now); !empty {
		p.heed(p.note(step))
	}
}

// last is what was asked for last.
func (p *plant) last() gate.Errand {
	p.t.Helper()
	if len(p.asked) == 0 {
		p.t.Fatal("nothing was asked for")
	}
	return p.asked[len(p.asked)-1]
}

// sum is the composition that an errand is for.
func sumOf(t *testing.T, e gate.Errand) gate.Checkout {
	t.Helper()
	var d gate.Dispatch
	var c gate.Checkout
	if err := json.Unmarshal(e.Body, &d); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(d.Inputs["composition"]), &c); err != nil {
		t.Fatal(err)
	}
	if d.Inputs["nexusgate"] != e.Mark() || d.Mark != "nexusgate" || d.Workflow != "e2e.yml" || d.Ref != "main" {
		t.Errorf("the dispatch is %+v", d)
	}
	return c
}

// started is what comes of an errand, and word what the forge says of the run.
func (p *plant) started(e gate.Errand, id int64) gate.ErrandDone {
	return gate.ErrandDone{Nexus: "storefront", Key: e.Key, Kind: e.Kind, Repo: wholeRepo, Run: id, URL: fmt.Sprintf("https://github.test/runs/%d", id), At: p.now}
}

func wholeRun(id int64, attempt int, at time.Time, conclusion string) gate.Reported {
	r := run(wholeRepo, "i1", "workflow_dispatch", id, attempt, at, conclusion)
	r.Evidence.Name, r.Evidence.Producer.Workflow, r.Evidence.Run.Created = "e2e", ".github/workflows/e2e.yml", at
	return r
}

// run has what was asked for last come to a conclusion.
func (p *plant) run(conclusion string) {
	p.t.Helper()
	e := p.last()
	p.runs++
	p.tell(p.started(e, p.runs))
	p.tell(wholeRun(p.runs, 1, p.now, ""))
	p.over++ // what comes of its end may be asked for in the same step
	p.tell(wholeRun(p.runs, 1, p.now.Add(time.Second), conclusion))
}

// rest lets the head rest.
func (p *plant) rest() { p.t.Helper(); p.after(30 * time.Second) }

func (p *plant) increment() gate.Verdict { return p.standing().HeadSays }

func TestAHeadThatHasRestedIsRunOnAndItsResultCounts(t *testing.T) {
	p := newPlant(t, 1)
	p.after(29 * time.Second)
	if len(p.asked) > 0 {
		t.Fatal("a run was asked for before the head has rested")
	}
	p.after(time.Second)
	if got := sumOf(t, p.last()); got.Increment != p.standing().Head.Digest || got.Number != 3 ||
		got.Components["cart-api"] != (gate.CheckedOut{Repo: "github:acme/cart-api", Branch: "main", Commit: "base0"}) || len(got.Components) != 3 {
		t.Errorf("the run is given %+v", got)
	}
	p.wantState("while it is asked for", p.increment(), "e2e", gate.Waiting)
	p.run("success")
	p.wantState("when it has passed", p.increment(), "e2e", gate.Met)
	p.after(time.Hour)
	if len(p.asked) != 1 {
		t.Errorf("%d runs were asked for on one composition", len(p.asked))
	}
}

func TestWhileOneRunsLandingsWaitAndTheNewestIsNext(t *testing.T) {
	p := newPlant(t, 1)
	p.rest()
	first := p.standing().Head
	p.landed(cartRepo, "base0", "c1", "a")
	p.after(time.Minute)
	p.landed(cartRepo, "c1", "c2", "a")
	p.after(time.Minute)
	if len(p.asked) != 1 {
		t.Fatalf("%d runs were asked for, and the first has not ended", len(p.asked))
	}
	p.run("success")
	if len(p.asked) != 2 {
		t.Fatalf("%d runs were asked for, and the first has ended", len(p.asked))
	}
	if got := sumOf(t, p.last()); got.Number != 5 || got.Components["cart-api"].Commit != "c2" {
		t.Errorf("next is Increment %d with %s, want the newest", got.Number, got.Components["cart-api"].Commit)
	}
	p.wantState("the head, which was not run on", p.increment(), "e2e", gate.Waiting)
	v := p.ledger.JudgeIncrement(gate.Increment{Nexus: "storefront", Number: first.Number, Digest: first.Digest, Composition: first.Composition, Made: first.Made}, p.now)
	p.wantState("the composition that was superseded", v, "e2e", gate.Met)
}

func TestTheWordOfARunMayComeBeforeWeKnowThatItIsOurs(t *testing.T) {
	p := newPlant(t, 1)
	p.rest()
	p.tell(wholeRun(5, 1, p.now.Add(time.Second), "success"))
	p.wantState("before it is tied", p.increment(), "e2e", gate.Waiting)
	p.over++
	p.tell(p.started(p.last(), 5))
	p.wantState("once it is tied", p.increment(), "e2e", gate.Met)
	p.tell(wholeRun(5, 1, p.now, ""))
	p.wantState("after an earlier word on it", p.increment(), "e2e", gate.Met)
}

func TestOfOtherRunsNothingCounts(t *testing.T) {
	p := newPlant(t, 1)
	p.rest()
	p.tell(p.started(p.last(), 5))
	for what, change := range map[string]func(*gate.Reported){
		"another run":                   func(r *gate.Reported) { r.Evidence.Object, r.Evidence.Run.ID = "run/6", 6 },
		"the same number elsewhere":     func(r *gate.Reported) { r.Repo = payRepo },
		"a run that a push has started": func(r *gate.Reported) { r.Evidence.Object, r.Evidence.Run.ID, r.Evidence.Trigger = "run/7", 7, "push" },
		"a run of another workflow": func(r *gate.Reported) {
			r.Evidence.Object, r.Evidence.Run.ID, r.Evidence.Producer.Workflow = "run/8", 8, ".github/workflows/other.yml"
		},
	} {
		r := wholeRun(5, 1, p.now, "success")
		change(&r)
		p.tell(r)
		p.wantState(what, p.increment(), "e2e", gate.Waiting)
	}
	p.over++
	p.tell(wholeRun(5, 1, p.now, "success"))
	p.wantState("the run itself", p.increment(), "e2e", gate.Met)
}

func TestARunIsRepeatedAsOftenAsThePolicySaysAndItIsCounted(t *testing.T) {
	p := newPlant(t, 3)
	p.rest()
	p.run("failure")
	p.wantState("while it is run again", p.increment(), "e2e", gate.Waiting)
	p.run("failure")
	p.run("success")
	p.wantState("when the third passed", p.increment(), "e2e", gate.Met)
	if got := found(p.increment(), "e2e"); !strings.Contains(got, "attempt 3 of at most 3") {
		t.Errorf("it says %q", got)
	}
	p.after(time.Hour)
	if len(p.asked) != 3 {
		t.Errorf("%d runs were asked for, want 3", len(p.asked))
	}
}

func TestWithoutAPolicyTheWorstOfSeveralRunsCounts(t *testing.T) {
	p := newPlant(t, 1)
	p.rest()
	p.run("failure")
	p.wantState("when it failed", p.increment(), "e2e", gate.Unmet)
	p.tell(wholeRun(1, 2, p.now.Add(time.Minute), "success"))
	p.wantState("when somebody ran it again", p.increment(), "e2e", gate.Unmet)
	if got := found(p.increment(), "e2e"); !strings.Contains(got, "run again once by hand") {
		t.Errorf("it says %q", got)
	}
}

func TestASuccessIsTakenBackByAFailureOfTheSameRun(t *testing.T) {
	p := newPlant(t, 1)
	p.rest()
	p.run("success")
	p.tell(wholeRun(1, 2, p.now.Add(time.Minute), "failure"))
	p.wantState("when somebody ran it again", p.increment(), "e2e", gate.Unmet)
}

func TestARunThatNeverEndsIsGivenUp(t *testing.T) {
	p := newPlant(t, 1)
	p.rest()
	p.tell(p.started(p.last(), 1))
	p.landed(cartRepo, "base0", "c1", "a")
	p.after(6*time.Hour - time.Minute)
	if len(p.asked) != 1 {
		t.Fatal("it was given up too early")
	}
	p.over++
	p.after(time.Minute)
	if len(p.asked) != 2 || sumOf(t, p.last()).Components["cart-api"].Commit != "c1" {
		t.Errorf("%d runs were asked for, want one on the newest", len(p.asked))
	}
}

func TestAForgeThatWillNotStartItIsShown(t *testing.T) {
	p := newPlant(t, 1)
	p.rest()
	refused := p.started(p.last(), 0)
	refused.Refused = "no run of e2e.yml shows its dispatch"
	p.over++
	p.tell(refused)
	st := p.standing().Integration
	if st.Running != nil || len(st.Latest) != 1 || !strings.Contains(st.Latest[0].Says, "e2e.yml") {
		t.Errorf("it stands as %+v", st)
	}
	p.landed(cartRepo, "base0", "c1", "a")
	p.rest()
	if len(p.asked) != 2 {
		t.Errorf("%d runs were asked for, want one on what landed since", len(p.asked))
	}
}

func TestAnotherPipelineBeginsAnew(t *testing.T) {
	p := newPlant(t, 1)
	p.rest()
	p.tell(gate.NexusGiven{File: "nexus.cue", Source: strings.ReplaceAll(strings.ReplaceAll(whole, "ATTEMPTS", "1"), "e2e.yml", "all.yml")})
	p.rest()
	if len(p.asked) != 2 || p.over != 1 {
		t.Errorf("%d runs were asked for, and %d taken back", len(p.asked), p.over)
	}
	p.tell(p.started(p.asked[0], 1))
	p.tell(wholeRun(1, 1, p.now, "success"))
	p.wantState("by the one before", p.increment(), "e2e", gate.Waiting)
}

func TestAPipelineOfGitLabCountsByItsJobs(t *testing.T) {
	p := &plant{house: newHouse(t, strings.ReplaceAll(strings.ReplaceAll(whole, `"github:acme/integration@e2e.yml"`, `"gitlab:acme/integration@main", name: "e2e"`), "ATTEMPTS", "1"))}
	for i, repo := range []gate.Repo{cartRepo, payRepo, webRepo} {
		p.landed(repo, "000", fmt.Sprintf("base%d", i), "a")
	}
	p.rest()
	lab := gate.Repo{Forge: gate.GitLab, ID: 9, Name: "acme/integration"}
	done := p.started(p.last(), 31)
	done.Repo = lab
	p.tell(pipeline(lab, "i1", "api", 31, p.now, map[string]string{"build": "success", "test": ""})...)
	p.tell(done)
	p.wantState("while its jobs run", p.increment(), "e2e", gate.Waiting)
	p.over++
	ended := pipeline(lab, "i1", "api", 31, p.now.Add(time.Second), map[string]string{"build": "success", "test": "failure"})
	p.tell(ended...)
	p.wantState("when one of them failed", p.increment(), "e2e", gate.Unmet)
	if got := p.standing().Integration; len(got.Latest) != 1 || got.Latest[0].Says != "failed" {
		t.Errorf("it stands as %+v", got)
	}
}

func TestAfterARestartTheSameGoesOn(t *testing.T) {
	p := newPlant(t, 2)
	p.rest()
	p.restart()
	p.after(time.Minute)
	if len(p.asked) != 1 {
		t.Fatalf("%d runs were asked for", len(p.asked))
	}
	p.run("failure")
	p.restart()
	p.after(time.Minute)
	p.run("success")
	p.restart()
	p.after(time.Minute)
	p.wantState("after it all", p.increment(), "e2e", gate.Met)
	if len(p.asked) != 2 {
		t.Errorf("%d runs were asked for, want 2", len(p.asked))
	}
}

// found is what a criterion of a verdict has found.
func found(v gate.Verdict, criterion string) string {
	for _, f := range v.Findings {
		if f.Criterion == criterion {
			return f.Got
		}
	}
	return ""
}

func TestTheRepositoryOfThePipelineIsListenedTo(t *testing.T) {
	d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(strings.ReplaceAll(whole, "ATTEMPTS", "1"))})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(gate.PlacesOf(d, "")); !strings.Contains(got, "github:acme/integration") {
		t.Errorf("it listens to %s", got)
	}
	p := newPlant(t, 1)
	p.rest()
	p.tell(p.started(p.last(), 1))
	if got := fmt.Sprint(p.ledger.Routes()); !strings.Contains(got, "github:9") {
		t.Errorf("once its number is known it listens to %s", got)
	}
}

func TestEvidenceOfThePipelinesRepositoryCountsForACompositionOrForNothing(t *testing.T) {
	p := newPlant(t, 1)
	e := gate.Submitted{
		Job:  gate.Job{Forge: gate.GitHub, Repo: wholeRepo, Event: "push", Ref: "refs/heads/main", Commit: shaLanded, Run: 77, Attempt: 1, Token: "t"},
		Repo: wholeRepo, Kind: "junit", Name: "unit", Facts: gate.Facts{"tests": 1, "failed": 0}, At: p.now,
		Files: []gate.SubmittedFile{{Name: "unit.xml", SHA256: strings.Repeat("a", 64), Size: 1}},
	}
	for _, when := range []string{"never heard of", "known"} {
		says, counts := p.ledger.Counts("storefront", e)
		if counts || !strings.Contains(says, "say which composition it is for, with --increment") {
			t.Errorf("%s: it counts (%v) for %q", when, counts, says)
		}
		p.rest()
		p.run("success")
	}
}

func TestARunThatNoForgeHasStartedIsCalledOffWhenItIsGivenUp(t *testing.T) {
	p := newPlant(t, 1)
	p.rest()
	first := p.last()
	p.after(7 * time.Hour)
	if p.over != 1 {
		t.Fatalf("%d errands are called off, want %s", p.over, first.Key)
	}
	p.landed(cartRepo, "base0", "c1", "a")
	p.rest()
	if e := p.last(); e.Key == first.Key || sumOf(t, e).Components["cart-api"].Commit != "c1" {
		t.Errorf("next is %s", e.Key)
	}
}
