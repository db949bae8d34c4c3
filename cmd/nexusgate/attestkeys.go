package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate/attest"
)

// attestKeys are the key that signs statements, and those that are published.
type attestKeys struct {
	signs     *attest.SigningKey // nil: no statement is signed
	published attest.Keyring     // the one that signs first
}

// attestFlags say which keys those are.
type attestFlags struct {
	AttestKey  string   `placeholder:"FILE" help:"The key that signs statements on Increments, made by attest key; in the variable, the key itself will do. All replicas are given the same."`
	AttestAlso []string `sep:"none" placeholder:"FILE[=DAY]" help:"A public key that is published too: one that signed before, until that day, or that will. May be repeated."`
}

// keys reads the keys. A statement names who signed it, by the address of the pages.
func (f attestFlags) keys(root string) (k attestKeys, err error) {
	switch {
	case f.AttestKey == "" && len(f.AttestAlso) == 0:
		return k, nil
	case f.AttestKey == "":
		return k, errors.New("--attest-also publishes keys beside the one that signs: give --attest-key too")
	case root == "":
		return k, errors.New("--attest-key: a statement names who signed it; give --url too, as https://done.example.com")
	}
	if k.signs, err = readSigningKey(f.AttestKey); err != nil {
		return k, err
	}
	k.published = attest.Keyring{k.signs.Public()}
	for _, given := range f.AttestAlso {
		if k.published, err = publishToo(k.published, given); err != nil {
			return k, fmt.Errorf("--attest-also: %w", err)
		}
	}
	if end := k.published[0].Until; !end.IsZero() {
		return k, errors.New("--attest-also gives the key of --attest-key an end: sign with another from then on")
	}
	return k, nil
}

// freshKeys are a key of nobody else's, for a service that is thrown away.
func freshKeys() (k attestKeys, err error) {
	secret, err := attest.NewSigningKey(rand.Reader, attest.ECDSA)
	if err != nil {
		return k, err
	}
	if k.signs, err = attest.ParseSigningKey(secret); err != nil {
		return k, err
	}
	k.published = attest.Keyring{k.signs.Public()}
	return k, nil
}

// readSigningKey reads a key from a file, or from the text itself.
func readSigningKey(given string) (*attest.SigningKey, error) {
	text, where := []byte(given), "the key that is given"
	if !strings.Contains(given, "-----BEGIN ") {
		read, err := readBounded(given)
		if err != nil {
			return nil, fmt.Errorf("reading the key that signs statements: %w; nexusgate attest key makes one", err)
		}
		text, where = read, given
	}
	key, err := attest.ParseSigningKey(text)
	if err != nil {
		return nil, fmt.Errorf("%s does not sign statements: %w", where, err)
	}
	return key, nil
}

// publishToo adds the keys of a file, "old.pem" or "old.pem=2026-12-01": from then on they sign nothing.
func publishToo(ring attest.Keyring, given string) (attest.Keyring, error) {
	name, end, dated := strings.Cut(given, "=")
	var until time.Time
	if dated {
		var err error
		if until, err = time.Parse(time.DateOnly, end); err != nil {
			return nil, fmt.Errorf("%s: the day is %q; write it as 2026-12-01", name, end)
		}
	}
	text, err := readBounded(name)
	if err != nil {
		return nil, err
	}
	also, err := attest.ReadKeyring(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, k := range also {
		if dated {
			k.Until = until
		}
		if ring, err = ring.With(k); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return ring, nil
}

// keysPath is where the keys are published. Whoever checks a statement does not log in.
const keysPath = "/.well-known/nexusgate-keys"

// handler serves the keys that are published: as PEM where the path ends so, else as a key set.
func (k attestKeys) handler() (http.Handler, error) {
	mux := http.NewServeMux()
	if k.signs == nil {
		mux.HandleFunc("/", signsNothing)
		return mux, nil
	}
	set, err := k.published.JSON()
	if err != nil {
		return nil, err
	}
	blocks, err := k.published.PEM()
	if err != nil {
		return nil, err
	}
	mux.HandleFunc(keysPath, published(attest.KeySetType, set))
	mux.HandleFunc(keysPath+".pem", published("application/x-pem-file", blocks))
	return mux, nil
}

func published(kind string, text []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "public, max-age=300")
		_, _ = w.Write(text)
	}
}

func signsNothing(w http.ResponseWriter, _ *http.Request) {
	say(w, http.StatusNotFound, "this service signs no statements: it was given no key, with serve --attest-key")
}
