package webhook_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/webhook"
)

func TestAGitHubSecretThatIsEmptyRefusesToStart(t *testing.T) {
	for _, setting := range []string{"", " ", "\n\t", ",", " , "} {
		if h, err := webhook.NewGitHub(setting, &memory{}, clock, ignore); err == nil || h != nil {
			t.Errorf("the secret %q starts", setting)
		}
	}
}

func TestEitherSecretDoesWhileOneTakesOverFromAnother(t *testing.T) {
	cases := map[string]struct {
		setting, secret string
		code            int
	}{
		"the old one":                      {"old,new", "old", http.StatusAccepted},
		"the new one":                      {"old,new", "new", http.StatusAccepted},
		"set apart by spaces":              {" old \n new ", "new", http.StatusAccepted},
		"a secret with a comma in it":      {"half,half", "half,half", http.StatusAccepted},
		"white space around it is not it":  {" s3cret\n", "s3cret", http.StatusAccepted},
		"another":                          {"old,new", "other", http.StatusUnauthorized},
		"the empty one between two commas": {"old,,new", "", http.StatusUnauthorized},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			h, _ := newGitHub(t, c.setting)
			wantStatus(t, post(h, []byte("{}"), signed(c.secret, "push", "k", []byte("{}"))), c.code)
		})
	}
}

func TestADeliveryThatGitHubDidNotSignIsRefused(t *testing.T) {
	body := []byte(`{"a":1}`)
	good := signed("s3cret", "push", "k", body)[5]
	old := hmac.New(sha1.New, []byte("s3cret"))
	old.Write(body)
	sha1sum := "sha1=" + hex.EncodeToString(old.Sum(nil))
	cases := map[string]headers{
		"unsigned":               {},
		"SHA-1 alone":            {"X-Hub-Signature", sha1sum},
		"SHA-1 in the new place": {"X-Hub-Signature-256", sha1sum},
		"an empty signature":     {"X-Hub-Signature-256", ""},
		"no algorithm":           {"X-Hub-Signature-256", strings.TrimPrefix(good, "sha256=")},
		"another algorithm":      {"X-Hub-Signature-256", strings.Replace(good, "sha256=", "sha512=", 1)},
		"half a signature":       {"X-Hub-Signature-256", good[:len(good)/2]},
		"one digit more":         {"X-Hub-Signature-256", good + "0"},
		"no digits":              {"X-Hub-Signature-256", "sha256=" + strings.Repeat("x", 64)},
		"of another body":        {"X-Hub-Signature-256", signed("s3cret", "push", "k", []byte(`{"a": 1}`))[5]},
		"of another secret":      {"X-Hub-Signature-256", signed("secret", "push", "k", body)[5]},
	}
	for name, with := range cases {
		t.Run(name, func(t *testing.T) {
			h, m := newGitHub(t, "s3cret")
			wantStatus(t, post(h, body, append(with, "X-GitHub-Event", "push", "X-GitHub-Delivery", "k")), http.StatusUnauthorized)
			if len(m.kept) != 0 {
				t.Error("it was kept")
			}
		})
	}
}

func TestADeliveryWithoutAKeyIsKeptUnderItsBody(t *testing.T) {
	h, m := newGitHub(t, "s3cret")
	for range 2 {
		w := post(h, []byte("{}"), signed("s3cret", "", "", []byte("{}")))
		wantStatus(t, w, http.StatusAccepted)
	}
	if d := m.only(t); d.Key != "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" || d.Event != "" {
		t.Errorf("it was kept as %q under %q", d.Event, d.Key)
	}
}

func TestAnOverlongKeyIsKeptUnderItsDigest(t *testing.T) {
	h, m := newGitHub(t, "s3cret")
	post(h, []byte("{}"), signed("s3cret", strings.Repeat("e", 5000), strings.Repeat("k", 5000), []byte("{}")))
	if d := m.only(t); len(d.Key) > 100 || len(d.Event) > 200 {
		t.Errorf("the key has %d bytes, the event %d", len(d.Key), len(d.Event))
	}
}
