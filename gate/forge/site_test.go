package forge_test

import (
	"testing"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
)

func TestASiteIsWherePeopleLookAtAForge(t *testing.T) {
	for _, c := range []struct {
		forge      gate.Forge
		root, want string
	}{
		{gate.GitHub, "", "https://github.com"},
		{gate.GitHub, "https://api.github.com/", "https://github.com"},
		{gate.GitHub, "https://GHE.example/api/v3", "https://ghe.example"},
		{gate.GitHub, "https://api.acme.ghe.com", "https://acme.ghe.com"},
		{gate.GitHub, "https://api.example.com", "https://api.example.com"},
		{gate.GitLab, "", "https://gitlab.com"},
		{gate.GitLab, "https://git.example:8443/gitlab", "https://git.example:8443"},
	} {
		if got, err := forge.Site(c.forge, c.root); err != nil || got != c.want {
			t.Errorf("%s at %q is looked at on %q (%v), want %q", c.forge, c.root, got, err, c.want)
		}
	}
	if _, err := forge.Site(gate.GitHub, "ftp://a"); err == nil {
		t.Error("an address that is none has a site")
	}
}

func TestOnlyPagesOfAForgeThatIsOnAreLinked(t *testing.T) {
	sites := forge.Sites{"https://github.com", "https://git.example:8443"}
	for _, address := range []string{
		"https://github.com/acme/cart/pull/17", "https://github.com/acme/cart/actions/runs/1?pr=17#step:2:3", "https://git.example:8443/acme/web/-/pipelines/9",
		"https://github.com/", "https://github.com/a%20b", "https://github.com/search?q=https://evil.example",
	} {
		if !sites.Has(address) {
			t.Errorf("%s is a page of a forge, and not linked", address)
		}
	}
	for _, address := range []string{
		"", "/acme/cart", "github.com/acme", "//github.com/acme", "https:github.com/acme", "https:///github.com/acme",
		"http://github.com/acme", "ftp://github.com/acme", "javascript://github.com/%0aalert(1)", "javascript:alert(1)", "data:text/html,x",
		"https://evil.example/acme", "https://github.com.evil.example/acme", "https://evil.example/github.com/", "https://evilgithub.com/acme",
		"https://github.com@evil.example/", "https://github.com:x@evil.example/", "https://ana@github.com/acme", "https://ana:pw@github.com/acme", "https://@github.com/acme",
		"https://evil.example#@github.com/", "https://evil.example?@github.com/", "https://evil.example\\@github.com/", "https://github.com\\@evil.example/", "https://github.com/\\evil.example",
		"https://github.com%2f@evil.example/", "https://github.com%00.evil.example/", "https://github.com%40evil.example/", "https://%67ithub.com/acme",
		"https://github.com\t.evil.example/", "https://github.com/\n", " https://github.com/acme", "https://github.com /acme", "https://github。com/acme", "https://gıthub.com/acme", "https://github.com/\u202egpj",
		"https://github.com:443/acme", "https://github.com:8443/acme", "https://git.example/acme", "https://git.example:84430/acme", "https://github.com", "https://github.com?x", "https://github.com./acme",
		"https://github.com//evil.example/", "HTTPS://github.com/acme", "https://[::1]/acme", "https://api.github.com/repos",
	} {
		if sites.Has(address) {
			t.Errorf("%q is linked", address)
		}
	}
}

func TestAVerdictKeepsTheAddressesOfForgesAlone(t *testing.T) {
	v := gate.Verdict{Findings: []gate.Finding{{URL: "https://github.com/acme"}, {URL: "https://evil.example/"}, {}}}
	only := forge.Sites{"https://github.com"}.Only(v)
	if only.Findings[0].URL != "https://github.com/acme" || only.Findings[1].URL != "" || v.Findings[1].URL == "" {
		t.Errorf("it has %+v, and the one it was taken from %+v", only.Findings, v.Findings)
	}
}

func FuzzSitesHaveNoOtherHost(f *testing.F) {
	for _, s := range []string{"https://github.com/acme", "https://github.com@evil.example/", "https://github.com\\.evil.example/", "https://github.com/%2e%2e//x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		const site = "https://github.com/"
		if (forge.Sites{"https://github.com"}).Has(address) && (len(address) < len(site) || address[:len(site)] != site) {
			t.Errorf("%q is linked", address)
		}
	})
}
