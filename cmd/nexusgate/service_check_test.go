package main_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// checking is a shop whose web has an external status check, signed with a secret, and a merge request whose pipeline
// runs.
func checking(t *testing.T, secret string) (*house, *forgetest.StatusCheck, *forgetest.MergeRequest, *forgetest.Pipeline) {
	t.Helper()
	h := open(t, shop)
	k := h.web.AddStatusCheck("Done", h.server.HooksRoot()+"/webhook/gitlab", secret)
	h.web.Commit("work", "Work", map[string]string{"work.go": "package web"})
	m := h.web.OpenChange("work", "main", "Work", "ana")
	run := m.Pipeline(forgetest.Job{Name: "test"})
	return h, k, m, run
}

// saying waits until a check says something of a merge request.
func (h *house) saying(k *forgetest.StatusCheck, m *forgetest.MergeRequest, want string) {
	h.t.Helper()
	h.eventually("the check is "+want, func() bool { return k.Status(m) == want })
}

func TestAStatusCheckFailsAndPassesByItself(t *testing.T) {
	t.Parallel()
	h, k, m, run := checking(t, labToken)
	h.saying(k, m, "failed")
	h.later()
	began := time.Now()
	run.Finish("success")
	h.saying(k, m, "passed")
	t.Logf("passed %s after the last job", time.Since(began).Round(time.Millisecond))
	h.rest()
	if told := k.Told(m); !slices.Equal(told, []string{"failed", "passed"}) || h.lab.Requests()["retry_status_check"] != 1 {
		t.Errorf("it was told %q, and retried %d times", told, h.lab.Requests()["retry_status_check"])
	}
	h.later()
	h.web.Commit("work", "More", map[string]string{"more.go": "package web"})
	h.saying(k, m, "failed")
	h.later()
	m.Pipeline(forgetest.Job{Name: "test"}).Finish("success")
	h.saying(k, m, "passed")
}

func TestAStatusCheckThatSomebodyRetriesIsToldAgain(t *testing.T) {
	t.Parallel()
	h, k, m, _ := checking(t, labToken)
	h.saying(k, m, "failed")
	h.rest()
	k.Retry(m)
	h.saying(k, m, "failed")
}

func TestAStatusCheckIsToldByTheServiceThatComesAfterOneThatWasKilled(t *testing.T) {
	t.Parallel()
	h, k, m, run := checking(t, labToken)
	h.saying(k, m, "failed")
	h.rest()
	h.lab.Fail("answer_status_check", http.StatusBadGateway, nil, 0)
	before := h.lab.Requests()["answer_status_check"]
	h.later()
	run.Finish("success")
	h.eventually("it is on the way", func() bool { return h.lab.Requests()["answer_status_check"] > before })
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	h.lab.Heal()
	h.lab.DropAnswer("answer_status_check", 1) // GitLab has it, and nobody heard
	h.start()
	h.saying(k, m, "passed")
	h.eventually("nothing is left to be run", func() bool {
		n, err := h.server.Errands(t.Context())
		return err == nil && n == 0
	})
}

func TestAStatusCheckThatProvesNothingIsNotAnswered(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"", "another-secret"} {
		h, k, m, run := checking(t, secret)
		run.Finish("success")
		h.rest()
		if told := k.Told(m); len(told) > 0 {
			t.Errorf("with the secret %q it was told %q", secret, told)
		}
		refused := 0
		for _, d := range h.lab.Deliveries() {
			if d.Event == "External Status Check" && d.Status == http.StatusUnauthorized {
				refused++
			}
		}
		if refused == 0 {
			t.Errorf("with the secret %q nothing was refused", secret)
		}
	}
}
