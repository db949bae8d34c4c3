package gate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

func TestASquashMergeCarriesTheEvidenceOfItsChangeWhenTheTreesAreEqual(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(cartRepo, "000", "base", "cart.go")
	h.opened(cartRepo, 17, "aaa", "cart.go")
	green := run(cartRepo, "aaa", "pull_request", 1, 1, h.now, "success")
	green.Tree = "tree-1"
	h.tell(green)
	h.now = h.now.Add(time.Minute)
	merged := seen(cartRepo, 17, "aaa", h.now)
	merged.State, merged.Landed = gate.ChangeMerged, "squashed"
	h.tell(merged)
	h.landed(cartRepo, "base", "squashed", "cart.go")
	h.wantState("before the trees are known", h.component("cart-api"), "ci", gate.Waiting)
	if !wants(h, gate.WantCommit, "squashed") {
		t.Errorf("nobody wants the tree of the landed commit; wants: %v", h.ledger.Wants())
	}
	h.tell(gate.CommitRead{Repo: cartRepo, Commit: "squashed", Tree: "tree-1"})
	h.wantState("with equal trees", h.component("cart-api"), "ci", gate.Met)
	if got := h.component("cart-api").Findings[0].Carried; got != "aaa" {
		t.Errorf("the finding is carried from %q, want aaa", got)
	}
}

func TestASquashMergeOnAMovedBaseCarriesNothing(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(cartRepo, "000", "base", "cart.go")
	h.opened(cartRepo, 17, "aaa", "cart.go")
	green := run(cartRepo, "aaa", "pull_request", 1, 1, h.now, "success")
	green.Tree = "tree-1"
	h.tell(green)
	h.now = h.now.Add(time.Minute)
	merged := seen(cartRepo, 17, "aaa", h.now)
	merged.State, merged.Landed = gate.ChangeMerged, "squashed"
	h.tell(merged)
	h.landed(cartRepo, "base", "squashed", "cart.go")
	h.tell(gate.CommitRead{Repo: cartRepo, Commit: "squashed", Tree: "tree-2"})
	h.wantState("with other trees", h.component("cart-api"), "ci", gate.Waiting)
	h.after(2 * time.Hour)
	h.wantState("past the deadline", h.component("cart-api"), "ci", gate.Missing)
}

const pathsNexus = `
name: "storefront"
teams: {
	cart: components: "cart-api": {repo: "github:acme/cart-api", branch: "main"}
	pay: components: pay: {repo: "github:acme/pay", branch: "main"}
	web: components: web: {repo: "gitlab:acme/web", branch: "main"}
}
done: {
	ci: {
		why: "The pipeline is green", on: "commit", evidence: "pipeline", name: "ci"
		from: app: ["github-actions", "gitlab-ci"]
		must: conclusion: "success"
		paths: ["src/**"]
		within: "1h"
	}
}
`

func TestAPathFilteredWorkflowAnswersForLandingsThatDoNotTouchItsPaths(t *testing.T) {
	h := newHouse(t, pathsNexus)
	h.landed(cartRepo, "000", "one", "src/cart.go")
	h.tell(run(cartRepo, "one", "push", 1, 1, h.now, "success"))
	h.landed(cartRepo, "one", "two", "README.md")
	h.wantState("a landing of the README", h.component("cart-api"), "ci", gate.Met)
	h.landed(cartRepo, "two", "three", "src/other.go")
	h.wantState("a landing of the source", h.component("cart-api"), "ci", gate.Waiting)
}

func TestUnknownPathsCountAsTouchedUntilARead(t *testing.T) {
	h := newHouse(t, pathsNexus)
	h.landed(cartRepo, "000", "one", "src/cart.go")
	h.tell(run(cartRepo, "one", "push", 1, 1, h.now, "success"))
	h.landed(cartRepo, "one", "two")
	h.wantState("a landing whose paths are not known", h.component("cart-api"), "ci", gate.Waiting)
	if !wants(h, gate.WantPaths, "two") {
		t.Errorf("nobody wants its paths; wants: %v", h.ledger.Wants())
	}
	h.tell(gate.PathsRead{Repo: cartRepo, Base: "one", Head: "two", Paths: []string{"README.md"}, Complete: true})
	h.wantState("once they are read", h.component("cart-api"), "ci", gate.Met)
}

