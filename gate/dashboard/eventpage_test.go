package dashboard_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestGoldenPagesOfWorkAndTimeAreUnchanged(t *testing.T) {
	for name, path := range map[string]string{
		"backlog.html":      "/nexus/storefront/backlog",
		"dependencies.html": "/nexus/storefront/dependencies",
		"sprint.html":       "/nexus/storefront/sprint",
		"timeline.html":     "/nexus/storefront/timeline?team=cart",
		"stream.html":       "/nexus/storefront/stream",
		"daily.html":        "/nexus/storefront/daily?since=2026-11-20",
		"told.html":         "/nexus/storefront",
	} {
		t.Run(name, func(t *testing.T) {
			w := visit(t, oneNexus(keepsBacklog), kept(), path)
			if w.Code != http.StatusOK {
				t.Errorf("%s answers %d", path, w.Code)
			}
			golden(t, name, w.Body.String())
		})
	}
}

func TestPagesOfWhatIsNotKnownAreNotThere(t *testing.T) {
	for _, page := range []string{"backlog", "dependencies", "timeline", "stream", "daily", "planning"} {
		if w := get(t, oneNexus(), "/nexus/storefront/"+page); w.Code != http.StatusNotFound {
			t.Errorf("%s answers %d", page, w.Code)
		}
		if strings.Contains(get(t, oneNexus(), "/nexus/storefront").Body.String(), "/nexus/storefront/"+page) {
			t.Errorf("a page leads to %s", page)
		}
	}
}

func TestAPageSaysWhatIsNoDayAndWhatItCouldNotRead(t *testing.T) {
	for path, want := range map[string]int{
		"/nexus/storefront/timeline?since=yesterday": http.StatusBadRequest,
		"/nexus/storefront/daily?since=2026-13-40":   http.StatusBadRequest,
		"/nexus/storefront/daily?since=2026-01-01":   http.StatusServiceUnavailable,
		"/nexus/nobody/sprint":                       http.StatusNotFound,
		"/nexus/nobody/stream":                       http.StatusNotFound,
		"/nexus/nobody/daily":                        http.StatusNotFound,
		"/nexus/nobody/backlog":                      http.StatusNotFound,
	} {
		if w := visit(t, oneNexus(), kept(), path); w.Code != want {
			t.Errorf("%s answers %d, want %d", path, w.Code, want)
		}
	}
}

func TestForeignTextOnThePagesOfWorkIsShownAndNotObeyed(t *testing.T) {
	for _, page := range []string{"backlog", "dependencies", "sprint", "timeline", "stream", "daily"} {
		body := visit(t, oneNexus(keepsBacklog), kept(), "/nexus/storefront/"+page).Body.String()
		if strings.Contains(body, "javascript:") || strings.Contains(body, "<b>") || strings.Contains(body, "<i>") {
			t.Errorf("%s has living text of others", page)
		}
	}
}

func TestAFilterChoosesItemsDependenciesAndChanges(t *testing.T) {
	for path, want := range map[string]map[string]bool{
		"/backlog?team=web":             {"acme/product#3": true, "acme/mobile-app#8": false},
		"/backlog?state=planned":        {"acme/web#7": true, "acme/mobile-app#8": false},
		"/backlog?component=mobile-app": {`data-ref="acme/mobile-app#8"`: true, `data-ref="acme/product#3"`: false},
		"/dependencies?state=new":       {"acme/payments#31": true, "acme/cart-api#20</a>": false},
		"/dependencies?team=mobile":     {"acme/mobile-app#8": true, "acme/payments#31": false},
		"/sprint?team=payments":         {"acme/payments#31": true, "acme/web#7": false},
		"/sprint?state=under+way":       {`data-ref="acme/web#7"`: true, `data-ref="acme/cart-api#20"`: false},
		"/stream?state=released":        {"acme/payments#97": true, "acme/payments#98": false},
		"/timeline?component=cart-api":  {"<code>coverage</code>": true, "<code>definition</code>": false},
	} {
		body := visit(t, oneNexus(keepsBacklog), kept(), "/nexus/storefront"+path).Body.String()
		if _, main, found := strings.Cut(body, "<main"); found {
			body = main
		}
		body = strings.ReplaceAll(body, "acme/web#7 needs acme/cart-api#20 needs acme/web#7", "") // the cycles are said always
		for words, there := range want {
			if strings.Contains(body, words) != there {
				t.Errorf("%s has %q: %v, want %v", path, words, !there, there)
			}
		}
	}
}
