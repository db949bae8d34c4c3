package forge_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/forge"
)

// heardBy is a receiver of webhooks, which answers as it is told to.
type heardBy struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	keys   []string
}

func newHeardBy(t *testing.T) *heardBy {
	t.Helper()
	h := &heardBy{status: http.StatusAccepted}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.keys = append(h.keys, r.Header.Get("X-GitHub-Delivery"))
		w.WriteHeader(h.status)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *heardBy) answers(status int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.status = status
}

func (h *heardBy) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.keys)
}

// log reads the log, which must be readable.
func (w *hubWorld) log(t *testing.T, since time.Duration) forge.Log {
	t.Helper()
	log, err := w.client.Missed(t.Context(), w.Now().Add(-since))
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func TestADeliveryThatNoAttemptBroughtIsMissed(t *testing.T) {
	w, to := newHubWorld(t), newHeardBy(t)
	w.hub.Hook(to.URL, "secret")
	w.cart.Check("codecov", "coverage", w.cart.Head("main"), "in_progress", "")
	w.Pass(time.Minute)
	w.hub.Lose("", 1)
	w.cart.Check("codecov", "coverage", w.cart.Head("main"), "completed", "success")
	lost := w.Now()
	w.Pass(time.Minute)
	to.answers(http.StatusInternalServerError)
	w.cart.Status("jenkins", "ci", w.cart.Head("main"), "success")
	to.answers(http.StatusFound)
	w.cart.Status("jenkins", "ci", w.cart.Head("main"), "failure")
	log := w.log(t, time.Hour)
	if len(log.Missed) != 3 || log.Read != 4 || log.Spent.Requests != 1 || !log.Since.Equal(w.Now().Add(-time.Hour)) {
		t.Fatalf("the log is %+v", log)
	}
	first := log.Missed[0]
	if first.Event != "check_run" || first.Action != "completed" || first.Repo != w.cart.ID || first.Installed != w.cart.Installation() ||
		first.Attempts != 1 || !first.First.Equal(lost) || !first.Last.Equal(lost) || first.Reason != "failed to connect" {
		t.Errorf("missed: %+v", first)
	}
	if second, third := log.Missed[1], log.Missed[2]; second.Status != 500 || third.Status != 302 || second.Action != "" {
		t.Errorf("missed: %+v, %+v", second, third)
	}
}

func TestARedeliveryComesUnderTheSameKeyAndIsMissedNoMore(t *testing.T) {
	w, to := newHubWorld(t), newHeardBy(t)
	w.hub.Hook(to.URL, "secret")
	w.hub.Lose("", 2)
	w.cart.Status("jenkins", "ci", w.cart.Head("main"), "success")
	missed := w.log(t, time.Hour).Missed
	if err := w.client.Redeliver(t.Context(), missed[0].ID); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return len(w.hub.Deliveries()) == 2 })
	again := w.log(t, time.Hour).Missed // the redelivery was lost as well
	if len(again) != 1 || again[0].Attempts != 2 || again[0].GUID != missed[0].GUID || again[0].ID == missed[0].ID {
		t.Fatalf("missed: %+v after %+v", again, missed)
	}
	if err := w.client.Redeliver(t.Context(), again[0].ID); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return len(to.all()) == 1 && len(w.hub.Deliveries()) == 3 })
	if got := to.all()[0]; got != missed[0].GUID {
		t.Errorf("it comes under the key %s", got)
	}
	if log := w.log(t, time.Hour); len(log.Missed) != 0 || log.Read != 3 {
		t.Errorf("the log is %+v", log)
	}
}

// waitFor waits for what the stand-in does after it has answered.
func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(10 * time.Second); !done(); {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("it does not come about")
		}
	}
}

