package main_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// Webhooks get lost. What they told is found by sweeps, and comes out the same.

// openSwept starts the service in a furnished house, where every repository was swept once. Nothing happens until then:
// a sweep that looks again for a repository that it did not know yet would find it before its webhook has come.
func openSwept(t *testing.T) *house {
	t.Helper()
	h := furnish(t, shop)
	h.settings.Sweep = time.Hour
	h.settings.Now = func() time.Time { return time.Now().Add(10 * time.Minute) } // so late is all that is found
	h.start()
	h.swept()
	h.green()
	h.rest()
	return h
}

// swept waits until a sweep has ended that saw every repository of the shop.
func (h *house) swept() {
	h.t.Helper()
	h.eventually("every repository was swept", func() bool {
		heard := h.hearing()
		return !heard.Sweep.Ended.IsZero() && len(heard.Repos) == 3 &&
			!slices.ContainsFunc(heard.Repos, func(r gate.RepoHear) bool { return r.Swept.IsZero() })
	})
	h.rest()
}

func (h *house) hearing() gate.Hearing {
	h.t.Helper()
	heard, err := h.server.Hearing(h.t.Context(), "shop")
	if err != nil {
		h.t.Fatal(err)
	}
	return heard
}

// sweep asks for one from the command line, and gives what it said and its exit code.
func (h *house) sweep() (said string, code int) {
	h.t.Helper()
	var out, errs bytes.Buffer
	code = nexusgate.Run(h.t.Context(), []string{"sweep", "--store", h.settings.Store, "--within", "1m"}, strings.NewReader(""), &out, &errs,
		func(string) string { return "" })
	if errs.Len() > 0 {
		h.t.Logf("sweep said %s", errs.String())
	}
	h.rest()
	return out.String(), code
}

// verdicts is how everything in the shop stands, whatever the commits are called.
func (h *house) verdicts() map[string]string {
	s := h.standing()
	all := map[string]string{"increment": string(s.Head.Outcome)}
	for _, c := range s.Components {
		all[c.Name] = string(c.Says.Outcome) + states(c.Says)
		if c.Commit != s.Head.Composition[c.Name] {
			all[c.Name] += " and not in the Increment"
		}
	}
	for _, c := range s.Changes {
		all[c.Subject.Name] = string(c.Says.Outcome) + states(c.Says)
	}
	return all
}

// comesTo waits until everything stands as in a run in which nothing was lost.
func (h *house) comesTo(want map[string]string) {
	h.t.Helper()
	h.t.Cleanup(func() {
		if h.t.Failed() {
			h.t.Log("the verdicts, -nothing lost +now: ", cmp.Diff(want, h.verdicts()))
		}
	})
	h.eventually("the verdicts are those of a run in which nothing was lost", func() bool { return cmp.Equal(want, h.verdicts()) })
}

func states(v gate.Verdict) string {
	text := ""
	for _, f := range v.Findings {
		text += " " + f.Criterion + " " + string(f.State)
	}
	return text
}

