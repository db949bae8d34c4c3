package login

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Options are what logging in rests on.
type Options struct {
	Issuer   string // its URL, as its tokens name it
	ClientID string
	Secret   string // of the client; it also seals the sessions
	Root     string // how people reach the pages: https://done.example.com
	// Allow says who is let in: "ana@example.com", "@example.com", "group:nexus", "sub:1234", or "*" for
	// everybody whom the issuer lets in.
	Allow []string
	// Tokens let programs read the API, as Authorization: Bearer.
	Tokens []string
	Now    func() time.Time
	Log    *slog.Logger
}

// How long things last.
const (
	Session = 12 * time.Hour   // a login
	attempt = 10 * time.Minute // from the first page to the issuer and back
)

// shortest is how short a secret or a token may be, in bytes: shorter ones can be guessed.
const shortest = 16

// Login guards pages.
type Login struct {
	options Options
	rules   rules
	sealed  seal
	secure  bool // the pages are reached by https
	issuer  *issuer
	tokens  [][sha256.Size]byte
	visits  visits
}

// New makes a guard. The issuer is not asked yet: it may be down while the pages' service starts.
func New(o Options) (*Login, error) {
	root, err := url.Parse(o.Root)
	if err != nil || root.Host == "" || root.Scheme != "http" && root.Scheme != "https" || strings.Trim(root.Path, "/")+root.RawQuery+root.Fragment != "" {
		return nil, fmt.Errorf("the address of the pages is %q; a login has to know it, as --url https://done.example.com", o.Root)
	}
	if err := trustworthy(o.Issuer); err != nil {
		return nil, fmt.Errorf("the issuer %q: %w", o.Issuer, err)
	}
	if o.ClientID == "" {
		return nil, errors.New("the client has no id; give the one that the issuer knows it by")
	}
	if len(o.Secret) < shortest {
		return nil, fmt.Errorf("the client's secret has %d characters; sessions are sealed with it, so it needs %d at least", len(o.Secret), shortest)
	}
	l := &Login{options: o, secure: root.Scheme == "https"}
	if l.rules, err = parseRules(o.Allow); err != nil {
		return nil, err
	}
	for _, token := range o.Tokens {
		if len(token) < shortest {
			return nil, fmt.Errorf("a token for programs has %d characters; it needs %d at least", len(token), shortest)
		}
		l.tokens = append(l.tokens, sha256.Sum256([]byte(token)))
	}
	if l.sealed, err = newSeal(o.Secret, o.Issuer, o.ClientID, o.Now); err != nil {
		return nil, err
	}
	l.issuer = newIssuer(o, root.Scheme+"://"+root.Host+callbackPath)
	return l, nil
}

// trustworthy says why an address is not one to send people to, or to believe: over plain http anybody on
// the way could answer. A machine trusts itself.
func trustworthy(address string) error {
	at, err := url.Parse(address)
	switch {
	case err != nil || at.Host == "" || at.User != nil || at.Fragment != "":
		return errors.New("want a URL, as https://login.example.com")
	case at.Scheme == "https" || at.Scheme == "http" && IsLoopback(at.Hostname()):
		return nil
	default:
		return errors.New("want https: over anything else, anybody on the way could answer in its place")
	}
}

// Handle adds the pages of the login to a mux.
func (l *Login) Handle(mux *http.ServeMux) {
	mux.HandleFunc("GET "+loginPath, l.start)
	mux.HandleFunc("GET "+callbackPath, l.callback)
	mux.HandleFunc("GET "+LogoutPath, l.logout)
}

// Where the pages of the login are.
const (
	loginPath    = "/login"
	callbackPath = "/login/callback"
)

// LogoutPath is where a browser forgets its session.
const LogoutPath = "/logout"
