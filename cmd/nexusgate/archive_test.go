package main_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// TestWhatManyAskForAtATimeIsWorkedOutOnce: the pages are open to anybody, and a definition costs
// much more to compute than to ask for.
func TestWhatManyAskForAtATimeIsWorkedOutOnce(t *testing.T) {
	h := open(t, shop)
	h.green()
	h.rest()
	kept, err := store.OpenToRead(t.Context(), h.settings.Store)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = kept.Close() }()
	a, digest := nexusgate.NewArchive(kept), h.standing().Digest
	all := make([]*gate.Nexus, 32)
	var asked sync.WaitGroup
	together := make(chan struct{})
	for i := range all {
		asked.Go(func() {
			<-together
			n, err := a.Nexus(t.Context(), digest)
			if err != nil {
				t.Error(err)
			}
			all[i] = n
		})
	}
	close(together)
	asked.Wait()
	for _, n := range all {
		if n == nil || n != all[0] {
			t.Fatal("one definition was computed more than once")
		}
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := a.Nexus(gone, "sha256:unheard-of"); !errors.Is(err, context.Canceled) {
		t.Errorf("who has left is answered %v", err)
	}
}

// TestPagesAreReadByManyWhileTheServiceWorks visits every page of the definition from many sides.
func TestPagesAreReadByManyWhileTheServiceWorks(t *testing.T) {
	h := open(t, shop)
	h.green()
	h.rest()
	head := h.standing().HeadSays.ID
	h.later()
	var visits sync.WaitGroup
	for range 4 {
		for _, path := range []string{
			"/", "/nexus/shop", "/nexus/shop/definition", "/api/v1/nexus/shop/definition", "/api/v1/nexus/shop/definition/versions",
			"/nexus/shop/definition/" + h.standing().Digest, "/nexus/shop/components/payment", "/verdicts/" + head,
			"/verdicts/" + head + "/explain?criterion=ci&component=payment", "/api/v1/verdicts/" + head + "/explain?criterion=ci&component=payment",
			"/metrics",
		} {
			visits.Go(func() {
				for range 8 {
					if status, page := h.get(path); status != http.StatusOK {
						t.Errorf("%s answers %d: %s", path, status, page)
					}
				}
			})
		}
	}
	build(h.pay, "push", h.pay.Head("main"), "failure")
	visits.Wait()
	h.eventually("the Increment is not done", func() bool { return h.standing().Head.Outcome == gate.NotDone })
}
