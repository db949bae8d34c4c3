package login_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// provider is an OpenID provider in small: it lets everybody in who comes, as the person it is told to,
// and signs real tokens.
type provider struct {
	*httptest.Server
	t *testing.T

	mu        sync.Mutex
	keys      map[string]*rsa.PrivateKey // that it publishes, by their id
	signing   string                     // the id of the key that it signs with
	claims    map[string]any             // over those of a good token; nil takes one away
	header    map[string]any             // over that of a good token
	unsigned  bool
	codes     map[string]url.Values // what each code was asked for with
	exchanges int
}

const (
	clientID     = "nexusgate-pages"
	clientSecret = "a-secret-of-the-client-that-is-long"
)

func newProvider(t *testing.T) *provider {
	t.Helper()
	p := &provider{t: t, keys: map[string]*rsa.PrivateKey{}, claims: map[string]any{}, header: map[string]any{}, codes: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("/keys", p.jwks)
	mux.HandleFunc("/authorize", p.authorize)
	mux.HandleFunc("/token", p.token)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	p.rotate("first")
	return p
}

// rotate has it sign with a new key, and publish no other.
func (p *provider) rotate(id string) {
	p.t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys, p.signing = map[string]*rsa.PrivateKey{id: key}, id
}

// says puts claims over those of a good token.
func (p *provider) says(claims map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.claims = claims
}

func (p *provider) discovery(w http.ResponseWriter, _ *http.Request) {
	p.write(w, map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"response_types_supported": []string{"code"}, "id_token_signing_alg_values_supported": []string{"RS256", "none", "HS256"},
	})
}

func (p *provider) jwks(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var keys []map[string]any
	for id, key := range p.keys {
		keys = append(keys, map[string]any{
			"kty": "RSA", "use": "sig", "alg": "RS256", "kid": id,
			"n": b64(key.N.Bytes()), "e": b64(big.NewInt(int64(key.E)).Bytes()),
		})
	}
	p.write(w, map[string]any{"keys": keys})
}

// authorize sends everybody back with a code.
func (p *provider) authorize(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := r.URL.Query()
	code := fmt.Sprint("code-", len(p.codes))
	p.codes[code] = asked
	back, err := url.Parse(asked.Get("redirect_uri"))
	if err != nil || asked.Get("client_id") != clientID || asked.Get("response_type") != "code" || asked.Get("code_challenge_method") != "S256" {
		http.Error(w, "a bad request for a login", http.StatusBadRequest)
		return
	}
	back.RawQuery = url.Values{"code": {code}, "state": {asked.Get("state")}}.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

// token takes each code once, from the client alone, with the verifier of its challenge.
func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.exchanges++
	code := r.PostFormValue("code")
	asked, known := p.codes[code]
	delete(p.codes, code)
	id, secret, _ := r.BasicAuth()
	challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || id != clientID || secret != clientSecret || b64(challenge[:]) != asked.Get("code_challenge") || r.PostFormValue("redirect_uri") != asked.Get("redirect_uri") {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	now := time.Now()
	claims := map[string]any{
		"iss": p.URL, "aud": clientID, "sub": "1234", "email": "ana@example.com", "email_verified": true, "groups": []string{"nexus"},
		"nonce": asked.Get("nonce"), "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	}
	p.write(w, map[string]any{"access_token": "opaque", "token_type": "Bearer", "id_token": p.jwt(claims)})
}

func (p *provider) jwt(claims map[string]any) string {
	header := map[string]any{"alg": "RS256", "typ": "JWT", "kid": p.signing}
	for over, under := range map[*map[string]any]map[string]any{&p.claims: claims, &p.header: header} {
		for name, value := range *over {
			if under[name] = value; value == nil {
				delete(under, name)
			}
		}
	}
	text := b64(p.json(header)) + "." + b64(p.json(claims))
	if p.unsigned {
		return text + "."
	}
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, p.keys[p.signing], crypto.SHA256, sum[:])
	if err != nil {
		p.t.Error(err)
	}
	return text + "." + b64(signature)
}

func (p *provider) json(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		p.t.Error(err)
	}
	return text
}

func (p *provider) write(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(p.json(value))
}

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }
