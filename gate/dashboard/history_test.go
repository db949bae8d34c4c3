package dashboard_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/dashboard"
)

// What stood when a span began stood for a year before: that is no part of it.
func TestATimelineCountsNoTimeBeforeItsSpan(t *testing.T) {
	o := options()
	o.Chronicle = func(_ string, since time.Time) gate.Chronicle {
		return gate.Chronicle{Since: since, Kept: ago(2 * 365 * 24 * 60), Points: []gate.Point{
			{At: ago(365 * 24 * 60), Increment: 1, Outcome: gate.Done, Required: 3, Met: 3}, {At: ago(45), Increment: 1, Outcome: gate.NotDone, Required: 3, Met: 2},
		}}
	}
	w := httptest.NewRecorder()
	dashboard.New(oneNexus(), o).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/nexus/storefront/timeline?since=1h", nil))
	if body := w.Body.String(); !strings.Contains(body, "The head was done for 25 % of the time.") || !strings.Contains(body, "&#34;x&#34;:["+strconv.FormatInt(ago(60).Unix(), 10)+",") {
		t.Errorf("it says %s", body)
	}
}
