package login_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/login"
)

func TestATokenIsRefusedForAReason(t *testing.T) {
	c := newCI(t)
	c.verified(c.hubToken(nil))
	at := func(past time.Duration) int64 { return noon.Add(past).Unix() }
	for name, k := range map[string]struct {
		over map[string]any
		want login.Reason
	}{
		"expired":                       {map[string]any{"exp": at(-2 * time.Minute)}, login.Expired},
		"expired within the leeway":     {map[string]any{"exp": at(-59 * time.Second)}, ""},
		"too old":                       {map[string]any{"iat": at(-24*time.Hour - 2*time.Minute), "exp": at(time.Hour)}, login.Expired},
		"good for long, and fresh":      {map[string]any{"exp": at(1000 * time.Hour)}, ""},
		"issued tomorrow":               {map[string]any{"iat": at(24 * time.Hour), "exp": at(25 * time.Hour)}, login.Expired},
		"not valid yet":                 {map[string]any{"nbf": at(2 * time.Minute)}, login.Expired},
		"with no word on when it began": {map[string]any{"nbf": nil}, ""},
		"of a fraction of a second":     {map[string]any{"iat": float64(at(0)) + 0.5}, ""},
		"without an end":                {map[string]any{"exp": nil}, login.Unreadable},
		"without an issue":              {map[string]any{"iat": nil}, login.Unreadable},
		"with an end in words":          {map[string]any{"exp": "tomorrow"}, login.Unreadable},
		"with an end out of all time":   {map[string]any{"exp": 1e300}, login.Unreadable},
		"for another audience":          {map[string]any{"aud": "https://done.example.com.evil.example"}, login.WrongAudience},
		"for an audience as GitHub's":   {map[string]any{"aud": "https://github.com/acme"}, login.WrongAudience},
		"for nobody":                    {map[string]any{"aud": nil}, login.WrongAudience},
		"for us in a list":              {map[string]any{"aud": []string{audience}}, ""},
		"for us and others":             {map[string]any{"aud": []string{audience, "https://other.example.com"}}, login.WrongAudience},
		"for us twice":                  {map[string]any{"aud": []string{audience, audience}}, login.WrongAudience},
		"for an empty list":             {map[string]any{"aud": []string{}}, login.WrongAudience},
		"for a number":                  {map[string]any{"aud": 7}, login.Unreadable},
		"without an id":                 {map[string]any{"jti": nil}, login.Unreadable},
		"with an empty id":              {map[string]any{"jti": ""}, login.Unreadable},
		"with a number for an id":       {map[string]any{"jti": 7}, login.Unreadable},
		"without a repository's id":     {map[string]any{"repository_id": nil}, login.Unreadable},
		"of the repository 0":           {map[string]any{"repository_id": "0"}, login.Unreadable},
		"of a repository below 0":       {map[string]any{"repository_id": -7}, login.Unreadable},
		"of a repository in words":      {map[string]any{"repository_id": "7 or 8"}, login.Unreadable},
		"of a repository beyond all":    {map[string]any{"repository_id": "99999999999999999999"}, login.Unreadable},
		"of several repositories":       {map[string]any{"repository_id": []int{7}}, login.Unreadable},
		"without a run":                 {map[string]any{"run_id": nil}, login.Unreadable},
		"without an event":              {map[string]any{"event_name": nil}, login.Unreadable},
		"of a branch for a commit":      {map[string]any{"sha": "main"}, login.Unreadable},
		"of a short commit":             {map[string]any{"sha": "9c1f"}, login.Unreadable},
		"of two lines":                  {map[string]any{"ref": "refs/heads/main\nrefs/heads/x"}, login.Unreadable},
		"of a very long ref":            {map[string]any{"ref": strings.Repeat("x", 3000)}, login.Unreadable},
		"of an enterprise":              {map[string]any{"iss": c.hub.Issuer().URL() + "/acme"}, login.UnknownIssuer},
		"of the issuer's host":          {map[string]any{"iss": strings.TrimSuffix(c.hub.Issuer().URL(), "/_services/token")}, login.UnknownIssuer},
		"of an issuer with a slash":     {map[string]any{"iss": c.hub.Issuer().URL() + "/"}, login.UnknownIssuer},
		"of no issuer":                  {map[string]any{"iss": nil}, login.UnknownIssuer},
		"of GitLab, by GitHub's key":    {map[string]any{"iss": c.lab.Issuer().URL()}, login.BadSignature},
	} {
		if token := c.hubToken(k.over); k.want == "" {
			c.verified(token)
		} else {
			c.refused(name, token, k.want)
		}
	}
}

