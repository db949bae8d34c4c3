package dashboard_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/dashboard"
)

// sent are pages over deliveries by their ids, one of them set aside.
func sent(t *testing.T, private bool, bodies map[string]string) func(path string) (int, string) {
	t.Helper()
	o := options()
	o.Private = private
	o.Delivery = func(_ context.Context, id string) (gate.Delivery, error) {
		body, ok := bodies[id]
		if !ok {
			return gate.Delivery{}, errNowhere
		}
		return gate.Delivery{ID: id, Source: gate.FromGitHub, Event: "push", Received: noon, Body: []byte(body)}, nil
	}
	o.Aside = func(context.Context) ([]dashboard.Aside, error) {
		return []dashboard.Aside{{Delivery: gate.Delivery{ID: "0193", Source: gate.FromGitHub, Event: "push", Received: noon}, Reason: "no repository"}}, nil
	}
	pages := dashboard.New(&readSide{}, o)
	return func(path string) (int, string) {
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		return w.Code, w.Body.String()
	}
}

func TestABodyIsShownEscapedToThoseWhoHaveLoggedIn(t *testing.T) {
	get := sent(t, true, map[string]string{"0193": `{"title":"<script>alert(1)</script>","by":"kim` + "\u202e" + `"}`, "0194": "<b>no JSON", "0195": ""})
	status, page := get("/deliveries/0193")
	if status != http.StatusOK || strings.Contains(page, "<script>alert") || strings.Contains(page, "\u202e") || !strings.Contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;") || !strings.Contains(page, "push") {
		t.Errorf("it answers %d:\n%s", status, page)
	}
	if status, page := get("/deliveries/0194"); status != http.StatusOK || !strings.Contains(page, "&lt;b&gt;no JSON") {
		t.Errorf("what is no JSON answers %d:\n%s", status, page)
	}
	if status, page := get("/deliveries/0195"); status != http.StatusOK || !strings.Contains(page, "0 bytes") {
		t.Errorf("nothing answers %d:\n%s", status, page)
	}
	if status, _ := get("/deliveries/0196"); status != http.StatusNotFound {
		t.Errorf("what is not there answers %d", status)
	}
	if _, page := get("/aside"); !strings.Contains(page, `href="/deliveries/0193"`) {
		t.Errorf("what was set aside is not linked:\n%s", page)
	}
}

func TestABodyIsShownToNobodyElse(t *testing.T) {
	get := sent(t, false, map[string]string{"0193": `{"title":"private words"}`})
	if status, page := get("/deliveries/0193"); status != http.StatusNotFound || strings.Contains(page, "private words") {
		t.Errorf("it answers %d:\n%s", status, page)
	}
	if _, page := get("/aside"); strings.Contains(page, "/deliveries/") || !strings.Contains(page, "0193") {
		t.Errorf("what was set aside is linked:\n%s", page)
	}
}

func TestALargeBodyIsCut(t *testing.T) {
	large := `{"a":"` + strings.Repeat("x", 20<<20) + `"}`
	many := "[" + strings.Repeat("1,", 30<<10) + "1]"
	get := sent(t, true, map[string]string{"long": large, "many": many})
	for id, size := range map[string]string{"long": "20971528 bytes", "many": "61443 bytes"} {
		if status, page := get("/deliveries/" + id); status != http.StatusOK || len(page) > 1<<20 || !strings.Contains(page, size) || !strings.Contains(page, "There is more") {
			t.Errorf("%s answers %d with %d bytes", id, status, len(page))
		}
	}
}

func TestThoseWhoHaveLoggedInFindTheirWayOut(t *testing.T) {
	for private, want := range map[bool]int{true: 1, false: 0} {
		o := options()
		o.Private, o.Logout = private, "/logout"
		pages := dashboard.New(oneNexus(), o)
		for _, path := range []string{"/", "/aside", "/nowhere"} {
			w := httptest.NewRecorder()
			pages.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
			if n := strings.Count(w.Body.String(), `<a href="/logout">Log out</a>`); n != want {
				t.Errorf("logged in %v: %s shows %d ways out", private, path, n)
			}
		}
	}
}
