package webhook_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/webhook"
)

// cart is a push to group/cart, whose id is 42.
const cart = `{"object_kind": "push", "project_id": 42, "project": {"id": 42, "path_with_namespace": "group/cart"}}`

func tokened(token string) headers {
	return headers{
		"X-Gitlab-Event", "Push Hook", "X-Gitlab-Token", token, "Idempotency-Key", "k1", "Webhook-Id", "w1",
		"Webhook-Timestamp", "1", "X-Gitlab-Event-UUID", "shared",
	}
}

func TestAGitLabWithoutAnySecretRefusesToStart(t *testing.T) {
	for _, setting := range [][2]string{{"", ""}, {" ", "\n"}, {",", ""}, {"", "whsec_"}, {"token", "whsec_!"}, {"", "not base64!"}} {
		if h, err := webhook.NewGitLab(setting[0], setting[1], &memory{}, clock, ignore); err == nil || h != nil {
			t.Errorf("the settings %q start", setting)
		}
	}
}

func TestATokenIsTrustedAsATokenAndKeyedByTheIdempotencyKey(t *testing.T) {
	h, m := newGitLab(t, "t0ken", "")
	wantStatus(t, post(h, []byte(cart), tokened("t0ken")), http.StatusAccepted)
	if d := m.only(t); d.Trust != definition.Token || d.Key != "k1" || d.Event != "Push Hook" || !d.Received.Equal(noon) {
		t.Errorf("it was kept as %v %q %q", d.Trust, d.Key, d.Event)
	}
}

func TestTheKeyFallsBackToTheWebhookIDAndThenToTheBody(t *testing.T) {
	h, m := newGitLab(t, "t0ken", "")
	post(h, []byte(cart), headers{"X-Gitlab-Token", "t0ken", "Webhook-Id", "w1", "X-Gitlab-Event-UUID", "shared"})
	if d := m.only(t); d.Key != "w1" {
		t.Errorf("the key is %q", d.Key)
	}
	h, m = newGitLab(t, "t0ken", "")
	// The event's UUID is shared by all deliveries of a chain: it is no key.
	post(h, []byte(cart), headers{"X-Gitlab-Token", "t0ken", "X-Gitlab-Event-UUID", "shared"})
	post(h, []byte(cart+" "), headers{"X-Gitlab-Token", "t0ken", "X-Gitlab-Event-UUID", "shared"})
	if len(m.kept) != 2 {
		t.Errorf("%d were kept, want both", len(m.kept))
	}
}

func TestATokenThatIsNotOursIsRefused(t *testing.T) {
	for _, token := range []string{"", " ", "t0ke", "t0kenn", "T0KEN", "t0ken,other"} {
		h, m := newGitLab(t, "t0ken", "")
		wantStatus(t, post(h, []byte(cart), tokened(token)), http.StatusUnauthorized)
		if len(m.kept) != 0 {
			t.Errorf("the token %q does", token)
		}
	}
}

func TestEitherTokenDoesWhileOneTakesOverFromAnother(t *testing.T) {
	for _, token := range []string{"old", "new", "old,new"} {
		h, _ := newGitLab(t, "old,new", "")
		wantStatus(t, post(h, []byte(cart), tokened(token)), http.StatusAccepted)
	}
}