func TestAnAlteredTokenIsRefused(t *testing.T) {
	c := newCI(t)
	token := c.hubToken(nil)
	c.verified(token)
	parts := strings.Split(token, ".")
	claims := map[string]any{"iss": c.hub.Issuer().URL(), "aud": audience}
	other := strings.Split(c.hubToken(map[string]any{"repository_id": "7"}), ".")
	var key struct{ Kid string }
	if text, err := base64.RawURLEncoding.DecodeString(parts[0]); err != nil || json.Unmarshal(text, &key) != nil {
		t.Fatalf("the header %s is none", parts[0])
	}
	header := func(text string) string { return b64([]byte(strings.ReplaceAll(text, "KID", key.Kid))) }
	secret := hmac.New(sha256.New, []byte("the public key"))
	shared := header(`{"alg":"HS256","kid":"KID"}`) + "." + parts[1]
	secret.Write([]byte(shared))
	for name, k := range map[string]struct {
		token string
		want  login.Reason
	}{
		"another's claims":          {parts[0] + "." + other[1] + "." + parts[2], login.BadSignature},
		"another's signature":       {parts[0] + "." + parts[1] + "." + other[2], login.BadSignature},
		"signed by somebody else":   {c.hub.Issuer().Forge(claims), login.BadSignature},
		"not signed":                {header(`{"alg":"none"}`) + "." + parts[1] + ".", login.BadSignature},
		"signed with a secret":      {shared + "." + b64(secret.Sum(nil)), login.BadSignature},
		"signed in another way":     {header(`{"alg":"ES256","kid":"KID"}`) + "." + parts[1] + "." + parts[2], login.BadSignature},
		"with no signature":         {parts[0] + "." + parts[1], login.Unreadable},
		"with a part more":          {token + "." + parts[2], login.Unreadable},
		"empty":                     {"", login.Unreadable},
		"words":                     {"let me in", login.Unreadable},
		"of claims that are a list": {parts[0] + "." + b64([]byte(`["iss"]`)) + "." + parts[2], login.Unreadable},
		"of claims that are none":   {parts[0] + "." + b64([]byte(`{"iss`)) + "." + parts[2], login.Unreadable},
		"as JSON":                   {`{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`, login.Unreadable},
		"of a megabyte":             {c.hubToken(map[string]any{"groups": strings.Repeat("x", 1<<20)}), login.Unreadable},
		"with a critical extension": {header(`{"alg":"RS256","crit":["x"],"x":1,"kid":"KID"}`) + "." + parts[1] + "." + parts[2], login.BadSignature},
	} {
		c.refused(name, k.token, k.want)
	}
	c.verified(c.labToken(map[string]any{"groups_direct": strings.Split(strings.Repeat("acme/a-group-of-theirs,", 200), ",")}))
}

// nowhere is a way to nobody, which fails the test that takes it.
type nowhere struct{ t *testing.T }

func (n nowhere) RoundTrip(r *http.Request) (*http.Response, error) {
	n.t.Errorf("%s was asked", r.URL)
	return nil, http.ErrUseLastResponse
}

func TestNobodyIsAskedAboutATokenOfAnIssuerThatIsNotKnown(t *testing.T) {
	c := newCI(t, func(o *login.JobOptions) { o.Client = &http.Client{Transport: nowhere{t}} })
	for _, issuer := range []any{"https://evil.example.com", "http://169.254.169.254/latest", c.hub.Issuer().URL() + "/x", "", 7, nil} {
		c.refused("an issuer that is not known", c.hubToken(map[string]any{"iss": issuer}), login.UnknownIssuer)
	}
}
