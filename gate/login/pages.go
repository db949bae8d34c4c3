package login

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// errand is what a browser is sent to the issuer with, and what it has to come back with.
type errand struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"` // of PKCE
	To       string `json:"to"`       // where it was going
}

// The cookies, and the purposes that they are sealed for.
const (
	sessionCookie = "nexusgate"
	errandCookie  = "nexusgate-login"
)

// cookie makes one that only we are sent, and no script reads. Behind https its name says so, and
// browsers take such a one from nobody but this host.
func (l *Login) cookie(name, value string, lasting time.Duration) *http.Cookie {
	c := &http.Cookie{
		Name: l.cookieName(name), Value: value, Path: "/", MaxAge: int(lasting.Seconds()),
		HttpOnly: true, Secure: l.secure, SameSite: http.SameSiteLaxMode,
	}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

func (l *Login) cookieName(name string) string {
	if l.secure {
		return "__Host-" + name
	}
	return name
}

// read opens a cookie that came with a request, and gives it as it was sealed and until when it is good.
func (l *Login) read(r *http.Request, name string, content any) (sealed string, until time.Time, err error) {
	for _, c := range r.CookiesNamed(l.cookieName(name)) {
		if until, err := l.sealed.open(name, c.Value, content); err == nil {
			return c.Value, until, nil
		}
	}
	return "", time.Time{}, errSeal
}

// start sends somebody to the issuer.
func (l *Login) start(w http.ResponseWriter, r *http.Request) {
	known, err := l.issuer.ask(r.Context())
	if err != nil {
		l.options.Log.ErrorContext(r.Context(), "nobody can log in", "error", err)
		say(w, http.StatusServiceUnavailable, "Nobody can log in now: the issuer does not answer as it should. Try again in a moment; the operator finds the reason in the log.")
		return
	}
	e := errand{State: guess(), Nonce: guess(), Verifier: oauth2.GenerateVerifier(), To: local(r.URL.Query().Get("to"))}
	sealed, err := l.sealed.close(errandCookie, e, attempt)
	if err != nil {
		l.options.Log.ErrorContext(r.Context(), "nobody can log in", "error", err)
		say(w, http.StatusInternalServerError, "Nobody can log in now.")
		return
	}
	http.SetCookie(w, l.cookie(errandCookie, sealed, attempt))
	to := known.flow.AuthCodeURL(e.State, oauth2.S256ChallengeOption(e.Verifier), oauth2.SetAuthURLParam("nonce", e.Nonce))
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusFound)
}

// callback takes somebody back from the issuer.
func (l *Login) callback(w http.ResponseWriter, r *http.Request) {
	var e errand
	_, _, err := l.read(r, errandCookie, &e)
	http.SetCookie(w, l.cookie(errandCookie, "", 0)) // an errand is run once
	asked := r.URL.Query()
	if err == nil && subtle.ConstantTimeCompare([]byte(asked.Get("state")), []byte(e.State)) != 1 {
		err = errors.New("the state differs")
	}
	if err != nil {
		l.refuse(w, err, "This login was begun elsewhere, or too long ago.")
		return
	}
	if asked.Get("code") == "" {
		l.refuse(w, errors.New("the issuer gave no code"), "The issuer did not let you in.")
		return
	}
	p, err := l.issuer.exchange(r.Context(), asked.Get("code"), e)
	if err != nil {
		l.refuse(w, err, "The issuer's word did not hold.")
		return
	}
	if !l.rules.admit(p) {
		l.options.Log.WarnContext(r.Context(), "somebody was not let in", "subject", p.Subject)
		say(w, http.StatusForbidden, "You are known, and not among those who may see this. Ask whoever runs this service.")
		return
	}
	sealed, err := l.sealed.close(sessionCookie, newVisitor(p), Session)
	if err != nil {
		l.refuse(w, err, "")
		return
	}
	http.SetCookie(w, l.cookie(sessionCookie, sealed, Session))
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, local(e.To), http.StatusFound)
}

func (l *Login) refuse(w http.ResponseWriter, err error, why string) {
	l.options.Log.Warn("a login failed", "error", err)
	say(w, http.StatusUnauthorized, strings.TrimSpace(why+" Begin again at "+loginPath+"."))
}

// logout forgets the session of the browser, and ends what is open with it here. Another site cannot have
// it do so.
func (l *Login) logout(w http.ResponseWriter, r *http.Request) {
	if from := r.Header.Get("Sec-Fetch-Site"); from == "cross-site" || from == "same-site" {
		say(w, http.StatusForbidden, "Another site sent you here. To log out, open "+LogoutPath+" yourself.")
		return
	}
	if session, _ := l.session(r); session != "" {
		l.visits.endAll(session)
	}
	http.SetCookie(w, l.cookie(sessionCookie, "", 0))
	say(w, http.StatusOK, "You are logged out here; at the issuer you may still be logged in. Log in again at "+loginPath+".")
}

// local is a path of ours, whatever was asked for: nobody is sent elsewhere from here.
func local(to string) string {
	at, err := url.Parse(to)
	clean := err == nil && at.Scheme == "" && at.Host == "" && at.User == nil && at.Opaque == "" &&
		strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") && !strings.ContainsFunc(to, func(r rune) bool { return r < ' ' || r == '\\' || r == 0x7f })
	if !clean || strings.HasPrefix(at.Path, "//") || strings.HasPrefix(at.Path, loginPath) || at.Path == LogoutPath {
		return "/"
	}
	return to
}

func say(w http.ResponseWriter, status int, words string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(words + "\n"))
}
