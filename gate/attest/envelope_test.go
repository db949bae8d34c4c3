package attest_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/attest"
)

// signingKey is the same key for the same seed: a fuzzer's processes are to share it.
func signingKey(t testing.TB, algorithm, seed string) *attest.SigningKey {
	t.Helper()
	sum := sha256.Sum256([]byte(seed))
	var secret any = ed25519.NewKeyFromSeed(sum[:])
	if algorithm == attest.ECDSA {
		point, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), sum[:])
		if err != nil {
			t.Fatal(err)
		}
		secret = point
	}
	key, err := attest.ParseSigningKey(privately(t, secret))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func seal(t testing.TB, k *attest.SigningKey, s attest.Statement) []byte {
	t.Helper()
	text, err := k.Seal(s)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// opened reads an envelope and opens it.
func opened(text []byte, ring ...attest.PublicKey) (attest.Statement, attest.PublicKey, error) {
	e, err := attest.ReadEnvelope(text)
	if err != nil {
		return attest.Statement{}, attest.PublicKey{}, err
	}
	return e.Open(ring)
}

func TestAStatementComesOutOfItsEnvelopeAsItWentIn(t *testing.T) {
	for _, algorithm := range []string{attest.ECDSA, attest.Ed25519} {
		key, other := signingKey(t, algorithm, "one"), signingKey(t, algorithm, "other")
		s := statement(t, judged(t, shop, excepted))
		text := seal(t, key, s)
		got, by, err := opened(text, other.Public(), key.Public())
		if err != nil || by.ID != key.Public().ID {
			t.Fatalf("%s: signed by %q, %v", algorithm, by.ID, err)
		}
		if diff := cmp.Diff(s, got); diff != "" {
			t.Errorf("%s: want - and got +:\n%s", algorithm, diff)
		}
		if again := seal(t, key, s); !bytes.Equal(again, text) {
			t.Errorf("%s: signed twice it reads\n%s\nand\n%s", algorithm, text, again)
		}
		if got, _, err := opened(text, other.Public()); !errors.Is(err, attest.ErrForeign) || got.Type != "" {
			t.Errorf("%s: of a stranger it is %v, and %+v", algorithm, err, got)
		}
		if _, _, err := opened(text); !errors.Is(err, attest.ErrForeign) {
			t.Errorf("%s: with no key it is %v", algorithm, err)
		}
	}
}

// Whatever one byte is changed of what was signed, of the signature or of the type, nothing opens.
func TestAnEnvelopeThatWasAlteredStaysShut(t *testing.T) {
	key := signingKey(t, attest.ECDSA, "one")
	var whole dsse.Envelope
	if err := json.Unmarshal(seal(t, key, statement(t, judged(t, shop))), &whole); err != nil {
		t.Fatal(err)
	}
	shut := func(name string, e dsse.Envelope) {
		t.Helper()
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if s, _, err := opened(text, key.Public()); err == nil || s.Type != "" {
			t.Errorf("%s: it opens: %+v", name, s)
		}
	}
	payload, signature := bytesOf(t, whole.Payload), bytesOf(t, whole.Signatures[0].Sig)
	for at := range payload {
		altered := whole
		altered.Payload = flipped(payload, at)
		shut("the payload", altered)
	}
	for at := range signature {
		altered := whole
		altered.Signatures = []dsse.Signature{{KeyID: whole.Signatures[0].KeyID, Sig: flipped(signature, at)}}
		shut("the signature", altered)
	}
	for name, alter := range map[string]func(e *dsse.Envelope){
		"another type":      func(e *dsse.Envelope) { e.PayloadType = "application/json" },
		"no signature":      func(e *dsse.Envelope) { e.Signatures = nil },
		"no payload":        func(e *dsse.Envelope) { e.Payload = "" },
		"another's name":    func(e *dsse.Envelope) { e.Signatures = []dsse.Signature{{KeyID: "SHA256:x", Sig: e.Signatures[0].Sig}} },
		"a half signature":  func(e *dsse.Envelope) { e.Signatures = []dsse.Signature{{Sig: e.Signatures[0].Sig[:40]}} },
		"many signatures":   func(e *dsse.Envelope) { e.Signatures = append(make([]dsse.Signature, 16), e.Signatures...) },
		"another statement": func(e *dsse.Envelope) { e.Payload = flipped([]byte(`{}`), 0) },
	} {
		altered := whole
		alter(&altered)
		shut(name, altered)
	}
	for name, text := range map[string]string{
		"nothing": "", "two of them": "{}{}", "too much": strings.Repeat(" ", 5<<20), "no JSON": "-----BEGIN", "a list": "[]",
	} {
		if _, err := attest.ReadEnvelope([]byte(text)); err == nil {
			t.Errorf("%s: it is read", name)
		}
	}
}

func bytesOf(t testing.TB, text string) []byte {
	t.Helper()
	read, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func flipped(text []byte, at int) string {
	altered := bytes.Clone(text)
	altered[at] ^= 1
	return base64.StdEncoding.EncodeToString(altered)
}

// sign has a key sign anything, as whoever holds it can.
func sign(t testing.TB, k *attest.SigningKey, payload string) []byte {
	t.Helper()
	signer, err := dsse.NewEnvelopeSigner(k)
	if err != nil {
		t.Fatal(err)
	}
	e, err := signer.SignPayload(t.Context(), "application/vnd.in-toto+json", []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestWhatDoesNotAgreeWithItselfIsNoStatement(t *testing.T) {
	key := signingKey(t, attest.Ed25519, "one")
	plain := func() attest.Statement { return statement(t, judged(t, shop)) }
	under := func() attest.Statement { return statement(t, judged(t, shop+allowed, excepted)) }
	undone := func() attest.Statement {
		return statement(t, judged(t, shop, func(v *gate.Verdict) { v.Outcome = gate.NotDone }))
	}
	for name, c := range map[string]struct {
		of    func() attest.Statement
		alter func(s *attest.Statement)
	}{
		"another type":              {plain, func(s *attest.Statement) { s.Type = "https://in-toto.io/Statement/v2" }},
		"another predicate":         {plain, func(s *attest.Statement) { s.PredicateType = "https://slsa.dev/provenance/v1" }},
		"no verifier":               {plain, func(s *attest.Statement) { s.Summary.Verifier.ID = "" }},
		"no resource":               {plain, func(s *attest.Statement) { s.Summary.ResourceURI = "" }},
		"no time":                   {plain, func(s *attest.Statement) { s.Summary.TimeVerified = time.Time{} }},
		"no Nexus":                  {plain, func(s *attest.Statement) { s.Summary.Increment.Nexus = "" }},
		"a subject less":            {plain, func(s *attest.Statement) { s.Subjects = s.Subjects[1:] }},
		"a subject more":            {plain, func(s *attest.Statement) { s.Subjects = append(s.Subjects, s.Subjects[0]) }},
		"another subject":           {plain, func(s *attest.Statement) { s.Subjects[0].Digest = map[string]string{"gitCommit": web} }},
		"a subject of another kind": {plain, func(s *attest.Statement) { s.Subjects[0].Digest = map[string]string{"sha256": cart} }},
		"another composition":       {plain, func(s *attest.Statement) { s.Summary.Increment.Composition["web"] = cart }},
		"another digest":            {plain, func(s *attest.Statement) { s.Summary.Increment.Digest = "sha256:0" }},
		"passed, and not done":      {undone, func(s *attest.Statement) { s.Summary.VerificationResult = "PASSED" }},
		"not done, at our level":    {undone, func(s *attest.Statement) { s.Summary.VerifiedLevels = []string{attest.LevelDone} }},
		"passed in all but its word": {undone, func(s *attest.Statement) {
			s.Summary.VerificationResult, s.Summary.VerifiedLevels = "PASSED", []string{attest.LevelDone}
		}},
		"under exceptions, plainly": {under, func(s *attest.Statement) { s.Summary.VerifiedLevels = []string{attest.LevelDone} }},
		"at both levels": {under, func(s *attest.Statement) {
			s.Summary.VerifiedLevels = append(s.Summary.VerifiedLevels, attest.LevelDone)
		}},
		"exceptions left out": {under, func(s *attest.Statement) { s.Summary.Increment.Exceptions = nil }},
		"failed, and done": {plain, func(s *attest.Statement) {
			s.Summary.VerificationResult, s.Summary.VerifiedLevels = "FAILED", []string{"FAILED"}
		}},
		"passed and failed": {plain, func(s *attest.Statement) { s.Summary.VerifiedLevels = append(s.Summary.VerifiedLevels, "FAILED") }},
		"another result":    {plain, func(s *attest.Statement) { s.Summary.VerificationResult = "MAYBE" }},
		"no level":          {plain, func(s *attest.Statement) { s.Summary.VerifiedLevels = nil }},
	} {
		s := c.of()
		c.alter(&s)
		if _, err := key.Seal(s); err == nil {
			t.Errorf("%s: it is sealed", name)
		}
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := opened(sign(t, key, string(text)), key.Public()); err == nil {
			t.Errorf("%s: it opens as %+v", name, got)
		}
	}
	for _, text := range []string{"", "{", "null", "[]", `{"_type": 1}`} {
		if got, _, err := opened(sign(t, key, text), key.Public()); err == nil {
			t.Errorf("%q opens as %+v", text, got)
		}
	}
	more := strings.Replace(string(mustJSON(t, plain())), `"predicate":{`, `"predicate":{"later":{"x":1},"slsaVersion":"1.1",`, 1)
	more = strings.Replace(more, `["NEXUSGATE`, `["SLSA_SOURCE_LEVEL_2","NEXUSGATE`, 1)
	if _, _, err := opened(sign(t, key, more), key.Public()); err != nil {
		t.Errorf("with what a later version adds it does not open: %v", err)
	}
}

func mustJSON(t testing.TB, value any) []byte {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAKeySignsNothingThatWasDecidedAfterItsEnd(t *testing.T) {
	key := signingKey(t, attest.ECDSA, "one")
	text := seal(t, key, statement(t, judged(t, shop)))
	for until, want := range map[time.Time]bool{{}: true, noon: false, noon.Add(time.Second): true, noon.Add(-time.Hour): false} {
		public := key.Public()
		public.Until = until
		if _, _, err := opened(text, public); (err == nil) != want {
			t.Errorf("with a key that ends at %s what was decided at %s: %v", until, noon, err)
		}
	}
}

func FuzzOpenEnvelope(f *testing.F) {
	key := signingKey(f, attest.ECDSA, "one")
	whole := seal(f, key, statement(f, judged(f, shop+allowed, excepted)))
	f.Add(whole)
	f.Add(sign(f, key, `{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"https://slsa.dev/verification_summary/v1"}`))
	f.Add([]byte(`{"payloadType":"application/vnd.in-toto+json","payload":"e30","signatures":[{"keyid":"","sig":"MAA="}]}`))
	want, _, err := opened(whole, key.Public())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, by, err := opened(text, key.Public())
		if err != nil {
			return
		}
		if diff := cmp.Diff(want, got); diff != "" || by.ID != key.Public().ID {
			t.Errorf("what was never signed opens, by %s: %s", by.ID, diff)
		}
	})
}
