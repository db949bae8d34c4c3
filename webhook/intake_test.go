package webhook_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/webhook"
)

func TestADeliveryIsKeptAsItCameBeforeItIsAnswered(t *testing.T) {
	h, m := newGitHub(t, "s3cret")
	body := []byte("{ \"zen\":\t\"Keep it logically awesome.\" }\n")
	wantStatus(t, post(h, body, signed("s3cret", "ping", "72d3162e", body)), http.StatusAccepted)
	want := gate.Delivery{
		Source: gate.FromGitHub, Event: "ping", Key: "72d3162e", Trust: definition.Webhook, Received: noon, Body: body,
		Places: []string{},
	}
	if diff := cmp.Diff(want, m.only(t)); diff != "" {
		t.Errorf("what was kept (-want +got):\n%s", diff)
	}
}

func TestADuplicateIsAcceptedAndKeptOnce(t *testing.T) {
	h, m := newGitHub(t, "s3cret")
	for range 2 {
		wantStatus(t, post(h, []byte("{}"), signed("s3cret", "push", "k", []byte("{}"))), http.StatusAccepted)
	}
	m.only(t)
	want := []string{"github push kept", "github push duplicate"}
	if diff := cmp.Diff(want, m.observed); diff != "" {
		t.Errorf("what was observed (-want +got):\n%s", diff)
	}
}

func TestABodyThatNobodyCanReadIsKeptAllTheSame(t *testing.T) {
	h, m := newGitHub(t, "s3cret")
	wantStatus(t, post(h, []byte("<html>"), signed("s3cret", "push", "k", []byte("<html>"))), http.StatusAccepted)
	m.only(t)
}

func TestADeliveryTheKeeperDoesNotTakeIsAnswered503AndComesAgain(t *testing.T) {
	h, m := newGitHub(t, "s3cret")
	m.down = errors.New("the disk is full")
	w := post(h, []byte("{}"), signed("s3cret", "push", "k", []byte("{}")))
	wantStatus(t, w, http.StatusServiceUnavailable)
	if w.Header().Get("Retry-After") == "" {
		t.Error("it does not say when to come again")
	}
	if bytes.Contains(w.Body.Bytes(), []byte("disk")) {
		t.Errorf("the answer tells a stranger why: %s", w.Body)
	}
	if diff := cmp.Diff([]string{"github push unavailable"}, m.observed); diff != "" {
		t.Errorf("what was observed (-want +got):\n%s", diff)
	}
}

func TestOnlyAPostIsAllowed(t *testing.T) {
	h, m := newGitHub(t, "s3cret")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/webhook/github", http.NoBody))
	wantStatus(t, w, http.StatusMethodNotAllowed)
	if w.Header().Get("Allow") != http.MethodPost || len(m.kept) != 0 {
		t.Errorf("Allow is %q, %d kept", w.Header().Get("Allow"), len(m.kept))
	}
}

func TestABodyOfExactly25MiBPassesAndOneByteMoreDoesNot(t *testing.T) {
	h, m := newGitHub(t, "s3cret")
	body := bytes.Repeat([]byte(" "), webhook.MaxBody+1)
	wantStatus(t, post(h, body[1:], signed("s3cret", "push", "k", body[1:])), http.StatusAccepted)
	if got := len(m.only(t).Body); got != 25*1024*1024 {
		t.Errorf("%d bytes were kept", got)
	}
	wantStatus(t, post(h, body, signed("s3cret", "push", "l", body)), http.StatusRequestEntityTooLarge)
	m.only(t)
}

func TestABodyThatHidesItsLengthIsCutOffAt25MiB(t *testing.T) {
	h, m := newGitHub(t, "s3cret")
	body := bytes.Repeat([]byte(" "), webhook.MaxBody+1)
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/webhook/github", io.NopCloser(bytes.NewReader(body)))
	r.ContentLength = -1
	r.Header.Set("X-Hub-Signature-256", signed("s3cret", "", "", body)[5])
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	wantStatus(t, w, http.StatusRequestEntityTooLarge)
	if len(m.kept) != 0 {
		t.Error("it was kept")
	}
}

func TestABodyThatAnnouncesTooMuchIsNotReadAtAll(t *testing.T) {
	h, _ := newGitHub(t, "s3cret")
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/webhook/github", broken{})
	r.ContentLength = webhook.MaxBody + 1
	r.Header.Set("X-Hub-Signature-256", signed("s3cret", "", "", nil)[5])
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	wantStatus(t, w, http.StatusRequestEntityTooLarge)
}

func TestABodyThatEndsEarlyIsNotKept(t *testing.T) {
	h, m := newGitHub(t, "s3cret")
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/webhook/github", io.MultiReader(bytes.NewReader([]byte("{}")), broken{}))
	r.Header.Set("X-Hub-Signature-256", signed("s3cret", "", "", []byte("{}"))[5])
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	wantStatus(t, w, http.StatusBadRequest)
	if len(m.kept) != 0 {
		t.Error("it was kept")
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestAStrangersBodyIsNotReadAtAll(t *testing.T) {
	h, _ := newGitHub(t, "s3cret")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/webhook/github", broken{}))
	wantStatus(t, w, http.StatusUnauthorized)
}

func TestAStrangerCannotMakeNewLabels(t *testing.T) {
	h, m := newGitHub(t, "s3cret")
	for _, event := range []string{"push", "no_such_event", "", "a\nb"} {
		post(h, nil, headers{"X-GitHub-Event", event})
	}
	want := []string{"github push refused", "github other refused", "github other refused", "github other refused"}
	if diff := cmp.Diff(want, m.observed); diff != "" {
		t.Errorf("what was observed (-want +got):\n%s", diff)
	}
}

func TestADeliveryIsKeptWithThePlacesItBearsOn(t *testing.T) {
	h, m := newGitHub(t, "s3cret")
	body := []byte(`{"repository": {"id": 42, "full_name": "Acme/Cart"}}`)
	wantStatus(t, post(h, body, signed("s3cret", "push", "k", body)), http.StatusAccepted)
	if diff := cmp.Diff([]string{"github:42", "github:acme/cart"}, m.only(t).Places); diff != "" {
		t.Errorf("the places (-want +got):\n%s", diff)
	}
}
