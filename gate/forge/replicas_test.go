package forge_test

import (
	"errors"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
)

func TestARequestIsNotSentOnceItsContextSaysNo(t *testing.T) {
	w := newHubWorld(t)
	w.must(t, w.post(gate.Awaiting))
	before, over := w.hub.Requests()["update_check_run"], errors.New("another does this work by now")
	p := w.post(gate.Done)
	p.Remote = w.only(t).ID
	_, err := w.client.Post(forge.Guarded(t.Context(), func() error { return over }), p)
	if !errors.Is(err, over) {
		t.Errorf("got %v, want what the context said", err)
	}
	if after := w.hub.Requests()["update_check_run"]; after != before {
		t.Errorf("%d requests were sent all the same", after-before)
	}
	if _, err := w.client.Post(forge.Guarded(t.Context(), func() error { return nil }), p); err != nil {
		t.Errorf("a context that says yes: %v", err)
	}
}

func TestABudgetIsDividedAmongTheReplicas(t *testing.T) {
	replicas := 4
	w := newHubWorld(t, func(c *forge.GitHubConfig) { c.Replicas = func() int { return replicas } })
	p := w.post(gate.Awaiting)
	p.Remote = w.must(t, p)
	taken := func() (n int) {
		for {
			if _, err := w.client.Post(t.Context(), p); err != nil {
				later(t, err)
				return n
			}
			n++
		}
	}
	if n := 1 + taken(); n != 20 {
		t.Errorf("one of four took %d of the 80 posts of a minute, want 20", n)
	}
	replicas = 2
	if n := taken(); n != 20 {
		t.Errorf("when two others had gone it took %d more, want 20", n)
	}
}
