package dashboard_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/dashboard"
)

func TestDeliveriesThatWereSetAsideAreShownWithTheirReasonsEscaped(t *testing.T) {
	pages := dashboard.New(&readSide{}, dashboard.Options{Now: func() time.Time { return noon }, Aside: func(context.Context) ([]dashboard.Aside, error) {
		return []dashboard.Aside{{Delivery: gate.Delivery{ID: "0193", Source: gate.FromGitHub, Event: "push", Received: noon}, Reason: "<b>no</b> repository"}}, nil
	}})
	w := httptest.NewRecorder()
	pages.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/aside", nil))
	for _, want := range []string{"0193", "push", "&lt;b&gt;no&lt;/b&gt; repository"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page of status %d does not show %q:\n%s", w.Code, want, w.Body)
		}
	}
}
