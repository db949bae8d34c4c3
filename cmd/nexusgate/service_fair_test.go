package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/webhook"
)

// neighbours opens a house with two Nexuses in one installation, and gives a repository of each.
func neighbours(t *testing.T) (h *house, loud, quiet *forgetest.Repo) {
	t.Helper()
	h = newHouse(t, strings.Replace(components([]string{"acme/loud", "acme/loud-2", "acme/loud-3"}), `"bench"`, `"loud"`, 1), nil)
	second := filepath.Join(t.TempDir(), "nexus.cue")
	text := strings.Replace(components([]string{"acme/quiet", "acme/quiet-2", "acme/quiet-3"}), `"bench"`, `"quiet"`, 1)
	if err := os.WriteFile(second, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	h.settings.Configs = append(h.settings.Configs, second)
	for _, name := range []string{"acme/loud", "acme/quiet"} {
		for _, further := range []string{"-2", "-3"} {
			h.hub.AddRepo(name + further)
		}
	}
	loud, quiet = h.hub.AddRepo("acme/loud"), h.hub.AddRepo("acme/quiet")
	h.start()
	h.rest()
	return h, loud, quiet
}

// lastSent is what the forge sent last, or tried to.
func lastSent(h *house) forgetest.Delivery {
	log := h.hub.Deliveries()
	return log[len(log)-1]
}

// keepMany puts deliveries into a store that no service is at work on, in the order given, so that all
// wait when one comes.
func keepMany(t *testing.T, dsn string, bodies []string, of forgetest.Delivery) {
	t.Helper()
	s, err := store.Open(t.Context(), dsn, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	next := make(chan int)
	var all sync.WaitGroup
	for range 256 { // so many share a sync of the disk
		all.Go(func() {
			for n := range next {
				d := gate.Delivery{
					Source: gate.FromGitHub, Event: of.Event, Key: fmt.Sprintf("%s-%d", of.ID, n), Trust: definition.Webhook,
					Received: time.Now(), Body: []byte(bodies[n]),
				}
				d.Places = webhook.Places(d)
				if _, err := s.Keep(t.Context(), d); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for n := range bodies {
		next <- n
	}
	close(next)
	all.Wait()
}

func TestABusyNexusDoesNotHoldUpItsNeighbour(t *testing.T) {
	t.Parallel()
	h, loud, quiet := neighbours(t)
	change := propose(quiet, "guest")
	h.check(quiet, change.Head(), gate.DoneCheck, "in_progress")
	h.rest()
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	noise := int64(20_000)
	if testing.Short() {
		noise = 5_000
	}
	loud.Check("builder", "build", loud.Head("main"), "completed", "success")
	of := lastSent(h)
	bodies := make([]string, noise)
	for n := range bodies {
		bodies[n] = strings.Replace(string(of.Body), `"conclusion":"success"`, [...]string{`"conclusion":"success"`, `"conclusion":"failure"`}[n%2], 1)
	}
	keepMany(t, h.settings.Store, bodies, of)
	quiet.Check("builder", "build", change.Head(), "completed", "success")
	of = lastSent(h)
	keepMany(t, h.settings.Store, []string{string(of.Body)}, of) // behind all of the noise

	h.start()
	h.check(quiet, change.Head(), gate.DoneCheck, "success")
	if left := h.counts().Pending; left < noise/2 {
		t.Errorf("the quiet one's report came when %d of the other's %d deliveries were left", left, noise)
	}
	h.patience = 4 * patience
	h.eventually("the noise is judged", func() bool { return h.counts().Pending == 0 })
	h.rest()
}

func TestAnInboxThatIsFullTurnsWebhooksAwayUntilItIsNot(t *testing.T) {
	t.Parallel()
	h := furnish(t, shop)
	const most = 50
	h.settings.InboxLimit = most
	h.start()
	h.rest()
	resume := h.server.Pause()
	taken, turnedAway := 0, 0
	for n := range 2 * most {
		switch status := h.postHub(fmt.Sprintf("inbox-%d", n), "star", []byte(`{}`), hubSecret); status {
		case 202:
			taken++
		case 503:
			turnedAway++
		default:
			t.Fatalf("it answers %d", status)
		}
	}
	if taken > most || taken < most-10 || turnedAway != 2*most-taken {
		t.Errorf("%d were taken and %d turned away, where %d may wait", taken, turnedAway, most)
	}
	if waiting := h.server.Waiting(t.Context()); waiting < int64(taken) {
		t.Errorf("of %d that were taken %d wait", taken, waiting)
	}
	resume()
	if counted := h.metric(`nexusgate_deliveries_total{event="other",forge="github",result="turned-away"}`); counted != fmt.Sprint(turnedAway) {
		t.Errorf("%q are counted as turned away, want %d", counted, turnedAway)
	}
	h.eventually("deliveries are taken again", func() bool {
		return h.postHub("inbox-again", "star", []byte(`{}`), hubSecret) == 202
	})
	h.rest()
}
