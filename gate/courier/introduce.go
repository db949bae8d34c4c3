package courier

import (
	"errors"
	"net/smtp"
	"slices"
	"strings"
)

// introduce says who we are, by what the server knows of PLAIN and LOGIN.
func (s Server) introduce(talk *smtp.Client) error {
	if s.User == "" {
		return nil
	}
	_, ways := talk.Extension("AUTH")
	known := strings.Fields(strings.ToUpper(ways))
	var way smtp.Auth
	switch {
	case slices.Contains(known, "PLAIN"):
		way = smtp.PlainAuth("", s.User, s.Password, s.host())
	case slices.Contains(known, "LOGIN"):
		way = &login{user: s.User, password: s.Password}
	default:
		return toMend("the server of mail asks for no user and password by PLAIN or LOGIN; leave them out, or use another port")
	}
	return mendable("it does not let us in", talk.Auth(way))
}

// login is the older of two ways to say who one is, which some servers know alone.
type login struct{ user, password string }

// Start begins, where nobody else hears it.
func (l *login) Start(server *smtp.ServerInfo) (proto string, toServer []byte, err error) {
	if !server.TLS && !isHere(server.Name) {
		return "", nil, errors.New("the connection is open to others")
	}
	return "LOGIN", nil, nil
}

// Next answers what is asked for: first the user, then the password.
func (l *login) Next(asked []byte, more bool) ([]byte, error) {
	question := strings.ToLower(string(asked))
	switch {
	case !more:
		return nil, nil
	case strings.HasPrefix(question, "user"):
		return []byte(l.user), nil
	case strings.HasPrefix(question, "pass"):
		return []byte(l.password), nil
	}
	return nil, errors.New("it asks for what LOGIN does not have")
}
