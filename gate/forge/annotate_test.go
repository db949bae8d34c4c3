package forge_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// faults are so many faults, one on each line of nexus.cue.
func faults(n int) definition.Faults {
	all := make(definition.Faults, n)
	for i := range all {
		all[i] = definition.Fault{Pos: definition.Pos{File: "nexus.cue", Line: i + 1, Column: 3}, Message: fmt.Sprintf("fault %d", i+1)}
	}
	return all
}

// proposed is a report on a change to a definition.
func proposed(p forge.Post, with definition.Faults) forge.Post {
	p.Check, p.Subject.Kind, p.Outcome = gate.DefinitionCheck, gate.OfDefinition, gate.NotDone
	if len(with) == 0 {
		p.Outcome = gate.Awaiting
	}
	p.Says.Subject, p.Says.Outcome = p.Subject, p.Outcome
	p.Says.Proposal = &gate.Proposal{File: "nexus.cue", Faults: with}
	return p
}

// runs are the check runs on the head of main, oldest first.
func (w *hubWorld) runs() []forgetest.CheckRun {
	return w.hub.CheckRuns(w.cart.Name(), w.cart.Head("main"))
}

// noted checks that a check run has the first n of the faults, each once and in order.
func noted(t *testing.T, run forgetest.CheckRun, n int) {
	t.Helper()
	if len(run.Annotations) != n {
		t.Fatalf("check run %d has %d annotations, not %d", run.ID, len(run.Annotations), n)
	}
	for i, a := range run.Annotations {
		if a.Message != fmt.Sprintf("fault %d", i+1) || a.StartLine != i+1 {
			t.Errorf("annotation %d is %+v", i, a)
		}
	}
}

func TestFaultsAndWarningsAreShownAtTheirLines(t *testing.T) {
	w := newHubWorld(t)
	p := proposed(w.post(gate.NotDone), definition.Faults{
		{Pos: definition.Pos{File: "nexus.cue", Line: 16, Column: 29}, Message: "done.a.lvl is no field here\nsee \u202e@acme/all"},
		{Pos: definition.Pos{File: "web/.nexus/done.cue", Line: 2, Column: 4}, Message: "would be refused"},
		{Message: "it does not finish"},
		{Pos: definition.Pos{File: "nexus.cue", Line: 17}, Message: strings.Repeat("語", 100_000)},
	})
	p.Says.Proposal.Warnings = definition.Faults{{Pos: definition.Pos{File: "nexus.cue", Line: 9, Column: 3}, Message: "there are only two teams"}}
	w.must(t, p)
	run := w.runs()[0]
	long := run.Annotations[3].Message
	if utf8.RuneCountInString(long) != 2_000 || !strings.HasSuffix(long, "語…") {
		t.Errorf("a long message is shown with %d characters", utf8.RuneCountInString(long))
	}
	fault, warning := "Fault in the Definition of Done", "Definition of Done"
	want := []forgetest.Annotation{
		{Path: "nexus.cue", StartLine: 16, EndLine: 16, StartColumn: 29, EndColumn: 29, Level: "failure", Message: "done.a.lvl is no field here see �@acme/all", Title: fault},
		{Path: "nexus.cue", StartLine: 1, EndLine: 1, Level: "failure", Message: "web/.nexus/done.cue:2:4: would be refused", Title: fault},
		{Path: "nexus.cue", StartLine: 1, EndLine: 1, Level: "failure", Message: "it does not finish", Title: fault},
		{Path: "nexus.cue", StartLine: 17, EndLine: 17, Level: "failure", Message: long, Title: fault},
		{Path: "nexus.cue", StartLine: 9, EndLine: 9, StartColumn: 3, EndColumn: 3, Level: "warning", Message: "there are only two teams", Title: warning},
	}
	if diff := cmp.Diff(want, run.Annotations); diff != "" {
		t.Errorf("the annotations differ, -want +got:\n%s", diff)
	}
	if run.Name != "Definition of Done" || run.Conclusion != "failure" {
		t.Errorf("the check run is %s %s", run.Name, run.Conclusion)
	}
}

