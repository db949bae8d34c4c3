package dashboard_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/dashboard"
)

func TestTheBacklogAndItsDependenciesAreShownAsTheyStand(t *testing.T) {
	with := options()
	item, needed := gate.ParseRef("github:acme/product#3"), gate.ParseRef("gitlab:acme/web!4")
	with.Backlog = func(nexus string) gate.Backlog {
		return gate.Backlog{
			Items:        []gate.BacklogItem{{Ref: item, Repo: gate.Repo{Forge: gate.GitHub, ID: 9, Name: "acme/product"}, Title: nexus, Team: "cart", Sprint: 2, Open: true}},
			Dependencies: []gate.Dependency{{From: item, To: needed, FromTeam: "cart", ToTeam: "web", By: gate.ByDeclaration, Open: true}, {From: needed, To: item, ToTeam: "cart"}},
			Cycles:       [][]gate.Ref{}, Goal: gate.Progress{Items: 4, Closed: 1},
		}
	}
	ask := func(path string) (*httptest.ResponseRecorder, map[string]any) {
		w := httptest.NewRecorder()
		dashboard.New(oneNexus(), with).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		return w, decode(t, w)
	}
	_, doc := ask("/api/v1/nexus/storefront/backlog")
	want := map[string]any{
		"ref": "github:acme/product#3", "repo": map[string]any{"forge": "github", "id": 9.0, "name": "acme/product"},
		"title": "storefront", "team": "cart", "sprint": 2.0, "ready": false, "goal": false, "open": true,
	}
	if diff := cmp.Diff(want, doc["items"].([]any)[0]); diff != "" {
		t.Errorf("an item (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]any{"items": 4.0, "closed": 1.0}, doc["goal"]); diff != "" {
		t.Errorf("the goal (-want +got):\n%s", diff)
	}
	_, doc = ask("/api/v1/nexus/storefront/dependencies")
	want = map[string]any{
		"from": "github:acme/product#3", "to": "gitlab:acme/web!4", "fromTeam": "cart", "toTeam": "web", "by": "declared",
		"open": true, "discovered": false, "cyclic": false, "recut": false,
	}
	if diff := cmp.Diff(want, doc["dependencies"].([]any)[0]); diff != "" || doc["open"] != 1.0 || len(doc["cycles"].([]any)) != 0 {
		t.Errorf("the dependencies, of which %v are open (-want +got):\n%s", doc["open"], diff)
	}
	if w, _ := ask("/api/v1/nexus/nowhere/backlog"); w.Code != http.StatusNotFound {
		t.Errorf("of a Nexus that there is not it answers %d", w.Code)
	}
}