const monorepo = `
name: "storefront"
teams: {
	cart: components: cart: {repo: "github:acme/mono", branch: "main", path: "services/cart"}
	pay: components: pay: {repo: "github:acme/mono", branch: "main", path: "services/pay"}
	web: components: web: {repo: "gitlab:acme/web", branch: "main"}
}
done: ci: {
	why: "The pipeline is green", on: "commit", evidence: "pipeline"
	from: app: ["github-actions", "gitlab-ci"]
	must: conclusion: "success"
	within: "1h"
}
`

var monoRepo = gate.Repo{Forge: gate.GitHub, ID: 9, Name: "acme/mono", Installation: 7}

func TestAComponentOfAMonorepoMovesOnlyWhenItsPrefixIsTouched(t *testing.T) {
	h := newHouse(t, monorepo)
	h.tell(push(monoRepo, "000", "one", h.now, "services/cart/a.go", "services/pay/b.go"))
	h.now = h.now.Add(time.Second)
	h.tell(push(monoRepo, "one", "two", h.now, "services/cart/a.go"))
	h.now = h.now.Add(time.Second)
	h.tell(push(monoRepo, "two", "three", h.now, "docs/a.md"))
	want := gate.Composition{"cart": "two", "pay": "one"}
	if got := h.standing().Head; got.Composition["cart"] != want["cart"] || got.Composition["pay"] != want["pay"] {
		t.Errorf("the composition is %v, want %v", got.Composition, want)
	}
	if got := h.standing().Head.Number; got != 2 {
		t.Errorf("Increment %d, want 2: a landing that touches no component makes none", got)
	}
}

func TestAChangeIsJudgedForTheComponentsThatItTouches(t *testing.T) {
	h := newHouse(t, monorepo)
	h.tell(push(monoRepo, "000", "one", h.now, "services/cart/a.go", "services/pay/b.go"))
	h.opened(monoRepo, 5, "aaa", "services/pay/b.go")
	for _, f := range h.change(monoRepo, 5).Findings {
		if f.Component != "pay" {
			t.Errorf("a finding of %q; the change touches pay alone", f.Component)
		}
	}
	h.opened(monoRepo, 6, "bbb", "README.md")
	h.wantOutcome("a change that touches no component", h.change(monoRepo, 6), gate.Done)
}

func TestAForksChangeIsFoundByItsHead(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(cartRepo, "000", "m1", "a")
	fork := seen(cartRepo, 18, "fff", h.now)
	fork.HeadRepo = 999
	h.tell(fork)
	h.tell(gate.ChangeRead{Repo: cartRepo, Number: 18, Head: "fff", Paths: []string{"cart.go"}, Complete: true})
	h.tell(run(cartRepo, "fff", "pull_request", 4, 1, h.now, "success"))
	h.wantOutcome("the fork's change", h.change(cartRepo, 18), gate.Done)
}

func TestAMergeGroupIsJudgedAndItsEvidenceIsTheLandedCommits(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(cartRepo, "000", "base", "cart.go")
	h.tell(gate.GroupSeen{Repo: cartRepo, Head: "grp", Base: "main", Ref: "refs/heads/gh-readonly-queue/main/pr-17-base", At: h.now})
	group := h.said["group github:1 grp"]
	h.wantOutcome("the group before its checks", group, gate.Awaiting)
	if o := h.owed["group github:1 grp grp"]; o.Check != gate.DoneCheck {
		t.Errorf("the group is owed %q, want the Done check", o.Check)
	}
	h.tell(run(cartRepo, "grp", "merge_group", 5, 1, h.now, "success"))
	h.wantOutcome("the group after them", h.said["group github:1 grp"], gate.Done)
	h.now = h.now.Add(time.Minute)
	h.landed(cartRepo, "base", "grp", "cart.go")
	h.wantState("the landed group", h.component("cart-api"), "ci", gate.Met)
}

