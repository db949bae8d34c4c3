package login

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

// Bounds of an issuer's keys.
const (
	mostKeys    = 100
	shortestRSA = 2048 // bits; shorter ones can be broken
	longestRSA  = 8192 // longer ones are slow to verify with
)

// taken are the ways of signing that are believed, where an issuer says that it uses them.
var taken = []jose.SignatureAlgorithm{jose.RS256, jose.ES256}

// keys are what an issuer has told of itself.
type keys struct {
	algorithms []jose.SignatureAlgorithm
	byID       map[string]*jose.JSONWebKey
	told       time.Time
}

func (k *keys) has(id string) bool { return k != nil && k.byID[id] != nil }

// askKeys asks an issuer how it signs, and with which keys.
func askKeys(ctx context.Context, client *http.Client, issuer string) (*keys, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, client), issuer)
	if err != nil {
		return nil, fmt.Errorf("asking the issuer %s what it can: %w", issuer, err)
	}
	var told struct {
		Keys       string                    `json:"jwks_uri"`
		Algorithms []jose.SignatureAlgorithm `json:"id_token_signing_alg_values_supported"`
	}
	if err := provider.Claims(&told); err != nil {
		return nil, fmt.Errorf("reading what the issuer %s can: %w", issuer, err)
	}
	told.Algorithms = slices.DeleteFunc(told.Algorithms, func(a jose.SignatureAlgorithm) bool { return !slices.Contains(taken, a) })
	if len(told.Algorithms) == 0 {
		return nil, fmt.Errorf("the issuer %s signs in no way that is believed: %v", issuer, taken)
	}
	if err := trustworthy(told.Keys); err != nil {
		return nil, fmt.Errorf("the issuer %s sends to %q for its keys: %w", issuer, clip(told.Keys), err)
	}
	found, err := fetchKeys(ctx, client, told.Keys)
	if err != nil {
		return nil, fmt.Errorf("fetching the keys of the issuer %s: %w", issuer, err)
	}
	return &keys{algorithms: told.Algorithms, byID: found}, nil
}

func fetchKeys(ctx context.Context, client *http.Client, address string) (map[string]*jose.JSONWebKey, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", address, answer.Status)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", address, err)
	}
	return readKeys(body)
}

// readKeys reads a set of keys. What is no key to verify a job's token with is passed over.
func readKeys(body []byte) (map[string]*jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil {
		return nil, fmt.Errorf("reading the set of keys: %w", err)
	}
	if len(set.Keys) > mostKeys {
		return nil, fmt.Errorf("the set has %d keys, and %d are read at most", len(set.Keys), mostKeys)
	}
	found := map[string]*jose.JSONWebKey{}
	for _, text := range set.Keys {
		var key jose.JSONWebKey
		if json.Unmarshal(text, &key) == nil && verifies(&key) && found[key.KeyID] == nil {
			found[key.KeyID] = &key
		}
	}
	if len(found) == 0 {
		return nil, errors.New("the set has no key that a token could be verified with")
	}
	return found, nil
}

func verifies(key *jose.JSONWebKey) bool {
	if key.KeyID == "" || key.Use != "" && key.Use != "sig" {
		return false
	}
	switch public := key.Key.(type) {
	case *rsa.PublicKey:
		return public.N.BitLen() >= shortestRSA && public.N.BitLen() <= longestRSA
	case *ecdsa.PublicKey:
		return public.Curve == elliptic.P256()
	default: // a private key or a shared secret is none to be published
		return false
	}
}