func TestMoreFaultsThanARequestTakesAreAppended(t *testing.T) {
	for n, want := range map[int]struct{ shown, updates int }{50: {50, 0}, 51: {51, 1}, 120: {120, 2}, 200: {200, 3}, 350: {200, 3}} {
		w := newHubWorld(t)
		w.must(t, proposed(w.post(gate.NotDone), faults(n)))
		noted(t, w.runs()[0], want.shown)
		if got := w.of("update_check_run", "200"); got != want.updates {
			t.Errorf("%d faults took %d updates, not %d", n, got, want.updates)
		}
		if said := strings.Contains(w.runs()[0].Summary, "The first 200 of these"); said != (n > 200) {
			t.Errorf("with %d faults, the summary says that some are not shown at their lines: %v", n, said)
		}
	}
}

func TestAnUpdateSendsNoAnnotationAgain(t *testing.T) {
	w := newHubWorld(t)
	p := proposed(w.post(gate.NotDone), faults(60))
	p.Remote = w.must(t, p)
	for range 3 {
		w.must(t, p)
	}
	runs := w.runs()
	noted(t, runs[0], 60)
	if len(runs) != 1 || runs[0].Updates != 4 {
		t.Errorf("there are %d check runs, the first updated %d times", len(runs), runs[0].Updates)
	}
}

func TestALostAnswerMakesNoAnnotationTwice(t *testing.T) {
	for _, c := range []struct {
		lost   string
		before int // so many such requests are answered first
	}{{"create_check_run", 0}, {"update_check_run", 0}, {"update_check_run", 1}, {"update_check_run", 2}} {
		w := newHubWorld(t)
		p := proposed(w.post(gate.NotDone), faults(170))
		if c.before > 0 {
			w.hub.Inject(forgetest.Fault{Operation: c.lost, Times: c.before})
		}
		w.hub.DropAnswer(c.lost, 1)
		if _, err := w.client.Post(t.Context(), p); err == nil {
			t.Fatalf("%s after %d: a lost answer is no error", c.lost, c.before)
		}
		p.Tried = true
		w.must(t, p)
		if got := len(w.runs()); got != 1 {
			t.Errorf("%s after %d: there are %d check runs", c.lost, c.before, got)
		}
		noted(t, w.runs()[0], 170)
	}
}

func TestAnExhaustedBudgetBetweenMakesNoAnnotationTwice(t *testing.T) {
	w := newHubWorld(t)
	for range 79 {
		w.must(t, w.post(gate.Done))
	}
	p := proposed(w.post(gate.NotDone), faults(120))
	_, err := w.client.Post(t.Context(), p)
	w.Pass(later(t, err).Until.Sub(w.Now()))
	p.Tried = true
	w.must(t, p)
	runs := w.runs()
	noted(t, runs[len(runs)-1], 120)
}

// warned is a report that still awaits something and has an annotation.
func warned(w *hubWorld) forge.Post {
	p := proposed(w.post(gate.NotDone), nil)
	p.Says.Proposal.Warnings = faults(1)
	return p
}

func TestTheCheckRunThatAwaitedTheFileTakesItsFaults(t *testing.T) {
	w := newHubWorld(t)
	p := proposed(w.post(gate.NotDone), nil)
	p.Remote = w.must(t, p)
	p = proposed(p, faults(2))
	w.hub.DropAnswer("update_check_run", 1)
	if _, err := w.client.Post(t.Context(), p); err == nil {
		t.Fatal("a lost answer is no error")
	}
	p.Tried = true
	remote := w.must(t, p)
	runs := w.runs()
	if len(runs) != 1 || remote != p.Remote || runs[0].Conclusion != "failure" {
		t.Fatalf("check run %d became %d: %+v", p.Remote, remote, runs)
	}
	noted(t, runs[0], 2)
}

