package attest

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Key signs heads. Its name is who signs, such as "done.example.com".
type Key struct {
	signer   note.Signer
	verifier string
}

// NewKey makes a key, as text that is to be kept secret. ParseKey reads it.
func NewKey(random io.Reader, name string) (string, error) {
	if strings.ContainsAny(name, "/ \t\r\n+") || name == "" {
		return "", fmt.Errorf("the key's name %q: want one word without a slash or a plus, such as done.example.com", name)
	}
	secret, _, err := note.GenerateKey(random, name)
	if err != nil {
		return "", fmt.Errorf("making a key: %w", err)
	}
	return secret, nil
}

// errKey says what a key looks like, and never what was given for one.
var errKey = errors.New("want the one line that nexusgate log key wrote, PRIVATE+KEY+…")

// ParseKey reads a key. Its error does not show what it read.
func ParseKey(text string) (*Key, error) {
	text = strings.TrimSpace(text)
	signer, err := note.NewSigner(text)
	if err != nil {
		return nil, errKey
	}
	// PRIVATE+KEY+name+hash+data: the data are one byte for the algorithm and Ed25519's seed.
	data, err := base64.StdEncoding.DecodeString(text[field(text, 5):])
	if err != nil || len(data) != 1+ed25519.SeedSize {
		return nil, errKey
	}
	public, ok := ed25519.NewKeyFromSeed(data[1:]).Public().(ed25519.PublicKey)
	if !ok {
		return nil, errKey
	}
	verifier, err := note.NewEd25519VerifierKey(signer.Name(), public)
	if err != nil {
		return nil, errKey
	}
	return &Key{signer: signer, verifier: verifier}, nil
}

// field is where the nth field begins of those that plus signs set apart; the last may hold some itself.
func field(text string, n int) int {
	at := 0
	for range n - 1 {
		at += strings.IndexByte(text[at:], '+') + 1
	}
	return at
}

// Name is who signs.
func (k *Key) Name() string { return k.signer.Name() }

// Verifier is what others check the key's signatures with. It is public.
func (k *Key) Verifier() string { return k.verifier }

// Verifiers are the keys whose signatures count.
type Verifiers []note.Verifier

// ParseVerifiers reads keys as [Key.Verifier] writes them.
func ParseVerifiers(texts ...string) (Verifiers, error) {
	var all Verifiers
	for _, text := range texts {
		v, err := note.NewVerifier(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("the verifier's key %q: want NAME+HASH+KEY, as nexusgate log key prints it", text)
		}
		all = append(all, v)
	}
	return all, nil
}

// Verifier finds a key, for package note.
func (vs Verifiers) Verifier(name string, hash uint32) (note.Verifier, error) {
	for _, v := range vs {
		if v.Name() == name && v.KeyHash() == hash {
			return v, nil
		}
	}
	return nil, &note.UnknownVerifierError{Name: name, KeyHash: hash}
}
