package dashboard_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

func TestWhatIsChosenAndIsNotThereIsAnsweredAlikeOnEachPage(t *testing.T) {
	const nexus = "/nexus/storefront"
	for path, c := range map[string]struct{ state, team string }{
		nexus:                   {"unmet", "cart"},
		nexus + "/teams":        {"Not done", "cart"},
		nexus + "/backlog":      {"not ready", "cart"},
		nexus + "/sprint":       {"under way", "cart"},
		nexus + "/stream":       {"released", "cart"},
		nexus + "/dependencies": {"could be re-cut", "cart"},
		nexus + "/timeline":     {"", "cart"},
	} {
		answer := visit(t, oneNexus(keepsBacklog), kept(), path+"?team=nobody&since=2026-11-20&state=nowhere&component=nothing")
		page, err := html.Parse(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		main := elements(page, "main")[0]
		ways := make(map[string]string)
		for _, a := range elements(main, "a") {
			ways[text(a)] = attr(a, "href")
		}
		if answer.Code != http.StatusBadRequest || !strings.Contains(text(main), `no team "nobody"`) {
			t.Errorf("%s answers %d: %s", path, answer.Code, text(main))
		}
		if !strings.HasPrefix(ways[c.team], path+"?") || !strings.Contains(ways[c.team], "team=cart") {
			t.Errorf("%s leads to %v for the team cart", path, ways[c.team])
		}
		if c.state != "" && !strings.Contains(ways[c.state], "state=") {
			t.Errorf("%s does not lead to the state %q, only to %v", path, c.state, ways)
		}
		all := strings.Split(ways["Show it without"], "?")
		if all[0] != path || strings.Contains(strings.Join(all[1:], ""), "nobody") || !strings.Contains(all[1], "since=2026-11-20") {
			t.Errorf("%s leads to %v without it", path, all)
		}
	}
}

func TestWhatIsChosenAndIsNotThereIsShownAndNotObeyed(t *testing.T) {
	answer := get(t, oneNexus(), "/nexus/storefront/teams?team=%22%3E%3Cscript%3E"+strings.Repeat("x", 500))
	body := answer.Body.String()
	if answer.Code != http.StatusBadRequest || strings.Contains(body, `"><script>`) || strings.Contains(body, strings.Repeat("x", 100)) {
		t.Errorf("what was asked for is alive, or without bounds, or ignored: %d", answer.Code)
	}
}

func TestTheAPIShowsWhatIsChosenAndRefusesWhatThereIsNot(t *testing.T) {
	for path, c := range map[string]struct {
		status, shown int
		values        map[string]any
	}{
		"backlog":                        {http.StatusOK, 7, nil},
		"backlog?team=web":               {http.StatusOK, 2, nil},
		"backlog?state=closed":           {http.StatusOK, 1, nil},
		"dependencies?team=payments":     {http.StatusOK, 1, nil},
		"dependencies?state=cyclic":      {http.StatusOK, 2, nil},
		"backlog?state=late":             {http.StatusBadRequest, 0, map[string]any{"state": []any{"ready", "unready", "planned", "closed"}}},
		"dependencies?team=nobody":       {http.StatusBadRequest, 0, map[string]any{"team": []any{"cart", "mobile", "payments", "search", "web"}}},
		"dependencies?state=ready&team=": {http.StatusBadRequest, 0, map[string]any{"state": []any{"open", "new", "cyclic", "recut", "met"}}},
	} {
		answer := visit(t, oneNexus(keepsBacklog), kept(), "/api/v1/nexus/storefront/"+path)
		doc := decode(t, answer)
		list, _ := doc["items"].([]any)
		if strings.HasPrefix(path, "dependencies") {
			list, _ = doc["dependencies"].([]any)
		}
		if answer.Code != c.status || len(list) != c.shown {
			t.Errorf("%s answers %d with %d, want %d with %d", path, answer.Code, len(list), c.status, c.shown)
		}
		if c.values == nil {
			continue
		}
		if diff := cmp.Diff(c.values, doc["values"]); diff != "" || doc["error"] == nil || doc["next"] == nil {
			t.Errorf("%s says %v (-want +got):\n%s", path, doc, diff)
		}
	}
}

func TestAPageLeadsToTheSameChoiceAsJSON(t *testing.T) {
	body := visit(t, oneNexus(keepsBacklog), kept(), "/nexus/storefront/backlog?team=web").Body.String()
	if want := `href="/api/v1/nexus/storefront/backlog?team=web">This as JSON`; !strings.Contains(body, want) {
		t.Errorf("no %s", want)
	}
}
