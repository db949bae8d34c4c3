package main_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/attest"
	"github.com/nexusgate/nexusgate/gate/store"
)

// attestKey makes a key that signs statements, and gives the files of both its sides.
func attestKey(t *testing.T, args ...string) (secret, public string) {
	t.Helper()
	dir := t.TempDir()
	secret, public = filepath.Join(dir, "attest.key"), filepath.Join(dir, "attest.pem")
	out, stderr, code := said(t, append([]string{"attest", "key", secret}, args...)...)
	if code != 0 {
		t.Fatal(stderr)
	}
	return secret, writeFile(t, public, out)
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// attested is a house whose Increment is done, and the files of both sides of its key.
func attested(t *testing.T) (h *house, secret, public string) {
	t.Helper()
	secret, public = attestKey(t)
	h = furnish(t, shop)
	h.settings.Attest, h.settings.HeadsEvery = []string{"--attest-key", secret}, 20*time.Millisecond
	h.start()
	h.green()
	h.rest()
	return h, secret, public
}

// statement is what the API gives on a verdict, in a file.
func (h *house) statement(verdict string) (name, text string) {
	h.t.Helper()
	status, text := h.get("/api/v1/verdicts/" + verdict + "/attestation")
	if status != http.StatusOK {
		h.t.Fatalf("the statement is answered with %d: %s", status, text)
	}
	return writeFile(h.t, filepath.Join(h.t.TempDir(), "statement.json"), text), text
}

// opened is the statement in an envelope, by the keys that the service publishes.
func (h *house) opened(text string) attest.Statement {
	h.t.Helper()
	_, keys := h.get("/.well-known/nexusgate-keys")
	ring, err := attest.ReadKeyring([]byte(keys))
	if err != nil {
		h.t.Fatalf("%v: %s", err, keys)
	}
	e, err := attest.ReadEnvelope([]byte(text))
	if err != nil {
		h.t.Fatal(err)
	}
	s, _, err := e.Open(ring)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

func TestADoneIncrementIsCarriedAwayAndReleasedOnItsStatement(t *testing.T) {
	h, _, public := attested(t)
	v := h.standing().HeadSays
	file, text := h.statement(v.ID)
	out, stderr, code := said(t, "verify", file, "--key", public, "--nexus", "shop", "--verifier", h.settings.URL, "--fresh", "1h",
		"--component", "cart-api="+h.cart.Head("main"), "--component", "web="+h.web.Head("main"))
	if code != 0 || !strings.HasPrefix(out, v.Subject.Name+" of shop: done\ndecided by https://done.example.test at ") || !strings.Contains(out, "\n  payment "+h.pay.Head("main")+"\n") {
		t.Errorf("verifying exits with %d: %s%s", code, out, stderr)
	}
	if out, stderr, code := said(t, "verify", file, "--key", h.server.Root()); code != 0 {
		t.Errorf("with the keys that the service publishes it exits with %d: %s%s", code, out, stderr)
	}
	s := h.opened(text)
	if len(s.Summary.InputAttestations) != 4 {
		t.Fatalf("it rests on %+v, want its own verdict and those of three components", s.Summary.InputAttestations)
	}
	for _, input := range s.Summary.InputAttestations {
		status, leaf := h.get(strings.TrimPrefix(input.URI, h.settings.URL))
		sum := sha256.Sum256([]byte(leaf))
		if status != http.StatusOK || hex.EncodeToString(sum[:]) != input.Digest["sha256"] {
			t.Errorf("%s answers %d, and has not the digest %s: %s", input.URI, status, input.Digest["sha256"], leaf)
		}
	}
	if _, page := h.get("/verdicts/" + v.ID); !strings.Contains(page, `href="/api/v1/verdicts/`+v.ID+`/attestation"`) {
		t.Error("the verdict's page does not link to the statement")
	}
}

// keptStatement is the statement that the store keeps.
func (h *house) keptStatement(verdict string) (envelope []byte, err error) {
	h.t.Helper()
	s, err := store.OpenToRead(h.t.Context(), h.settings.Store)
	if err != nil {
		h.t.Fatal(err)
	}
	defer s.Close()
	return s.Attestation(h.t.Context(), verdict)
}

func TestWhatBecomesDoneIsAttestedUnasked(t *testing.T) {
	h, _, _ := attested(t)
	v := h.standing().HeadSays
	var envelope []byte
	h.eventually("its statement is kept", func() (is bool) {
		var err error
		envelope, err = h.keptStatement(v.ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Fatal(err)
		}
		return err == nil
	})
	if _, text := h.statement(v.ID); text != string(envelope) {
		t.Errorf("who asks is given\n%s\nand kept is\n%s", text, envelope)
	}
}

func TestNothingIsStatedButWhatIsDecidedOnAnIncrement(t *testing.T) {
	secret, public := attestKey(t, "--algorithm", "ed25519")
	h := furnish(t, shop)
	h.settings.Attest = []string{"--attest-key", secret}
	h.start()
	h.rest()
	none := func(verdict, says string) {
		t.Helper()
		status, text := h.get("/api/v1/verdicts/" + verdict + "/attestation")
		if status != http.StatusNotFound || !strings.Contains(text, says) {
			t.Errorf("%s is answered with %d: %s", verdict, status, text)
		}
		if _, page := h.get("/verdicts/" + verdict); strings.Contains(page, "/attestation") {
			t.Errorf("the page of %s links to a statement", verdict)
		}
	}
	none(h.standing().HeadSays.ID, "nothing is decided yet")
	none("nobody", "there is no verdict")
	h.green()
	none(h.standing().Components[0].Says.ID, "statements are made on Increments alone")
	file, text := h.statement(h.turnRed())
	if s := h.opened(text).Summary; s.VerificationResult != "FAILED" || strings.Join(s.VerifiedLevels, " ") != "FAILED" {
		t.Errorf("what is not done is stated as %s, %s", s.VerificationResult, s.VerifiedLevels)
	}
	if out, _, code := said(t, "verify", file, "--key", public); code != 1 || !strings.Contains(out, "shop: not done\n") || !strings.Contains(out, "refused: the Increment is not done\n") {
		t.Errorf("verifying what is not done exits with %d: %s", code, out)
	}
}

func TestAServiceWithoutAKeyStatesNothing(t *testing.T) {
	h := furnish(t, shop)
	h.start()
	h.green()
	h.rest()
	v := h.standing().HeadSays.ID
	if status, text := h.get("/api/v1/verdicts/" + v + "/attestation"); status != http.StatusNotFound || !strings.Contains(text, "nexusgate attest key") {
		t.Errorf("the statement is answered with %d: %s", status, text)
	}
	for _, path := range []string{"/.well-known/nexusgate-keys", "/.well-known/nexusgate-keys.pem"} {
		if status, text := h.get(path); status != http.StatusNotFound || !strings.Contains(text, "--attest-key") {
			t.Errorf("%s answers %d: %s", path, status, text)
		}
	}
	if _, page := h.get("/verdicts/" + v); strings.Contains(page, "/attestation") {
		t.Error("the verdict's page links to a statement")
	}
}

// A key is replaced in three steps, and whoever took a statement away never finds it worthless before the
// last one.
func TestWhileKeysChangeStatementsStayAsTheyAre(t *testing.T) {
	h, old, oldPublic := attested(t)
	v := h.standing().HeadSays.ID
	file, first := h.statement(v)
	renewed, newPublic := attestKey(t)
	with := func(args ...string) (text string) {
		t.Helper()
		h.settings.Attest = args
		h.restart()
		h.rest()
		_, text = h.statement(v)
		return text
	}
	if text := with("--attest-key", old, "--attest-also", newPublic); text != first {
		t.Errorf("with a key that is to come it is\n%s\nwant\n%s", text, first)
	}
	soon := time.Now().AddDate(0, 0, 2).UTC().Format(time.DateOnly)
	if text := with("--attest-key", renewed, "--attest-also", oldPublic+"="+soon); text != first {
		t.Errorf("with a key that signed before it is\n%s\nwant\n%s", text, first)
	}
	if out, stderr, code := said(t, "verify", file, "--key", h.server.Root()); code != 0 {
		t.Errorf("with both keys published verifying exits with %d: %s%s", code, out, stderr)
	}
	text := with("--attest-key", renewed)
	if text == first {
		t.Error("it is still signed with a key that is published no more")
	}
	if diff := cmp.Diff(payload(t, first), payload(t, text)); diff != "" {
		t.Errorf("with another key it states something else:\n%s", diff)
	}
	if out, _, code := said(t, "verify", file, "--key", h.server.Root()); code != 1 || !strings.Contains(out, "proves nothing: signed by none of the given keys") {
		t.Errorf("after the old key was withdrawn verifying exits with %d: %s", code, out)
	}
}

func payload(t *testing.T, envelope string) string {
	t.Helper()
	e, err := attest.ReadEnvelope([]byte(envelope))
	if err != nil {
		t.Fatal(err)
	}
	return e.Payload()
}

// Whoever may only write to the store has nothing signed that was not logged, not even with the log itself
// rewritten to match.
func TestWhatIsNotAsItWasLoggedIsNotSigned(t *testing.T) {
	for name, c := range map[string]struct {
		rewrite func(l *ledger)
		says    string
	}{
		"the verdict is altered": {func(*ledger) {}, "is of another verdict than is kept; nexusgate log verify tells"},
		"and its log rewritten": {
			func(l *ledger) { l.rewrite(); l.tamper(`UPDATE leaves SET nexus = 'shop'`) }, "of shop that the head tells of; nexusgate log verify tells",
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, _, _ := attested(t)
			done := h.standing().HeadSays.ID
			h.statement(done)
			red := h.turnRed()
			h.eventually("the verdict is under a signed head of the log", func() bool {
				status, _ := h.get("/api/v1/nexus/shop/log/" + red)
				return status == http.StatusOK
			})
			if err := h.stop(); err != nil {
				t.Fatal(err)
			}
			l := &ledger{t: t, path: strings.TrimPrefix(h.settings.Store, "sqlite:")}
			l.tamper(`UPDATE verdicts SET outcome = 'done', body = replace(body, '"outcome":"not-done"', '"outcome":"done"') WHERE id = ?`, red)
			l.tamper(`INSERT INTO attestations SELECT ?, made, envelope FROM attestations WHERE verdict = ?`, red, done)
			c.rewrite(l)
			log := h.overhear()
			h.start()
			if status, text := h.get("/api/v1/verdicts/" + red + "/attestation"); status != http.StatusServiceUnavailable {
				t.Errorf("the statement on a forged verdict is answered with %d: %s", status, text)
			}
			if !strings.Contains(log.String(), c.says) {
				t.Errorf("the log does not say why:\n%s", log.String())
			}
			if _, text := h.statement(done); h.opened(text).Summary.Increment.Verdict != done {
				t.Error("the statement on another verdict is gone too")
			}
		})
	}
}

// turnRed has a pipeline fail, and gives the verdict of the Increment that is not done.
func (h *house) turnRed() (verdict string) {
	h.t.Helper()
	h.later()
	build(h.pay, "push", h.pay.Head("main"), "failure")
	h.eventually("the Increment is not done", func() bool { return h.standing().Head.Outcome == gate.NotDone })
	h.rest()
	return h.standing().HeadSays.ID
}

func TestTheKeysAreReadWithoutALoginAndTheStatementsAreNot(t *testing.T) {
	secret, public := attestKey(t)
	pem, err := os.ReadFile(secret)
	if err != nil {
		t.Fatal(err)
	}
	h := furnish(t, shop)
	h.env["NEXUSGATE_ATTEST_KEY"] = string(pem) // the key itself, and no file
	h.env["NEXUSGATE_LOGIN_CLIENT_SECRET"] = "a-secret-of-the-client"
	h.settings.Look = []string{"--login-issuer", "https://login.example.test", "--login-client-id", "nexusgate", "--login-allow", "@example.test"}
	h.start()
	h.rest()
	for path, want := range map[string]int{
		"/.well-known/nexusgate-keys": 200, "/.well-known/nexusgate-keys.pem": 200, "/.well-known/else": 401, "/api/v1/verdicts/x/attestation": 401,
	} {
		if status, _ := h.get(path); status != want {
			t.Errorf("%s answers %d, want %d", path, status, want)
		}
	}
	want, err := os.ReadFile(public)
	if err != nil {
		t.Fatal(err)
	}
	if _, got := h.get("/.well-known/nexusgate-keys.pem"); !bytes.Equal([]byte(got), want) {
		t.Errorf("published is\n%s\nwant\n%s", got, want)
	}
}
