package main_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// refusedWith sends a request that is not to be let in, and holds what it is told.
func (c *clicker) refusedWith(r *http.Request, status int, says string) {
	c.t.Helper()
	if got, text := c.ask(r); got != status || !strings.Contains(text, says) {
		c.t.Errorf("%s %s answers %d: %s", r.Method, r.URL.Path, got, text)
	}
}

func TestOnlyWhoHasTheLinkSetsUp(t *testing.T) {
	t.Parallel()
	c := begin(t)
	stranger := *c.browser
	stranger.Jar = nil

	for _, path := range []string{"/setup", "/"} {
		c.refusedWith(c.request(http.MethodGet, c.root+path, nil), http.StatusForbidden, "on the terminal")
	}
	for _, path := range []string{"github", "gitlab", "repositories", "definition", "vet", "finish"} {
		c.refusedWith(c.request(http.MethodPost, c.root+"/setup/"+path, url.Values{"form": {""}}), http.StatusForbidden, "on the terminal")
	}
	c.refusedWith(c.request(http.MethodPost, c.root+"/setup/enter", url.Values{"token": {"guess"}}), http.StatusForbidden, "not the link that the service has shown")
	c.refusedWith(c.request(http.MethodGet, c.root+"/setup/enter?token="+c.token, nil), http.StatusOK, "Begin") // to look uses nothing up
	c.refusedWith(c.request(http.MethodGet, c.root+"/setup/enter?token=WRONG", nil), http.StatusForbidden, "copy it whole from the terminal")
	abroad := c.request(http.MethodPost, c.root+"/setup/enter", url.Values{"token": {c.token}})
	abroad.Header.Set("Sec-Fetch-Site", "cross-site")
	c.refusedWith(abroad, http.StatusForbidden, "Another site")
	c.enter()
	mine := *c.browser
	c.refusedWith(c.request(http.MethodGet, c.root+"/setup/enter?token="+c.token, nil), http.StatusOK, "1. GitHub") // is where it led
	c.browser = &stranger
	c.refusedWith(c.request(http.MethodGet, c.root+"/setup/enter?token="+c.token, nil), http.StatusForbidden, "used already")
	c.refusedWith(c.request(http.MethodPost, c.root+"/setup/enter", url.Values{"token": {c.token}}), http.StatusForbidden, "used already")
	c.refusedWith(c.request(http.MethodGet, c.root+"/setup", nil), http.StatusForbidden, "on the terminal")
	c.browser = &mine
	if text := c.look(); !strings.Contains(text, "1. GitHub") {
		t.Errorf("the one who was let in is no more: %s", text)
	}
	if status, _ := c.ask(c.request(http.MethodGet, c.root+"/readyz", nil)); status != http.StatusServiceUnavailable {
		t.Errorf("/readyz answers %d", status)
	}
}

func TestTheSetUpAnswersToOurNamesAndFormsAlone(t *testing.T) {
	t.Parallel()
	c := begin(t)
	c.enter()
	form := hidden(t, c.look(), "form")
	elsewhere := c.request(http.MethodGet, c.root+"/setup", nil)
	elsewhere.Host = "evil.test"
	c.refusedWith(elsewhere, http.StatusMisdirectedRequest, "may be another site's")
	for site, token := range map[string]string{"cross-site": form, "same-site": form, "same-origin": "guess"} {
		r := c.request(http.MethodPost, c.root+"/setup/finish", url.Values{"form": {token}})
		r.Header.Set("Sec-Fetch-Site", site)
		c.refusedWith(r, http.StatusForbidden, "was not sent by a page of the set-up")
	}
	large := c.request(http.MethodPost, c.root+"/setup/vet", url.Values{"form": {form}, "source": {strings.Repeat("x", 2<<20)}})
	c.refusedWith(large, http.StatusRequestEntityTooLarge, "more than is taken")
	status, text := c.ask(c.request(http.MethodPost, c.root+"/setup/finish", url.Values{"form": {form}}))
	if status != http.StatusOK || !strings.Contains(text, "connect a forge and save a definition first") {
		t.Errorf("too early an end answers %d: %s", status, text)
	}
}

func TestOnlyTheRegistrationThatWasBegunIsTakenBack(t *testing.T) {
	t.Parallel()
	c := begin(t)
	c.hub.Unregister()
	c.enter()
	to := c.register()
	forged := strings.Replace(to, "state=", "state=x", 1)
	if _, text := c.back(forged); !strings.Contains(text, "does not come from the registration that was begun here") {
		t.Errorf("another state: %s", text)
	}
	first := to
	if to = c.register(); first == to {
		t.Fatal("a registration is begun twice under one state")
	}
	if _, text := c.back(first); !strings.Contains(text, "does not come from the registration that was begun here") {
		t.Errorf("a state of before: %s", text)
	}
	c.hub.Inject(forgetest.Fault{Operation: "convert_manifest", Status: http.StatusBadGateway, Times: 1})
	if _, text := c.back(to); !strings.Contains(text, "502") || !strings.Contains(text, "begin again") {
		t.Errorf("a GitHub that is down: %s", text)
	}
	at, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	silent(t, "the log", c.log.String(), map[string]string{"the code": at.Query().Get("code")})
	if _, err := os.Stat(filepath.Join(c.dir, "nexusgate.env")); err == nil {
		t.Error("something was kept of what failed")
	}
	if _, text := c.back(to); !strings.Contains(text, "does not come from the registration that was begun here") {
		t.Errorf("a state that was run already: %s", text)
	}
	to = c.register()
	for range 2 { // a page that is loaded again asks again
		if _, text := c.back(to); !strings.Contains(text, "is ours") || strings.Contains(text, `role="alert"`) {
			t.Errorf("a fresh one: %s", text)
		}
	}
}

