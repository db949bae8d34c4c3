package login

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Person is who logged in, as the issuer tells it.
type Person struct {
	Subject  string   `json:"sub"`
	Email    string   `json:"email"`
	Verified bool     `json:"email_verified"` // the issuer has seen that the address is theirs
	Groups   []string `json:"groups"`
}

// rules say who is let in.
type rules []string

func parseRules(texts []string) (rules, error) {
	if len(texts) == 0 {
		return nil, errors.New("nobody is let in: say who is, by an address (ana@example.com), a domain (@example.com), a group (group:nexus), or * for everybody whom the issuer knows")
	}
	for _, text := range texts {
		kind, name, named := strings.Cut(text, ":")
		switch {
		case text == "*":
		case named && (kind == "group" || kind == "sub") && name != "":
		case !named && strings.Count(text, "@") == 1 && !strings.HasSuffix(text, "@"):
		default:
			return nil, fmt.Errorf("%q lets nobody in: want ana@example.com, @example.com, group:NAME, sub:ID or *", text)
		}
	}
	return texts, nil
}

// admit says whether somebody is let in. An address counts only where the issuer has seen that it is theirs.
func (rs rules) admit(p Person) bool {
	email := ""
	if p.Verified {
		email = strings.ToLower(p.Email)
	}
	return slices.ContainsFunc(rs, func(rule string) bool {
		kind, name, _ := strings.Cut(rule, ":")
		switch {
		case rule == "*":
			return p.Subject != ""
		case kind == "group":
			return slices.Contains(p.Groups, name)
		case kind == "sub":
			return p.Subject == name
		case strings.HasPrefix(rule, "@"):
			at := strings.LastIndexByte(email, '@')
			return at > 0 && email[at:] == strings.ToLower(rule)
		default:
			return email != "" && email == strings.ToLower(rule)
		}
	})
}
