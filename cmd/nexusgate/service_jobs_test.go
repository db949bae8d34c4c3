package main_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// loggedIn is somebody's browser after a login at the GitLab that stands in as the issuer.
type loggedIn struct {
	*house
	cookie string
}

// logIn has the pages be behind a login, and logs people in there by address.
func logIn(h *house) func(address string) *loggedIn {
	h.t.Helper()
	var nonce, email string
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		now := time.Now().Unix()
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": h.lab.Issuer().Sign(map[string]any{
			"iss": h.lab.Issuer().URL(), "aud": "nexusgate", "sub": "of " + email, "email": email, "email_verified": true, "nonce": nonce, "iat": now, "exp": now + 60,
		})})
	}))
	h.t.Cleanup(tokens.Close)
	h.lab.Issuer().Tell(map[string]any{"authorization_endpoint": tokens.URL + "/authorize", "token_endpoint": tokens.URL + "/token"})
	h.env["NEXUSGATE_LOGIN_CLIENT_SECRET"] = "a-secret-of-the-client"
	h.settings.Look = []string{"--login-issuer", h.lab.Issuer().URL(), "--login-client-id", "nexusgate", "--login-allow", "*"}
	return func(address string) *loggedIn {
		h.t.Helper()
		email = address
		_, sent := response(h.t, http.MethodGet, h.server.Root()+"/login", nil)
		to, err := url.Parse(sent.Get("Location"))
		if err != nil {
			h.t.Fatal(err)
		}
		nonce = to.Query().Get("nonce")
		back := "/login/callback?code=x&state=" + url.QueryEscape(to.Query().Get("state"))
		status, in := response(h.t, http.MethodGet, h.server.Root()+back, map[string]string{"Cookie": cookies(sent)})
		if status != http.StatusFound {
			h.t.Fatalf("the login of %s is answered %d", address, status)
		}
		return &loggedIn{h, cookies(in)}
	}
}

// cookies are those that an answer sets, as a browser sends them again.
func cookies(answered http.Header) string {
	var all []string
	for _, c := range answered.Values("Set-Cookie") {
		one, _, _ := strings.Cut(c, ";")
		all = append(all, one)
	}
	return strings.Join(all, "; ")
}

func TestAJobReadsWhatIsOfItsOwnNexusWhereOthersLogIn(t *testing.T) {
	t.Parallel()
	h := furnish(t, shop)
	logIn(h)
	h.start()
	h.rest()
	ours := h.cart.Run(ci("push"), h.cart.Head("main"))
	strange := h.hub.AddRepo("acme/strange")
	theirs := strange.Run(ci("push"), strange.Head("main"))
	for what, c := range map[string]struct {
		path, token string
		want        int
	}{
		"of its Nexus":                       {"/api/v1/nexus/shop/increments/head", ours.Token(audience, nil), http.StatusOK},
		"of its Nexus's verdicts":            {"/api/v1/verdicts/" + h.standing().HeadSays.ID, ours.Token(audience, nil), http.StatusOK},
		"of another's, with a valid token":   {"/api/v1/nexus/shop/increments/head", theirs.Token(audience, nil), http.StatusForbidden},
		"with what is made for another":      {"/api/v1/nexus/shop/increments/head", ours.Token("https://else.example.test", nil), http.StatusUnauthorized},
		"of no Nexus":                        {"/api/v1/nexus/else/increments/head", ours.Token(audience, nil), http.StatusUnauthorized},
		"of the pages, which are for people": {"/nexus/shop", ours.Token(audience, nil), http.StatusUnauthorized},
	} {
		status, _ := response(t, http.MethodGet, h.server.Root()+c.path, map[string]string{"Authorization": "Bearer " + c.token})
		if status != c.want {
			t.Errorf("%s it is answered %d, want %d", what, status, c.want)
		}
	}
	if status, _ := response(t, http.MethodPost, h.server.Root()+"/api/v1/evidence", map[string]string{"Content-Type": "text/plain"}); status != http.StatusUnauthorized {
		t.Errorf("evidence without a token is answered %d", status)
	}
}
