package dashboard_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/dashboard"
)

// allMet is a storefront whose head is done, and of whose changes none is open.
func allMet(s *gate.Standing) {
	s.HeadSays.Outcome, s.HeadSays.Exceptions, s.HeadSays.Findings = gate.Done, nil, []gate.Finding{finding("tests", "web", "web", gate.Met)}
	s.Changes, s.Exceptions = nil, nil
}

func TestWhatIsDoneSaysWhatCouldHoldItBackNext(t *testing.T) {
	for want, mutate := range map[string]func(*gate.Standing){
		"Nothing that is known": func(*gate.Standing) {},
		"Stale in 3 htests of web good until 22 Nov 15:00 UTC": func(s *gate.Standing) {
			s.HeadSays.Findings[0].Due = noon.Add(3 * time.Hour)
		},
		"Exceptionweb-scan until 30 November 2026, for scan of web": func(s *gate.Standing) {
			e := gate.ExceptionStanding{State: "active", Says: "until 30 November 2026", Uses: []string{"scan of web"}}
			e.ID = "web-scan"
			s.Exceptions = []gate.ExceptionStanding{e}
		},
		"Open changeacme/cart-api#418 “Raise coverage of the guest cart”. Not done": func(s *gate.Standing) {
			s.Changes = changes()
			s.Changes = s.Changes[:1]
			s.Changes[0].Subject.Name, s.Changes[0].Says = "acme/cart-api#418", gate.Verdict{Outcome: gate.NotDone}
		},
	} {
		page, err := html.Parse(get(t, oneNexus(allMet, mutate), "/nexus/storefront").Body)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range elements(page, "section") {
			if attr(part, "id") == "what-holds" && !strings.Contains(text(part), "What could hold it back next "+want) {
				t.Errorf("it says %q, and not %q", text(part), want)
			}
		}
	}
}

func TestWaysWithinAPageLeadSomewhere(t *testing.T) {
	pages := everyPage(t)
	for path, r := range map[string]*readSide{
		"/nexus/storefront?kiosk":         oneNexus(),
		"/nexus/storefront?kiosk&excepts": oneNexus(underExceptions),
		"/nexus/storefront?done":          oneNexus(allMet),
	} {
		page, err := html.Parse(get(t, r, path).Body)
		if err != nil {
			t.Fatal(err)
		}
		if pages[path] = page; strings.Contains(path, "kiosk") && strings.Contains(text(page), "All criteria") {
			t.Errorf("%s offers what nobody can touch", path)
		}
	}
	ways := 0
	for path, page := range pages {
		ids := make(map[string]bool)
		for _, n := range elements(page) {
			ids[attr(n, "id")] = true
		}
		for _, a := range elements(page, "a") {
			to, within := strings.CutPrefix(attr(a, "href"), "#")
			if ways++; within && !ids[to] {
				t.Errorf("%s leads to #%s, which is not there", path, to)
			}
		}
	}
	if ways < 100 {
		t.Errorf("only %d ways were seen", ways)
	}
}

func TestOnlyWhatThereIsIsCounted(t *testing.T) {
	body := get(t, oneNexus(func(s *gate.Standing) {
		s.Changes = changes()
		s.Changes = s.Changes[:1]
		s.Changes[0].Says = gate.Verdict{Outcome: gate.NotDone}
	}), "/nexus/storefront").Body.String()
	if !strings.Contains(body, `<p class="note">1 not done</p>`) {
		t.Error("what there is none of is counted, or what there is is not")
	}
}

func TestTheSprintHasOneEndAndOneMarkForEachWord(t *testing.T) {
	page, err := html.Parse(visit(t, oneNexus(keepsBacklog), kept(), "/nexus/storefront/sprint").Body)
	if err != nil {
		t.Fatal(err)
	}
	marks, toDo := make(map[string]string), 0
	for _, n := range elements(page, "span") {
		if words := strings.SplitN(text(n), " ", 2); strings.HasPrefix(attr(n, "class"), "state ") && len(words) == 2 {
			if was := marks[words[1]]; was != "" && was != words[0] {
				t.Errorf("%q has the marks %s and %s", words[1], was, words[0])
			}
			if marks[words[1]] = words[0]; words[1] == "to do" {
				toDo++
			}
		}
	}
	if said := text(elements(page, "main")[0]); toDo < 2 || !strings.Contains(said, "It ends in 7.5 days") || !strings.Contains(said, "the Sprint ends in 7.5 days") {
		t.Errorf("%d items are to do, or it ends at two times: %s", toDo, said)
	}
}

func TestWhatAForgeHasNotTakenIsNotSaidToBeItsWord(t *testing.T) {
	o := options()
	o.Untaken = func(context.Context, string) ([]gate.Untaken, error) {
		return []gate.Untaken{{Forge: gate.GitHub, Reports: 1, Since: noon, Reason: "nexusgate waits, for the forge throttles it"}}, nil
	}
	w := httptest.NewRecorder()
	dashboard.New(oneNexus(), o).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/nexus/storefront", nil))
	if body := w.Body.String(); !strings.Contains(body, "sent again by itself. What came of it: nexusgate waits") || strings.Contains(body, "It said") {
		t.Error("what nexusgate says of itself is the forge's word")
	}
}
