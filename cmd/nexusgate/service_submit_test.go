package main_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate"
)

func TestEvidenceIsSubmittedFromAJob(t *testing.T) {
	t.Parallel()
	h := open(t, unitShop)
	commit, run := h.landedCart()
	dir := t.TempDir()
	for name, body := range map[string][]byte{"a/TEST-1.xml": testReport(3, 0), "a/b/TEST-2.xml": testReport(4, 0), "a/notes.txt": nil} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at, token := run.TokenRequest()
	env := map[string]string{
		"NEXUSGATE_URL": h.server.Root(), "NEXUSGATE_AUDIENCE": audience, "ACTIONS_ID_TOKEN_REQUEST_URL": at, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": token,
	}
	submit := func(args ...string) (code int, out, errs string) {
		var o, e bytes.Buffer
		code = nexusgate.Run(t.Context(), append([]string{"submit"}, args...), nil, &o, &e, func(name string) string { return env[name] })
		return code, o.String(), e.String()
	}
	code, out, errs := submit("--kind", "junit", "--name", "unit", filepath.Join(dir, "a", "**", "TEST-*.xml"))
	if code != 0 || !strings.Contains(out, "by shop, and counts for the commit "+commit) {
		t.Errorf("it exits with %d and says %q, %q", code, out, errs)
	}
	if f := h.stands(commit, "unit", gate.Met); f.Got != "failed 0, passed 7" {
		t.Errorf("found %q, want seven passed", f.Got)
	}
	if code, out, _ := submit("--kind", "junit", "--name", "unit", filepath.Join(dir, "a", "**", "TEST-*.xml")); code != 0 || !strings.Contains(out, "was kept before") {
		t.Errorf("again it exits with %d and says %q", code, out)
	}
	if code, _, errs := submit("--kind", "junit", filepath.Join(dir, "*.xml")); code != 3 || !strings.Contains(errs, "matches no file") {
		t.Errorf("of no file it exits with %d and says %q", code, errs)
	}
	if code, _, errs := submit("--kind", "junit", filepath.Join(dir, "a", "notes.txt")); code != 3 || !strings.Contains(errs, "the service answers 400") {
		t.Errorf("of what is none it exits with %d and says %q", code, errs)
	}
	env["ACTIONS_ID_TOKEN_REQUEST_URL"] = ""
	env["NEXUSGATE_ID_TOKEN"] = run.Token(audience, map[string]any{"event_name": "pull_request_target"})
	if code, out, errs := submit("--kind", "junit", "--name", "unit", filepath.Join(dir, "a", "TEST-1.xml")); code != 1 || !strings.Contains(out, "counts for nothing: a run by pull_request_target") {
		t.Errorf("of a run that may be anybody's it exits with %d and says %q, %q", code, out, errs)
	}
}

func TestEvidenceOfAStaticTokenIsOfWhatItIsBoundTo(t *testing.T) {
	t.Parallel()
	h := furnish(t, strings.Replace(unitShop, `trust: "oidc"`, `trust: "token"`, 1))
	h.define(strings.Replace(unitShop, `from: {workflow: "ci.yml", trust: "oidc"}`, `from: app: "token"`, 1))
	h.env["NEXUSGATE_EVIDENCE_TOKENS"] = "github:acme/cart-api=the-secret-of-the-cart, shop=the-secret-of-the-shop else=the-secret-of-another"
	h.start()
	h.rest()
	commit, _ := h.landedCart()
	of := func(repo string, failed int) *form {
		f := unitForm(testReport(3, failed))
		f.told["repo"], f.told["commit"] = repo, commit
		return f
	}
	h.refusedEvidence("of another repository", h.bring("the-secret-of-the-cart", of("github:acme/payment", 0)), 403, "evidence of github:acme/cart-api alone")
	h.refusedEvidence("of another Nexus", h.bring("the-secret-of-another", of("github:acme/cart-api", 0)), 403, "no repository of a Nexus here")
	h.refusedEvidence("of no repository", h.bring("the-secret-of-the-shop", of("", 0)), 400, "name the repository")
	short := of("github:acme/cart-api", 0)
	short.told["commit"] = commit[:12]
	h.refusedEvidence("of a commit's beginning", h.bring("the-secret-of-the-shop", short), 400, "name the whole one")
	if a := h.bring("the-secret-of-the-cart", of("github:Acme/cart-api", 1)); a.status != http.StatusAccepted || a.Counts != "the commit "+commit {
		t.Fatalf("answered %+v", a)
	}
	h.stands(commit, "unit", gate.Unmet)
	if a := h.bring("the-secret-of-the-shop", of("github:acme/cart-api", 0)); a.status != http.StatusAccepted {
		t.Fatalf("answered %+v", a)
	}
	h.stands(commit, "unit", gate.Met)
}

func TestEvidenceIsNotTakenWhileTheStoreTakesNothing(t *testing.T) {
	t.Parallel()
	h := open(t, unitShop)
	commit, run := h.landedCart()
	h.raw("CREATE TRIGGER full BEFORE INSERT ON deliveries BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
	token := run.Token(audience, nil)
	h.refusedEvidence("of a full disk", h.bring(token, unitForm(testReport(3, 0))), 503, "try again in a moment")
	h.raw("DROP TRIGGER full")
	if a := h.bring(token, unitForm(testReport(3, 0))); a.status != http.StatusAccepted || a.Duplicate {
		t.Errorf("afterwards it is answered %+v", a)
	}
	h.stands(commit, "unit", gate.Met)
}

func TestEvidenceThatWasAnsweredOutlivesAKill(t *testing.T) {
	t.Parallel()
	h := furnish(t, unitShop)
	k := &killing{house: h}
	victim := k.spawn(t.Context())
	at := victim.ready()
	commit := h.cart.Head("main")
	run := h.cart.Run(ci("push"), commit)
	body, contentType := unitForm(testReport(3, 0)).body(t)
	var a answered
	h.eventually("the definition is in force, and the evidence is taken", func() bool {
		a = h.postEvidence(at, run.Token(at, nil), contentType, bytes.NewReader(body))
		return a.status != http.StatusServiceUnavailable
	})
	victim.kill()
	if a.status != http.StatusAccepted {
		t.Fatalf("answered %+v", a)
	}
	h.start()
	run.Start()
	run.Finish("success")
	if f := h.stands(commit, "unit", gate.Met); f.Delivery != a.ID {
		t.Errorf("it rests on %s, want %s", f.Delivery, a.ID)
	}
}