func TestATokenSpeaksForItsProjectAlone(t *testing.T) {
	other := `{"object_kind": "push", "project_id": 7, "project": {"id": 7, "path_with_namespace": "group/other"}}`
	merge := `{"object_kind": "merge_request", "project": {"id": 42, "path_with_namespace": "group/cart"},
		"object_attributes": {"target_project_id": 7, "target": {"path_with_namespace": "group/other"}}}`
	cases := map[string]struct {
		tokens, token, body string
		code                int
	}{
		"its own":                               {"group/cart=S", "S", cart, http.StatusAccepted},
		"its own in other letters":              {"Group/Cart=S", "S", cart, http.StatusAccepted},
		"its own, and its id":                   {"group/cart@42=S", "S", cart, http.StatusAccepted},
		"one of two that share a secret":        {"group/cart=S group/other=S", "S", other, http.StatusAccepted},
		"its own by its page":                   {"group/cart=S", "S", `{"project_id": 42, "repository": {"homepage": "https://gitlab.example.com/group/cart"}}`, http.StatusAccepted},
		"a body that nobody can read":           {"group/cart=S", "S", `<html>`, http.StatusAccepted},
		"another":                               {"group/cart=S", "S", other, http.StatusUnauthorized},
		"another by the target of a merge":      {"group/cart=S", "S", merge, http.StatusUnauthorized},
		"another id under its name":             {"group/cart@42=S", "S", `{"project": {"id": 7, "path_with_namespace": "group/cart"}}`, http.StatusUnauthorized},
		"another id beside its own":             {"group/cart@42=S", "S", `{"object_kind": "merge_request", "project": {"id": 42, "path_with_namespace": "group/cart"}, "object_attributes": {"target_project_id": 7}}`, http.StatusUnauthorized},
		"another by its project":                {"group/cart=S", "S", `{"object_kind": "merge_request", "project": {"id": 7, "path_with_namespace": "group/other"}, "object_attributes": {"target_project_id": 42, "target": {"path_with_namespace": "group/cart"}}}`, http.StatusUnauthorized},
		"another beside its project":            {"group/cart=S", "S", `{"project_id": 42, "project": {"path_with_namespace": "group/cart"}, "path_with_namespace": "group/other"}`, http.StatusUnauthorized},
		"none at all":                           {"group/cart=S", "S", `{"event_name": "user_create"}`, http.StatusUnauthorized},
		"two as one":                            {"group/cart=S", "S", `{"project_id": 7, "project": {"id": 42, "path_with_namespace": "group/cart"}}`, http.StatusUnauthorized},
		"another, with an unbound token":        {"group/cart=S free", "free", other, http.StatusAccepted},
		"two as one, with an unbound token":     {"free", "free", `{"project_id": 7, "project": {"id": 42, "path_with_namespace": "group/cart"}}`, http.StatusUnauthorized},
		"another, with the entry as the token":  {"group/cart=S", "group/cart=S", other, http.StatusUnauthorized},
		"another, with all entries":             {"group/cart=S free", "group/cart=S free", other, http.StatusUnauthorized},
		"a base64 secret binds to no project":   {"ab/cd==", "ab/cd==", other, http.StatusAccepted},
		"the end of a base64 secret is none":    {"ab/cd==", "=", cart, http.StatusUnauthorized},
		"a secret with a sign and no slash":     {"ab=cd", "ab=cd", other, http.StatusAccepted},
		"an id that is no number binds nothing": {"group/cart@x=S", "group/cart@x=S", other, http.StatusAccepted},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			h, m := newGitLab(t, c.tokens, "")
			wantStatus(t, post(h, []byte(c.body), tokened(c.token)), c.code)
			if accepted := c.code == http.StatusAccepted; accepted != (len(m.kept) == 1) {
				t.Errorf("%d were kept", len(m.kept))
			}
		})
	}
}

func TestAStatusPostedToGitLabIsNoJobOfItsPipelines(t *testing.T) {
	project := `"project":{"id":7,"path_with_namespace":"acme/web","web_url":"https://lab.example/acme/web"}`
	sha := strings.Repeat("a", 40)
	for event, body := range map[string]string{
		"Pipeline Hook": `{"object_kind":"pipeline",` + project + `,"object_attributes":{"id":31,"sha":"` + sha + `","status":"success","source":"push"},
			"builds":[{"id":5,"name":"unit","stage":"external","status":"success","user":{"username":"mallory"}}]}`,
		"Job Hook": `{"object_kind":"build",` + project + `,"build_id":5,"build_name":"unit","build_stage":"external","build_status":"success",
			"pipeline_id":31,"sha":"` + sha + `","user":{"username":"mallory"}}`,
	} {
		events, err := webhook.Decode(gate.Delivery{Source: gate.FromGitLab, Event: event, Body: []byte(body)})
		if err != nil {
			t.Fatal(err)
		}
		e := events[len(events)-1].(gate.Reported).Evidence
		if e.Object != "status/5" || e.Kind != "status" || e.Producer.App != "mallory" || e.Holder != "pipeline/31" {
			t.Errorf("a %s says %+v", event, e)
		}
	}
}
