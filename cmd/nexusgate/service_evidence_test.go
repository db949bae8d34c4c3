package main_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// audience is whom the tokens of jobs are made for in these tests.
const audience = "https://done.example.test"

// unitShop asks each commit of the cart for unit tests, proved by the job that ran them.
const unitShop = shop + `done: unit: {
	why: "Every unit test passes", on: "commit", evidence: "junit", name: "unit", from: {workflow: "ci.yml", trust: "oidc"}
	must: {failed: 0, passed: >0}, within: "45m", appliesTo: teams: ["cart"]
}
`

// testReport is a file of test results.
func testReport(passed, failed int) []byte {
	var b strings.Builder
	b.WriteString(`<testsuite name="unit">`)
	for i := range passed + failed {
		fmt.Fprintf(&b, `<testcase classname="cart" name="t%d">`, i)
		if i < failed {
			b.WriteString(`<failure message="no"/>`)
		}
		b.WriteString(`</testcase>`)
	}
	b.WriteString(`</testsuite>`)
	return []byte(b.String())
}

// form is what is sent to the API.
type form struct {
	told  map[string]any
	files [][]byte
	sums  []string // announced; "" that of the file
}

func unitForm(files ...[]byte) *form {
	return &form{told: map[string]any{"kind": "junit", "name": "unit"}, files: files, sums: make([]string, len(files))}
}

func (f *form) body(t *testing.T) (body []byte, contentType string) {
	t.Helper()
	var announced []map[string]string
	for i, file := range f.files {
		sum := sha256.Sum256(file)
		as := map[string]string{"name": fmt.Sprintf("unit-%d.xml", i), "sha256": hex.EncodeToString(sum[:])}
		if f.sums[i] != "" {
			as["sha256"] = f.sums[i]
		}
		announced = append(announced, as)
	}
	f.told["files"] = announced
	text, err := json.Marshal(f.told)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	parts := multipart.NewWriter(&b)
	if err := parts.WriteField("submission", string(text)); err != nil {
		t.Fatal(err)
	}
	for i, file := range f.files {
		part, err := parts.CreateFormFile("file", fmt.Sprintf("unit-%d.xml", i))
		if err == nil {
			_, err = part.Write(file)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := parts.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), parts.FormDataContentType()
}

// answered is what the API says of evidence.
type answered struct {
	status        int
	ID            string
	Counts, Error string
	Duplicate     bool
	Nexus         []string
}

// bring sends evidence as a job, or whoever has a token, does.
func (h *house) bring(token string, f *form) answered {
	h.t.Helper()
	body, contentType := f.body(h.t)
	return h.postEvidence(h.server.Root(), token, contentType, bytes.NewReader(body))
}

func (h *house) postEvidence(to, token, contentType string, body io.Reader) (a answered) {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, to+"/api/v1/evidence", body)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&a); err != nil {
		h.t.Fatalf("the answer %s is no JSON: %v", answer.Status, err)
	}
	a.status = answer.StatusCode
	return a
}

// refusedEvidence wants evidence refused in words, and nothing of it kept.
func (h *house) refusedEvidence(what string, a answered, status int, says string) {
	h.t.Helper()
	if a.status != status || !strings.Contains(a.Error, says) || a.ID != "" {
		h.t.Errorf("%s: answered %d %q (%s), want %d with %q", what, a.status, a.Error, a.ID, status, says)
	}
}

// landedCart lands a commit on the cart that is green but for its unit tests, and gives its run.
func (h *house) landedCart() (commit string, run *forgetest.Run) {
	h.t.Helper()
	commit = h.cart.Commit("main", "Guests", map[string]string{"cart.go": "package cart"})
	run = h.cart.Run(ci("push"), commit)
	run.Start()
	run.Finish("success")
	h.rest()
	return commit, run
}

// stands waits until a criterion of the cart is in a state on a commit.
func (h *house) stands(commit, criterion string, want gate.FindingState) gate.Finding {
	h.t.Helper()
	return h.componentStands("cart-api", commit, criterion, want)
}

func (h *house) componentStands(component, commit, criterion string, want gate.FindingState) gate.Finding {
	h.t.Helper()
	var found gate.Finding
	h.eventually(fmt.Sprintf("%s of %s is %s at %s", criterion, component, want, commit), func() bool {
		for _, c := range h.standing().Components {
			for _, f := range c.Says.Findings {
				if c.Name == component && c.Commit == commit && f.Criterion == criterion {
					found = f
				}
			}
		}
		return found.State == want
	})
	return found
}

