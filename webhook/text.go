package webhook

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// The bounds on what is taken from a body into an event, in bytes. GitHub cuts titles at 256
// characters and GitLab at 255; a ref is a path on somebody's disk.
const (
	maxText = 1000
	maxRef  = 1000
	maxPath = 4096
	maxURL  = 2000
)

// text is s as valid UTF-8 without control characters, which no database column or page is the
// better for, and cut at limit bytes between runes.
func text(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// label is a name that tells evidence apart. Two overlong ones that begin alike stay two.
func label(s string) string {
	if len(s) <= maxText {
		return text(s, maxText)
	}
	return text(s, maxText) + "…" + digest([]byte(s))
}

// link is a URL that a page may link to, or "".
func link(s string) string {
	u, err := url.Parse(s)
	if len(s) > maxURL || err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return ""
	}
	return s
}

// branch is the branch that a full ref names. A tag's ref names none.
func branch(ref string) (name string, ok bool) {
	name, ok = strings.CutPrefix(ref, "refs/heads/")
	return name, ok && name != ""
}

// commit is a commit's or a tree's id. The id of nothing, all zeros, is "". An id goes into the paths
// of requests later: it is hexadecimal, or it is an error.
func commit(id string) (string, error) {
	switch {
	case strings.Trim(id, "0") == "":
		return "", nil
	case len(id) < 7 || len(id) > 64 || strings.Trim(id, "0123456789abcdef") != "":
		return "", fmt.Errorf("%q is not a commit", text(id, 80))
	default:
		return id, nil
	}
}

// someCommit is a commit that must be there.
func someCommit(id string) (string, error) {
	sha, err := commit(id)
	if err == nil && sha == "" {
		err = errors.New("it names no commit")
	}
	return sha, err
}

// tree is a tree's id, which is a help where it is told and no loss where it is not.
func tree(id string) string {
	sha, err := commit(id)
	if err != nil {
		return ""
	}
	return sha
}

// repositoryName checks a repository's full name, which goes into the paths of requests as well.
func repositoryName(name string) (string, error) {
	parts := strings.Split(name, "/")
	if len(name) > maxText || len(parts) < 2 {
		return "", fmt.Errorf("%q is not the name of a repository", text(name, 80))
	}
	for _, part := range parts {
		if strings.Trim(part, ".") == "" || strings.ContainsFunc(part, notInName) {
			return "", fmt.Errorf("%q is not the name of a repository", text(name, 80))
		}
	}
	return name, nil
}

// notInName says of a character that neither forge allows it in the name of a repository or its owner.
func notInName(r rune) bool {
	return r != '-' && r != '_' && r != '.' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}

// first is the first that is not empty.
func first(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}
