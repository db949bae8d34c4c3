package main_test

import (
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/attest"
)

// carried is a statement that was carried away, and what it is checked with.
type carried struct {
	file, key string
	commits   gate.Composition
	ring      attest.Keyring
	dir       string
}

// carry has a statement made of a verdict on the shop's Increment of a moment ago, under an exception
// or under none.
func carry(t *testing.T, excepted string) carried {
	t.Helper()
	source := shop + "\nrelease: exceptions: \"allowed\"\n"
	d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(source)})
	if err != nil {
		t.Fatal(err)
	}
	n := gate.NewNexus(d, source, nil, nil)
	c := carried{dir: t.TempDir(), commits: gate.Composition{
		"cart-api": strings.Repeat("9c", 20), "payment": strings.Repeat("1f", 20), "web": strings.Repeat("77ab", 10),
	}}
	v := gate.Verdict{
		ID: "5f0c", Nexus: "shop", Subject: gate.Subject{Kind: gate.OfIncrement, ID: "12", Name: "Integrated Increment 12"}, Outcome: gate.Done,
		Definition: n.Digest, Increment: c.commits.Digest(), Composition: c.commits, At: time.Now().Add(-time.Hour),
	}
	if excepted != "" {
		v.Exceptions = []string{excepted}
		v.Grants = []gate.Grant{{ID: excepted, Criterion: "ci", Reason: "the \x1b[31mmended\x1b[0m one is not out yet", Until: time.Now().AddDate(0, 0, 1)}}
	}
	s, err := attest.Judged{Verdict: v, Nexus: n}.Statement(attest.Places{
		Pages: "https://done.example.com", Forges: map[gate.Forge]string{gate.GitHub: "https://github.com", gate.GitLab: "https://gitlab.com"},
	})
	if err != nil {
		t.Fatal(err)
	}
	secret, err := attest.NewSigningKey(rand.Reader, attest.ECDSA)
	if err != nil {
		t.Fatal(err)
	}
	key, err := attest.ParseSigningKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	envelope, err := key.Seal(s)
	if err != nil {
		t.Fatal(err)
	}
	public, err := key.Public().PEM()
	if err != nil {
		t.Fatal(err)
	}
	c.ring = attest.Keyring{key.Public()}
	c.file, c.key = writeFile(t, filepath.Join(c.dir, "statement.json"), string(envelope)), writeFile(t, filepath.Join(c.dir, "attest.pem"), string(public))
	writeFile(t, filepath.Join(c.dir, "attest.key"), string(secret))
	return c
}

func (c carried) json(t *testing.T, name, text string) string {
	t.Helper()
	for component, commit := range c.commits {
		text = strings.ReplaceAll(text, "<"+component+">", commit)
	}
	return writeFile(t, filepath.Join(c.dir, name), text)
}

func TestVerifySaysWhatStandsAgainstARelease(t *testing.T) {
	plain, under := carry(t, ""), carry(t, "old-lib")
	whole := plain.json(t, "whole.json", `{"cart-api": "<cart-api>", "payment": "<payment>", "web": "<web>"}`)
	manifest := plain.json(t, "manifest.json", `{"nexus": "shop", "number": 12, "composition": {"cart-api": "<cart-api>", "payment": "<payment>", "web": "<web>"}}`)
	part := plain.json(t, "part.json", `{"cart-api": "<cart-api>", "web": "<web>"}`)
	for name, c := range map[string]struct {
		of   carried
		args []string
		code int
		want string
	}{
		"nothing asked":        {plain, nil, 0, "Integrated Increment 12 of shop: done\ndecided by https://done.example.com at "},
		"the whole":            {plain, []string{"--expect", whole, "--fresh", "2h"}, 0, "\n  payment 1f1f"},
		"the whole, within":    {plain, []string{"--expect", manifest}, 0, "signed with SHA256:"},
		"a part":               {plain, []string{"--expect", part}, 1, "\nrefused: payment is in the Increment, and was not expected there\n"},
		"a component":          {plain, []string{"--component", "web=" + plain.commits["web"]}, 0, "verdict 5f0c, composition sha256:"},
		"another commit":       {plain, []string{"--component", "web=" + plain.commits["payment"]}, 1, "\nrefused: web is in the Increment at 77ab"},
		"another Nexus":        {plain, []string{"--nexus", "other"}, 1, "\nrefused: it is about the Nexus shop, and not other\n"},
		"another service":      {plain, []string{"--verifier", "https://done.example.org"}, 1, "\nrefused: it was decided by https://done.example.com, and not by"},
		"too long ago":         {plain, []string{"--fresh", "10m"}, 1, "which is longer ago than 10m0s\n"},
		"under exceptions":     {under, nil, 1, "\nrefused: the Increment is done under exceptions, and they were not allowed for\n"},
		"under them, allowed":  {under, []string{"--exceptions", "allowed"}, 0, "shop: done under exceptions\n"},
		"their words":          {under, []string{"--exceptions", "allowed"}, 0, ": the �[31mmended�[0m one is not out yet\n"},
		"as JSON":              {plain, []string{"--format", "json"}, 0, `{"_type":"https://in-toto.io/Statement/v1","subject":[`},
		"as JSON, and refused": {under, []string{"--format", "json"}, 1, ""},
	} {
		out, stderr, code := said(t, append([]string{"verify", c.of.file, "--key", c.of.key}, c.args...)...)
		if code != c.code || !strings.Contains(out, c.want) || c.want == "" && (out != "" || !strings.Contains(stderr, "refused: ")) {
			t.Errorf("%s: it exits with %d, want %d, and says %s%s", name, code, c.code, out, stderr)
		}
	}
}

