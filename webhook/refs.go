package webhook

import (
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// scope is where a text is written: what a bare #1 in it means.
type scope struct {
	forge gate.Forge
	repo  string // "acme/cart-api"
	page  string // the URL of what the text is on
}

// here is the host that the forge has for people.
func (s scope) here() string {
	u, err := url.Parse(s.page)
	if err != nil {
		return ""
	}
	return u.Host
}

// ref reads one reference: a URL, #1, !1, owner/repo#1, group/project!1, github:owner/repo#1.
func (s scope) ref(word string) (gate.Ref, bool) {
	word = unwrapped(word)
	if strings.HasPrefix(word, "https://") || strings.HasPrefix(word, "http://") {
		return s.linked(word)
	}
	at := strings.LastIndexAny(word, "#!")
	if at < 0 {
		return gate.Ref{}, false
	}
	number, ok := thingNumber(strings.TrimRight(word[at+1:], "+s")) // GitLab shows #1+ and #1+s with their titles
	if !ok {
		return gate.Ref{}, false
	}
	r := gate.Ref{Forge: s.forge, Repo: word[:at], Number: number, Change: word[at] == '!'}
	if forge, name, said := strings.Cut(r.Repo, ":"); said {
		r.Forge, r.Repo = gate.Forge(strings.ToLower(forge)), name
	} else if r.Change {
		r.Forge = gate.GitLab
	}
	return s.settle(r)
}

// settle fills in the repository where it is left out, and holds that a forge could have such a one.
func (s scope) settle(r gate.Ref) (gate.Ref, bool) {
	switch {
	case r.Repo == "" && r.Forge == s.forge:
		r.Repo = s.repo
	case r.Forge == gate.GitLab && s.forge == gate.GitLab && !strings.Contains(r.Repo, "/") && r.Repo != "":
		r.Repo = path.Join(path.Dir(s.repo), r.Repo) // a project of the same group
	}
	_, err := repositoryName(r.Repo)
	ofGitHub := r.Forge == gate.GitHub && strings.Count(r.Repo, "/") == 1 && !r.Change
	return r, err == nil && (ofGitHub || r.Forge == gate.GitLab)
}

// linked reads the address of an issue, or of a pull or merge request. One on the same kind of forge at another
// host is of a forge that we do not speak to: it keeps the host in its name, and is never found.
func (s scope) linked(address string) (gate.Ref, bool) {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxURL {
		return gate.Ref{}, false
	}
	r, ok := thingAt(strings.Trim(u.Path, "/"), s.forge == gate.GitLab && strings.EqualFold(u.Host, s.here()))
	if _, err := repositoryName(r.Repo); !ok || err != nil {
		return gate.Ref{}, false
	}
	if r.Forge == s.forge && s.here() != "" && !strings.EqualFold(u.Host, s.here()) {
		r.Repo = strings.ToLower(u.Host) + "/" + r.Repo
	}
	return r, true
}

// thingAt reads the path of an address. GitLab has /-/ before what is of a project; old ones have not.
func thingAt(at string, gitlab bool) (gate.Ref, bool) {
	for _, kind := range []struct {
		between string
		forge   gate.Forge
		change  bool
	}{
		{"/-/merge_requests/", gate.GitLab, true},
		{"/-/issues/", gate.GitLab, false},
		{"/-/work_items/", gate.GitLab, false},
		{"/merge_requests/", gate.GitLab, true},
		{"/pull/", gate.GitHub, false},
		{"/issues/", gate.GitHub, false},
	} {
		repo, rest, found := strings.Cut(at, kind.between)
		if !found {
			continue
		}
		digits, _, _ := strings.Cut(rest, "/")
		number, ok := thingNumber(digits)
		r := gate.Ref{Forge: kind.forge, Repo: repo, Number: number, Change: kind.change}
		if gitlab {
			r.Forge = gate.GitLab
		}
		return r, ok && (r.Forge == gate.GitLab || strings.Count(repo, "/") == 1)
	}
	return gate.Ref{}, false
}

// thingNumber is the number of an issue or a change.
func thingNumber(digits string) (int, bool) {
	n, err := strconv.ParseUint(digits, 10, 31)
	return int(n), err == nil && n > 0 && digits[0] != '+'
}

// unwrapped is a word without the signs that stand around it.
func unwrapped(word string) string {
	return strings.TrimRight(strings.Trim(word, "<>()[],.;:*_\"'"), "!?")
}

// addressed is a text with the address of each link in Markdown in the place of the link.
func addressed(text string) string {
	var rest strings.Builder
	for {
		shown, address, found := strings.Cut(text, "](")
		from := strings.LastIndexByte(shown, '[')
		if !found || from < 0 {
			rest.WriteString(text)
			return rest.String()
		}
		rest.WriteString(shown[:from])
		rest.WriteByte(' ')
		text = address
	}
}