func TestEvidenceOfAPushCountsForItsCommit(t *testing.T) {
	t.Parallel()
	h := open(t, unitShop)
	commit, run := h.landedCart()
	h.stands(commit, "unit", gate.Waiting)
	a := h.bring(run.Token(audience, nil), unitForm(testReport(7, 0), testReport(2, 0)))
	if a.status != http.StatusAccepted || a.Counts != "the commit "+commit || a.ID == "" || len(a.Nexus) != 1 || a.Duplicate {
		t.Fatalf("answered %+v", a)
	}
	if f := h.stands(commit, "unit", gate.Met); f.Got != "failed 0, passed 9" || f.Delivery != a.ID {
		t.Errorf("found %q in %s, want nine passed in %s", f.Got, f.Delivery, a.ID)
	}
	again := h.bring(run.Token(audience, nil), unitForm(testReport(7, 0), testReport(2, 0)))
	if again.status != http.StatusAccepted || !again.Duplicate || again.ID != a.ID {
		t.Errorf("the same again with another token is answered %+v, want %s", again, a.ID)
	}
}

func TestEvidenceOfAnAttemptThatWasSupersededChangesNothing(t *testing.T) {
	t.Parallel()
	h := open(t, unitShop)
	commit, run := h.landedCart()
	first := run.Token(audience, nil)
	run.Rerun()
	run.Start()
	run.Finish("success")
	h.bring(run.Token(audience, nil), unitForm(testReport(3, 1)))
	h.stands(commit, "unit", gate.Unmet)
	if a := h.bring(first, unitForm(testReport(3, 0))); a.status != http.StatusAccepted {
		t.Errorf("the late one is answered %+v", a)
	}
	h.rest()
	h.stands(commit, "unit", gate.Unmet)
}

func TestEvidenceOfAChangeCountsForThatChangeAlone(t *testing.T) {
	t.Parallel()
	h := open(t, unitShop)
	change := propose(h.cart, "guest")
	h.rest()
	run := h.cart.Run(ci("pull_request"), change.Head())
	h.cart.Check("linter", "lint", change.Head(), "completed", "success")
	a := h.bring(run.Token(audience, nil), unitForm(testReport(3, 0)))
	if a.status != http.StatusAccepted || a.Counts != fmt.Sprintf("the change %d", change.Number) {
		t.Fatalf("answered %+v", a)
	}
	run.Start()
	run.Finish("success")
	h.check(h.cart, change.Head(), gate.DoneCheck, "success")
	landed := change.Merge("squash")
	green := h.cart.Run(ci("push"), landed)
	green.Start()
	green.Finish("success")
	h.rest()
	if f := h.stands(landed, "unit", gate.Waiting); !strings.Contains(f.Got, "for that change alone") {
		t.Errorf("what landed says %q", f.Got)
	}
}

func TestEvidenceThatAnybodyMayBringAboutIsUntrusted(t *testing.T) {
	t.Parallel()
	h := open(t, unitShop)
	commit, run := h.landedCart()
	for _, event := range []string{"pull_request_target", "workflow_run", "issue_comment"} {
		a := h.bring(run.Token(audience, map[string]any{"event_name": event}), unitForm(testReport(3, 0)))
		if a.status != http.StatusAccepted || !strings.HasPrefix(a.Counts, "untrusted: a run by "+event) {
			t.Errorf("%s is answered %+v", event, a)
		}
	}
	h.rest()
	if f := h.stands(commit, "unit", gate.Waiting); !strings.Contains(f.Got, "may be anybody's doing") {
		t.Errorf("found %q", f.Got)
	}
	fork := h.web.Pipeline("main", h.web.Head("main"), forgetest.Job{Name: "unit"})
	a := h.bring(fork.Token("unit", audience, map[string]any{"project_id": "99"}), unitForm(testReport(3, 0)))
	if a.status != http.StatusAccepted || !strings.HasPrefix(a.Counts, "untrusted: the job ran a fork's code") {
		t.Errorf("a fork's is answered %+v", a)
	}
}

