package login_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
	"github.com/nexusgate/nexusgate/gate/login"
)

func TestAKeyThatIsNewIsAskedFor(t *testing.T) {
	c := newCI(t)
	old := c.hubToken(nil)
	c.verified(old)
	c.hub.Issuer().Rotate(true)
	c.wait(time.Minute)
	c.verified(c.hubToken(nil))
	c.verified(old)
	if asked := c.hub.Requests()["read_keys"]; asked != 2 {
		t.Errorf("the issuer was asked for its keys %d times, want twice", asked)
	}
}

func TestWhoeverComesWhileKeysAreFetchedIsVerifiedWithThem(t *testing.T) {
	var meanwhile func()
	c := newCI(t, func(o *login.JobOptions) {
		now := o.Now
		o.Now = func() time.Time {
			if f := meanwhile; f != nil {
				meanwhile = nil
				f()
			}
			return now()
		}
	})
	c.verified(c.hubToken(nil))
	c.wait(25 * time.Hour)
	token := c.hubToken(nil)
	meanwhile = func() { c.verified(token) } // before it is seen that the keys are old
	c.verified(token)
	if asked := c.hub.Requests()["read_keys"]; asked != 2 {
		t.Errorf("the issuer was asked for its keys %d times, want twice", asked)
	}
}

func TestAKeyThatIsTakenBackIsBelievedForAnHour(t *testing.T) {
	c := newCI(t)
	end := map[string]any{"exp": noon.Add(10 * time.Hour).Unix()}
	old := c.hubToken(end)
	c.verified(old)
	c.hub.Issuer().Rotate(false)
	c.wait(59 * time.Minute)
	c.verified(old)
	c.wait(2 * time.Minute)
	c.refused("signed with a key that was taken back", old, login.BadSignature)
}

func TestWhileItsIssuerIsDownAKeyIsBelievedForADay(t *testing.T) {
	c := newCI(t, func(o *login.JobOptions) { o.MaxAge = 100 * time.Hour })
	token := c.hubToken(map[string]any{"exp": noon.Add(100 * time.Hour).Unix()})
	c.verified(token)
	c.hub.Down()
	c.wait(23 * time.Hour)
	c.verified(token)
	c.wait(2 * time.Hour)
	c.refused("a day after its issuer went down", token, login.Unreachable)
	c.hub.Heal()
	c.wait(time.Minute)
	c.verified(token)
}

func TestTokensThatAreMadeUpDoNotHaveTheIssuerAskedAllTheTime(t *testing.T) {
	c := newCI(t)
	honest := c.hubToken(nil)
	c.verified(honest)
	elsewhere := newCI(t)
	elsewhere.hub.Issuer().Rotate(false)
	stranger := elsewhere.hubToken(map[string]any{"iss": c.hub.Issuer().URL()})
	for round := range 3 {
		var all sync.WaitGroup
		for range 200 {
			all.Go(func() {
				if j, err := c.jobs.Verify(t.Context(), stranger); err == nil {
					t.Errorf("a token that was made up is taken as %+v", j)
				}
				c.jobs.Verify(t.Context(), honest) // below it is seen to be taken
			})
		}
		all.Wait()
		c.verified(honest)
		if asked := c.hub.Requests()["read_issuer"]; asked != 1+round {
			t.Errorf("in round %d the issuer was asked %d times, want %d", round, asked, 1+round)
		}
		c.wait(5 * time.Second)
	}
	c.refused("a token that was made up", stranger, login.BadSignature)
	c.refused("another a moment later", stranger, login.Unreachable)
}

func TestAnIssuerThatIsInTroubleIsNoFaultOfTheToken(t *testing.T) {
	for name, trouble := range map[string]func(*ci){
		"down":         func(c *ci) { c.hub.Down() },
		"failing":      func(c *ci) { c.hub.Fail("read_issuer", http.StatusBadGateway, nil, 0) },
		"without keys": func(c *ci) { c.hub.Fail("read_keys", http.StatusNotFound, nil, 0) },
		"moved": func(c *ci) {
			c.hub.Fail("read_keys", http.StatusFound, map[string]string{"Location": c.lab.Issuer().URL() + "/oauth/discovery/keys"}, 0)
		},
		"in words": func(c *ci) {
			c.hub.Inject(forgetest.Fault{Operation: "read_keys", Status: http.StatusOK, Body: "none today"})
		},
		"without end": func(c *ci) {
			c.hub.Inject(forgetest.Fault{Operation: "read_keys", Status: http.StatusOK, Body: `{"keys":[` + strings.Repeat(" ", 2<<20) + `]}`})
		},
		"of many keys": func(c *ci) {
			c.hub.Inject(forgetest.Fault{Operation: "read_keys", Status: http.StatusOK, Body: `{"keys":[{}` + strings.Repeat(",{}", 200) + `]}`})
		},
		"another": func(c *ci) { c.hub.Issuer().Tell(map[string]any{"issuer": c.lab.Issuer().URL()}) },
		"without a way": func(c *ci) {
			c.hub.Issuer().Tell(map[string]any{"id_token_signing_alg_values_supported": []string{"none", "HS256"}})
		},
		"silent on ways":  func(c *ci) { c.hub.Issuer().Tell(map[string]any{"id_token_signing_alg_values_supported": nil}) },
		"with plain keys": func(c *ci) { c.hub.Issuer().Tell(map[string]any{"jwks_uri": "http://keys.example.com/jwks"}) },
		"with local keys": func(c *ci) { c.hub.Issuer().Tell(map[string]any{"jwks_uri": "file:///etc/keys"}) },
	} {
		c := newCI(t)
		token := c.hubToken(nil)
		trouble(c)
		c.refused("an issuer "+name, token, login.Unreachable)
		c.verified(c.labToken(nil))
		c.hub.Heal()
		c.hub.Issuer().Tell(nil)
		c.wait(6 * time.Second)
		c.verified(token)
	}
}

