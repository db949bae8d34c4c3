package dashboard_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/dashboard"
)

// severally is a change that moved two components, one that moved one, and a push that moved two.
func severally(_ string, since time.Time) gate.Chronicle {
	landed := func(minutes int, component, commit, change string) gate.Landed {
		l := gate.Landed{At: ago(minutes), Team: "cart", Component: component, Commit: commit}
		if change != "" {
			l.Change, l.Title, l.Opened = gate.ParseRef(change), "Wallets", ago(minutes+60)
		}
		return l
	}
	all := []gate.Landed{
		landed(160, "cart-api", "f7d3f2a1b9c1", "github:acme/shop#97"), landed(155, "web", "f7d3f2a1b9c1", "github:acme/shop#97"),
		landed(100, "web", "a7d3f2a1b9c1", "github:acme/shop#98"),
		landed(20, "cart-api", "77ab3c40f1d2", ""), landed(20, "web", "77ab3c40f1d2", ""),
	}
	all[1].Team = "web"
	all[0].Done, all[1].Done, all[0].Released = ago(100), ago(40), ago(60) // the other has not gone out
	all[3].Done = ago(10)                                                  // and the push has not become done in the other
	return gate.Chronicle{Since: since, Kept: ago(60 * 24 * 40), Landed: all}
}

func TestTheValueStreamCountsAChangeOnce(t *testing.T) {
	o := options()
	o.Chronicle = severally
	for path, want := range map[string][]string{
		"/nexus/storefront/stream": {
			"3 changes landed, 1 done, 1 released.", "<strong>2</strong> Proposed", "<strong>3</strong> Landed", "<strong>1</strong> Done",
			"<strong>1</strong> Released", "2 not yet, the longest for 100 min",
			`/components/cart-api">cart-api</a> <span class="quiet">cart</span>, <a href="/nexus/storefront/components/web">web</a> <span class="quiet">web</span>`,
		},
		"/nexus/storefront/stream?component=cart-api": {"2 changes landed, 2 done, 1 released."}, // as that component has them
		"/nexus/storefront/stream?state=landed":       {"2 changes landed, 0 done, 0 released."},
	} {
		w := httptest.NewRecorder()
		dashboard.New(oneNexus(), o).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		for _, words := range want {
			if !strings.Contains(w.Body.String(), words) {
				t.Errorf("%s lacks %q:\n%s", path, words, w.Body)
			}
		}
		if rows := strings.Count(w.Body.String(), `<th scope="row">`); path == "/nexus/storefront/stream" && rows != 3 {
			t.Errorf("it has %d rows", rows)
		}
	}
}