func TestEvidenceIsRefusedToWhoeverDoesNotProveThatItIsTheirs(t *testing.T) {
	t.Parallel()
	h := open(t, unitShop)
	commit, run := h.landedCart()
	strange := h.hub.AddRepo("acme/strange")
	theirs := strange.Run(ci("push"), strange.Head("main"))
	ok := unitForm(testReport(3, 0))
	h.refusedEvidence("without a token", h.bring("", ok), 401, "id-token: write")
	h.refusedEvidence("with what is no token", h.bring("nonsense", ok), 401, "")
	h.refusedEvidence("of another repository with a valid token", h.bring(theirs.Token(audience, nil), ok), 403, "acme/strange is no repository of a Nexus here")
	h.refusedEvidence("expired", h.bring(run.Token(audience, map[string]any{"exp": 1, "iat": 0, "nbf": 0}), ok), 401, "")
	h.refusedEvidence("made for somebody else", h.bring(run.Token("https://else.example.test", nil), ok), 401, "")
	h.refusedEvidence("of an unknown issuer", h.bring(run.Token(audience, map[string]any{"iss": "https://evil.example.test"}), ok), 401, "")
	h.refusedEvidence("forged", h.bring(h.hub.Issuer().Forge(map[string]any{"iss": h.hub.Issuer().URL(), "aud": audience}), ok), 401, "")
	named := unitForm(testReport(3, 0))
	named.told["commit"] = strings.Repeat("a", 40)
	h.refusedEvidence("for another commit", h.bring(run.Token(audience, nil), named), 403, "good for nothing else")
	named = unitForm(testReport(3, 0))
	named.told["nexus"] = "else"
	h.refusedEvidence("for another Nexus", h.bring(run.Token(audience, nil), named), 403, "no repository of a Nexus else")
	used := run.Token(audience, nil)
	if a := h.bring(used, unitForm(testReport(3, 1))); a.status != http.StatusAccepted {
		t.Fatalf("answered %+v", a)
	}
	h.refusedEvidence("with a token that was used", h.bring(used, ok), 409, "was used for other evidence")
	if a := h.bring(used, unitForm(testReport(3, 1))); a.status != http.StatusAccepted || !a.Duplicate {
		t.Errorf("a retry is answered %+v", a)
	}
	h.stands(commit, "unit", gate.Unmet)
}

func TestEvidenceThatCannotBeReadIsRefusedAndNotKept(t *testing.T) {
	t.Parallel()
	h := open(t, unitShop)
	commit, run := h.landedCart()
	token := func() string { return run.Token(audience, nil) }
	altered := unitForm(testReport(3, 0))
	altered.sums[0] = strings.Repeat("0", 64)
	broken := unitForm(testReport(3, 0), []byte("<testsuite>\n<testcase"))
	computed := unitForm(testReport(3, 0))
	computed.told["kind"] = "pipeline"
	odd := unitForm(testReport(3, 0))
	odd.told["kinds"] = "junit"
	elsewhere := unitForm(testReport(3, 0))
	elsewhere.told["increment"] = "sha256:" + strings.Repeat("0", 64)
	for what, c := range map[string]struct {
		form   *form
		status int
		says   string
	}{
		"an altered file":           {altered, 400, "altered on its way"},
		"a file that is cut short":  {broken, 400, "unit-1.xml:2"},
		"a kind that is worked out": {computed, 400, "comes from the forge"},
		"a field that is none":      {odd, 400, "kinds"},
		"no file":                   {unitForm(), 400, "0 files"},
		"of no Increment of ours":   {elsewhere, 404, "no Increment of shop has the composition"},
	} {
		h.refusedEvidence(what, h.bring(token(), c.form), c.status, c.says)
	}
	h.refusedEvidence("no form", h.postEvidence(h.server.Root(), token(), "application/json", strings.NewReader("{}")), 400, "multipart")
	h.refusedEvidence("more than any may be", h.postEvidence(h.server.Root(), token(), "multipart/form-data; boundary=x", io.MultiReader(
		strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"submission\"\r\n\r\n"+
			`{"kind":"junit","name":"unit","files":[{"name":"a","sha256":"`+strings.Repeat("0", 64)+`"}]}`+
			"\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n"), io.LimitReader(zeros{}, 100<<20))), 413, "larger than")
	h.rest()
	h.stands(commit, "unit", gate.Waiting)
	if a := h.bring(token(), unitForm(testReport(0, 0))); a.status != http.StatusAccepted {
		t.Fatalf("an empty report is answered %+v", a)
	}
	h.stands(commit, "unit", gate.Empty)
}

// zeros reads as nothing but the digit zero.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '0'
	}
	return len(b), nil
}
