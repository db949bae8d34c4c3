package forge_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate/forge"
)

// hooks reads the hooks, which must be readable.
func (w *labWorld) hooks(t *testing.T, ours string) forge.Hooks {
	t.Helper()
	hooks, err := w.client.Hooks(t.Context(), w.repo(), ours)
	if err != nil {
		t.Fatal(err)
	}
	return hooks
}

func TestAHookThatFailsIsSeenToBeDisabled(t *testing.T) {
	w, to := newLabWorld(t), newHeardBy(t)
	w.lab.DisableHooks()
	w.lab.Hook(to.URL+"/webhook/gitlab", "token", "")
	fail := func() { w.web.Commit("main", "Carts", map[string]string{"x": w.Now().String()}) }
	is := func(want forge.HookStatus, until time.Time) {
		t.Helper()
		hook := w.hooks(t, to.URL).Hooks[0]
		if hook.Status != want || !hook.Until.Equal(until) || !hook.Ours {
			t.Errorf("the hook is %+v", hook)
		}
	}
	is(forge.HookWorks, time.Time{})
	to.answers(http.StatusServiceUnavailable)
	for range 3 {
		fail()
	}
	is(forge.HookWorks, time.Time{})
	fail()
	is(forge.HookPaused, w.Now().Add(time.Minute))
	fail() // is not sent
	if got := len(to.all()); got != 4 {
		t.Errorf("%d were sent", got)
	}
	w.Pass(time.Minute)
	is(forge.HookWorks, time.Time{})
	fail()
	is(forge.HookPaused, w.Now().Add(2*time.Minute))
	for range 35 {
		w.Pass(24 * time.Hour)
		fail()
	}
	is(forge.HookOff, time.Time{})
	w.Pass(1000 * time.Hour)
	is(forge.HookOff, time.Time{})
	w.web.EnableHook()
	is(forge.HookWorks, time.Time{})
	to.answers(http.StatusAccepted)
	fail()
	if got := len(to.all()); got != 41 {
		t.Errorf("%d were sent", got)
	}
}

func TestAHookIsToldWithoutItsSecretsAndWithItsEvents(t *testing.T) {
	w := newLabWorld(t)
	w.lab.Hook("https://me:pass@gate.example/webhook/gitlab?token=s3cret", "token", "")
	want := forge.Hook{
		ID: 1, URL: "https://gate.example/webhook/gitlab", Status: forge.HookWorks, Verify: true,
		Events: []string{"Push Hook", "Merge Request Hook", "Pipeline Hook", "Job Hook", "Deployment Hook", "Tag Push Hook", "Release Hook"},
		Lacks:  []string{"Note Hook", "Issue Hook", "Milestone Hook"},
	}
	for ours, is := range map[string]bool{
		"gate.example": true, "GATE.example": true, "https://gate.example": true, "https://gate.example/webhook/gitlab/": true,
		"http://gate.example/webhook/gitlab": true, "https://gate.example/other": false, "other.example": false, "": false,
		"https://gate.example:8443/webhook/gitlab": false, "://": false,
	} {
		want.Ours = is
		if diff := cmp.Diff([]forge.Hook{want}, w.hooks(t, ours).Hooks); diff != "" {
			t.Errorf("for %q: %s", ours, diff)
		}
	}
}

func TestHooksThatTheTokenMayNotSeeAreNoError(t *testing.T) {
	w := newLabWorld(t)
	w.lab.Hook("https://gate.example/webhook/gitlab", "token", "")
	w.lab.Maintain(false)
	if hooks := w.hooks(t, "gate.example"); !hooks.Hidden || len(hooks.Hooks) != 0 || hooks.Spent.Requests != 1 {
		t.Errorf("the hooks are %+v", hooks)
	}
	w.lab.Maintain(true)
	if hooks := w.hooks(t, "gate.example"); hooks.Hidden || len(hooks.Hooks) != 1 {
		t.Errorf("the hooks are %+v", hooks)
	}
}

func TestAHooksAnswerThatFailsIsAnError(t *testing.T) {
	w := newLabWorld(t)
	w.lab.Fail("list_hooks", http.StatusBadGateway, nil, 1)
	_, err := w.client.Hooks(t.Context(), w.repo(), "")
	refused(t, err, false, "reading the webhooks of gitlab:acme/shop/web")
	w.lab.Fail("list_hooks", http.StatusTooManyRequests, map[string]string{"Retry-After": "5"}, 1)
	_, err = w.client.Hooks(t.Context(), w.repo(), "")
	later(t, err)
}
