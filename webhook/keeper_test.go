package webhook_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/webhook"
)

// noon is the now of every intake in these tests.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// memory keeps deliveries as a store would, by source and key, and remembers what was observed.
type memory struct {
	mu       sync.Mutex
	down     error // what Keep answers
	kept     map[string]gate.Delivery
	observed []string
}

func (m *memory) Keep(ctx context.Context, d gate.Delivery) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, bounded := ctx.Deadline(); !bounded {
		return false, fmt.Errorf("keeping has no deadline")
	}
	if m.down != nil {
		return false, m.down
	}
	if m.kept == nil {
		m.kept = map[string]gate.Delivery{}
	}
	key := string(d.Source) + " " + d.Key
	_, duplicate := m.kept[key]
	if !duplicate {
		m.kept[key] = d
	}
	return duplicate, nil
}

func (m *memory) observe(source, event, result string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.observed = append(m.observed, source+" "+event+" "+result)
}

// only is the one delivery that was kept.
func (m *memory) only(t *testing.T) gate.Delivery {
	t.Helper()
	if len(m.kept) != 1 {
		t.Fatalf("%d deliveries were kept, want 1", len(m.kept))
	}
	for _, d := range m.kept {
		return d
	}
	return gate.Delivery{}
}

func newGitHub(t testing.TB, secrets string) (http.Handler, *memory) {
	t.Helper()
	m := &memory{}
	h, err := webhook.NewGitHub(secrets, m, func() time.Time { return noon }, m.observe)
	if err != nil {
		t.Fatal(err)
	}
	return h, m
}

func newGitLab(t testing.TB, tokens, signing string) (http.Handler, *memory) {
	t.Helper()
	m := &memory{}
	h, err := webhook.NewGitLab(tokens, signing, m, func() time.Time { return noon }, m.observe)
	if err != nil {
		t.Fatal(err)
	}
	return h, m
}

// headers are pairs of a name and a value.
type headers []string

// post is the answer to a POST of the body.
func post(h http.Handler, body []byte, with headers) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/webhook", bytes.NewReader(body))
	for i := 0; i+1 < len(with); i += 2 {
		r.Header.Add(with[i], with[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// signed are the headers of a GitHub delivery under a secret.
func signed(secret, event, key string, body []byte) headers {
	return headers{"X-GitHub-Event", event, "X-GitHub-Delivery", key, "X-Hub-Signature-256", "sha256=" + hex.EncodeToString(mac([]byte(secret), body))}
}

func mac(key, message []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write(message)
	return m.Sum(nil)
}

// standard are the headers of a signed GitLab delivery, sent at a time.
func standard(key []byte, id string, at time.Time, body []byte) headers {
	stamp := fmt.Sprint(at.Unix())
	sum := mac(key, append([]byte(id+"."+stamp+"."), body...))
	return headers{
		"X-Gitlab-Event", "Push Hook", "Idempotency-Key", id, "Webhook-Id", id, "Webhook-Timestamp", stamp,
		"Webhook-Signature", "v1," + base64.StdEncoding.EncodeToString(sum),
	}
}

func whsec(key []byte) string { return "whsec_" + base64.StdEncoding.EncodeToString(key) }

func wantStatus(t *testing.T, w *httptest.ResponseRecorder, code int) {
	t.Helper()
	if w.Code != code {
		t.Errorf("the answer is %d %q, want %d", w.Code, w.Body, code)
	}
}

// newGitLabAt is an intake with a signing token whose now is at.
func newGitLabAt(t testing.TB, signing string, at time.Time) (http.Handler, *memory) {
	t.Helper()
	m := &memory{}
	h, err := webhook.NewGitLab("", signing, m, func() time.Time { return at }, m.observe)
	if err != nil {
		t.Fatal(err)
	}
	return h, m
}

func clock() time.Time { return noon }

func ignore(_, _, _ string) {}

// apart says whether a character sets two secrets apart.
func apart(r rune) bool { return r == ',' || unicode.IsSpace(r) }
