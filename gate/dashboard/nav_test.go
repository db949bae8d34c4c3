package dashboard_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/nexusgate/nexusgate/gate/dashboard"
)

func TestEachPageOfANexusLeadsToTheOthersAndSaysWhichItIs(t *testing.T) {
	for path, page := range everyPage(t) {
		if !strings.HasPrefix(path, "/nexus/storefront") {
			continue
		}
		here, led := 0, 0
		for _, n := range elements(page, "nav") {
			for _, a := range elements(n, "a") {
				if attr(n, "id") == "pages" {
					led++
				}
				if attr(a, "aria-current") == "page" {
					here++
				}
			}
		}
		if led < 3 || here != 1 {
			t.Errorf("%s leads to %d pages, and says of %d that it is that", path, led, here)
		}
	}
}

func TestAPageOfANexusThatIsNoMoreLeadsNowhere(t *testing.T) {
	r := oneNexus()
	r.names = nil
	if body := get(t, r, "/verdicts/01JD9YHEAD").Body.String(); strings.Contains(body, `id="pages"`) {
		t.Error("it leads to pages that are not there")
	}
}

func TestAFilterLivesInTheAddress(t *testing.T) {
	all, one := get(t, oneNexus(), "/nexus/storefront"), get(t, oneNexus(), "/nexus/storefront?team=cart&since=2026-11-01")
	if !strings.Contains(all.Body.String(), `<h3>Team mobile`) || strings.Contains(one.Body.String(), `<h3>Team mobile`) || !strings.Contains(one.Body.String(), `<h3>Team cart`) {
		t.Error("what holds back is not that of the team that was chosen")
	}
	for _, want := range []string{`<option value="cart" selected>`, `name="since" value="2026-11-01"`, `href="/nexus/storefront?since=2026-11-01">Show all`} {
		if !strings.Contains(one.Body.String(), want) {
			t.Errorf("no %s", want)
		}
	}
	if p := one.Header().Get("Content-Security-Policy"); !strings.Contains(p, "form-action 'self'") {
		t.Errorf("the form may not be sent: %s", p)
	}
}

func TestAWallDisplayHasNothingToTouch(t *testing.T) {
	page, err := html.Parse(get(t, oneNexus(), "/nexus/storefront?kiosk").Body)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(elements(page, "form", "nav", "button", "select")); n > 0 {
		t.Errorf("it has %d controls", n)
	}
	if main := elements(page, "main"); len(main) != 1 || attr(main[0], "data-live") == "" {
		t.Error("it is not live")
	}
}

func TestAnUpdateIsTheContentAlone(t *testing.T) {
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/nexus/storefront", nil)
	r.Header.Set("HX-Request", "true")
	dashboard.New(oneNexus(), options()).ServeHTTP(w, r)
	body := w.Body.String()
	if !strings.HasPrefix(body, "<title>Not done: storefront") || !strings.Contains(body, `<main id="main"`) || strings.Contains(body, "<header") {
		t.Errorf("it begins with %.100s", body)
	}
	if w.Header().Get("Vary") != "HX-Request" {
		t.Error("a cache may take it for the page")
	}
}
