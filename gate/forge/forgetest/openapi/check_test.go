package openapi_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest/openapi"
)

const described = "../../../../.testdata/openapi/api.github.com.json"

func TestAMissingDescriptionSaysHowToGetIt(t *testing.T) {
	_, err := openapi.Load("nowhere.json")
	if err == nil || !strings.Contains(err.Error(), "make testdata") {
		t.Errorf("the error is %v", err)
	}
}

func TestARequestIsHeldAgainstTheDescription(t *testing.T) {
	spec, err := openapi.Load(described)
	if err != nil {
		t.Fatal(err)
	}
	const checks = "/repos/acme/cart/check-runs"
	for _, c := range []struct{ method, path, body, fault string }{
		{"GET", "/repos/acme/cart", "", ""},
		{"GET", "/repos/acme/cart/git/ref/heads/release/1.0", "", ""},
		{"GET", "/repos/acme/cart/contents/services/cart/done.cue?ref=main", "", ""},
		{"POST", checks, `{"name":"Done","head_sha":"9c1f","status":"completed","conclusion":"success"}`, ""},
		{"PATCH", checks + "/7", `{"status":"in_progress"}`, ""},
		{"POST", checks, `{"head_sha":"9c1f"}`, "name"},
		{"PATCH", checks + "/7", `{"status":"completed"}`, "conclusion"},
		{"POST", checks, `{"name":"Done","head_sha":"9c1f","output":{"title":"t"}}`, "summary"},
		{"POST", checks, `{"name":"Done","head_sha":"9c1f","status":"finished"}`, "allowed values"},
		{"PATCH", checks + "/7", `{"conclusion":"bogus"}`, "allowed values"},
		{"PATCH", checks + "/seven", `{"status":"in_progress"}`, "check_run_id"},
		{"GET", "/repos/acme/cart/commits/main/check-runs?filter=newest", "", "filter"},
		{"GET", "/repos/acme/cart/commits/main/check-runs?check=Done", "", `no parameter "check"`},
		{"DELETE", "/repos/acme/cart/git/ref/heads/main", "", "has no DELETE"},
		{"GET", "/user", "", "not one of those that are used"},
		{"GET", "/repositories/1001", "", ""},
		{"PATCH", "/repositories/1001/check-runs/7", `{"status":"in_progress"}`, ""},
		{"PATCH", "/repositories/1001/check-runs/7", `{"conclusion":"bogus"}`, "allowed values"},
		{"GET", "/repositories/cart/pulls/7", "", "not one of those that are used"},
		{"POST", checks, `{"name":"Done","head_sha":"9c1f","output":{"title":"t","summary":"` + strings.Repeat("x", 65_536) + `"}}`, "length"},
	} {
		var faults []string
		served := false
		handler := spec.Check(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			served = true
			if body, err := io.ReadAll(r.Body); err != nil || string(body) != c.body {
				t.Errorf("%s %s: the body comes through as %.80q", c.method, c.path, body)
			}
		}), func(err error) { faults = append(faults, err.Error()) })
		request := httptest.NewRequestWithContext(t.Context(), c.method, c.path, strings.NewReader(c.body))
		request.Header.Set("Content-Type", "application/json")
		handler.ServeHTTP(httptest.NewRecorder(), request)
		got := strings.Join(faults, "; ")
		if (got == "") != (c.fault == "") || !strings.Contains(got, c.fault) {
			t.Errorf("%s %s %.80s: the faults are %q, wanted %q", c.method, c.path, c.body, got, c.fault)
		}
		if !served {
			t.Errorf("%s %s was not served", c.method, c.path)
		}
	}
}

func TestAnAnswerIsHeldAgainstTheDescription(t *testing.T) {
	spec, err := openapi.Load(described)
	if err != nil {
		t.Fatal(err)
	}
	const sound = `{"ref":"refs/heads/main","node_id":"R","url":"https://github.test/r","object":{"type":"commit","sha":"` +
		`9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f","url":"https://github.test/c"}}`
	for body, says := range map[string]string{sound: "", `{"ref":"refs/heads/main"}`: "node_id", `[]`: "object"} {
		var faults []string
		handler := spec.Check(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			_, _ = io.WriteString(w, body)
		}), func(err error) { faults = append(faults, err.Error()) })
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), "GET", "/repos/acme/cart/git/ref/heads/main", nil))
		got := strings.Join(faults, "; ")
		if (got == "") != (says == "") || !strings.Contains(got, says) || answer.Body.String() != body {
			t.Errorf("%s: the faults are %q, wanted %q", body, got, says)
		}
	}
}
