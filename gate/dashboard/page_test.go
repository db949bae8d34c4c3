package dashboard_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/dashboard"
)

// everyPage is one page of each kind, and of each kind that is odd.
func everyPage(t *testing.T) map[string]*html.Node {
	t.Helper()
	found := make(map[string]*html.Node)
	for path, r := range map[string]*readSide{
		"/":                                     oneNexus(),
		"/?several":                             threeNexuses(),
		"/?none":                                {},
		"/nexus/fresh":                          threeNexuses(),
		"/nexus/back%20office%2F2":              threeNexuses(),
		"/nexus/storefront/components/cart-api": oneNexus(),
		"/nexus/storefront/components/search-index": oneNexus(),
		"/nexus/storefront/teams?state=not-done":    oneNexus(),
		"/nexus/storefront/teams?state=gone":        oneNexus(),
		"/verdicts/01JD9YHEAD":                      oneNexus(),
		"/verdicts/nothing":                         oneNexus(),
		"/nowhere":                                  oneNexus(),
	} {
		page, err := html.Parse(get(t, r, path).Body)
		if err != nil {
			t.Fatal(err)
		}
		found[path] = page
	}
	for path, r := range map[string]*readSide{
		"/nexus/storefront/definition":                oneNexus(underExceptions),
		"/nexus/storefront/definition/" + cartDigest:  oneNexus(),
		"/verdicts/01JD9YHEAD/explain?criterion=scan": oneNexus(),
		"/nexus/storefront":                           oneNexus(underExceptions),
		"/verdicts/01JD9Yproposal":                    oneNexus(underExceptions),
		"/nexus/storefront/backlog":                   oneNexus(keepsBacklog),
		"/nexus/storefront/backlog?state=closed":      oneNexus(keepsBacklog),
		"/nexus/storefront/dependencies":              oneNexus(keepsBacklog),
		"/nexus/storefront/sprint":                    oneNexus(keepsBacklog),
		"/nexus/storefront/timeline":                  oneNexus(keepsBacklog),
		"/nexus/storefront/stream":                    oneNexus(keepsBacklog),
		"/nexus/storefront/daily":                     oneNexus(keepsBacklog),
	} {
		page, err := html.Parse(visit(t, r, kept(), path).Body)
		if err != nil {
			t.Fatal(err)
		}
		found[path] = page
	}
	return found
}

func elements(page *html.Node, names ...string) (found []*html.Node) {
	for n := range page.Descendants() {
		if n.Type == html.ElementNode && (len(names) == 0 || slices.Contains(names, n.Data)) {
			found = append(found, n)
		}
	}
	return found
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func TestPagesHaveNothingInlineForThePolicyToForbid(t *testing.T) {
	for path, page := range everyPage(t) {
		for _, n := range elements(page) {
			if n.Data == "style" || n.Data == "script" && attr(n, "src") == "" {
				t.Errorf("%s has an inline <%s>", path, n.Data)
			}
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
					t.Errorf("%s has %s=%q", path, a.Key, a.Val)
				}
			}
		}
	}
}

func TestPagesAreBuiltForEverybody(t *testing.T) {
	for path, page := range everyPage(t) {
		if n := len(elements(page, "h1")); n != 1 {
			t.Errorf("%s has %d first headings", path, n)
		}
		if lang := attr(elements(page, "html")[0], "lang"); lang != "en" {
			t.Errorf("%s is in %q", path, lang)
		}
		ids := make(map[string]bool)
		for _, n := range elements(page) {
			id := attr(n, "id")
			if id != "" && ids[id] {
				t.Errorf("%s has #%s twice", path, id)
			}
			ids[id] = true
		}
		for _, n := range elements(page) {
			if by := attr(n, "aria-labelledby"); by != "" && !ids[by] {
				t.Errorf("%s: nothing is called #%s", path, by)
			}
		}
	}
}

func TestTablesHaveCaptionsAndScopedHeaders(t *testing.T) {
	tables := 0
	for path, page := range everyPage(t) {
		for _, table := range elements(page, "table") {
			tables++
			if len(elements(table, "caption")) != 1 {
				t.Errorf("%s has a table without a caption", path)
			}
			for _, th := range elements(table, "th") {
				if !slices.Contains([]string{"col", "row", "rowgroup"}, attr(th, "scope")) || text(th) == "" {
					t.Errorf("%s has a header %q of scope %q", path, text(th), attr(th, "scope"))
				}
			}
		}
	}
	if tables < 8 {
		t.Errorf("only %d tables were seen", tables)
	}
}

func TestEveryStateIsSaidByAWord(t *testing.T) {
	words := make(map[string]bool)
	for path, page := range everyPage(t) {
		for _, n := range elements(page, "span") {
			if !strings.HasPrefix(attr(n, "class"), "state ") {
				continue
			}
			hidden := 0
			for _, s := range elements(n, "span") {
				if attr(s, "aria-hidden") == "true" {
					hidden++
				}
			}
			_, word, _ := strings.Cut(text(n), " ")
			if hidden != 1 || word == "" {
				t.Errorf("%s shows a state as %q", path, text(n))
			}
			words[word] = true
		}
	}
	for _, want := range []string{"Done", "Not done", "Awaiting", "met", "unmet", "missing", "waiting", "error", "Done under 1 exception", "under an exception", "active", "expired"} {
		if !words[want] {
			t.Errorf("no state reads %q", want)
		}
	}
}

