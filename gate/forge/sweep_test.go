package forge_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// sweeper is what both clients are to a sweep.
type sweeper interface {
	Sweep(context.Context, forge.SweepOf) (forge.Swept, error)
}

// sweep sweeps what must be there.
func sweep(t *testing.T, with sweeper, of forge.SweepOf) forge.Swept {
	t.Helper()
	swept, err := with.Sweep(t.Context(), of)
	if err != nil {
		t.Fatal(err)
	}
	return swept
}

// ofMain is a sweep of the branch main of which nothing is known.
func ofMain(repo gate.Repo) forge.SweepOf {
	return forge.SweepOf{Repo: repo, Branches: []forge.Branch{{Name: "main"}}}
}

// unchecked lets requests pass that GitHub's description does not know.
func unchecked(hub http.Handler) http.Handler { return hub }

// events are the forge's words for what was found.
func events(swept forge.Swept) []string {
	var all []string
	for _, f := range swept.Found {
		all = append(all, f.Event)
	}
	return all
}

func TestASweepFindsAPushOfManyBranchesThatNobodyTold(t *testing.T) {
	hub, lab := newHubWorld(t), newLabWorld(t)
	many := []string{"main", "a", "b", "c"}
	hub.cart.PushAll("All at once", map[string]string{"x": "1"}, many...)
	lab.web.PushAll("All at once", map[string]string{"x": "1"}, many...)
	if len(hub.hub.Deliveries())+len(lab.lab.Deliveries()) != 0 {
		t.Fatal("the forges told of it")
	}
	for name, c := range map[string]struct {
		with sweeper
		repo gate.Repo
		head string
		now  time.Time
	}{
		"GitHub": {hub.client, hub.repo(), hub.cart.Head("main"), hub.Now()},
		"GitLab": {lab.client, lab.repo(), lab.web.Head("main"), lab.Now()},
	} {
		of := ofMain(c.repo)
		of.Branches[0].Covers = []string{"p1"}
		swept := sweep(t, c.with, of)
		want := []gate.HeadRead{{Repo: c.repo, Branch: "main", Commit: c.head, At: c.now, Covers: []string{"p1"}}}
		if diff := cmp.Diff(want, swept.Heads); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestASweepTellsThatAnIntegrationBranchIsGone(t *testing.T) {
	hub, lab := newHubWorld(t), newLabWorld(t)
	for name, swept := range map[string]forge.Swept{
		"GitHub": sweep(t, hub.client, forge.SweepOf{Repo: hub.repo(), Branches: []forge.Branch{{Name: "release/1.0"}}}),
		"GitLab": sweep(t, lab.client, forge.SweepOf{Repo: lab.repo(), Branches: []forge.Branch{{Name: "release/1.0"}}}),
	} {
		if len(swept.Heads) != 1 || !swept.Heads[0].Absent || swept.Heads[0].At.IsZero() || swept.Partial {
			t.Errorf("%s: %+v", name, swept)
		}
	}
}

func TestASweepTellsWhatBecameOfChangesThatAreOpenNoMore(t *testing.T) {
	hub, lab := newHubWorld(t), newLabWorld(t)
	hub.cart.Commit("guest", "Guest carts", map[string]string{"g": "1"})
	hub.cart.Commit("tax", "Taxes", map[string]string{"t": "1"})
	lab.web.Commit("guest", "Guest carts", map[string]string{"g": "1"})
	lab.web.Commit("tax", "Taxes", map[string]string{"t": "1"})
	hubMerged, hubClosed := hub.cart.OpenChange("guest", "main", "Guest carts", "ana"), hub.cart.OpenChange("tax", "main", "Taxes", "ana")
	labMerged, labClosed := lab.web.OpenChange("guest", "main", "Guest carts", "ana"), lab.web.OpenChange("tax", "main", "Taxes", "ana")
	landed := []string{hubMerged.Merge("squash"), labMerged.Merge("squash")}
	hubClosed.Close()
	labClosed.Close()
	for i, c := range []struct {
		with sweeper
		repo gate.Repo
	}{{hub.client, hub.repo()}, {lab.client, lab.repo()}} {
		of := ofMain(c.repo)
		of.Changes = []forge.Change{{Number: 1, Head: "x"}, {Number: 2, Head: "y"}, {Number: 99}}
		said := found(t, sweep(t, c.with, of))
		merged, _ := said.of["change 1"].(gate.ChangeSeen)
		closed, _ := said.of["change 2"].(gate.ChangeSeen)
		if merged.State != gate.ChangeMerged || merged.Landed != landed[i] || closed.State != gate.ChangeClosed {
			t.Errorf("%s: merged %+v, closed %+v", c.repo.Forge, merged, closed)
		}
	}
}

func TestASweepLeavesOutTheChangesThatAreAsTheyAreKnown(t *testing.T) {
	hub, lab := newHubWorld(t), newLabWorld(t)
	hub.cart.Commit("guest", "Guest carts", map[string]string{"g": "1"})
	lab.web.Commit("guest", "Guest carts", map[string]string{"g": "1"})
	hub.cart.OpenChange("guest", "main", "Guest carts", "ana")
	lab.web.OpenChange("guest", "main", "Guest carts", "ana")
	for _, c := range []struct {
		with       sweeper
		repo       gate.Repo
		head, word string
	}{
		{hub.client, hub.repo(), hub.cart.Head("guest"), "pull_request"},
		{lab.client, lab.repo(), lab.web.Head("guest"), "Merge Request Hook"},
	} {
		of := ofMain(c.repo)
		of.Changes = []forge.Change{{Number: 1, Head: c.head, Updated: hub.Now()}}
		if swept := sweep(t, c.with, of); slices.Contains(events(swept), c.word) || swept.Changes != 1 {
			t.Errorf("%s: a change that is as it is known is told: %+v", c.repo.Forge, swept)
		}
		of.Changes[0].Updated = hub.Now().Add(-time.Second)
		if swept := sweep(t, c.with, of); !slices.Contains(events(swept), c.word) {
			t.Errorf("%s: a change that was updated is not told", c.repo.Forge)
		}
		of.Changes[0] = forge.Change{Number: 1, Head: strings.Repeat("a", 40), Updated: hub.Now()}
		if swept := sweep(t, c.with, of); !slices.Contains(events(swept), c.word) {
			t.Errorf("%s: a change with another head is not told", c.repo.Forge)
		}
	}
}

func TestASweepPassesOverChangesOntoOtherBranches(t *testing.T) {
	w := newHubWorld(t)
	w.cart.Commit("next", "Next", map[string]string{"n": "1"})
	w.cart.Commit("guest", "Guest carts", map[string]string{"g": "1"})
	w.cart.OpenChange("guest", "next", "Guest carts", "ana")
	if swept := sweep(t, w.client, ofMain(w.repo())); len(swept.Found) != 0 || swept.Changes != 0 {
		t.Errorf("%v was found", events(swept))
	}
	of := ofMain(w.repo())
	of.Changes = []forge.Change{{Number: 1, Head: w.cart.Head("guest")}} // it was onto main
	if e, _ := found(t, sweep(t, w.client, of)).of["change 1"].(gate.ChangeSeen); e.Base != "next" {
		t.Errorf("that it goes onto another branch now is not told: %+v", e)
	}
}

func TestASecondSweepCostsNothingOnGitHub(t *testing.T) {
	hub, lab := newHubWorld(t), newLabWorld(t)
	hub.tellHub(t)
	lab.tellLab(t)
	for _, c := range []struct {
		with    sweeper
		repo    gate.Repo
		counted func() int
	}{
		{hub.client, hub.repo(), func() int { return hub.hub.Requests()["unchanged"] }},
		{lab.client, lab.repo(), func() int { return lab.lab.Requests()["unchanged"] }},
	} {
		first := sweep(t, c.with, ofMain(c.repo))
		again := sweep(t, c.with, ofMain(c.repo))
		if again.Spent.Requests == 0 || again.Spent.Unchanged != again.Spent.Requests || c.counted() != again.Spent.Unchanged {
			t.Errorf("%s: of %d requests %d were answered with 304", c.repo.Forge, again.Spent.Requests, again.Spent.Unchanged)
		}
		if first.Spent.Unchanged >= first.Spent.Requests/2 {
			t.Errorf("%s: the first sweep spent %+v", c.repo.Forge, first.Spent)
		}
		if diff := cmp.Diff(first.Found, again.Found); diff != "" {
			t.Errorf("%s: what did not change is another thing the second time: %s", c.repo.Forge, diff)
		}
		t.Logf("%s: %d things took %d requests", c.repo.Forge, len(first.Found), first.Spent.Requests)
	}
}

func TestAnAnswerThatNobodyAskedForInTwoDaysIsForgotten(t *testing.T) {
	w := newHubWorld(t)
	w.tellHub(t)
	sweep(t, w.client, ofMain(w.repo()))
	for _, c := range []struct {
		passed time.Duration
		kept   bool
	}{{47 * time.Hour, true}, {49 * time.Hour, false}} {
		w.Pass(c.passed)
		w.cart.Commit(fmt.Sprint("after ", c.passed), "Other work", map[string]string{"o": fmt.Sprint(c.passed)})
		pull := w.cart.OpenChange(fmt.Sprint("after ", c.passed), "main", "Other work", "ana")
		spent := sweep(t, w.client, ofMain(w.repo())).Spent // in which the list of changes is new
		pull.Close()
		if kept := spent.Unchanged > spent.Requests/2; kept != c.kept {
			t.Errorf("after %s, of %d requests %d were answered with 304", c.passed, spent.Requests, spent.Unchanged)
		}
	}
}

func TestASweepSeesWhatChangedSinceTheLast(t *testing.T) {
	w := newHubWorld(t)
	sweep(t, w.client, ofMain(w.repo()))
	w.Pass(time.Minute)
	w.cart.Check("codecov", "coverage", w.cart.Head("main"), "completed", "failure")
	if swept := sweep(t, w.client, ofMain(w.repo())); !slices.Contains(events(swept), "check_run") {
		t.Errorf("the new check is not among %v", events(swept))
	}
}

// open opens so many changes onto main, each with a check of its head.
func (w *hubWorld) open(many int) {
	for i := range many {
		branch := fmt.Sprint("change-", i)
		w.cart.Commit(branch, branch, map[string]string{branch: "1"})
		w.cart.OpenChange(branch, "main", branch, "ana")
		w.cart.Check("codecov", "coverage", w.cart.Head(branch), "completed", "success")
	}
}

func TestASweepThatRunsOutOfRequestsGoesOnWhereItEnded(t *testing.T) {
	w := newHubWorld(t)
	w.open(7)
	whole := found(t, sweep(t, w.client, ofMain(w.repo()))).of
	of := ofMain(w.repo())
	of.Calls = 20
	all, sweeps := nothing(), 0
	for ; sweeps < 10; sweeps++ {
		swept := sweep(t, w.client, of)
		if swept.Spent.Requests > of.Calls {
			t.Fatalf("it may send %d requests and sent %d", of.Calls, swept.Spent.Requests)
		}
		for _, f := range swept.Found {
			all.hear(t, f.Source, f.Event, f.Body)
		}
		if swept.Partial != (swept.Next != 0) || swept.Next == of.From && swept.Partial {
			t.Fatalf("a sweep from change %d is partial: %v, and goes on with %d", of.From, swept.Partial, swept.Next)
		}
		if of.From = swept.Next; len(all.of) == len(whole) {
			break
		}
	}
	if sweeps == 0 || sweeps == 10 {
		t.Errorf("it took %d sweeps more", sweeps)
	}
	if diff := cmp.Diff(whole, all.of); diff != "" {
		t.Error(diff)
	}
}

func TestAChangeThatTakesMoreThanASweepStandsInNobodysWay(t *testing.T) {
	w := newHubWorld(t)
	w.open(3)
	w.cart.Run(forgetest.Workflow{Name: "ci", Path: "ci.yml"}, w.cart.Head("change-0"))
	of := ofMain(w.repo())
	of.Calls = 14
	if swept := sweep(t, w.client, of); swept.Next != 2 {
		t.Errorf("the next sweep begins with %d", swept.Next)
	}
}

func TestASweepWithNoRequestsToSpendIsPartial(t *testing.T) {
	w := newHubWorld(t)
	w.open(1)
	of := ofMain(w.repo())
	of.Calls, of.From = 1, 1
	if swept := sweep(t, w.client, of); !swept.Partial || swept.Next != 1 || swept.Spent.Requests != 1 {
		t.Errorf("it came to %+v", swept)
	}
}

func TestALimitInTheMiddleOfASweepLeavesWhatWasFound(t *testing.T) {
	hub, lab := newHubWorld(t), newLabWorld(t)
	hub.tellHub(t)
	lab.tellLab(t)
	after := map[string]string{"Retry-After": "90"}
	hub.hub.Fail("list_changes", http.StatusTooManyRequests, after, 1)
	lab.lab.Fail("list_changes", http.StatusTooManyRequests, after, 1)
	for _, c := range []struct {
		with sweeper
		repo gate.Repo
		now  func() time.Time
		pass func(time.Duration)
	}{{hub.client, hub.repo(), hub.Now, hub.Pass}, {lab.client, lab.repo(), lab.Now, lab.Pass}} {
		swept, err := c.with.Sweep(t.Context(), ofMain(c.repo))
		if until := later(t, err).Until; !until.Equal(c.now().Add(90 * time.Second)) {
			t.Errorf("%s: to be tried again at %s", c.repo.Forge, until)
		}
		if !swept.Partial || len(swept.Heads) != 1 || len(swept.Found) == 0 {
			t.Errorf("%s: what was found is lost: %+v", c.repo.Forge, swept)
		}
		held, err := c.with.Sweep(t.Context(), ofMain(c.repo))
		if later(t, err); len(held.Heads) != 0 {
			t.Errorf("%s: requests are sent before the time", c.repo.Forge)
		}
		c.pass(90 * time.Second)
		if swept := sweep(t, c.with, ofMain(c.repo)); swept.Partial {
			t.Errorf("%s: it does not go on by itself", c.repo.Forge)
		}
	}
}

func TestAnAnswerThatIsCutOffIsNotTakenForAll(t *testing.T) {
	cases := map[string]struct {
		body   string
		header map[string]string
	}{
		"in the middle of a text": {`[{"number":1,"sta`, nil},
		"in the middle of a list": {`[`, nil},
		"by the connection":       {`[]`, map[string]string{"Content-Length": "4096"}},
		"for another shape":       {`{"message":"ok"}`, nil},
		"for nothing":             {"", nil},
	}
	for name, c := range cases {
		hub, lab := newHubWorldBehind(t, unchecked), newLabWorld(t)
		fault := forgetest.Fault{Operation: "list_changes", Status: http.StatusOK, Body: c.body, Header: c.header, Times: 1}
		hub.hub.Inject(fault)
		lab.lab.Inject(fault)
		for _, with := range []struct {
			sweeper
			repo gate.Repo
		}{{hub.client, hub.repo()}, {lab.client, lab.repo()}} {
			of := ofMain(with.repo)
			of.Changes = []forge.Change{{Number: 1}}
			swept, err := with.Sweep(t.Context(), of)
			if err == nil || forge.Permanent(err) || !swept.Partial || len(swept.Heads) != 1 {
				t.Errorf("%s, %s: %+v, %v", name, with.repo.Forge, swept, err)
			}
		}
	}
}

func TestASweepFollowsARepositoryToItsNewName(t *testing.T) {
	w := newHubWorld(t)
	old := w.repo()
	w.cart.Rename("basket-api")
	swept := sweep(t, w.client, ofMain(old))
	if swept.Repo != w.repo() || swept.Repo.Name != "acme/basket-api" {
		t.Errorf("the repository is %+v", swept.Repo)
	}
	want := gate.RepositorySeen{Repo: w.repo(), OldName: "acme/cart-api"}
	if diff := cmp.Diff(gate.Event(want), found(t, swept).of["repository"]); diff != "" {
		t.Error(diff)
	}
	if len(swept.Heads) != 1 || swept.Heads[0].Repo != w.repo() {
		t.Errorf("the heads are %+v", swept.Heads)
	}
}

func TestASweepFollowsAProjectToItsNewName(t *testing.T) {
	w := newLabWorld(t)
	old := w.repo()
	old.Name = "acme/old/web"
	swept := sweep(t, w.client, ofMain(old))
	want := gate.RepositorySeen{Repo: w.repo(), OldName: "acme/old/web"}
	if diff := cmp.Diff(gate.Event(want), found(t, swept).of["repository"]); diff != "" || swept.Repo != w.repo() {
		t.Error(diff, swept.Repo)
	}
}

func TestAnotherRepositoryUnderAnOldNameIsNotSwept(t *testing.T) {
	w := newHubWorld(t)
	stranger := w.repo()
	stranger.ID++
	swept, err := w.client.Sweep(t.Context(), ofMain(stranger))
	refused(t, err, true, "another repository now")
	if len(swept.Heads)+len(swept.Found) != 0 {
		t.Errorf("it was swept: %+v", swept)
	}
}

func TestWhatTheForgeDoesNotShowHidesNothingElse(t *testing.T) {
	hub, lab := newHubWorld(t), newLabWorld(t)
	hub.tellHub(t)
	lab.tellLab(t)
	hub.hub.Fail("list_jobs", http.StatusForbidden, nil, 0)
	lab.lab.Fail("list_jobs", http.StatusForbidden, nil, 0)
	for _, c := range []struct {
		with       sweeper
		repo       gate.Repo
		run, other string
	}{{hub.client, hub.repo(), "workflow_run", "check_run"}, {lab.client, lab.repo(), "Pipeline Hook", "Merge Request Hook"}} {
		swept := sweep(t, c.with, ofMain(c.repo))
		if diff := cmp.Diff([]string{"list_jobs"}, swept.Hidden); diff != "" {
			t.Errorf("%s: hidden: %s", c.repo.Forge, diff)
		}
		if slices.Contains(events(swept), c.run) {
			t.Errorf("%s: a run is told whose jobs cannot be seen: it says that all of them have come", c.repo.Forge)
		}
		if !slices.Contains(events(swept), c.other) {
			t.Errorf("%s: only %v was found", c.repo.Forge, events(swept))
		}
	}
}

func TestARepositoryThatCannotBeSeenIsAnError(t *testing.T) {
	hub, lab := newHubWorld(t), newLabWorld(t)
	hub.cart.Hide(true)
	lab.web.Hide(true)
	_, err := hub.client.Sweep(t.Context(), ofMain(hub.repo()))
	refused(t, err, true, "sweeping github:acme/cart-api")
	_, err = lab.client.Sweep(t.Context(), ofMain(lab.repo()))
	refused(t, err, true, "sweeping gitlab:acme/shop/web")
	_, err = hub.client.Sweep(t.Context(), ofMain(gate.Repo{Forge: gate.GitHub, Name: "../x"}))
	refused(t, err, true, "is not OWNER/NAME")
	_, err = lab.client.Sweep(t.Context(), ofMain(gate.Repo{Forge: gate.GitLab}))
	refused(t, err, true, "neither a number nor a name")
}

func TestASweepGoesOnWithAFreshToken(t *testing.T) {
	w := newHubWorld(t)
	sweep(t, w.client, ofMain(w.repo()))
	w.hub.RevokeTokens()
	_, err := w.client.Sweep(t.Context(), ofMain(w.repo()))
	refused(t, err, false, "401")
	sweep(t, w.client, ofMain(w.repo()))
}

func TestASweepEndsWithItsContext(t *testing.T) {
	w := newHubWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if swept, err := w.client.Sweep(ctx, ofMain(w.repo())); !errors.Is(err, context.Canceled) || !swept.Partial {
		t.Errorf("%+v, %v", swept, err)
	}
}
