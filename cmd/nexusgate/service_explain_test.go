package main_test

import (
	"bytes"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
)

// explained is the text on the page that explains a finding of a verdict.
func (h *house) explained(verdict, criterion, component string) string {
	h.t.Helper()
	asked := url.Values{"criterion": {criterion}, "component": {component}}
	status, page := h.get("/verdicts/" + verdict + "/explain?" + asked.Encode())
	_, text, found := strings.Cut(page, `<pre class="explanation">`)
	if status != http.StatusOK || !found {
		h.t.Fatalf("the page answers %d: %s", status, page)
	}
	text, _, _ = strings.Cut(text, "</pre>")
	return html.UnescapeString(text)
}

// TestThePageAndTheCommandLineExplainInTheSameWords asks both of a finding that a red pipeline made.
func TestThePageAndTheCommandLineExplainInTheSameWords(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	h.green()
	h.later()
	build(h.pay, "push", h.pay.Head("main"), "failure")
	h.eventually("the Increment is not done", func() bool { return h.standing().Head.Outcome == gate.NotDone })
	h.rest()
	head := h.standing().HeadSays
	page := h.explained(head.ID, "ci", "payment")
	for _, want := range []string{
		"✗ ci of payment is unmet.",
		`The evidence says conclusion "failure", and it has to be "success" (the Nexus's, nexus.cue:`,
		`ci: conclusion "success" (now "failure").`, "Mend what is red.",
		`pipeline ci by github-actions .github/workflows/ci.yml: conclusion "failure"`, "delivery ", "It counts: the ",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	for _, args := range [][]string{{}, {"--nexus", "shop"}, {"--verdict", head.ID}, {"--increment", strconv.FormatInt(h.standing().Head.Number, 10)}} {
		out, stderr, code := said(t, append([]string{"explain", "ci", "--component", "payment", "--store", h.settings.Store}, args...)...)
		if out != page || stderr != "" || code != 1 {
			t.Errorf("explain %q exits with %d and says\n%s%swant what the page says:\n%s", args, code, out, stderr, page)
		}
	}
	for want, args := range map[string][]string{
		`nothing was decided on a component "paymnt" of shop; it has payment, `: {"--component", "paymnt"},
		`keeps no Nexus "shp"; it has shop`:                                     {"--nexus", "shp"},
		`ci is asked of several components; name one of `:                       {},
	} {
		if _, stderr, code := said(t, append([]string{"explain", "ci", "--store", h.settings.Store}, args...)...); code != 3 || !strings.Contains(stderr, want) {
			t.Errorf("explain %q exits with %d and says %s, want %s", args, code, stderr, want)
		}
	}
}

// TestTheDefinitionIsShownAsItWasInForce follows a definition through a change of it.
func TestTheDefinitionIsShownAsItWasInForce(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	h.green()
	h.rest()
	first := h.standing().HeadSays
	if h.stop() != nil {
		t.Fatal("the service does not end")
	}
	h.define(strings.Replace(shop, `within: "45m", fix: "Mend what is red"`, `within: "30m"`, 1))
	h.start()
	h.rest()
	var told struct {
		Versions []struct {
			Digest      string
			Differences []string
		}
	}
	status, body := h.get("/api/v1/nexus/shop/definition/versions")
	if err := json.Unmarshal([]byte(body), &told); err != nil || status != http.StatusOK || len(told.Versions) != 2 {
		t.Fatalf("the API answers %d: %v\n%s", status, err, body)
	}
	if says := strings.Join(told.Versions[0].Differences, "\n"); !strings.Contains(says, "30m") {
		t.Errorf("the later version differs by %q", says)
	}
	if status, page := h.get("/nexus/shop/definition/" + told.Versions[1].Digest); status != http.StatusOK || !strings.Contains(page, `within: &#34;45m&#34;`) {
		t.Errorf("the first version's page answers %d: %s", status, page)
	}
	if page := h.explained(first.ID, "ci", "payment"); !strings.Contains(page, "within 45m: the Nexus's, ") {
		t.Errorf("the first verdict is explained by other rules than it was made by:\n%s", page)
	}
	if h.stop() != nil {
		t.Fatal("the service does not end")
	}
	before := fileOf(t, h.settings.Store)
	if _, stderr, code := said(t, "explain", "ci", "--component", "payment", "--store", h.settings.Store); code != 0 || stderr != "" {
		t.Errorf("explain exits with %d and says %s", code, stderr)
	}
	if !bytes.Equal(before, fileOf(t, h.settings.Store)) {
		t.Error("the store is another one after something in it was explained")
	}
}
