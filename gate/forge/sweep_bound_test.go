package forge_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

func TestASweepReadsAsManyPagesAsThereAre(t *testing.T) {
	w := newHubWorld(t)
	w.open(101)
	of := ofMain(w.repo())
	swept := sweep(t, w.client, of)
	if swept.Changes != 101 || len(found(t, swept).of) != 3*101 {
		t.Errorf("%d changes are open, %d things were found", swept.Changes, len(found(t, swept).of))
	}
}

func TestASweepLeavesAFifthOfTheGrantToWhatCannotWait(t *testing.T) {
	left := "1000"
	grant := func(hub http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-RateLimit-Limit", "5000")
			w.Header().Set("X-RateLimit-Remaining", left)
			w.Header().Set("X-RateLimit-Reset", unix(newClock().Now().Add(20*time.Minute)))
			hub.ServeHTTP(w, r)
		})
	}
	w := newHubWorldBehind(t, grant)
	if swept := sweep(t, w.client, ofMain(w.repo())); swept.Partial {
		t.Errorf("with a fifth left it ends: %+v", swept)
	}
	left = "999"
	of := ofMain(w.repo())
	of.From = 4
	swept, err := w.client.Sweep(t.Context(), of)
	if until := later(t, err).Until; !until.Equal(w.Now().Add(20 * time.Minute)) {
		t.Errorf("to be gone on with at %s", until)
	}
	if !swept.Partial || swept.Next != 4 || swept.Spent.Requests != 1 {
		t.Errorf("with less than a fifth left it goes on: %+v", swept)
	}
	if read[gate.HeadRead](t, w.client, gate.Want{Kind: gate.WantHead, Repo: w.repo(), Branch: "main"}).Absent {
		t.Error("what cannot wait is held back as well")
	}
}

func TestWhatASweepFindsIsBounded(t *testing.T) {
	checks := func(many, size int) func(http.Handler) http.Handler {
		return func(hub http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !strings.HasSuffix(r.URL.Path, "/check-runs") {
					hub.ServeHTTP(w, r)
					return
				}
				w.Header().Set("Link", "<"+r.URL.Path+`?page=2>; rel="next"`)
				one := fmt.Sprintf(`{"id":1,"name":%q,"status":"completed"}`, strings.Repeat("n", size))
				_, _ = fmt.Fprintf(w, `{"check_runs":[%s]}`, strings.Repeat(one+",", many-1)+one)
			})
		}
	}
	few := newHubWorldBehind(t, checks(100, 10))
	if swept := sweep(t, few.client, ofMain(few.repo())); len(swept.Found) != 2_000 || slices.Contains(events(swept), "check_suite") {
		t.Errorf("of a list with no end %d are found", len(swept.Found))
	}
	large := newHubWorldBehind(t, checks(20, 900_000))
	swept := sweep(t, large.client, ofMain(large.repo()))
	if size := len(swept.Found) * 900_000; !swept.Partial || size > 64<<20 || size < 32<<20 {
		t.Errorf("%d bytes are found, partial %v", size, swept.Partial)
	}
	huge := newHubWorldBehind(t, checks(1, 2<<20))
	_, err := huge.client.Sweep(t.Context(), ofMain(huge.repo()))
	refused(t, err, false, "is more than is taken")
}

func TestAnAnswerThatPacksBadlyIsAskedForAnew(t *testing.T) {
	noise := make([]byte, 2<<20)
	_, _ = rand.Read(noise)
	tagged := 0
	w := newHubWorldBehind(t, func(hub http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, "/statuses") {
				hub.ServeHTTP(w, r)
				return
			}
			if r.Header.Get("If-None-Match") != "" {
				tagged++
			}
			w.Header().Set("ETag", `"1"`)
			_, _ = fmt.Fprintf(w, `[{"id":1,"context":"ci","state":"success","more":"%x"}]`, noise)
		})
	})
	for range 2 {
		if swept := sweep(t, w.client, ofMain(w.repo())); !slices.Contains(events(swept), "status") {
			t.Errorf("%v was found", events(swept))
		}
	}
	if tagged != 0 {
		t.Error("an answer of megabytes is kept")
	}
}

func TestAForgeThatSaysUnchangedToNothingIsNotBelieved(t *testing.T) {
	hub, lab := newHubWorldBehind(t, unchecked), newLabWorld(t)
	hub.hub.Fail("read_repository", http.StatusNotModified, nil, 1)
	lab.lab.Fail("read_project", http.StatusNotModified, nil, 1)
	_, err := hub.client.Sweep(t.Context(), ofMain(hub.repo()))
	refused(t, err, false, "which it never gave")
	_, err = lab.client.Sweep(t.Context(), ofMain(lab.repo()))
	refused(t, err, false, "which it never gave")
}
