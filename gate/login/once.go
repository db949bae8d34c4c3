package login

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"sync"
	"time"
)

// Once lets in whoever has the token that was shown where the service was started: one browser, once. What it
// remembers ends with the process.
type Once struct {
	now    func() time.Time
	secure bool

	mu      sync.Mutex
	token   [sha256.Size]byte
	until   time.Time // the token is good
	used    bool
	session string // "" before the token was used
	form    string
	ends    time.Time // of the session
	tries   []time.Time
}

// How long a token and a session last, and how many tokens may be tried in a minute.
const (
	onceToken   = time.Hour
	onceSession = 4 * time.Hour
	onceTries   = 10
)

// Why somebody is not let in.
var (
	ErrTries   = errors.New("too many tokens were tried in the last minute; wait for one, then open the link again")
	ErrUsed    = errors.New("this link was used already, and works once; stop the service and start it again for another")
	ErrExpired = errors.New("this link is older than an hour; stop the service and start it again for another")
	ErrToken   = errors.New("this is not the link that the service has shown; copy it whole from the terminal on which the service was started")
)

// NewOnce makes a token. Secure says that browsers reach us by https.
func NewOnce(now func() time.Time, secure bool) (o *Once, token string) {
	token = rand.Text()
	return &Once{now: now, secure: secure, token: sha256.Sum256([]byte(token)), until: now().Add(onceToken)}, token
}

// onceCookie is the name of the session's cookie.
const onceCookie = "nexusgate-setup"

// Admit takes a token for the cookie of a session.
func (o *Once) Admit(token string) (*http.Cookie, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	if err := o.good(token, now); err != nil {
		return nil, err
	}
	o.used, o.session, o.form, o.ends = true, rand.Text()+rand.Text(), rand.Text(), now.Add(onceSession)
	c := &http.Cookie{
		Name: onceCookie, Value: o.session, Path: "/setup", MaxAge: int(onceSession.Seconds()),
		HttpOnly: true, Secure: o.secure, SameSite: http.SameSiteStrictMode,
	}
	return c, nil
}

// Good says of a token what Admit would, and uses nothing up but, with a wrong one, a try.
func (o *Once) Good(token string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.good(token, o.now())
}

// good counts the wrong ones. The right one is taken however many were tried before it: any page in a browser on this
// machine can have links tried that it makes up, and a token is too long to be guessed.
func (o *Once) good(token string, now time.Time) error {
	err := o.wrong(token, now)
	if err != nil && o.tried(now) > onceTries {
		return ErrTries
	}
	return err
}

// wrong is why nobody is let in with a token now.
func (o *Once) wrong(token string, now time.Time) error {
	sum := sha256.Sum256([]byte(token))
	switch {
	case subtle.ConstantTimeCompare(sum[:], o.token[:]) != 1:
		return ErrToken
	case o.used:
		return ErrUsed
	case !now.Before(o.until):
		return ErrExpired
	}
	return nil
}

// tried counts the tries of the last minute, this one included.
func (o *Once) tried(now time.Time) int {
	kept := o.tries[:0]
	for _, at := range o.tries {
		if now.Sub(at) < time.Minute {
			kept = append(kept, at)
		}
	}
	if len(kept) <= onceTries {
		kept = append(kept, now)
	}
	o.tries = kept
	return len(kept)
}

// Known says whether a request is of the session.
func (o *Once) Known(r *http.Request) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.session == "" || !o.now().Before(o.ends) {
		return false
	}
	for _, c := range r.CookiesNamed(onceCookie) {
		if subtle.ConstantTimeCompare([]byte(c.Value), []byte(o.session)) == 1 {
			return true
		}
	}
	return false
}

// Token goes into the forms of the session.
func (o *Once) Token() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.form
}

// Sent says whether a form was sent by a page of the session.
func (o *Once) Sent(r *http.Request, form string) bool {
	return o.Known(r) && form != "" && subtle.ConstantTimeCompare([]byte(form), []byte(o.Token())) == 1 &&
		http.NewCrossOriginProtection().Check(r) == nil
}
