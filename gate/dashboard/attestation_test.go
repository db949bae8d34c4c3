package dashboard_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/dashboard"
)

// envelopes states every verdict, unless it is broken.
type envelopes struct{ broken error }

func (e envelopes) Attestation(_ context.Context, verdict string) ([]byte, error) {
	return []byte(`{"payload":"` + verdict + `"}`), e.broken
}

// attested asks for a page of a service that signs, whose verdict on the head Increment is so.
func attested(t *testing.T, e envelopes, alter func(v *gate.Verdict), path string) *httptest.ResponseRecorder {
	t.Helper()
	r, o := oneNexus(), options()
	v := r.verdicts["01JD9YHEAD"]
	alter(&v)
	r.verdicts[v.ID] = v
	o.Attestations = e
	w := httptest.NewRecorder()
	dashboard.New(r, o).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w
}

const attestation = "/api/v1/verdicts/01JD9YHEAD/attestation"

func TestWhatIsDecidedOnAnIncrementIsStatedAndLinkedTo(t *testing.T) {
	for _, outcome := range []gate.Outcome{gate.Done, gate.NotDone} {
		set := func(v *gate.Verdict) { v.Outcome = outcome }
		w := attested(t, envelopes{}, set, attestation)
		if w.Code != http.StatusOK || w.Body.String() != `{"payload":"01JD9YHEAD"}` || w.Header().Get("Content-Type") != "application/vnd.in-toto.vsa+dsse" ||
			w.Header().Get("Content-Disposition") != "attachment; filename=storefront-increment-128.json" {
			t.Errorf("%s: it answers %d %v: %s", outcome, w.Code, w.Header(), w.Body)
		}
		if page := attested(t, envelopes{}, set, "/verdicts/01JD9YHEAD"); !strings.Contains(page.Body.String(), `href="`+attestation+`"`) {
			t.Errorf("%s: the page does not link to it", outcome)
		}
	}
}

func TestWhatDecidesNoIncrementIsNotStated(t *testing.T) {
	for name, alter := range map[string]func(v *gate.Verdict){
		"awaiting":             func(v *gate.Verdict) { v.Outcome = gate.Awaiting },
		"an unknown outcome":   func(v *gate.Verdict) { v.Outcome = "splendid" },
		"a component":          func(v *gate.Verdict) { v.Subject.Kind, v.Outcome = gate.OfComponent, gate.Done },
		"a change":             func(v *gate.Verdict) { v.Subject.Kind, v.Outcome = gate.OfChange, gate.Done },
		"a change to the rule": func(v *gate.Verdict) { v.Subject.Kind, v.Outcome = gate.OfDefinition, gate.Done },
	} {
		w := attested(t, envelopes{}, alter, attestation)
		if doc := decode(t, w); w.Code != http.StatusNotFound || doc["error"] == "" || doc["next"] == "" {
			t.Errorf("%s: it answers %d: %s", name, w.Code, w.Body)
		}
		if page := attested(t, envelopes{}, alter, "/verdicts/01JD9YHEAD"); strings.Contains(page.Body.String(), "/attestation") {
			t.Errorf("%s: the page links to a statement", name)
		}
	}
	for path, want := range map[string]int{"/api/v1/verdicts/nobody/attestation": 404, attestation: 404} {
		if w := get(t, oneNexus(), path); w.Code != want {
			t.Errorf("without a key %s answers %d: %s", path, w.Code, w.Body)
		}
	}
	broken := envelopes{errors.New("the disk on secret-host is gone")}
	if w := attested(t, broken, func(*gate.Verdict) {}, attestation); w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "secret-host") {
		t.Errorf("where it cannot be made it answers %d: %s", w.Code, w.Body)
	}
}
