package attest

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
)

// SigningKey signs statements: ECDSA on the curve P-256, or Ed25519.
type SigningKey struct {
	secret crypto.Signer
	public PublicKey
}

// The algorithms of a key.
const (
	ECDSA   = "ecdsa"
	Ed25519 = "ed25519"
)

// NewSigningKey makes a key, as PKCS#8 in PEM that is to be kept secret. ParseSigningKey reads it. For a
// key of ECDSA, Go asks the system for randomness, whatever it is given.
func NewSigningKey(random io.Reader, algorithm string) (text []byte, err error) {
	var secret any
	switch algorithm {
	case ECDSA:
		secret, err = ecdsa.GenerateKey(elliptic.P256(), random)
	case Ed25519:
		_, secret, err = ed25519.GenerateKey(random)
	default:
		return nil, fmt.Errorf("a key of the algorithm %q: want %s or %s", algorithm, ECDSA, Ed25519)
	}
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		return nil, fmt.Errorf("writing a key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: privateBlock, Bytes: der}), nil
}

// The blocks of PEM that keys are in.
const (
	privateBlock = "PRIVATE KEY"
	publicBlock  = "PUBLIC KEY"
)

// errSigningKey says what a key looks like, and never what was given for one.
var errSigningKey = errors.New("want PKCS#8 in PEM, -----BEGIN PRIVATE KEY-----, with an ECDSA key on the curve P-256 or an Ed25519 key; openssl pkcs8 -topk8 -nocrypt makes it of other forms")

// mostOfKeys bounds keys that somebody hands in, in bytes.
const mostOfKeys = 64 << 10

// ParseSigningKey reads a key. Its error does not show what it read.
func ParseSigningKey(text []byte) (*SigningKey, error) {
	if len(text) > mostOfKeys {
		return nil, errSigningKey
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != privateBlock {
		return nil, errSigningKey
	}
	read, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errSigningKey
	}
	secret, ok := read.(crypto.Signer)
	if !ok {
		return nil, errSigningKey
	}
	public, err := newPublicKey(secret.Public())
	if err != nil {
		return nil, errSigningKey
	}
	return &SigningKey{secret: secret, public: public}, nil
}

// Public is what others check the key's signatures with.
func (k *SigningKey) Public() PublicKey { return k.public }

// KeyID is how an envelope names the key, for package dsse.
func (k *SigningKey) KeyID() (string, error) { return k.public.ID, nil }

// Sign signs a message, for package dsse. Without randomness ECDSA signs as RFC 6979 has it.
func (k *SigningKey) Sign(_ context.Context, message []byte) ([]byte, error) {
	if _, ok := k.secret.(ed25519.PrivateKey); ok {
		return k.secret.Sign(nil, message, crypto.Hash(0))
	}
	sum := sha256.Sum256(message)
	return k.secret.Sign(nil, sum[:], crypto.SHA256)
}
