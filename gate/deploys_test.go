package gate_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
)

// shared is a Nexus of which two components lie in one repository, and a third in it on a branch of its own.
const shared = `
name: "storefront"
teams: {
	cart: components: cart: {repo: "github:acme/cart-api", branch: "main", path: "cart"}
	web: components: web: {repo: "github:acme/cart-api", branch: "main", path: "web"}
	ops: components: ops: {repo: "github:acme/cart-api", branch: "ops", path: "ops"}
}
done: ci: {
	why: "The pipeline is green", on: "commit", evidence: "pipeline", name: "ci"
	must: conclusion: "success"
	within: "1h"
}
release: web: components: ["web"]
release: nothing: components: ["ops"]
`

func TestACommitOfAMonorepoGoesOutAsItsComponentsStandInIt(t *testing.T) {
	h := newHouse(t, shared)
	h.tell(push(cartRepo, "000", "m1", h.now, "cart/a", "web/a"))
	h.tell(push(cartRepo, "m1", "m2", h.now, "cart/b"))
	h.tell(push(cartRepo, "m2", "m3", h.now, "docs/a"))
	for commit, want := range map[string]gate.Composition{
		"m1": {"cart": "m1", "web": "m1"}, "m2": {"cart": "m2", "web": "m1"}, "m3": {"cart": "m2", "web": "m1"},
	} {
		got, why := h.ledger.Deploys("storefront", "production", cartRepo, commit)
		if diff := cmp.Diff(want, got); diff != "" || why != "" {
			t.Errorf("%s goes out (%s, -want +got):\n%s", commit, why, diff)
		}
	}
	got, why := h.ledger.Deploys("storefront", "web", cartRepo, "m2")
	if diff := cmp.Diff(gate.Composition{"web": "m1"}, got); diff != "" || why != "" {
		t.Errorf("where web alone goes out (%s, -want +got):\n%s", why, diff)
	}
}

func TestWhatNothingIsKnownOfDoesNotGoOut(t *testing.T) {
	h := newHouse(t, shared)
	h.tell(push(cartRepo, "000", "m1", h.now, "cart/a", "web/a"))
	forced := push(cartRepo, "m1", "m2", h.now)
	forced.Forced = true
	h.tell(forced)
	for what, c := range map[string]struct{ nexus, environment, commit, why string }{
		"another Nexus":        {"store", "production", "m1", `no Nexus "store"`},
		"nothing of it":        {"storefront", "nothing", "m1", "holds no component of the Nexus storefront that is deployed there"},
		"paths that are open":  {"storefront", "production", "m2", "Which paths m2 touches is not known"},
		"that of a repository": {"storefront", "production", "p1", "holds no component"},
	} {
		repo := cartRepo
		if c.commit == "p1" {
			repo = payRepo
		}
		if got, why := h.ledger.Deploys(c.nexus, c.environment, repo, c.commit); got != nil || !strings.Contains(why, c.why) {
			t.Errorf("%s: %v goes out (%s), want nothing: %s", what, got, why, c.why)
		}
	}
}
