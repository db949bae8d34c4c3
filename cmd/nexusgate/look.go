package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate/login"
)

// lookFlags say who may look at the pages and the API.
type lookFlags struct {
	LoginIssuer   string   `placeholder:"URL" help:"Who may look logs in there, by OpenID Connect. The issuer sends them back to --url, at /login/callback."`
	LoginClientID string   `name:"login-client-id" placeholder:"ID" help:"What the issuer knows the service by. The client's secret is a variable."`
	LoginAllow    []string `placeholder:"WHO" help:"Who is let in: ana@example.com, @example.com, group:NAME, sub:ID, or * for all whom the issuer lets in. May be repeated."`
	Public        bool     `help:"Whoever reaches the pages may look: for those behind a proxy of their own."`
}

// lookVariables are the settings that have no flag.
var lookVariables = [...][2]string{
	{"NEXUSGATE_LOGIN_CLIENT_SECRET", "The client's secret at the issuer of --login-issuer. All replicas are given the same."},
	{"NEXUSGATE_LOGIN_CLIENT_SECRET_FILE", "A file with that secret, instead."},
	{"NEXUSGATE_API_TOKENS", "What programs may read the API with, set apart by commas, beside --login-issuer."},
}

// lookSettings say who may look.
type lookSettings struct {
	public                   bool
	issuer, clientID, secret string
	allow, tokens            []string
}

// settings are the flags and the variables that go with them. Pages that name private repositories are
// shown to others only where somebody said so.
func (f lookFlags) settings(getenv func(string) string, listen string) (lookSettings, error) {
	s := lookSettings{public: f.Public, issuer: f.LoginIssuer, clientID: f.LoginClientID, allow: f.LoginAllow}
	for _, token := range strings.Split(getenv("NEXUSGATE_API_TOKENS"), ",") {
		if token = strings.TrimSpace(token); token != "" {
			s.tokens = append(s.tokens, token)
		}
	}
	var err error
	if s.secret, err = secretOf(getenv, "NEXUSGATE_LOGIN_CLIENT_SECRET"); err != nil {
		return s, err
	}
	switch {
	case s.issuer != "" && s.public:
		return s, errors.New("--login-issuer and --public contradict each other: give the one that is meant")
	case s.issuer == "" && s.clientID+s.secret+strings.Join(s.allow, "")+strings.Join(s.tokens, "") != "":
		return s, errors.New("a login is configured in part: give --login-issuer too, or none of its settings")
	case s.issuer == "" && !s.public && !onlyHere(listen):
		return s, fmt.Errorf("--listen %s shows the pages, with the names of private repositories, to whoever reaches them: have people log in with --login-issuer, say with --public that a proxy of yours keeps others out, or listen on 127.0.0.1", listen)
	}
	return s, nil
}

// onlyHere says whether nobody but this machine reaches an address.
func onlyHere(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	return err == nil && login.IsLoopback(host)
}

// secretOf is a variable, or what the file holds that its namesake with _FILE names.
func secretOf(getenv func(string) string, name string) (string, error) {
	file := getenv(name + "_FILE")
	if file == "" {
		return getenv(name), nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("reading %s_FILE: %w", name, err)
	}
	return strings.TrimSpace(string(text)), nil
}

// login guards the pages; it is nil where nobody has to log in.
func (s lookSettings) login(root string, now func() time.Time, log *slog.Logger) (*login.Login, error) {
	if s.issuer == "" {
		return nil, nil
	}
	l, err := login.New(login.Options{
		Issuer: s.issuer, ClientID: s.clientID, Secret: s.secret, Root: root, Allow: s.allow, Tokens: s.tokens, Now: now, Log: log,
	})
	if err != nil {
		return nil, fmt.Errorf("configuring the login: %w", err)
	}
	return l, nil
}

// hardened tells browsers how little an answer may do, whatever it is. A page may say otherwise.
func hardened(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}
