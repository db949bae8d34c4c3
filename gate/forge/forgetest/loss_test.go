package forgetest_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// told are the events of the deliveries that reached the receiver.
func (r *receiver) told() []string {
	var all []string
	for _, one := range r.taken() {
		all = append(all, one.header.Get("X-GitHub-Event")+one.header.Get("X-Gitlab-Event"))
	}
	return all
}

func TestAWebhookThatIsLostIsInTheLogAndOneThatIsOmittedIsNot(t *testing.T) {
	hub, at := newGitHub(t), newReceiver(t)
	hub.Hook(at.URL, "secret")
	cart := hub.AddRepo("acme/cart")
	hub.Lose("status", 1)
	hub.Omit("check_run", 1)
	for range 2 {
		cart.Status("jenkins", "ci", cart.Head("main"), "success")
		cart.Check("codecov", "coverage", cart.Head("main"), "in_progress", "")
		cart.Check("codecov", "coverage", cart.Head("main"), "completed", "success")
	}
	if want := []string{"check_run", "status", "check_run"}; !slices.Equal(at.told(), want) {
		t.Errorf("told are %v, not %v", at.told(), want)
	}
	log := hub.Deliveries()
	if len(log) != 4 || log[0].Status != 0 || log[0].Fault != "failed to connect" || log[0].Event != "status" {
		t.Errorf("the log has %d, and first %+v", len(log), log[0])
	}
	for i := range log {
		if log[i].Attempt != int64(i+1) || log[i].At.IsZero() || log[i].Again {
			t.Errorf("the attempt %d is %+v", i, log[i])
		}
	}
	hub.Lose("", 0)
	cart.Status("jenkins", "ci", cart.Head("main"), "failure")
	hub.Heal()
	if hub.Redeliver(log[0].ID) != http.StatusAccepted || len(at.told()) != 4 {
		t.Error("a lost webhook cannot be delivered again")
	}
}

func TestOfAPushOfManyBranchesNeitherForgeTells(t *testing.T) {
	hub, lab := newGitHub(t), newGitLab(t)
	cart, web := hub.AddRepo("acme/cart"), lab.AddProject("acme/web")
	files := map[string]string{"x": "1"}
	cart.PushAll("Few", files, "a", "b", "main")
	web.PushAll("Few", files, "a", "b", "main")
	if len(hub.Deliveries()) != 5 || len(lab.Deliveries()) != 3 {
		t.Errorf("of few, %d and %d are told", len(hub.Deliveries()), len(lab.Deliveries()))
	}
	cart.OpenChange("a", "main", "A", "ana")
	web.OpenChange("a", "main", "A", "ana")
	was, head := len(hub.Deliveries()), cart.Head("main")
	cart.PushAll("Many", map[string]string{"x": "2"}, "a", "b", "c", "main")
	web.PushAll("Many", map[string]string{"x": "2"}, "a", "b", "c", "main")
	if cart.Head("main") == head || cart.Head("c") == "" {
		t.Error("the branches did not move")
	}
	for _, log := range [][]forgetest.Delivery{hub.Deliveries()[was:], lab.Deliveries()[4:]} {
		if len(log) != 1 || log[0].Event != "pull_request" && log[0].Event != "Merge Request Hook" {
			t.Errorf("of many, %d are told: %+v", len(log), log)
		}
	}
}

func TestAnAnswerThatIsKnownIsNotSentAgain(t *testing.T) {
	lab := newGitLab(t)
	web := lab.AddProject("acme/web")
	web.Pipeline("main", web.Head("main"), forgetest.Job{Name: "unit"})
	server := httptest.NewServer(lab)
	t.Cleanup(server.Close)
	at := server.URL
	get := func(tag string) (status int, now string) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at+"/api/v4/projects/acme%2Fweb/pipelines", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("PRIVATE-TOKEN", lab.Token())
		request.Header.Set("If-None-Match", tag)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, answer.Header.Get("ETag")
	}
	status, tag := get("")
	if status != http.StatusOK || tag == "" {
		t.Fatalf("%d, tag %q", status, tag)
	}
	if status, _ := get(tag); status != http.StatusNotModified || lab.Requests()["unchanged"] != 1 {
		t.Errorf("%d, %v", status, lab.Requests())
	}
	web.Pipeline("main", web.Head("main"), forgetest.Job{Name: "unit"})
	if status, changed := get(tag); status != http.StatusOK || changed == tag {
		t.Errorf("%d, tag %q", status, changed)
	}
}