func TestTheLogReachesBackThreeDays(t *testing.T) {
	w, to := newHubWorld(t), newHeardBy(t)
	w.hub.Hook(to.URL, "secret")
	w.hub.Lose("", 1)
	w.cart.Status("jenkins", "ci", w.cart.Head("main"), "success")
	id := w.log(t, time.Hour).Missed[0].ID
	w.Pass(71 * time.Hour)
	if log := w.log(t, 1000*time.Hour); len(log.Missed) != 1 || !log.Since.Equal(w.Now().Add(-72*time.Hour)) {
		t.Errorf("the log is %+v", log)
	}
	if log := w.log(t, time.Hour); len(log.Missed) != 0 {
		t.Errorf("the log of an hour has %+v", log)
	}
	w.Pass(time.Hour)
	if log := w.log(t, 1000*time.Hour); len(log.Missed) != 0 {
		t.Errorf("the log is %+v", log)
	}
	refused(t, w.client.Redeliver(t.Context(), id), true, "asking for the delivery")
}

func TestALongLogIsReadPageByPage(t *testing.T) {
	w, to := newHubWorld(t), newHeardBy(t)
	w.hub.Hook(to.URL, "secret")
	w.hub.Lose("", 1)
	for range 250 {
		w.cart.Status("jenkins", "ci", w.cart.Head("main"), "success")
	}
	if log := w.log(t, time.Hour); log.Read != 250 || log.Spent.Requests != 3 || len(log.Missed) != 1 {
		t.Errorf("the log is %+v", log)
	}
	w.Pass(2 * time.Hour)
	w.cart.Status("jenkins", "ci", w.cart.Head("main"), "success")
	if log := w.log(t, time.Hour); log.Read != 1 || log.Spent.Requests != 1 {
		t.Errorf("the log of an hour is %+v", log)
	}
}

func TestALogWithNoEndIsReadToABound(t *testing.T) {
	w := newHubWorldBehind(t, endless)
	log := w.log(t, 72*time.Hour)
	if log.Spent.Requests != 300 || log.Read != 300 || len(log.Missed) != 300 || !log.Since.Equal(log.Missed[0].First) {
		t.Errorf("%d attempts on %d pages, %d missed, back to %s", log.Read, log.Spent.Requests, len(log.Missed), log.Since)
	}
}

// endless is a log with always another page.
func endless(hub http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/app/hook/deliveries" {
			hub.ServeHTTP(w, r)
			return
		}
		page, _ := strconv.Atoi(r.URL.Query().Get("cursor")) // the first has none
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?cursor=%d>; rel="next"`, r.Host, r.URL.Path, page+1))
		at := newClock().Now().Add(-time.Duration(page) * time.Second)
		_ = json.NewEncoder(w).Encode([]map[string]any{{"id": 1000 - page, "guid": fmt.Sprint("g", page), "delivered_at": at, "status_code": 502}})
	})
}

func TestALimitInTheMiddleOfTheLogTellsNothingMissed(t *testing.T) {
	w, to := newHubWorld(t), newHeardBy(t)
	w.hub.Hook(to.URL, "secret")
	w.hub.Lose("", 1)
	w.cart.Status("jenkins", "ci", w.cart.Head("main"), "success")
	for _, operation := range []string{"list_deliveries", "redeliver"} {
		w.hub.Fail(operation, http.StatusForbidden, map[string]string{"Retry-After": "60"}, 1)
		log, err := w.client.Missed(t.Context(), w.Now().Add(-time.Hour))
		if operation == "redeliver" {
			err = w.client.Redeliver(t.Context(), log.Missed[0].ID)
		} else if len(log.Missed) != 0 || !log.Since.Equal(w.Now()) {
			t.Errorf("the log is %+v", log)
		}
		if until := later(t, err).Until; !until.Equal(w.Now().Add(time.Minute)) {
			t.Errorf("to be tried again at %s", until)
		}
		w.Pass(time.Minute)
	}
}

func TestTheAppsHookIsToldWithoutItsSecrets(t *testing.T) {
	w := newHubWorld(t)
	w.hub.Hook("https://me:pass@gate.example/webhook/github?token=s3cret", "secret")
	hook, err := w.client.AppHook(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if hook.URL != "https://gate.example/webhook/github" || !hook.Verify || !slices.Contains(hook.Events, "check_run") {
		t.Errorf("the hook is %+v", hook)
	}
}
