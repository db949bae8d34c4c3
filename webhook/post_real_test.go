package webhook_test

import (
	"net/http"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
)

func TestEveryRealGitHubPayloadIsAcceptedAndNoneIsLost(t *testing.T) {
	h, m := newGitHub(t, "s3cret")
	sent := 0
	for _, edition := range []string{"api.github.com", "ghes-31", "ghes-32", "ghes-33", "ghes-34", "ghes-35"} {
		for _, d := range githubExamples(t, edition) {
			sent++
			wantStatus(t, post(h, d.Body, signed("s3cret", d.Event, d.Key, d.Body)), http.StatusAccepted)
			wantKept(t, m, d)
		}
	}
	if sent != 726 {
		t.Errorf("%d payloads were sent, want all 726", sent)
	}
}

func TestEveryRealGitLabPayloadIsAcceptedAndNoneIsLost(t *testing.T) {
	h, m := newGitLab(t, "t0ken", "")
	examples := gitlabExamples(t)
	for _, d := range examples {
		with := headers{"X-Gitlab-Event", d.Event, "X-Gitlab-Token", "t0ken", "Idempotency-Key", d.Key}
		wantStatus(t, post(h, d.Body, with), http.StatusAccepted)
		wantKept(t, m, d)
	}
	if len(examples) != 45 {
		t.Errorf("%d payloads were sent, want all 45", len(examples))
	}
}

func wantKept(t *testing.T, m *memory, want gate.Delivery) {
	t.Helper()
	got, ok := m.kept[string(want.Source)+" "+want.Key]
	if !ok || got.Event != want.Event || string(got.Body) != string(want.Body) {
		t.Errorf("%s was not kept as it came", want.Key)
	}
}
