package attest

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Keyring are the keys whose statements count. The one that signs now comes first.
type Keyring []PublicKey

// mostKeys bounds the keys of a ring.
const mostKeys = 32

// errSecret says so where a key is shown that nobody should have.
var errSecret = errors.New("it holds a private key: give its public side, as nexusgate attest key prints it, and keep the private one to the service")

// ReadKeyring reads public keys as a service publishes them, a JSON Web Key Set, or as PEM.
func ReadKeyring(text []byte) (ring Keyring, err error) {
	if len(text) > mostOfKeys {
		return nil, fmt.Errorf("keys of %d bytes: want at most %d", len(text), mostOfKeys)
	}
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		ring, err = readKeySet(text)
	} else {
		ring, err = readBlocks(text)
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading public keys: %w", err)
	case len(ring) == 0:
		return nil, errors.New("reading public keys: there is none; want PEM, -----BEGIN PUBLIC KEY-----, or what a service publishes at /.well-known/nexusgate-keys")
	}
	return ring, nil
}

func readBlocks(text []byte) (ring Keyring, err error) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != publicBlock {
			if bytes.Contains([]byte(block.Type), []byte(privateBlock)) {
				return nil, errSecret
			}
			return nil, fmt.Errorf("it holds a block %q: want %s", brief(block.Type), publicBlock)
		}
		read, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return nil, errPublicKey
		}
		k, err := newPublicKey(read)
		if err != nil {
			return nil, err
		}
		if ring, err = ring.With(k); err != nil {
			return nil, err
		}
	}
	return ring, nil
}

// With is the ring and one key more. Of a key that it has already the earlier end counts.
func (r Keyring) With(k PublicKey) (Keyring, error) {
	if i := slices.IndexFunc(r, func(had PublicKey) bool { return had.ID == k.ID }); i >= 0 {
		r = slices.Clone(r)
		r[i].Until = earlier(r[i].Until, k.Until)
		return r, nil
	}
	if len(r) == mostKeys {
		return nil, fmt.Errorf("more than %d keys", mostKeys)
	}
	return append(slices.Clone(r), k), nil
}

// earlier is the earlier of two ends; the zero time is none.
func earlier(one, other time.Time) time.Time {
	if one.IsZero() || !other.IsZero() && other.Before(one) {
		return other
	}
	return one
}

// PEM are all keys for tools that read no key sets. When each ends is not in it.
func (r Keyring) PEM() (text []byte, err error) {
	for _, k := range r {
		block, err := k.PEM()
		if err != nil {
			return nil, err
		}
		text = append(text, block...)
	}
	return text, nil
}

// signed is the key of the ring that has signed a statement; not where its time was over.
func (r Keyring) signed(id string, s Statement) (PublicKey, error) {
	i := slices.IndexFunc(r, func(k PublicKey) bool { return k.ID == id })
	if i < 0 {
		return PublicKey{}, ErrForeign
	}
	if k := r[i]; !k.Until.IsZero() && !s.Summary.TimeVerified.Before(k.Until) {
		return PublicKey{}, fmt.Errorf("it was decided at %s, and the key %s signs nothing from %s on", moment(s.Summary.TimeVerified), k.ID, moment(k.Until))
	}
	return r[i], nil
}

func moment(t time.Time) string { return t.UTC().Format(time.RFC3339) }
