package dashboard_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/dashboard"
)

// rejudged is an Increment that was judged often, and what held it back for a moment each time.
func rejudged(_ string, since time.Time) gate.Chronicle {
	c := gate.Chronicle{Since: since, Kept: ago(60 * 24 * 30)}
	point := func(minutes int, n int64, o gate.Outcome, met int) {
		c.Points = append(c.Points, gate.Point{At: ago(minutes), Increment: n, Outcome: o, Required: 38, Met: met, Verdict: "01JD9Y1"})
	}
	point(300, 125, gate.Awaiting, 20)
	point(290, 125, gate.Awaiting, 25)
	point(240, 125, gate.Awaiting, 31)
	point(180, 125, gate.NotDone, 31)
	point(120, 126, gate.NotDone, 31)
	point(60, 126, gate.NotDone, 31)
	for i := range 45 {
		c.Holds = append(c.Holds, gate.Hold{Team: "cart", Component: "cart-api", Criterion: "ci", Outcome: gate.Awaiting, From: ago(300 - i), To: ago(300 - i).Add(20 * time.Second)})
	}
	c.Holds = append(c.Holds,
		gate.Hold{Team: "cart", Component: "cart-api", Criterion: "tests", Outcome: gate.Awaiting, From: ago(200), To: ago(199)},
		gate.Hold{Team: "cart", Component: "cart-api", Criterion: "lint", Outcome: gate.NotDone, From: ago(180), To: ago(180).Add(time.Second)},
		gate.Hold{Criterion: "e2e", Outcome: gate.Awaiting, From: ago(0).Add(-time.Second)}, // it is awaited still
	)
	return c
}

var rowOf = regexp.MustCompile(`(?s)<tr><th scope="row">(.*?)</tr>`)

// rowsOf are the rows of a page in words.
func rowsOf(page string) (rows []string) {
	for _, row := range rowOf.FindAllStringSubmatch(page, -1) {
		text := regexp.MustCompile(`</t[hd]>`).ReplaceAllString(row[1], "|")
		text = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(text, "")
		rows = append(rows, strings.TrimRight(strings.Join(strings.Fields(text), " "), "|"))
	}
	return rows
}

func TestATimelineHasARowForEachOutcomeAndNotForEachJudgement(t *testing.T) {
	o := options()
	o.Chronicle = rejudged
	w := httptest.NewRecorder()
	dashboard.New(oneNexus(), o).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/nexus/storefront/timeline", nil))
	rows := rowsOf(w.Body.String())
	if diff := cmp.Diff([]string{
		"22 Nov 10:00 UTC|126|✗ Not done|31 of 38|2 h, until now",
		"22 Nov 09:00 UTC|125|✗ Not done|31 of 38|60 min",
		"22 Nov 07:00 UTC|125|… Awaiting|20 of 38, then 31 of 38|2 h",
		"tests of cart-api| cart| 1 min awaited| 22 Nov 08:40 UTC| 22 Nov 08:41 UTC",
		"lint of cart-api| cart| less than 1 min| 22 Nov 09:00 UTC| 22 Nov 09:00 UTC",
		"e2e of the Increment| Nexus Integration Team| less than 1 min awaited| 22 Nov 11:59 UTC| it still does",
	}, rows[:min(len(rows), 6)]); diff != "" {
		t.Errorf("the rows (-want +got):\n%s", diff)
	}
	if want := "Left out: 45 waits of less than a minute each for evidence that came, 15 min in all."; !strings.Contains(w.Body.String(), want) {
		t.Errorf("it does not say %q:\n%s", want, w.Body)
	}
}