func TestTimesAreInUTCForMachinesToo(t *testing.T) {
	for path, page := range everyPage(t) {
		for _, n := range elements(page, "time") {
			at, err := time.Parse(time.RFC3339, attr(n, "datetime"))
			if err != nil || at.Location() != time.UTC {
				t.Errorf("%s has the time %q of %q: %v", path, text(n), attr(n, "datetime"), err)
			}
		}
	}
}

func TestLinksLeadSomewhereAndOnlyToTheWeb(t *testing.T) {
	outside, visited := 0, make(map[string]bool)
	for path, page := range everyPage(t) {
		r := oneNexus()
		if !strings.Contains(path, "storefront") && path != "/" && !strings.Contains(path, "verdicts") {
			r = threeNexuses()
		}
		r.verdicts["01JD9Yproposal"] = proposal(gate.Subject{Kind: gate.OfDefinition, Name: "acme/nexus#4"})
		for _, n := range elements(page, "a") {
			switch href := attr(n, "href"); {
			case strings.HasPrefix(href, "#"), visited[fmt.Sprint(len(r.names), href)]:
			case strings.HasPrefix(href, "/verdicts/01JD9Y1") || strings.HasSuffix(href, "change"): // not in the read side
			case strings.HasPrefix(href, "/"):
				visited[fmt.Sprint(len(r.names), href)] = true
				if w := visit(t, r, kept(), strings.Split(href, "#")[0]); w.Code != http.StatusOK {
					t.Errorf("%s leads to %s, which answers %d", path, href, w.Code)
				}
			case strings.HasPrefix(href, "https://"):
				outside++
				if !strings.Contains(attr(n, "rel"), "noreferrer") {
					t.Errorf("%s tells %s where it comes from", path, href)
				}
			default:
				t.Errorf("%s leads to %q", path, href)
			}
		}
	}
	if outside == 0 {
		t.Error("no page leads to a forge")
	}
}

func TestForeignTextIsShownAndNotObeyed(t *testing.T) {
	body := get(t, oneNexus(), "/").Body.String()
	if strings.Contains(body, "<script>alert") || strings.Contains(body, "javascript:") || strings.Contains(body, "\u202e") {
		t.Error("foreign text is alive")
	}
	if !strings.Contains(body, "&lt;script&gt;alert(1)&lt;/script&gt; @all") {
		t.Error("foreign text is not shown")
	}
}

func TestAnswersAreGuarded(t *testing.T) {
	for _, path := range []string{"/", "/nowhere", "/api/v1/nexus/storefront/increments/head", "/assets/none.css"} {
		h := get(t, oneNexus(), path).Header()
		for key, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"} {
			if h.Get(key) != want {
				t.Errorf("%s: %s is %q", path, key, h.Get(key))
			}
		}
		if p := h.Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'") || !strings.Contains(p, "frame-ancestors 'none'") || strings.Contains(p, "unsafe") {
			t.Errorf("%s: policy %q", path, p)
		}
	}
}

func TestOnlyReadingIsAnswered(t *testing.T) {
	h := dashboard.New(oneNexus(), options())
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"} {
		for _, path := range []string{"/", "/events", "/api/v1/verdicts/01JD9YHEAD"} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
			if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s answers %d", method, path, w.Code)
			}
		}
	}
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, httptest.NewRequest("HEAD", "/", nil)); w.Code != http.StatusOK {
		t.Errorf("HEAD / answers %d", w.Code)
	}
}

func TestAssetsAreServedForEverUnderTheirHash(t *testing.T) {
	page, err := html.Parse(get(t, oneNexus(), "/").Body)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"script": "text/javascript; charset=utf-8", "link": "text/css; charset=utf-8", "img": "image/svg+xml"}
	for _, n := range elements(page, "script", "link", "img") {
		w := get(t, oneNexus(), attr(n, "src")+attr(n, "href"))
		kind := want[n.Data]
		if attr(n, "rel") == "icon" {
			kind = want["img"]
		}
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != kind || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s%s answers %d %v", attr(n, "src"), attr(n, "href"), w.Code, w.Header())
		}
	}
}

func TestVerdictIsShownAsItWasDecided(t *testing.T) {
	r := oneNexus(func(s *gate.Standing) { s.HeadSays.Outcome, s.HeadSays.Findings = gate.Done, nil })
	old := storefront().HeadSays
	r.verdicts[old.ID] = old
	if body := get(t, r, "/verdicts/"+old.ID).Body.String(); !strings.Contains(body, "33 of 38 required criteria met") || strings.Contains(body, "data-live") {
		t.Error("the verdict was judged again")
	}
}

func TestLongListsAreCutAndSaySo(t *testing.T) {
	r := oneNexus(func(s *gate.Standing) {
		for range 100 {
			s.HeadSays.Findings = append(s.HeadSays.Findings, unmetCoverage())
			s.Changes = append(s.Changes, s.Changes[0])
		}
	})
	body := get(t, r, "/").Body.String()
	for _, want := range []string{"And 63 more, on the page of the verdict.", "And 79 more."} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
}
