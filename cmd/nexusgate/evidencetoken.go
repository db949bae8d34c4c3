package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// evidenceTokens are the static tokens that evidence may be brought with.
type evidenceTokens []evidenceToken

// evidenceToken is one, and whose evidence it is for: a repository's, a Nexus's or, bound to neither, anybody's.
type evidenceToken struct {
	sum         [sha256.Size]byte
	repo, nexus string // "github:acme/cart-api"
}

// shortestToken is how short a token may be, in bytes: shorter ones can be guessed.
const shortestToken = 16

// readEvidenceTokens reads "github:acme/cart-api=SECRET", "storefront=SECRET" and "SECRET", set apart by commas or
// white space.
func readEvidenceTokens(setting string) (evidenceTokens, error) {
	var all evidenceTokens
	for _, entry := range strings.FieldsFunc(setting, func(r rune) bool { return r == ',' || r <= ' ' }) {
		where, secret, _ := strings.Cut(entry, "=")
		var t evidenceToken
		switch {
		case strings.Trim(secret, "=") == "": // the end of a base64 text
			secret = entry
		case strings.Contains(where, "/"):
			t.repo = where
			if !strings.HasPrefix(where, "github:") && !strings.HasPrefix(where, "gitlab:") {
				return nil, fmt.Errorf("NEXUSGATE_EVIDENCE_TOKENS: %q is no repository; write one such as github:acme/cart-api", where)
			}
		default:
			t.nexus = where
		}
		if len(secret) < shortestToken {
			return nil, fmt.Errorf("NEXUSGATE_EVIDENCE_TOKENS: a token has %d characters; it needs %d at least", len(secret), shortestToken)
		}
		t.sum = sha256.Sum256([]byte(secret))
		all = append(all, t)
	}
	return all, nil
}

// find is the token that was brought. All are compared, by their digests: how long it takes tells nothing.
func (all evidenceTokens) find(brought string) (found evidenceToken, is bool) {
	sum := sha256.Sum256([]byte(brought))
	for _, t := range all {
		if subtle.ConstantTimeCompare(sum[:], t.sum[:]) == 1 {
			found, is = t, true
		}
	}
	return found, is
}

// repo is the repository whose evidence it is: the job's own, or the one that the holder of a token names and may.
func (by caller) repo(told submission) (gate.Repo, error) {
	if by.isJob() {
		if told.Repo != "" && !strings.EqualFold(told.Repo, by.job.Repo.String()) || told.Commit != "" && told.Commit != by.job.Commit {
			return gate.Repo{}, refusing(http.StatusForbidden, "the token is of a job of %s at %s, and it is good for nothing else", by.job.Repo, by.job.Commit)
		}
		return by.job.Repo, nil
	}
	forge, name, _ := strings.Cut(told.Repo, ":")
	switch {
	case name == "":
		return gate.Repo{}, refusing(http.StatusBadRequest, "name the repository, such as github:acme/cart-api: a static token does not tell it")
	case by.evidenceToken.repo != "" && !strings.EqualFold(by.evidenceToken.repo, told.Repo):
		return gate.Repo{}, refusing(http.StatusForbidden, "the token is for evidence of %s alone", by.evidenceToken.repo)
	}
	return gate.Repo{Forge: gate.Forge(forge), Name: name}, nil
}
