package gate_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
)

// wantRoutes fails the test unless a step tells what the Nexus listens to by now.
func wantRoutes(t *testing.T, when string, step gate.Step, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, step.Routes); diff != "" {
		t.Errorf("%s it listens to (-want +got):\n%s", when, diff)
	}
}

func TestAStepTellsWhatTheNexusListensToWhereThatChanges(t *testing.T) {
	h := newHome(t, first)
	names := []string{"github:acme/cart-api", "github:acme/nexus", "github:acme/pay", "gitlab:acme/web"}
	if diff := cmp.Diff(names, gate.PlacesOf(loaded(t, first), homeAt)); diff != "" {
		t.Errorf("by its definition it listens to (-want +got):\n%s", diff)
	}
	before := h.last
	step := h.tell(push(cartRepo, "000", "c1", h.now, "a"))
	wantRoutes(t, "once a repository was heard of", step,
		"github:1", "github:"+homeRepo.Key()[len("github:"):], "github:acme/cart-api", "github:acme/nexus", "github:acme/pay", "github@7", "gitlab:acme/web")
	if before.Routes == nil && step.Routes == nil {
		t.Error("nothing was told of what it listens to")
	}
	if step = h.tell(push(cartRepo, "c1", "c2", h.now, "a")); step.Routes != nil {
		t.Errorf("the next push changes nothing, and it says %q", step.Routes)
	}
	renamed := cartRepo
	renamed.Name = "acme/basket"
	step = h.tell(gate.RepositorySeen{Repo: renamed, OldName: cartRepo.Name, At: h.now})
	wantRoutes(t, "once a repository was renamed", step,
		"github:1", "github:"+homeRepo.Key()[len("github:"):], "github:acme/basket", "github:acme/cart-api", "github:acme/nexus", "github:acme/pay", "github@7", "gitlab:acme/web")
	step = h.tell(gate.NexusRetired{Nexus: "storefront"})
	if step.Routes == nil || len(step.Routes) > 0 {
		t.Errorf("a retired Nexus listens to %q, want that it listens to nothing", step.Routes)
	}
}

func TestALedgerOfOneNexusPassesOverAnother(t *testing.T) {
	l := gate.NewLedgerOf("bank")
	step := l.Apply(gate.Delivery{ID: "1", Source: gate.FromUs}, []gate.Event{gate.NexusGiven{File: "nexus.cue", Source: storefront}}, morning)
	if step.Result != gate.Unused || len(step.Docs) > 0 || len(l.Nexuses()) > 0 {
		t.Errorf("it took in another Nexus: %s, %d documents", step.Result, len(step.Docs))
	}
}
