package main_test

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// signedShop asks for sign-offs: of each commit of a change, of what lands, and of the whole.
const signedShop = shop + `done: {
	docs: {why: "Documentation is read", on: "change", evidence: "signoff", from: app: ["kim", "gitlab:li"], must: by: string, within: "45m"}
	legal: {why: "The lawyers agree", on: "commit", evidence: "signoff", from: app: "login:ana@example.test", must: by: string, within: "45m", appliesTo: teams: ["pay"]}
	release: {why: "It may go out", on: "increment", evidence: "signoff", from: app: "login:ana@example.test", must: by: string, within: "45m"}
}
`

func TestAChangeIsSignedByACommentAndByAButton(t *testing.T) {
	t.Parallel()
	h := open(t, signedShop)
	change := propose(h.cart, "guest")
	approve(h.cart, change)
	h.rest()
	awaiting := h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	if len(awaiting.Actions) != 1 || awaiting.Actions[0].Identifier != "sign:docs" {
		t.Fatalf("the check has the buttons %+v, want one for docs", awaiting.Actions)
	}
	if !strings.Contains(strings.ReplaceAll(awaiting.Summary, "`", ""), "have kim or gitlab:li sign it: a comment /nexus sign docs") {
		t.Errorf("the check does not say how it is signed:\n%s", awaiting.Summary)
	}
	h.later()
	change.Comment("max", "/nexus sign docs")
	h.cart.Press(awaiting.ID, "sign:docs", "max")
	h.rest()
	h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	id := change.Comment("kim", "Fine by me.\r\n\r\n/nexus sign docs\r\n")
	h.check(h.cart, change.Head(), gate.DoneCheck, "success")
	h.later()
	change.EditComment("kim", id, "/nexus unsign docs")
	change.DeleteComment("kim", id, "/nexus unsign docs")
	h.rest()
	h.check(h.cart, change.Head(), gate.DoneCheck, "success")
	change.Comment("kim", "/nexus unsign docs")
	h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	h.later()
	if !h.cart.Press(awaiting.ID, "sign:docs", "kim") {
		t.Fatal("the check has lost its button")
	}
	h.eventually("the button counts", func() bool { return h.checks(h.cart, change.Head(), gate.DoneCheck)[0].Conclusion == "success" })
	h.later()
	h.cart.Commit("guest", "Once more", map[string]string{"more.go": "package more"})
	approve(h.cart, change)
	h.rest()
	h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
}

func TestAMergeRequestIsSignedByAComment(t *testing.T) {
	t.Parallel()
	h := open(t, signedShop)
	h.web.Commit("guest", "Work", map[string]string{"guest.js": "1"})
	change := h.web.OpenChange("guest", "main", "Work", "ana")
	h.rest()
	stands := func(want gate.FindingState) {
		t.Helper()
		h.eventually("the sign-off is "+string(want), func() bool {
			for _, c := range h.standing().Changes {
				for _, f := range c.Says.Findings {
					if c.Subject.Name == "acme/web!1" && f.Criterion == "docs" {
						return f.State == want
					}
				}
			}
			return false
		})
	}
	stands(gate.Waiting)
	h.later()
	id := change.Comment("li", "/nexus sign docs")
	stands(gate.Met)
	h.later()
	change.EditComment("li", id, "/nexus unsign docs")
	h.rest()
	stands(gate.Met)
	change.Comment("li", "/nexus unsign docs")
	stands(gate.Waiting)
}

var formOf = regexp.MustCompile(`(?s)<form class="sign" method="post" action="([^"]+)"><input type="hidden" name="token" value="([^"]+)"><input type="hidden" name="name" value="([^"]+)">`)

// form finds the form of a sign-off on the page of a verdict.
func (b *loggedIn) form(verdict, name string) (to string, fields url.Values) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.server.Root()+"/verdicts/"+url.PathEscape(verdict), nil)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Cookie", b.cookie)
	_, page := roundTrip(b.t, r)
	for _, found := range formOf.FindAllStringSubmatch(page, -1) {
		if found[3] == name {
			return found[1], url.Values{"token": {found[2]}, "name": {name}}
		}
	}
	return "", nil
}

// send sends a form, as a browser does from a site.
func (b *loggedIn) send(to string, fields url.Values, site string) (status int) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.server.Root()+to, strings.NewReader(fields.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Cookie", b.cookie)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", site)
	status, _ = roundTrip(b.t, r)
	return status
}

func TestWhoHasLoggedInSignsOnThePage(t *testing.T) {
	t.Parallel()
	h := furnish(t, signedShop)
	enter := logIn(h)
	h.start()
	h.rest()
	build(h.cart, "push", h.cart.Head("main"), "success")
	build(h.pay, "push", h.pay.Head("main"), "success")
	h.web.Pipeline("main", h.web.Head("main"), forgetest.Job{Name: "test"}).Finish("success")
	h.rest()
	ana, max := enter("Ana@example.test"), enter("max@example.test")
	payment := func() gate.Verdict {
		for _, c := range h.standing().Components {
			if c.Name == "payment" {
				return c.Says
			}
		}
		return gate.Verdict{}
	}
	if to, _ := max.form(payment().ID, "legal"); to != "" {
		t.Error("somebody whom no criterion names is offered a form")
	}
	to, fields := ana.form(payment().ID, "legal")
	if to == "" {
		t.Fatal("there is no form for who may sign")
	}
	for what, c := range map[string]struct {
		by     *loggedIn
		fields url.Values
		site   string
	}{
		"from another site":           {ana, fields, "cross-site"},
		"without the form's token":    {ana, url.Values{"name": {"legal"}}, "same-origin"},
		"with somebody else's token":  {max, fields, "same-origin"},
		"for what nobody asks of her": {ana, url.Values{"name": {"docs"}, "token": fields["token"]}, "same-origin"},
		"without a login":             {&loggedIn{house: h}, fields, "same-origin"},
	} {
		if status := c.by.send(to, c.fields, c.site); status != http.StatusForbidden && status != http.StatusUnauthorized {
			t.Errorf("%s it is answered %d", what, status)
		}
	}
	h.rest()
	if payment().Outcome != gate.Awaiting {
		t.Fatalf("refused words count: %s", payment().Outcome)
	}
	if status := ana.send(to, fields, "same-origin"); status != http.StatusSeeOther {
		t.Fatalf("the form is answered %d", status)
	}
	h.eventually("the component is done", func() bool { return payment().Outcome == gate.Done })
	h.rest()
	to, fields = ana.form(h.standing().HeadSays.ID, "release")
	if status := ana.send(to, fields, "same-origin"); status != http.StatusSeeOther {
		t.Fatalf("the form of the Increment is answered %d", status)
	}
	h.eventually("the Increment is done", func() bool { return h.standing().Head.Outcome == gate.Done })
	h.later()
	h.rest()
	to, fields = ana.form(h.standing().HeadSays.ID, "release")
	fields.Set("back", "yes")
	if status := ana.send(to, fields, "same-origin"); status != http.StatusSeeOther {
		t.Fatalf("to take it back is answered %d", status)
	}
	h.eventually("the Increment waits again", func() bool { return h.standing().Head.Outcome == gate.Awaiting })
}

// roundTrip makes a request, which goes nowhere by itself.
func roundTrip(t *testing.T, r *http.Request) (status int, body string) {
	t.Helper()
	still := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := still.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}
