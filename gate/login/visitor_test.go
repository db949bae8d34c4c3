package login_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/nexusgate/nexusgate/gate/login"
)

// anybody lets in whomever the issuer knows.
func anybody(o *login.Options) { o.Allow = []string{"*"} }

func TestWhoIsLoggedInHasTheNameThatTheIssuerVouchesFor(t *testing.T) {
	for name, c := range map[string]struct {
		claims map[string]any
		want   string
	}{
		"an address":                         {map[string]any{"email": "Ana@Example.com", "email_verified": true}, "login:ana@example.com"},
		"an address that nobody has seen to": {map[string]any{"email": "ana@example.com", "email_verified": false}, "login:sub:1234"},
		"no address":                         {map[string]any{"email": nil}, "login:sub:1234"},
		"one that looks like a subject":      {map[string]any{"email": "sub:1@example.com", "email_verified": true}, "login:sub:1234"},
		"one without a host":                 {map[string]any{"email": "ana", "email_verified": true}, "login:sub:1234"},
	} {
		p := newProvider(t)
		c.claims["sub"] = "1234"
		p.says(c.claims)
		s := newSite(t, p, anybody)
		if status, who, _ := look(t, browser(t), s.URL+"/who"); status != http.StatusOK || who != c.want {
			t.Errorf("%s: it answers %d, %q, want %q", name, status, who, c.want)
		}
	}
}

func TestAFormIsOfWhomItWasMadeFor(t *testing.T) {
	p := newProvider(t)
	s := newSite(t, p, anybody)
	p.says(map[string]any{"sub": "ana"})
	ana, max := browser(t), browser(t)
	_, token, _ := look(t, ana, s.URL+"/form")
	p.says(map[string]any{"sub": "max"})
	_, other, _ := look(t, max, s.URL+"/form")
	for name, c := range map[string]struct {
		by    *http.Client
		token string
		want  string
	}{
		"hers":             {ana, token, "true"},
		"somebody else's":  {ana, other, "false"},
		"none":             {ana, "", "false"},
		"one that is made": {max, token + "x", "false"},
		"his":              {max, other, "true"},
	} {
		answer, err := c.by.PostForm(s.URL+"/sent", url.Values{login.FormField: {c.token}})
		if err != nil {
			t.Fatal(err)
		}
		said, err := io.ReadAll(answer.Body)
		if err = errors.Join(err, answer.Body.Close()); err != nil || string(said) != c.want {
			t.Errorf("%s: it says %q (%v), want %s", name, said, err, c.want)
		}
	}
	s.ahead.Store(int64(login.Session.Seconds()) + 1)
	answer, err := stay(ana).PostForm(s.URL+"/sent", url.Values{login.FormField: {token}})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("a form of a session that is over is answered %d", answer.StatusCode)
	}
}
