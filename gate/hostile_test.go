package gate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/definition/definitiontest"
	"github.com/nexusgate/nexusgate/gate"
)

// TestAHostileLayerIsRefusedAndTheLedgerLives brings each hostile file by a landing and by a change, and
// holds that it holds back what it lies in, leaves the Nexus's rules in force, and that a sound file
// afterwards is taken.
func TestAHostileLayerIsRefusedAndTheLedgerLives(t *testing.T) {
	for what, source := range definitiontest.Hostile() {
		h := newHouse(t, storefront)
		h.tell(push(cartRepo, "000", "c1", h.now, ".nexus/done.cue"))
		h.tell(layer(cartRepo, "c1", source))
		h.tell(run(cartRepo, "c1", "push", 1, 1, h.now, "success"))
		h.wantState(what, h.component("cart-api"), "definition-of-done", gate.Error)
		h.wantState(what, h.component("cart-api"), "ci", gate.Met)
		h.opened(cartRepo, 17, "bad", ".nexus/done.cue")
		h.tell(layer(cartRepo, "bad", source))
		h.wantState(what+" by a change", h.change(cartRepo, 17), "definition-of-done", gate.Error)
		holdShort(t, what, h)
		h.now = h.now.Add(time.Minute)
		h.tell(push(cartRepo, "c1", "c2", h.now, ".nexus/done.cue"))
		h.tell(layer(cartRepo, "c2", `done: ci: within: "30m"`))
		h.tell(run(cartRepo, "c2", "push", 2, 1, h.now, "success"))
		h.wantOutcome("after "+what, h.component("cart-api"), gate.Done)
	}
}

// What is kept is kept as JSON, in which bytes that are no text become others.
func TestAHostileLayerIsRefusedAfterARestartAsBefore(t *testing.T) {
	for what, source := range definitiontest.Hostile() {
		l, docs, last := gate.NewLedger(), map[string]gate.Doc{}, gate.Step{}
		for i, e := range []gate.Event{
			gate.NexusGiven{File: "nexus.cue", Source: storefront},
			push(cartRepo, "000", "c1", morning, ".nexus/done.cue"),
			layer(cartRepo, "c1", source),
		} {
			d := gate.Delivery{ID: fmt.Sprint(i), Source: gate.FromGitHub, Trust: definition.Webhook, Received: morning}
			last = keepDocs(docs, l.Apply(d, []gate.Event{e}, morning))
		}
		before, _ := l.Standing("storefront", morning)
		after, _ := restored(t, docs, last).Standing("storefront", morning)
		if before.Components[0].File != "refused" || after.Components[0].File != "refused" {
			t.Errorf("%s is %q, and after a restart %q; want refused", what, before.Components[0].File, after.Components[0].File)
		}
	}
}

// holdShort holds that what is said of a file is no burden on who keeps and shows it.
func holdShort(t *testing.T, what string, h *house) {
	t.Helper()
	for _, v := range h.said {
		for _, f := range v.Findings {
			if said := f.Want + f.Got + f.Fix; len(said) > 4<<10 || strings.ContainsAny(said, "\x00\n\r") {
				t.Errorf("%s: the finding on %s says %d bytes: %q", what, f.Criterion, len(said), said)
			}
		}
		if p := v.Proposal; p != nil {
			said := 0
			for _, f := range append(p.Faults, p.Warnings...) {
				said += len(f.Message)
			}
			if said > 64<<10 {
				t.Errorf("%s: the proposal says %d bytes", what, said)
			}
		}
	}
}
