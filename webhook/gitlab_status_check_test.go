package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/webhook"
)

// asking is an external status check of group/cart's that asks about a merge request.
const asking = `{"object_kind": "merge_request", "project": {"id": 42, "path_with_namespace": "group/cart"},
 "object_attributes": {"iid": 4, "target_project_id": 42, "target": {"id": 42, "path_with_namespace": "group/cart"}}, "external_approval_rule": {"id": 1, "name": "QA"}}`

// checked are the headers of a body that a check signs: GitLab writes no others of its own.
func checked(secret, body string) headers {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return headers{"Content-Type", "application/json", "X-GitLab-Signature", hex.EncodeToString(mac.Sum(nil))}
}

func TestAStatusCheckIsProvedByItsSharedSecret(t *testing.T) {
	for what, setting := range map[string][2]string{
		"alone":                   {"s3cret", ""},
		"among others":            {"old,s3cret", ""},
		"of the project":          {"group/cart=s3cret", ""},
		"of the project's number": {"group/cart@42=s3cret", ""},
		"beside a signing token":  {"s3cret", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="},
	} {
		h, m := newGitLab(t, setting[0], setting[1])
		wantStatus(t, post(h, []byte(asking), checked("s3cret", asking)), http.StatusAccepted)
		if d := m.only(t); d.Trust != definition.Token || d.Event != "External Status Check" || len(d.Places) == 0 {
			t.Errorf("%s: it was kept as %v %q of %q", what, d.Trust, d.Event, d.Places)
		}
	}
}

func TestAStatusCheckThatIsNotProvedIsRefused(t *testing.T) {
	signed := checked("s3cret", asking)
	push := headers{"X-Gitlab-Event", "Push Hook"}
	for what, c := range map[string]struct {
		tokens, signing, body string
		with                  headers
	}{
		"no signature":              {"s3cret", "", asking, headers{"Content-Type", "application/json"}},
		"another secret":            {"s3cret", "", asking, checked("secret", asking)},
		"another body":              {"s3cret", "", strings.Replace(asking, `"iid": 4`, `"iid": 5`, 1), signed},
		"half a signature":          {"s3cret", "", asking, headers{"X-Gitlab-Signature", signed[3][:32]}},
		"a signature that is none":  {"s3cret", "", asking, headers{"X-Gitlab-Signature", "sha256=" + signed[3]}},
		"a secret that is not set":  {"", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", asking, signed},
		"the secret of a neighbour": {"group/web=s3cret", "", asking, signed},
		"another number":            {"group/cart@43=s3cret", "", asking, signed},
		"one that names an event":   {"s3cret", "", asking, append(push, signed...)},
	} {
		h, m := newGitLab(t, c.tokens, c.signing)
		wantStatus(t, post(h, []byte(c.body), c.with), http.StatusUnauthorized)
		if len(m.kept) != 0 {
			t.Errorf("%s is kept", what)
		}
	}
}

// What a check signs is believed for that alone: who has seen its secret must not go round a signing token by it.
func TestAStatusCheckSaysNothingButThatItAsks(t *testing.T) {
	h, m := newGitLab(t, "s3cret", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
	for _, body := range []string{cart, strings.Replace(asking, `"iid": 4`, `"iid": 4, "state": "merged", "action": "approved", "last_commit": {"id": "`+strings.Repeat("a", 40)+`"}`, 1)} {
		wantStatus(t, post(h, []byte(body), checked("s3cret", body)), http.StatusAccepted)
	}
	asked := 0
	for _, d := range m.kept {
		events, err := webhook.Decode(d)
		if err == nil {
			asked += len(events)
		}
	}
	if asked != 1 {
		t.Errorf("%d events come of a push and of a check", asked)
	}
}

func TestACheckThatAsksAgainIsHeardAgain(t *testing.T) {
	m, now := &memory{}, noon
	h, err := webhook.NewGitLab("s3cret", "", m, func() time.Time { return now }, m.observe)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		after time.Duration
		kept  int
	}{{0, 1}, {time.Second, 1}, {2 * time.Minute, 2}} {
		now = noon.Add(step.after)
		wantStatus(t, post(h, []byte(asking), checked("s3cret", asking)), http.StatusAccepted)
		if len(m.kept) != step.kept {
			t.Errorf("after %s %d are kept, want %d", step.after, len(m.kept), step.kept)
		}
	}
}
