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
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
)

// PublicKey is what statements are checked with.
type PublicKey struct {
	ID    string    // "SHA256:…", as OpenSSH writes the fingerprint of a key: what DSSE has where nobody chose another
	Until time.Time // it signs nothing that was decided from then on; zero: it has no end yet
	key   crypto.PublicKey
}

var errPublicKey = errors.New("want an ECDSA key on the curve P-256, or an Ed25519 key")

func newPublicKey(key crypto.PublicKey) (PublicKey, error) {
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P256() {
			return PublicKey{}, errPublicKey
		}
	case ed25519.PublicKey:
	default:
		return PublicKey{}, errPublicKey
	}
	id, err := dsse.SHA256KeyID(key)
	if err != nil {
		return PublicKey{}, fmt.Errorf("naming a key: %w", err)
	}
	return PublicKey{ID: id, key: key}, nil
}

// PEM is the key alone, as other tools read it.
func (k PublicKey) PEM() ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(k.key)
	if err != nil {
		return nil, fmt.Errorf("writing the key %s: %w", k.ID, err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: publicBlock, Bytes: der}), nil
}

// KeyID is how an envelope names the key, for package dsse.
func (k PublicKey) KeyID() (string, error) { return k.ID, nil }

// Public is the key itself, for package dsse.
func (k PublicKey) Public() crypto.PublicKey { return k.key }

// errSignature says that a signature is not the key's.
var errSignature = errors.New("the signature is not this key's")

// Verify checks a signature, for package dsse.
func (k PublicKey) Verify(_ context.Context, message, signature []byte) error {
	valid := false
	switch key := k.key.(type) {
	case *ecdsa.PublicKey:
		sum := sha256.Sum256(message)
		valid = ecdsa.VerifyASN1(key, sum[:], signature)
	case ed25519.PublicKey:
		valid = ed25519.Verify(key, message, signature)
	}
	if !valid {
		return errSignature
	}
	return nil
}
