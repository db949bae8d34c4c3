package forgetest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"time"
)

// Issuer signs the tokens by which the jobs of a forge say who they are, as the forge's OpenID provider does.
// Discovery is the operation "read_issuer", its keys are "read_keys": faults strike them as any other.
type Issuer struct {
	stand *stand
	path  string // below the forge's root
	jwks  string // path of its keys, below its own

	keys []signingKey // the first signs, all are published; made when the first is needed
	over map[string]any
}

type signingKey struct {
	id  string
	key *rsa.PrivateKey
}

func newIssuer(s *stand, path, jwks string, key *rsa.PrivateKey) *Issuer {
	i := &Issuer{stand: s, path: path, jwks: jwks}
	if key != nil {
		i.keys = []signingKey{named(key)}
	}
	return i
}

// URL is how its tokens name it.
func (i *Issuer) URL() string {
	i.stand.mu.Lock()
	defer i.stand.mu.Unlock()
	return i.url()
}

func (i *Issuer) url() string { return i.stand.root + i.path }

// Rotate has it sign with a new key from now on, and publish the ones before as well or no more.
func (i *Issuer) Rotate(keep bool) {
	i.stand.mu.Lock()
	defer i.stand.mu.Unlock()
	old := i.keys
	i.keys = []signingKey{i.makeKey()}
	if keep {
		i.keys = append(i.keys, old...)
	}
}

// Tell puts values over what discovery tells of it; nil takes one away. With none, it tells the truth.
func (i *Issuer) Tell(over map[string]any) {
	i.stand.mu.Lock()
	defer i.stand.mu.Unlock()
	i.over = over
}

// Sign makes a token of any claims, with the key that it signs k.
func (i *Issuer) Sign(claims map[string]any) string {
	i.stand.mu.Lock()
	defer i.stand.mu.Unlock()
	return i.signing().sign(claims)
}

// Forge makes a token of any claims as somebody else would: under the name of its key, with another one.
func (i *Issuer) Forge(claims map[string]any) string {
	i.stand.mu.Lock()
	defer i.stand.mu.Unlock()
	forged := i.makeKey()
	forged.id = i.signing().id
	return forged.sign(claims)
}

func (i *Issuer) signing() signingKey {
	if len(i.keys) == 0 {
		i.keys = []signingKey{i.makeKey()}
	}
	return i.keys[0]
}

func (i *Issuer) makeKey() signingKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic("forgetest: making an issuer's key: " + err.Error()) // the machine has no randomness left
	}
	return named(key)
}

func named(key *rsa.PrivateKey) signingKey {
	sum := sha256.Sum256(key.N.Bytes())
	return signingKey{id: base64.RawURLEncoding.EncodeToString(sum[:]), key: key}
}

// sign makes a token.
func (k signingKey) sign(claims map[string]any) string {
	text := segment(object{"alg": "RS256", "typ": "JWT", "kid": k.id}) + "." + segment(claims)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, k.key, crypto.SHA256, sum[:])
	if err != nil {
		panic("forgetest: signing a token: " + err.Error()) // the key was made for it
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func segment(value map[string]any) string {
	text, _ := json.Marshal(value) // maps, slices and scalars always encode
	return base64.RawURLEncoding.EncodeToString(text)
}

// overlaid puts claims over others; nil takes one away.
func overlaid(claims, over map[string]any) map[string]any {
	maps.Copy(claims, over)
	maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
	return claims
}

// standard are the claims that every token has.
func (i *Issuer) standard(audience string, lifetime time.Duration) map[string]any {
	now, id := i.stand.now(), make([]byte, 16)
	_, _ = rand.Read(id) // it never fails
	return object{
		"iss": i.url(), "aud": audience, "jti": hex.EncodeToString(id), "iat": now.Unix(), "nbf": now.Add(-5 * time.Second).Unix(),
		"exp": now.Add(lifetime).Unix(),
	}
}

// handle serves discovery and the keys.
func (i *Issuer) handle(mux *http.ServeMux) {
	mux.Handle("GET "+i.path+"/.well-known/openid-configuration", i.stand.serve("read_issuer", i.discovery))
	mux.Handle("GET "+i.path+i.jwks, i.stand.serve("read_keys", i.published))
}

func (i *Issuer) discovery(*call) reply {
	return reply{status: http.StatusOK, body: overlaid(object{
		"issuer": i.url(), "jwks_uri": i.url() + i.jwks, "subject_types_supported": []string{"public", "pairwise"},
		"response_types_supported": []string{"id_token"}, "id_token_signing_alg_values_supported": []string{"RS256"},
		"scopes_supported": []string{"openid"}, "claims_supported": []string{"sub", "aud", "exp", "iat", "iss", "jti", "nbf", "sha"},
	}, i.over)}
}

func (i *Issuer) published(*call) reply {
	i.signing()
	keys := []object{}
	for _, k := range i.keys {
		keys = append(keys, object{
			"kty": "RSA", "use": "sig", "alg": "RS256", "kid": k.id, "n": base64.RawURLEncoding.EncodeToString(k.key.N.Bytes()),
			"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.key.E)).Bytes()),
		})
	}
	return reply{status: http.StatusOK, body: object{"keys": keys}}
}

// digits are how forges write the ids in their tokens.
func digits(n any) string { return fmt.Sprint(n) }