func TestWhatIsWrongWithAnAnswerIsSaidBesideIt(t *testing.T) {
	t.Parallel()
	c := begin(t)
	c.lab.AddProject("acme/web")
	c.enter()
	for says, form := range map[string]url.Values{
		"is no address that forges could reach": {"address": {"done.example"}, "url": {c.hubAt}},
		"is this machine alone":                 {"address": {c.root}, "url": {"https://github.com"}},
		"is not the address of a GitHub":        {"address": {c.root}, "url": {"ftp://github.com/x"}},
		"is not the name of an organization":    {"address": {c.root}, "url": {c.hubAt}, "org": {"acme/../x"}},
	} {
		if text := c.press("github", form); !strings.Contains(text, says) {
			t.Errorf("%v: %s", form, text)
		}
	}
	if text := c.press("gitlab", url.Values{"address": {c.root}, "url": {c.labAt}, "token": {"glpat-wrong-word"}}); !strings.Contains(text, "401") {
		t.Errorf("a wrong token: %s", text)
	}
	c.lab.SetToken(forgetest.TokenSettings{Scopes: []string{"read_api"}})
	if text := c.connect(); !strings.Contains(text, "has the scope read_api: statuses cannot be set with it") {
		t.Errorf("a token that may too little: %s", text)
	}
	c.lab.SetToken(forgetest.TokenSettings{})
	c.connect()
	if text := c.press("repositories", url.Values{"repo": {"gitlab:acme/nowhere"}}); !strings.Contains(text, "choose at least one") {
		t.Errorf("none of those that are there: %s", text)
	}
	c.lab.Inject(forgetest.Fault{Operation: "create_hook", Status: http.StatusUnprocessableEntity, Body: `{"message":"Invalid url <b>given</b>"}`, Times: 1})
	if text := c.press("repositories", url.Values{"repo": {"gitlab:acme/web"}}); !strings.Contains(text, "422") || strings.Contains(text, "<b>given") {
		t.Errorf("a hook that is refused: %s", text)
	}
	silent(t, "a page", c.seen.String(), map[string]string{"a wrong token": "glpat-wrong-word"})
	silent(t, "the log", c.log.String(), map[string]string{"a wrong token": "glpat-wrong-word"})
}

func TestADefinitionIsVettedAndSavedOverNothingUnasked(t *testing.T) {
	t.Parallel()
	c := begin(t)
	c.lab.AddProject("acme/web")
	c.enter()
	c.connect()
	drafted := drawn(t, c.press("repositories", url.Values{"repo": {"gitlab:acme/web"}}))
	for _, do := range []string{"definition", "vet"} {
		text := c.press(do, url.Values{"do": {"check"}, "source": {strings.Replace(drafted, "evidence:", "evidense:", 1)}})
		if !strings.Contains(text, "<code>nexus.cue:") || !strings.Contains(text, "did you mean evidence?") {
			t.Errorf("%s of a fault: %s", do, text)
		}
	}
	if text := c.press("definition", url.Values{"do": {"save"}, "source": {"name: 1"}}); !strings.Contains(text, "mend its faults first") || drawn(t, text) != "name: 1" {
		t.Errorf("a definition with faults is saved: %s", text)
	}
	if text := c.press("vet", url.Values{"source": {"</textarea><script>" + drafted}}); strings.Contains(text, "<script>") {
		t.Errorf("what was written is not escaped: %s", text)
	}
	path := filepath.Join(c.dir, "nexus.cue")
	if err := os.WriteFile(path, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if text := c.press("definition", url.Values{"do": {"save"}, "source": {drafted}}); !strings.Contains(text, "is there already; tick that it is to be written over") {
		t.Errorf("it is not said that there is a file: %s", text)
	}
	if kept, err := os.ReadFile(path); err != nil || string(kept) != "mine" {
		t.Errorf("the file is %q, %v", kept, err)
	}
	c.press("definition", url.Values{"do": {"save"}, "source": {drafted}, "over": {"yes"}})
	if kept, err := os.ReadFile(path); err != nil || string(kept) != drafted {
		t.Errorf("the file is %q, %v", kept, err)
	}
}

func TestSecretsAreNotPutWhereOthersRead(t *testing.T) {
	t.Parallel()
	c := begin(t)
	c.enter()
	file := filepath.Join(c.dir, "nexusgate.env")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if text := c.connect(); !strings.Contains(text, "has the mode 0644, and others can read the secrets in it") {
		t.Errorf("a file that others read is taken: %s", text)
	}
	if kept, err := os.ReadFile(file); err != nil || len(kept) > 0 {
		t.Errorf("%d bytes were put there, %v", len(kept), err)
	}
}

func TestAServiceWithoutAForgeShowsTheSetUpBesideItsPages(t *testing.T) {
	t.Parallel()
	c := begin(t, "--config", filepath.Join(root, "examples", "storefront", "nexus.cue"))
	c.out.match(t, "No forge is configured")
	c.enter()
	c.waits("the page of the Nexus is there", func() bool {
		status, text := c.ask(c.request(http.MethodGet, c.root+"/nexus/storefront", nil))
		return status == http.StatusOK && strings.Contains(text, "storefront")
	})
}
