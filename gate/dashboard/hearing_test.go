package dashboard_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/dashboard"
)

// ears tell how the storefront hears.
type ears struct{ err error }

func (e ears) Hearing(context.Context, string) (gate.Hearing, error) {
	h := gate.Hearing{Nexus: "storefront", Sweep: gate.Sweep{Began: ago(40), Ended: ago(38), Repos: 7, Partial: 1}}
	h.Miss(gate.GitHub, "check_run", 95*time.Minute)
	h.Miss(gate.GitHub, "head", 0)
	h.Spend(gate.GitHub, 41, 30)
	h.Hear(gate.RepoHear{Repo: gate.Repo{Forge: gate.GitHub, ID: 1, Name: "acme/cart-api"}, Swept: ago(39)})
	h.Hear(gate.RepoHear{Repo: gate.Repo{Forge: gate.GitHub, ID: 2, Name: "acme/payments"}, Trouble: "GitHub answers 500", Hidden: []string{"list_jobs"}})
	h.Hear(gate.RepoHear{
		Repo: gate.Repo{Forge: gate.GitLab, ID: 3, Name: "acme/web"}, Swept: ago(38), Lacks: []string{"Job Hook"},
		Hooks: []gate.Hook{{ID: 9, URL: "https://gate.example/webhook/gitlab", Since: ago(98)}},
	})
	return h, e.err
}

func (e ears) Redelivered(context.Context) (gate.Redelivered, error) {
	return gate.Redelivered{Read: ago(3), Asked: 5, Came: 3, GivenUp: 1, Waiting: 1}, e.err
}

func listen(t *testing.T, hears dashboard.Hearings, path string) *httptest.ResponseRecorder {
	t.Helper()
	o := options()
	o.Hearings = hears
	r := oneNexus(func(s *gate.Standing) {
		s.Components[0].Heard, s.Components[0].Silent = ago(5000), true
	})
	w := httptest.NewRecorder()
	dashboard.New(r, o).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", path, nil))
	return w
}

func TestThePageOfHearingIsUnchanged(t *testing.T) {
	w := listen(t, ears{}, "/nexus/storefront/hearing")
	if w.Code != 200 {
		t.Errorf("the page answers %d", w.Code)
	}
	golden(t, "hearing.html", w.Body.String())
}

func TestAWebhookThatIsDisabledIsSaidWithWhatToDo(t *testing.T) {
	page := listen(t, ears{}, "/nexus/storefront/hearing").Body.String()
	for _, want := range []string{"is disabled, as seen first at 2026-11-22 10:22 UTC and for good", "send a test request", "silent", "GitHub answers 500", "not set for Job Hook"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if link := `<a href="/nexus/storefront/hearing">`; !strings.Contains(listen(t, ears{}, "/").Body.String(), link) {
		t.Errorf("the page of the Nexus has no %s", link)
	}
}

func TestHearingThatCannotBeReadIsAFault(t *testing.T) {
	if w := listen(t, ears{errors.New("no store")}, "/nexus/storefront/hearing"); w.Code != 500 && w.Code != 503 {
		t.Errorf("the page answers %d, want a fault", w.Code)
	}
	if w := listen(t, nil, "/nexus/storefront/hearing"); w.Code != 404 {
		t.Errorf("without hearings the page answers %d, want 404", w.Code)
	}
	if w := listen(t, ears{}, "/nexus/nowhere/hearing"); w.Code != 404 {
		t.Errorf("of an unknown Nexus the page answers %d, want 404", w.Code)
	}
}
