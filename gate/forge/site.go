package forge

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// Sites are where people look at the forges that are on, as "https://github.com". What a delivery gives as
// an address becomes a link of ours only there: a signature says who sent it, and not that every name in
// it is theirs.
type Sites []string

// Site is that of a forge whose API has its root there; "" is the forge's own.
func Site(f gate.Forge, root string) (string, error) {
	switch {
	case root == "" && f == gate.GitLab:
		root = "https://gitlab.com"
	case root == "":
		root = "https://api.github.com"
	}
	at, err := rootOf(root)
	if err != nil {
		return "", fmt.Errorf("reading the address of %s: %w", f, err)
	}
	host := strings.ToLower(at.Host)
	if f == gate.GitHub && (host == "api.github.com" || strings.HasPrefix(host, "api.") && strings.HasSuffix(host, ".ghe.com")) {
		host = strings.TrimPrefix(host, "api.") // https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency
	}
	return at.Scheme + "://" + host, nil
}

// Has says whether an address is a page there, by every way of reading it: with the scheme and the host
// written out, no name or password before it, and nothing that one reader takes for another host than
// the next.
func (s Sites) Has(address string) bool {
	for _, site := range s {
		rest, ok := strings.CutPrefix(address, site+"/")
		if !ok || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f || r > 0x7e }) {
			continue
		}
		if at, err := url.Parse(address); err == nil && at.Scheme+"://"+at.Host == site && at.User == nil && !strings.HasPrefix(rest, "/") {
			return true
		}
	}
	return false
}

// Only takes away from the findings of a verdict what is no page there.
func (s Sites) Only(v gate.Verdict) gate.Verdict {
	findings := make([]gate.Finding, len(v.Findings))
	copy(findings, v.Findings)
	for i := range findings {
		if !s.Has(findings[i].URL) {
			findings[i].URL = ""
		}
	}
	v.Findings = findings
	return v
}
