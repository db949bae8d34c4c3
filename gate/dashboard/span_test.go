package dashboard_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/dashboard"
)

var spanLink = regexp.MustCompile(`<li><a href="([^"]*)"( aria-current="true")?>([^<]*)</a></li>`)

// in has the storefront in a zone, in a Sprint that began there with a day.
func in(t *testing.T, zone string) func(*gate.Standing) {
	t.Helper()
	at, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return func(s *gate.Standing) {
		d := *s.Definition
		d.Zone = at
		d.Sprint = definition.Sprint{Start: time.Date(2026, 11, 16, 0, 0, 0, 0, at), Days: 14}
		s.Definition, s.Sprint = &d, gate.SprintAt(&d, noon)
	}
}

func TestTheSpanThatIsChosenIsMarkedInEachZone(t *testing.T) {
	o := options()
	o.Chronicle = told
	for _, zone := range []string{"UTC", "Europe/Madrid", "Asia/Tokyo", "Pacific/Kiritimati", "America/Santiago", "Pacific/Honolulu"} {
		pages := dashboard.New(oneNexus(in(t, zone)), o)
		look := func(path string) string {
			w := httptest.NewRecorder()
			pages.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
			_, list, _ := strings.Cut(w.Body.String(), `<ul class="spans"`)
			list, _, _ = strings.Cut(list, "</ul>")
			return list
		}
		links := spanLink.FindAllStringSubmatch(look("/nexus/storefront/timeline"), -1)
		if len(links) != 4 {
			t.Fatalf("%s: the spans are %q", zone, links)
		}
		for _, link := range links {
			var marked []string
			for _, one := range spanLink.FindAllStringSubmatch(look(link[1]), -1) {
				if one[2] != "" {
					marked = append(marked, one[3])
				}
			}
			if len(marked) != 1 || marked[0] != link[3] {
				t.Errorf("%s: %s, at %s, has %q marked", zone, link[3], link[1], marked)
			}
		}
	}
}

func TestATeamsItemsAreCountedBeyondThoseThatAreShown(t *testing.T) {
	o := options()
	o.Backlog = func(string) gate.Backlog {
		var b gate.Backlog
		for i := range 450 {
			b.Items = append(b.Items, item(fmt.Sprintf("github:acme/cart-api#%d", i+1), "An item", "cart", 14, func(item *gate.BacklogItem) { item.Open = i < 150 }))
		}
		return b
	}
	w := httptest.NewRecorder()
	dashboard.New(oneNexus(keepsBacklog), o).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/nexus/storefront/sprint", nil))
	if want := "450 items: 150 to do, 300 closed"; !strings.Contains(w.Body.String(), want) {
		t.Errorf("it does not say %q:\n%s", want, w.Body)
	}
}