func TestVerifyTrustsTheKeysThatItIsGivenAlone(t *testing.T) {
	c, other := carry(t, ""), carry(t, "")
	if out, _, code := said(t, "verify", c.file, "--key", other.key); code != 1 || !strings.Contains(out, "proves nothing: signed by none of the given keys") || strings.Contains(out, "Increment") {
		t.Errorf("with another key it exits with %d: %s", code, out)
	}
	if out, stderr, code := said(t, "verify", c.file, "--key", other.key, "--key", c.key); code != 0 {
		t.Errorf("with both keys it exits with %d: %s%s", code, out, stderr)
	}
	ended := c.ring[0]
	ended.Until = time.Now().Add(-2 * time.Hour)
	set, err := attest.Keyring{ended}.JSON()
	if err != nil {
		t.Fatal(err)
	}
	old := writeFile(t, filepath.Join(c.dir, "old.json"), string(set))
	if out, _, code := said(t, "verify", c.file, "--key", old); code != 1 || !strings.Contains(out, "signs nothing from ") {
		t.Errorf("with a key that had ended it exits with %d: %s", code, out)
	}
	if out, _, code := said(t, "verify", c.file, "--key", c.key, "--key", old); code != 1 {
		t.Errorf("with a key whose end is known from elsewhere it exits with %d: %s", code, out)
	}
	text, err := os.ReadFile(c.file)
	if err != nil {
		t.Fatal(err)
	}
	var out, stderr strings.Builder
	if code := nexusgate.Run(t.Context(), []string{"verify", "-", "--key", c.key}, strings.NewReader(string(text)), &out, &stderr, func(string) string { return "" }); code != 0 {
		t.Errorf("from the standard input it exits with %d: %s%s", code, &out, &stderr)
	}
}

func TestVerifyFetchesKeysFromAServiceAndFromNobodyOnTheWay(t *testing.T) {
	c := carry(t, "")
	set, err := c.ring.JSON()
	if err != nil {
		t.Fatal(err)
	}
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/.well-known/nexusgate-keys", "/elsewhere":
			_, _ = w.Write(set)
		case "/led":
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		case "/astray":
			http.Redirect(w, r, "http://done.example.com/keys", http.StatusFound)
		case "/endless":
			http.Redirect(w, r, "/endless", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	defer service.Close()
	for key, want := range map[string]struct {
		code int
		says string
	}{
		service.URL: {0, ""}, service.URL + "/": {0, ""}, service.URL + "/elsewhere": {0, ""}, service.URL + "/led": {0, ""},
		service.URL + "/nothing":  {3, "answers 404 Not Found; a service that signs statements publishes its keys at /.well-known/nexusgate-keys"},
		service.URL + "/astray":   {3, "it leads elsewhere, and not by https"},
		service.URL + "/endless":  {3, "it leads elsewhere, and not by https"},
		"http://done.example.com": {3, "keys are fetched by https alone, or from this machine"},
		"file:///etc/passwd":      {3, "keys are fetched by https alone, or from this machine"},
	} {
		if out, stderr, code := said(t, "verify", c.file, "--key", key); code != want.code || !strings.Contains(stderr, want.says) {
			t.Errorf("--key %s: it exits with %d: %s%s", key, code, out, stderr)
		}
	}
}

func TestVerifySaysWhatIsWrongWithWhatItIsGiven(t *testing.T) {
	c := carry(t, "")
	broken := writeFile(t, filepath.Join(c.dir, "broken.json"), `{"payloadType": "text/plain", "payload": "eA==", "signatures": [{"sig": "eA=="}]}`)
	for name, want := range map[string]struct {
		args []string
		says string
	}{
		"no key":             {[]string{c.file}, "missing flags: --key=FILE|URL"},
		"a private key":      {[]string{c.file, "--key", filepath.Join(c.dir, "attest.key")}, "it holds a private key: give its public side, as nexusgate attest key prints it"},
		"no such key":        {[]string{c.file, "--key", "none.pem"}, "--key: open none.pem: no such file or directory"},
		"no keys":            {[]string{c.file, "--key", c.file}, "reading public keys: there is none; want PEM"},
		"no statement":       {[]string{c.key, "--key", c.key}, "reading an envelope: "},
		"another payload":    {[]string{broken, "--key", c.key}, `it holds a "text/plain", want a statement`},
		"half a component":   {[]string{c.file, "--key", c.key, "--component", "web"}, `--component: "web": write it as NAME=COMMIT, with the commit whole`},
		"a short commit":     {[]string{c.file, "--key", c.key, "--component", "web=77ab77a"}, `write it as NAME=COMMIT, with the commit whole`},
		"a component twice":  {[]string{c.file, "--key", c.key, "--component", "web=" + c.commits["web"], "--component", "web=" + c.commits["payment"]}, "web is named twice, at two commits"},
		"no composition":     {[]string{c.file, "--key", c.key, "--expect", c.file}, "is no composition: want a JSON object"},
		"an empty one":       {[]string{c.file, "--key", c.key, "--expect", c.json(t, "empty.json", "{}")}, "is no composition: want a JSON object"},
		"a time that is not": {[]string{c.file, "--key", c.key, "--fresh=-1h"}, "--fresh: give a positive duration, as 24h"},
	} {
		if out, stderr, code := said(t, append([]string{"verify"}, want.args...)...); code != 3 || !strings.Contains(stderr, want.says) {
			t.Errorf("%s: it exits with %d: %s%s", name, code, out, stderr)
		}
	}
}