func TestOtherFaultsMakeAnotherCheckRun(t *testing.T) {
	w := newHubWorld(t)
	p := warned(w)
	p.Remote = w.must(t, p)
	first := p.Remote
	p = proposed(p, faults(2))
	p.Remote = w.must(t, p)
	runs := w.runs()
	if len(runs) != 2 || p.Remote == first || p.Remote != runs[1].ID {
		t.Fatalf("check run %d became %d of %d", first, p.Remote, len(runs))
	}
	noted(t, runs[1], 2)
	if runs[0].Conclusion != "cancelled" || runs[0].Title != "Superseded by a newer check" {
		t.Errorf("the older one is left %s %s %q", runs[0].Status, runs[0].Conclusion, runs[0].Title)
	}
	p = proposed(p, nil) // back to what it was: the newest of the name is what GitHub goes by
	w.must(t, p)
	runs = w.runs()
	if len(runs) != 3 || runs[2].Status != "in_progress" || len(runs[2].Annotations) != 0 || runs[1].Conclusion != "failure" {
		t.Errorf("the check runs are %+v", runs)
	}
}

func TestACrashWhileAnotherCheckRunIsMadeMakesNoThird(t *testing.T) {
	for _, lost := range []string{"create_check_run", "update_check_run"} {
		w := newHubWorld(t)
		p := warned(w)
		p.Remote = w.must(t, p)
		p = proposed(p, faults(2))
		w.hub.DropAnswer(lost, 1)
		if _, err := w.client.Post(t.Context(), p); err == nil {
			t.Fatalf("%s: a lost answer is no error", lost)
		}
		p.Tried = true
		remote := w.must(t, p)
		runs := w.runs()
		if len(runs) != 2 || remote != runs[1].ID || runs[0].Conclusion != "cancelled" || runs[1].Conclusion != "failure" {
			t.Errorf("%s: the check runs are %+v", lost, runs)
		}
		noted(t, runs[1], 2)
	}
}

func TestACheckRunWithAnnotationsThatGitHubDroppedIsMadeAgain(t *testing.T) {
	w := newHubWorld(t)
	p := proposed(w.post(gate.NotDone), faults(60))
	p.Remote = w.must(t, p)
	w.hub.DeleteCheckRun(w.cart.Name(), p.Remote)
	w.must(t, p)
	if runs := w.runs(); len(runs) != 1 || runs[0].ID == p.Remote {
		t.Errorf("the check runs are %+v", runs)
	}
	noted(t, w.runs()[0], 60)
}

func TestASupersededDefinitionCheckIsCancelledInPlace(t *testing.T) {
	w := newHubWorld(t)
	p := proposed(w.post(gate.NotDone), faults(60))
	p.Remote = w.must(t, p)
	p.Superseded = "commit 77ab01c2d3e4"
	w.must(t, p)
	runs := w.runs()
	if len(runs) != 1 || runs[0].Conclusion != "cancelled" {
		t.Errorf("the check runs are %+v", runs)
	}
	noted(t, runs[0], 60)
}

func TestAnnotationsOfAPathThatIsNoneAreLeftOut(t *testing.T) {
	w := newHubWorld(t)
	p := proposed(w.post(gate.NotDone), faults(2))
	p.Says.Proposal.File = "../nexus.cue"
	w.must(t, p)
	noted(t, w.runs()[0], 0)
}

func TestOtherChecksReadNothingBeforeAnUpdate(t *testing.T) {
	w := newHubWorld(t)
	p := w.post(gate.NotDone)
	p.Says.Proposal = &gate.Proposal{File: "nexus.cue", Faults: faults(2)}
	p.Remote = w.must(t, p)
	w.must(t, p)
	noted(t, w.runs()[0], 0)
	if w.of("read_check_run", "200") != 0 {
		t.Errorf("the requests were %v", w.counts)
	}
}

func TestARefusedReadOfACheckRunIsAnError(t *testing.T) {
	w := newHubWorld(t)
	p := proposed(w.post(gate.NotDone), faults(2))
	p.Remote = w.must(t, p)
	w.hub.Fail("read_check_run", http.StatusInternalServerError, nil, 1)
	if remote, err := w.client.Post(t.Context(), p); err == nil || remote != p.Remote {
		t.Errorf("check run %d, error %v", remote, err)
	}
	w.hub.Fail("list_check_runs", http.StatusForbidden, nil, 1)
	p.Tried = true
	if _, err := w.client.Post(t.Context(), p); err == nil {
		t.Errorf("error %v", err)
	}
}
