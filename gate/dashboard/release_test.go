package dashboard_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/dashboard"
)

// releasedPage is the page of a Nexus with such releases.
func releasedPage(t *testing.T, all ...gate.Release) string {
	t.Helper()
	w := httptest.NewRecorder()
	reader := oneNexus(func(s *gate.Standing) { s.Releases = all })
	dashboard.New(reader, options()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/nexus/storefront", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("it answers %d:\n%s", w.Code, w.Body)
	}
	return w.Body.String()
}

func TestAReleaseThatIsNotDoneIsOnThePage(t *testing.T) {
	alarm := gate.Release{
		Tag: "v1<script>", Repo: gate.Repo{Forge: gate.GitHub, Name: "acme/cart-api"}, Commit: strings.Repeat("9c1f", 10), Raised: noon,
		Judged: gate.ReleaseJudged{Alarm: true, Why: "It is red & <b>not done</b>."},
	}
	page := releasedPage(t, alarm, gate.Release{Tag: "v0", Judged: gate.ReleaseJudged{Outcome: gate.Done}})
	want := "v1&lt;script&gt; of github:acme/cart-api at 9c1f9c1f9c1f, since " + noon.Format("2 Jan 15:04 UTC") + ": It is red &amp; &lt;b&gt;not done&lt;/b&gt;."
	if !strings.Contains(page, want) || strings.Contains(page, "v0 of") || strings.Contains(page, "were alarms") {
		t.Errorf("the page does not say %q, or more than that:\n%s", want, page)
	}
	if none := releasedPage(t); strings.Contains(none, "in no done Increment") {
		t.Errorf("with no release the page tells of one:\n%s", none)
	}
}

func TestAnAlarmThatHasEndedIsOnThePage(t *testing.T) {
	page := releasedPage(t, gate.Release{
		Tag: "v1", Repo: gate.Repo{Forge: gate.GitLab, Name: "acme/web"}, Raised: noon, Ended: noon.Add(time.Hour), Judged: gate.ReleaseJudged{Outcome: gate.Done},
	})
	want := fmt.Sprintf("v1 of gitlab:acme/web was an alarm from %s until %s.", noon.Format("2 Jan 15:04 UTC"), noon.Add(time.Hour).Format("2 Jan 15:04 UTC"))
	if !strings.Contains(page, want) || strings.Contains(page, "in no done Increment") {
		t.Errorf("the page does not say %q, or more than that:\n%s", want, page)
	}
}

func TestOfManyAlarmsThePageShowsTheFirst(t *testing.T) {
	var all []gate.Release
	for i := range 25 {
		all = append(all, gate.Release{Tag: fmt.Sprintf("many%d", i), Judged: gate.ReleaseJudged{Alarm: true}})
	}
	if page := releasedPage(t, all...); strings.Count(page, "<li>many") != 20 || !strings.Contains(page, "And 5 more.") {
		t.Errorf("of 25 the page shows %d", strings.Count(page, "<li>many"))
	}
}