func TestAForcePushVoidsWhatWasSaidOfTheOldHead(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(cartRepo, "000", "one", "cart.go")
	h.tell(run(cartRepo, "one", "push", 1, 1, h.now, "success"))
	h.now = h.now.Add(time.Minute)
	forced := push(cartRepo, "one", "rewritten", h.now)
	forced.Forced = true
	h.tell(forced)
	h.tell(gate.FileRead{Repo: cartRepo, Commit: "rewritten", Path: ".nexus/done.cue", Absent: true})
	h.wantState("the rewritten head", h.component("cart-api"), "ci", gate.Waiting)
	if got := h.standing().Head.Composition["cart-api"]; got != "rewritten" {
		t.Errorf("the composition holds %q, want the rewritten head", got)
	}
}

func TestAForcePushedChangeIsJudgedByItsNewHead(t *testing.T) {
	h := newHouse(t, storefront)
	h.opened(cartRepo, 17, "aaa", "cart.go")
	h.tell(run(cartRepo, "aaa", "push", 1, 1, h.now, "success"))
	h.now = h.now.Add(time.Minute)
	again := seen(cartRepo, 17, "bbb", h.now)
	again.Before = "aaa"
	h.tell(again)
	h.wantOutcome("the change on its new head", h.change(cartRepo, 17), gate.Awaiting)
	if got := h.change(cartRepo, 17).Commit; got != "bbb" {
		t.Errorf("judged on %q, want bbb", got)
	}
}

func TestADeletedOrRenamedIntegrationBranchIsAnErrorAndNotAnOldGreen(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(cartRepo, "000", "one", "cart.go")
	h.tell(run(cartRepo, "one", "push", 1, 1, h.now, "success"))
	h.wantOutcome("before", h.component("cart-api"), gate.Done)
	h.now = h.now.Add(time.Minute)
	h.tell(push(cartRepo, "one", "", h.now)) // renamed to trunk: main is deleted …
	moved := push(cartRepo, "", "one", h.now)
	moved.Branch = "trunk"
	h.tell(moved) // … and trunk created
	h.wantState("after", h.component("cart-api"), "integration-branch", gate.Error)
	h.wantOutcome("after, the component", h.component("cart-api"), gate.NotDone)
}

func wants(h *house, kind gate.WantKind, commit string) bool {
	for _, w := range h.ledger.Wants() {
		if w.Kind == kind && (w.Commit == commit || strings.Contains(w.Key(), commit)) {
			return true
		}
	}
	return false
}

func TestAComponentOfAMonorepoWaitsForUnknownPathsAndMovesAtMostOnce(t *testing.T) {
	h := newHouse(t, monorepo)
	h.tell(push(monoRepo, "000", "one", h.now, "services/cart/a.go", "services/pay/b.go"))
	h.now = h.now.Add(time.Second)
	h.tell(push(monoRepo, "one", "two", h.now))
	h.wantState("before its paths are read", h.component("pay"), "integration-branch", gate.Waiting)
	h.tell(gate.PathsRead{Repo: monoRepo, Base: "one", Head: "two", Paths: []string{"services/cart/c.go"}, Complete: true})
	got := h.standing().Head
	if got.Composition["cart"] != "two" || got.Composition["pay"] != "one" || got.Number != 2 {
		t.Errorf("Increment %d is %v; want 2 with cart at two and pay at one", got.Number, got.Composition)
	}
}

func TestAPlainTokenCannotSpeakForAnotherProjectsID(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(webRepo, "000", "w1", "a")
	forged := pipeline(gate.Repo{Forge: gate.GitLab, ID: webRepo.ID, Name: "evil/web"}, "w1", "push", 31, h.now, map[string]string{"test": "success"})
	step := h.ledger.Apply(gate.Delivery{ID: "forged", Trust: definition.Token, Received: h.now}, forged, h.now)
	if step.Result != gate.Unused {
		t.Errorf("the delivery was %s, want unused", step.Result)
	}
	h.wantState("web", h.component("web"), "ci", gate.Waiting)
	if w := strings.Join(h.standing().Warnings, "\n"); !strings.Contains(w, "evil/web") {
		t.Errorf("nothing warns of the claim: %q", w)
	}
}
