package courier

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"slices"
	"strings"
)

// Security is how the way to a server of mail is kept from others.
type Security string

// The ways.
const (
	StartTLS Security = "starttls" // the server is asked to begin TLS, and nothing is sent to one that does not
	TLS      Security = "tls"      // from the first byte
	Plain    Security = "none"     // not at all: for a server on this machine alone
)

// Server is the server that mail is given to.
type Server struct {
	Address        string // "smtp.example.com:587"
	Security       Security
	User, Password string // none where it wants to know nobody
	From           string // "nexusgate <nexusgate@example.com>"
}

// Check holds that mail can be given to the server as it is configured.
func (s Server) Check() error {
	host, port, err := net.SplitHostPort(s.Address)
	from, wrong := mail.ParseAddress(s.From)
	switch {
	case err != nil || host == "" || port == "":
		return fmt.Errorf("the server of mail %q is none; give its host and port, such as smtp.example.com:587", s.Address)
	case wrong != nil || !strings.Contains(from.Address, "@") || strings.ContainsFunc(from.Address, func(r rune) bool { return r <= ' ' || r > '~' }):
		return fmt.Errorf("%q is no sender of mail; give one such as nexusgate@example.com", s.From)
	case !slices.Contains([]Security{StartTLS, TLS, Plain}, s.Security):
		return fmt.Errorf("%q is no way to a server of mail; give starttls, tls or none", s.Security)
	case s.Security == Plain && !isHere(host):
		return fmt.Errorf("mail to %s would be read on its way; give starttls or tls", s.Address)
	case (s.User == "") != (s.Password == ""):
		return errors.New("the server of mail is given a user without a password, or a password without a user; give both, or neither")
	}
	return nil
}

func (s Server) host() string {
	host, _, _ := strings.Cut(s.Address, ":")
	if h, _, err := net.SplitHostPort(s.Address); err == nil {
		host = h
	}
	return host
}

func (s Server) tls(roots *x509.CertPool) *tls.Config {
	return &tls.Config{ServerName: s.host(), RootCAs: roots, MinVersion: tls.VersionTLS12}
}
