package main_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
)

// reads gets a page, and says whether it has some words.
func (h *house) reads(path, words string) bool {
	h.t.Helper()
	status, body := h.get(path)
	if status != http.StatusOK {
		h.t.Fatalf("%s answers %d: %s", path, status, body)
	}
	return strings.Contains(body, words)
}

// A person who sees that a change is Done goes to the item that it is for.
func TestAPageSaysOfTheBacklogWhatTheVerdictSays(t *testing.T) {
	t.Parallel()
	h := sprinting(t, "shop")
	change := propose(h.cart, "taxes")
	h.later()
	change.Describe("Closes acme/product#2")
	h.rest()
	if !h.reads("/nexus/shop/backlog", "under way") {
		t.Error("the page does not say that the item is under way")
	}
	approve(h.cart, change)
	h.check(h.cart, change.Head(), gate.DoneCheck, "success")
	if !h.reads("/nexus/shop/backlog", "changes are Done") {
		t.Error("the change is done, and the page of the item says something older")
	}
}

// visit gets a page, which may be too much asked for now.
func (h *house) visit(path string) error {
	request, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, h.server.Root()+path, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	if answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusServiceUnavailable {
		err = errors.Join(err, errors.New(answer.Status))
	}
	return errors.Join(err, answer.Body.Close())
}

// viewers ask for all that is dear to make until they are ended, most of them since a moment of their own.
func (h *house) viewers(many int) (end func()) {
	over := make(chan struct{})
	var viewing sync.WaitGroup
	for viewer := range many {
		viewing.Go(func() {
			for n := 1; ; n++ {
				select {
				case <-over:
					return
				default:
				}
				since := fmt.Sprintf("?since=%dm", viewer+many*n%5000+1)
				for _, path := range []string{"/nexus/shop/daily", "/nexus/shop/review" + since, "/api/v1/nexus/shop/brief/retrospective" + since, "/nexus/shop/timeline" + since, "/nexus/shop/backlog"} {
					if err := h.visit(path); err != nil {
						h.t.Errorf("%s: %v", path, err)
						return
					}
				}
			}
		})
	}
	return func() { close(over); viewing.Wait() }
}

func TestJudgingGoesOnWhileManyLook(t *testing.T) {
	t.Parallel()
	h := sprinting(t, "shop")
	end := h.viewers(12)
	defer end()
	for n := range 5 {
		change := propose(h.cart, fmt.Sprint("looked", n))
		approve(h.cart, change)
		h.check(h.cart, change.Head(), gate.DoneCheck, "success")
	}
}
