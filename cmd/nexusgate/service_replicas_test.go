package main_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

// beside starts another replica on a house's store, in this process, until the test or the caller ends it.
func (h *house) beside() (server *nexusgate.Server, end func()) {
	h.t.Helper()
	server, err := nexusgate.NewServer(h.t.Context(), h.settings)
	if err != nil {
		h.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	over := false
	end = func() {
		if stop(); !over {
			over = true
			if err := <-ended; err != nil {
				h.t.Error("a replica ended: ", err)
			}
		}
	}
	h.t.Cleanup(end)
	return server, end
}

// holders are how many lanes each replica works in.
func holders(t *testing.T, dsn string) map[string]int {
	t.Helper()
	s, err := store.OpenToRead(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	lanes, err := s.Lanes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]int{}
	for _, l := range lanes {
		all[l.Holder]++
	}
	return all
}

// exported is the Nexuses whose Increment a replica's metrics tell of.
func exported(t *testing.T, root string, among ...string) (names []string) {
	t.Helper()
	status, text := fetch(t, root+"/metrics")
	if status != http.StatusOK {
		t.Fatalf("the metrics are answered %d", status)
	}
	for _, name := range among {
		if strings.Contains(text, fmt.Sprintf("nexusgate_increment_number{nexus=%q}", name)) {
			names = append(names, name)
		}
	}
	return names
}

func TestReplicasShareTheLanesShowAllOfThemAndLeaveThemToEachOther(t *testing.T) {
	t.Parallel()
	names := []string{"shop", "bank", "club"}
	h := newHouse(t, shop, nil)
	h.settings.Store = storetest.Postgres(t)
	h.cart, h.pay, h.web = h.hub.AddRepo("acme/cart-api"), h.hub.AddRepo("acme/payment"), h.lab.AddProject("acme/web")
	for _, name := range names[1:] {
		h.hub.AddRepo(name + "/api")
		h.settings.Configs = append(h.settings.Configs, written(t, name+".cue", fmt.Sprintf(
			"name: %q\nteams: api: components: %q: repo: %q\ndone: seen: {why: \"It was read\", on: \"commit\", evidence: \"pipeline\", name: \"ci\", must: conclusion: \"success\"}\n",
			name, name+"-api", "github:"+name+"/api")))
	}
	h.ungrounded = true
	h.start()
	h.rest()
	other, end := h.beside()
	h.eventually("each replica works in half of the lanes", func() bool {
		all := holders(t, h.settings.Store)
		return len(all) == 2 && all[""] == 0 && all[least(all)] == 2
	})
	h.green()
	shown := func(s *nexusgate.Server) bool {
		stands, known := s.Standing("shop")
		return known && stands.Head.Outcome == gate.Done && len(stands.Warnings) == 0
	}
	h.eventually("both replicas show what one has recorded", func() bool { return shown(h.server) && shown(other) })
	h.eventually("each Nexus is in the metrics of one replica", func() bool {
		both := append(exported(t, h.server.Root(), names...), exported(t, other.Root(), names...)...)
		return len(both) == len(names) && len(slices.Compact(slices.Sorted(slices.Values(both)))) == len(names)
	})
	change := propose(h.cart, "guest")
	approve(h.cart, change)
	h.check(h.cart, change.Head(), gate.DoneCheck, "success")
	began := time.Now()
	end()
	h.eventually("all lanes are this replica's", func() bool { return len(holders(t, h.settings.Store)) == 1 && holders(t, h.settings.Store)[""] == 0 })
	t.Logf("taken over %s after a clean end", time.Since(began).Round(time.Millisecond))
	change = propose(h.cart, "later")
	approve(h.cart, change)
	h.check(h.cart, change.Head(), gate.DoneCheck, "success")
}

func least(all map[string]int) (name string) {
	for one, n := range all {
		if name == "" || n < all[name] {
			name = one
		}
	}
	return name
}
