package dashboard_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/dashboard"
)

func decode(t *testing.T, w *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatalf("%s: %v", w.Body, err)
	}
	if kind := w.Header().Get("Content-Type"); kind != "application/json" {
		t.Errorf("it is a %s", kind)
	}
	return doc
}

func TestIncrementsAreFoundByNumberAndByPointer(t *testing.T) {
	for which, want := range map[string]float64{"head": 128, "128": 128, "127": 127, "last-done": 126} {
		w := get(t, oneNexus(), "/api/v1/nexus/storefront/increments/"+which)
		doc := decode(t, w)
		if w.Code != http.StatusOK || doc["number"] != want || doc["nexus"] != "storefront" || len(doc["composition"].(map[string]any)) != 7 {
			t.Errorf("%s answers %d: %v", which, w.Code, doc)
		}
	}
}

func TestHeadCarriesItsWholeVerdict(t *testing.T) {
	doc := decode(t, get(t, oneNexus(), "/api/v1/nexus/storefront/increments/head"))
	v := doc["verdict"].(map[string]any)
	if doc["outcome"] != "not-done" || v["id"] != "01JD9YHEAD" || len(v["findings"].([]any)) != 39 {
		t.Errorf("%v with %v", doc["outcome"], v["id"])
	}
}

func TestListsOfAVerdictAreNeverNull(t *testing.T) {
	r := oneNexus()
	r.verdicts["bare"] = gate.Verdict{ID: "bare", Nexus: "storefront", Outcome: gate.NotDone}
	doc := decode(t, get(t, r, "/api/v1/verdicts/bare"))
	for _, list := range []string{"exceptions", "findings"} {
		if l, ok := doc[list].([]any); !ok || len(l) != 0 {
			t.Errorf("%s is %v", list, doc[list])
		}
	}
	if doc["increment"] != "" {
		t.Errorf("increment is %v", doc["increment"])
	}
}

func TestWhatIsNotThereSaysWhatToDoNext(t *testing.T) {
	for path, want := range map[string]int{
		"/api/v1/nexus/nobody/increments/head":                        404,
		"/api/v1/nexus/storefront/increments/999":                     404,
		"/api/v1/nexus/storefront/increments/0":                       400,
		"/api/v1/nexus/storefront/increments/-1":                      400,
		"/api/v1/nexus/storefront/increments/latest":                  400,
		"/api/v1/nexus/fresh/increments/head":                         404,
		"/api/v1/nexus/fresh/increments/last-done":                    404,
		"/api/v1/nexus/storefront/components/nothing":                 404,
		"/api/v1/nexus/nobody/components/nothing":                     404,
		"/api/v1/verdicts/nothing":                                    404,
		"/api/v1/verdicts/" + strings.Repeat("x", 5000):               404,
		"/api/v2/anything":                                            404,
		"/api/v1/nexus/storefront":                                    404,
		"/api/v1/nexus/storefront/increments/99999999999999999999999": 400,
	} {
		w := get(t, threeNexuses(), path)
		doc := decode(t, w)
		if w.Code != want || doc["error"] == "" || doc["next"] == "" || len(doc) != 2 || w.Body.Len() > 500 {
			t.Errorf("%s answers %d: %v", path, w.Code, doc)
		}
	}
}

func TestBrokenStoreIsLoggedOnceAndNotShown(t *testing.T) {
	for _, path := range []string{"/verdicts/01JD9YHEAD", "/api/v1/verdicts/01JD9YHEAD", "/api/v1/nexus/storefront/increments/127", "/api/v1/nexus/storefront/increments/last-done"} {
		var log bytes.Buffer
		r, o := oneNexus(), options()
		r.broken = errors.New("disk of secret-host is full")
		o.NotFound = func(error) bool { return false }
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		w := httptest.NewRecorder()
		dashboard.New(r, o).ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "secret-host") {
			t.Errorf("%s answers %d: %s", path, w.Code, w.Body)
		}
		if n := strings.Count(log.String(), "secret-host"); n != 1 {
			t.Errorf("%s is logged %d times: %s", path, n, log.String())
		}
	}
}

func TestAskedForNamesAreNotRepeatedAtLengthNorObeyed(t *testing.T) {
	w := get(t, oneNexus(), "/nexus/%3Cscript%3E"+strings.Repeat("x", 3000))
	if body := w.Body.String(); w.Code != http.StatusNotFound || strings.Contains(body, "<script>") || strings.Count(body, "x") > 200 {
		t.Errorf("%d: %s", w.Code, w.Body)
	}
}
