package dashboard_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

func TestAnIncrementIsGivenAsItIsToBeFetched(t *testing.T) {
	r := oneNexus()
	s := r.standings["storefront"]
	s.Definition.Teams[0].Components = []definition.Component{{Name: "cart-api", Forge: "github", Repo: "acme/shop", Branch: "main", Path: "cart"}}
	s.Head.Composition = gate.Composition{"cart-api": "9c1f", "gone": "77ab"}
	r.standings["storefront"] = s
	for which, status := range map[string]int{"head": http.StatusOK, "128x": http.StatusBadRequest, "9999": http.StatusNotFound} {
		answer := get(t, r, "/api/v1/nexus/storefront/increments/"+which+"/checkout")
		if answer.Code != status {
			t.Errorf("of %s it answers %d, want %d: %s", which, answer.Code, status, answer.Body)
			continue
		}
		if status != http.StatusOK {
			continue
		}
		var got gate.Checkout
		if err := json.Unmarshal(answer.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		want := gate.Checkout{Nexus: "storefront", Number: 128, Increment: s.Head.Digest, Components: map[string]gate.CheckedOut{
			"cart-api": {Repo: "github:acme/shop", Branch: "main", Path: "cart", Commit: "9c1f"}, "gone": {Commit: "77ab"},
		}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("it differs (-want +got):\n%s", diff)
		}
	}
	if answer := get(t, r, "/api/v1/nexus/nobody/increments/head/checkout"); answer.Code != http.StatusNotFound {
		t.Errorf("of no Nexus it answers %d", answer.Code)
	}
}
