package webhook

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// token is a secret of GitLab's, perhaps bound to one project.
type token struct {
	secret  []byte
	project string // "" binds to none
	id      int64  // 0: the body's word is taken for the project's id
}

// plainTokens are the tokens in a setting. The whole setting counts as one as well, since a token may
// have a comma in it; not so where an entry is bound, for its holder knows the entry too and would be
// free of the bond by sending all of it.
func plainTokens(setting string) []token {
	var found []token
	bound := false
	for _, entry := range entries(setting) {
		t := bind(entry, "")
		bound = bound || t.project != ""
		found = append(found, t)
	}
	if whole := strings.TrimSpace(setting); len(found) > 1 && !bound {
		found = append(found, token{secret: []byte(whole)})
	}
	return found
}

// signingTokens are the signing tokens in a setting, their keys decoded.
func signingTokens(setting string) ([]token, error) {
	var found []token
	for _, entry := range entries(setting) {
		t := bind(entry, signingPrefix)
		key, err := signingKey(string(t.secret))
		if err != nil {
			return nil, err
		}
		t.secret = key
		found = append(found, t)
	}
	return found, nil
}

// bind splits "group/project@42=SECRET". What does not have that form is a secret as a whole: one
// without a slash before the first "=", one with nothing but "=" behind it (the end of a base64
// text), and one whose rest lacks the prefix that every secret of its kind has.
func bind(entry, prefix string) token {
	where, secret, _ := strings.Cut(entry, "=")
	project, digits, numbered := strings.Cut(where, "@")
	id, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case !strings.Contains(project, "/"), strings.Trim(secret, "=") == "", !strings.HasPrefix(secret, prefix),
		numbered && err != nil:
		return token{secret: []byte(entry)}
	}
	return token{secret: []byte(secret), project: project, id: id}
}

// TokenFor is the token of a setting that the webhook of a project is given: the first that is bound to it, else the first
// that is bound to none; "" where there is neither.
func TokenFor(setting, project string, id int64) string { return secretFor(setting, "", project, id) }

// SigningTokenFor is likewise the signing token, with its prefix.
func SigningTokenFor(setting, project string, id int64) string {
	return secretFor(setting, signingPrefix, project, id)
}

func secretFor(setting, prefix, project string, id int64) (unbound string) {
	for _, entry := range entries(setting) {
		t := bind(entry, prefix)
		switch {
		case t.project == "" && unbound == "":
			unbound = string(t.secret)
		case strings.EqualFold(t.project, project) && (t.id == 0 || t.id == id):
			return string(t.secret)
		}
	}
	return unbound
}

// admits says whether the token's holder may speak of what the delivery speaks of.
func (t token) admits(d gate.Delivery) bool {
	if t.project == "" && d.Trust >= definition.Webhook {
		return true
	}
	n, err := readNaming(d)
	switch {
	case !json.Valid(d.Body):
		return true // nobody will ever read anything from it: it is kept, and set aside
	case t.project == "":
		return !errors.Is(err, errContradicts)
	default:
		return err == nil && n.only(t.project, t.id)
	}
}
