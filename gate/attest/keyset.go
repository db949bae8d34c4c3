package attest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// keySet is a JSON Web Key Set (RFC 7517) of the kinds that we sign with (RFC 7518, RFC 8037). It names no
// algorithm: those of the registry are of JWS, which writes ECDSA's signatures in another form than
// DSSE's users do. The end of a key is "exp", as in OpenID Federation's sets of historical keys.
type keySet struct {
	Keys []webKey `json:"keys"`
}

type webKey struct {
	Type    string          `json:"kty"`
	Curve   string          `json:"crv"`
	X       string          `json:"x"`
	Y       string          `json:"y,omitempty"`
	Use     string          `json:"use,omitempty"`
	ID      string          `json:"kid,omitempty"`
	Expires int64           `json:"exp,omitempty"` // seconds since 1970
	Secret  json.RawMessage `json:"d,omitempty"`
}

// KeySetType is the media type of [Keyring.JSON].
const KeySetType = "application/jwk-set+json"

// JSON writes the ring as it is published.
func (r Keyring) JSON() ([]byte, error) {
	set := keySet{Keys: []webKey{}}
	for _, k := range r {
		w, err := k.webKey()
		if err != nil {
			return nil, fmt.Errorf("writing the key %s: %w", k.ID, err)
		}
		set.Keys = append(set.Keys, w)
	}
	text, err := json.MarshalIndent(set, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing public keys: %w", err)
	}
	return append(text, '\n'), nil
}

func (k PublicKey) webKey() (w webKey, err error) {
	w = webKey{Use: "sig", ID: k.ID}
	if !k.Until.IsZero() {
		w.Expires = k.Until.Unix()
	}
	switch key := k.key.(type) {
	case ed25519.PublicKey:
		w.Type, w.Curve, w.X = "OKP", "Ed25519", base64.RawURLEncoding.EncodeToString(key)
	case *ecdsa.PublicKey:
		point, err := key.Bytes() // 4, x, y
		if err != nil {
			return w, err
		}
		half := 1 + len(point)/2
		w.Type, w.Curve = "EC", "P-256"
		w.X, w.Y = base64.RawURLEncoding.EncodeToString(point[1:half]), base64.RawURLEncoding.EncodeToString(point[half:])
	default:
		return w, errPublicKey
	}
	return w, nil
}

// readKeySet passes over keys of other kinds, as the form has it.
func readKeySet(text []byte) (ring Keyring, err error) {
	var set keySet
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, fmt.Errorf("it is no JSON Web Key Set: %w", err)
	}
	for i, w := range set.Keys {
		if w.Secret != nil {
			return nil, errSecret
		}
		k, known, err := w.publicKey()
		if err == nil && known {
			ring, err = ring.With(k)
		}
		if err != nil {
			return nil, fmt.Errorf("key %d: %w", i+1, err)
		}
	}
	return ring, nil
}

func (w webKey) publicKey() (k PublicKey, known bool, err error) {
	var key crypto.PublicKey
	switch {
	case w.Use != "" && w.Use != "sig":
		return k, false, nil
	case w.Type == "EC" && w.Curve == "P-256":
		key, err = w.point()
	case w.Type == "OKP" && w.Curve == "Ed25519":
		key, err = w.edwards()
	default:
		return k, false, nil
	}
	if err != nil {
		return k, false, err
	}
	if k, err = newPublicKey(key); err != nil {
		return k, false, err
	}
	if w.Expires < 0 || w.Expires > latest {
		return k, false, fmt.Errorf("it ends at %d, which is no time", w.Expires)
	}
	if w.Expires > 0 {
		k.Until = time.Unix(w.Expires, 0).UTC()
	}
	return k, true, nil
}

// latest is the last second that can be written down with four digits for its year.
const latest = 253402300799

func (w webKey) point() (crypto.PublicKey, error) {
	x, errX := coordinate(w.X)
	y, errY := coordinate(w.Y)
	if err := errors.Join(errX, errY); err != nil {
		return nil, err
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	if err != nil {
		return nil, errors.New("its point is not on the curve P-256")
	}
	return key, nil
}

func (w webKey) edwards() (crypto.PublicKey, error) {
	x, err := coordinate(w.X)
	return ed25519.PublicKey(x), err
}

// coordinate reads 32 bytes: both curves have them.
func coordinate(text string) ([]byte, error) {
	read, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(read) != 32 {
		return nil, errors.New("a coordinate is not 32 bytes in base64url")
	}
	return read, nil
}