// signer is an issuer in small, which signs any text in any way, with the keys that it is told to publish.
type signer struct {
	*httptest.Server
	ways []string
	keys []jose.JSONWebKey
}

func newSigner(t testing.TB, ways ...string) *signer {
	t.Helper()
	s := &signer{ways: ways}
	write := func(w http.ResponseWriter, value any) {
		if err := json.NewEncoder(w).Encode(value); err != nil {
			t.Error(err)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		write(w, map[string]any{"issuer": s.URL, "jwks_uri": s.URL + "/keys", "id_token_signing_alg_values_supported": s.ways})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) { write(w, jose.JSONWebKeySet{Keys: s.keys}) })
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// sign makes a token of a text, with a key under an id.
func sign(t testing.TB, way jose.SignatureAlgorithm, key any, id, text string) string {
	t.Helper()
	with, err := jose.NewSigner(jose.SigningKey{Algorithm: way, Key: jose.JSONWebKey{Key: key, KeyID: id}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := with.Sign([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestOnlyKeysThatAreFitAreBelieved(t *testing.T) {
	short, errShort := rsa.GenerateKey(rand.Reader, 1024)
	long, errLong := rsa.GenerateKey(rand.Reader, 2048)
	curve, errCurve := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if errShort != nil || errLong != nil || errCurve != nil {
		t.Fatal(errShort, errLong, errCurve)
	}
	for name, k := range map[string]struct {
		way     jose.SignatureAlgorithm
		key     any
		publish jose.JSONWebKey
		want    login.Reason
	}{
		"an elliptic curve":                {jose.ES256, curve, jose.JSONWebKey{Key: &curve.PublicKey, KeyID: "k", Algorithm: "ES256", Use: "sig"}, ""},
		"RSA that does not say what for":   {jose.RS256, long, jose.JSONWebKey{Key: &long.PublicKey, KeyID: "k"}, ""},
		"RSA that is short":                {jose.RS256, short, jose.JSONWebKey{Key: &short.PublicKey, KeyID: "k"}, login.BadSignature},
		"to encrypt with":                  {jose.RS256, long, jose.JSONWebKey{Key: &long.PublicKey, KeyID: "k", Use: "enc"}, login.BadSignature},
		"to sign otherwise":                {jose.RS256, long, jose.JSONWebKey{Key: &long.PublicKey, KeyID: "k", Algorithm: "PS256"}, login.BadSignature},
		"private":                          {jose.RS256, long, jose.JSONWebKey{Key: long, KeyID: "k"}, login.BadSignature},
		"a secret":                         {jose.RS256, long, jose.JSONWebKey{Key: []byte("secret secret secret secret secret"), KeyID: "k"}, login.BadSignature},
		"of another kind under the id":     {jose.RS256, long, jose.JSONWebKey{Key: &curve.PublicKey, KeyID: "k"}, login.BadSignature},
		"under another id":                 {jose.RS256, long, jose.JSONWebKey{Key: &long.PublicKey, KeyID: "another"}, login.BadSignature},
		"signed in a way of no believable": {jose.PS256, long, jose.JSONWebKey{Key: &long.PublicKey, KeyID: "k"}, login.BadSignature},
	} {
		s := newSigner(t, "RS256", "ES256", "PS256")
		s.keys = []jose.JSONWebKey{k.publish, {Key: &curve.PublicKey, KeyID: "more"}}
		c := newCI(t, func(o *login.JobOptions) { o.GitHub = []string{s.URL} })
		token := sign(t, k.way, k.key, "k", c.payload(s.URL))
		if k.want == "" {
			c.verified(token)
		} else {
			c.refused("a key "+name, token, k.want)
		}
	}
	s := newSigner(t, "RS256")
	s.keys = []jose.JSONWebKey{{Key: &curve.PublicKey, KeyID: "k"}}
	c := newCI(t, func(o *login.JobOptions) { o.GitHub = []string{s.URL} })
	c.refused("signed as its issuer does not sign", sign(t, jose.ES256, curve, "k", c.payload(s.URL)), login.BadSignature)
	c.refused("signed with a key of no id", sign(t, jose.ES256, curve, "", c.payload(s.URL)), login.Unreachable)
}

// payload is what a token of GitHub says, from another issuer.
func (c *ci) payload(issuer string) string {
	c.Helper()
	text, err := json.Marshal(map[string]any{
		"iss": issuer, "aud": audience, "jti": "one", "iat": noon.Unix(), "exp": noon.Add(time.Minute).Unix(),
		"repository_id": "7", "repository": "acme/cart-api", "run_id": "31", "run_attempt": "1", "event_name": "push",
	})
	if err != nil {
		c.Fatal(err)
	}
	return string(text)
}
