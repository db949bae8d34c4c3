package login_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/login"
)

// bearing is a form with a cookie.
func bearing(c *http.Cookie, origin string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/setup", nil)
	if c != nil {
		r.AddCookie(c)
	}
	r.Header.Set("Sec-Fetch-Site", origin)
	return r
}

func TestALinkLetsOneBrowserInOnce(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	o, token := login.NewOnce(func() time.Time { return now }, false)
	if o.Known(bearing(&http.Cookie{Name: "nexusgate-setup", Value: ""}, "same-origin")) || o.Sent(bearing(nil, "same-origin"), "") {
		t.Error("before anybody was let in somebody is known")
	}
	if _, err := o.Admit(token + "x"); !errors.Is(err, login.ErrToken) {
		t.Errorf("a wrong token: %v", err)
	}
	if wrong, right := o.Good(token+"x"), o.Good(token); !errors.Is(wrong, login.ErrToken) || right != nil {
		t.Errorf("before it is used the token is %v, and a wrong one %v", right, wrong)
	}
	c, err := o.Admit(token)
	if err != nil || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Secure {
		t.Fatalf("the cookie is %v, %v", c, err)
	}
	if _, err := o.Admit(token); !errors.Is(err, login.ErrUsed) {
		t.Errorf("a second time: %v", err)
	}
	if err := o.Good(token); !errors.Is(err, login.ErrUsed) {
		t.Errorf("looked at once more: %v", err)
	}
	if !o.Known(bearing(c, "same-origin")) || o.Known(bearing(&http.Cookie{Name: c.Name, Value: c.Value + "x"}, "same-origin")) {
		t.Error("the session is not known by its cookie alone")
	}
	for name, sent := range map[string]bool{
		"ours":          o.Sent(bearing(c, "same-origin"), o.Token()),
		"of no cookie":  !o.Sent(bearing(nil, "same-origin"), o.Token()),
		"of no token":   !o.Sent(bearing(c, "same-origin"), ""),
		"of a guess":    !o.Sent(bearing(c, "same-origin"), "x"),
		"from a site":   !o.Sent(bearing(c, "cross-site"), o.Token()),
		"of a neighbor": !o.Sent(bearing(c, "same-site"), o.Token()),
	} {
		if !sent {
			t.Errorf("a form %s is not told for what it is", name)
		}
	}
	now = now.Add(4 * time.Hour)
	if o.Known(bearing(c, "same-origin")) {
		t.Error("a session does not end")
	}
}

func TestALinkIsGoodForAnHour(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	o, token := login.NewOnce(func() time.Time { return now }, true)
	now = now.Add(time.Hour)
	if _, err := o.Admit(token); !errors.Is(err, login.ErrExpired) {
		t.Errorf("after an hour: %v", err)
	}
}

func TestTokensAreTriedTenTimesAMinute(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	o, token := login.NewOnce(func() time.Time { return now }, true)
	for i := range 10 {
		if _, err := o.Admit("guess"); !errors.Is(err, login.ErrToken) {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	for range 3 {
		if _, err := o.Admit("guess"); !errors.Is(err, login.ErrTries) {
			t.Fatalf("one more after ten: %v", err)
		}
	}
	if err := o.Good(token); err != nil {
		t.Errorf("the right one is no more good after those that others have tried: %v", err)
	}
	if c, err := o.Admit(token); err != nil || !c.Secure {
		t.Errorf("others keep out who has the right one: %v, %v", c, err)
	}
	now = now.Add(time.Minute)
	if _, err := o.Admit("guess"); !errors.Is(err, login.ErrToken) {
		t.Errorf("a minute later: %v", err)
	}
}