// losses are stories in which webhooks get lost.
var losses = map[string]struct {
	lose func(h *house) // before the story
	tell func(h *house, deaf bool)
	find string // what the sweep must have found, among others
}{
	"a push of four branches": {func(*house) {}, func(h *house, deaf bool) {
		branches := []string{"main", "one", "two", "three"}
		if !deaf { // of fewer GitHub tells
			branches = branches[:1]
		}
		h.cart.PushAll("Many at once", map[string]string{"many.go": "package many"}, branches...)
	}, "head"},
	"a check run": {func(h *house) { h.hub.Lose("check_run", 0) }, func(h *house, _ bool) {
		change := propose(h.cart, "guest")
		approve(h.cart, change)
	}, "check_run"},
	"a change that was opened": {func(h *house) { h.hub.Lose("pull_request", 0) }, func(h *house, _ bool) {
		approve(h.cart, propose(h.cart, "guest"))
	}, "pull_request"},
	"a workflow": {func(h *house) { h.hub.Omit("workflow_run", 0); h.hub.Omit("workflow_job", 0) }, func(h *house, _ bool) {
		h.pay.Commit("main", "Wallets", map[string]string{"wallet.go": "package wallet"})
		build(h.pay, "push", h.pay.Head("main"), "failure")
	}, "workflow_run"},
	"everything of GitHub's": {func(h *house) { h.hub.Lose("", 0) }, func(h *house, _ bool) {
		change := propose(h.cart, "guest")
		approve(h.cart, change)
		h.pay.Commit("main", "Wallets", map[string]string{"wallet.go": "package wallet"})
		build(h.pay, "push", h.pay.Head("main"), "failure")
	}, "pull_request"},
	"a pipeline": {func(h *house) { h.lab.Lose("Pipeline Hook", 0); h.lab.Lose("Job Hook", 0) }, func(h *house, _ bool) {
		h.web.Commit("main", "A page", map[string]string{"page.ts": "export const page = 1"})
		h.web.Pipeline("main", h.web.Head("main"), forgetest.Job{Name: "test"}).Finish("failed")
	}, "Pipeline Hook"},
	"a merge request that came and went": {func(h *house) { h.lab.Lose("", 0) }, func(h *house, _ bool) {
		h.web.Commit("page", "A page", map[string]string{"page.ts": "export const page = 1"})
		change := h.web.OpenChange("page", "main", "A page", "mia")
		change.Pipeline(forgetest.Job{Name: "test"}).Finish("failed")
		h.later()
		change.Merge("squash") // what its pipeline said counts for what it landed as
	}, "Merge Request Hook"},
	"everything of GitLab's": {func(h *house) { h.lab.Lose("", 0) }, func(h *house, _ bool) {
		h.web.Commit("main", "A page", map[string]string{"page.ts": "export const page = 1"})
		h.web.Pipeline("main", h.web.Head("main"), forgetest.Job{Name: "test"}).Finish("failed")
		h.web.Commit("page", "Another", map[string]string{"page.ts": "export const page = 2"})
		h.web.OpenChange("page", "main", "Another", "mia")
	}, "Merge Request Hook"},
}

func TestWhatWebhooksDidNotTellASweepFindsAndTheVerdictsAreTheSame(t *testing.T) {
	t.Parallel()
	for name, story := range losses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			heard, deaf := openSwept(t), openSwept(t)
			story.lose(deaf)
			for _, h := range []*house{heard, deaf} {
				h.later()
				story.tell(h, h == deaf)
				h.rest()
			}
			want := heard.verdicts()
			if cmp.Equal(want, deaf.verdicts()) {
				t.Fatalf("nothing was lost: %v", want)
			}
			deaf.hub.Heal()
			deaf.lab.Heal()
			said, code := deaf.sweep()
			deaf.comesTo(want)
			if code != 1 || !strings.Contains(said, story.find+" ") {
				t.Errorf("the sweep says %q with exit code %d; want it to have found %s, and 1", said, code, story.find)
			}
			before := deaf.kept("found") + deaf.kept("head")
			if said, code := deaf.sweep(); code != 0 || deaf.kept("found")+deaf.kept("head") != before {
				t.Errorf("once more it says %q with exit code %d, and keeps %d; want nothing", said, code, deaf.kept("found")+deaf.kept("head")-before)
			}
		})
	}
}

func (h *house) kept(event string) int {
	h.t.Helper()
	n, err := h.server.Kept(h.t.Context(), event)
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func TestWhatHappenedWhileTheServiceWasDownIsFoundOnStart(t *testing.T) {
	t.Parallel()
	up, down := openSwept(t), openSwept(t)
	merging := map[*house]*forgetest.Change{}
	for _, h := range []*house{up, down} {
		h.later()
		merging[h] = propose(h.pay, "wallet")
		approve(h.pay, merging[h])
		h.rest()
	}
	tell := func(h *house) {
		h.later()
		approve(h.cart, propose(h.cart, "guest"))
		merging[h].Merge("squash")
		quick := propose(h.pay, "refund") // and merged before anybody heard of it
		approve(h.pay, quick)
		h.later()
		quick.Merge("squash")
		h.web.Commit("main", "A page", map[string]string{"page.ts": "export const page = 1"})
		h.web.Pipeline("main", h.web.Head("main"), forgetest.Job{Name: "test"}).Finish("failed")
	}
	tell(up)
	up.rest()
	if err := down.stop(); err != nil {
		t.Fatal(err)
	}
	tell(down)
	down.start()
	down.comesTo(up.verdicts())
	down.rest()
	if heard := down.hearing(); len(heard.Sum) == 0 || heard.Sweep.Lag < 9*time.Minute {
		t.Errorf("the figures of the sweep are %+v; want what was missed, and how late", heard)
	}
}
