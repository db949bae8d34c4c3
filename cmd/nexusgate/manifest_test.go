package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
)

// doneShop is a service for which one composition is done.
func doneShop(t *testing.T, sum gate.Composition) string {
	t.Helper()
	components := map[string]any{}
	for name, commit := range sum {
		components[name] = map[string]string{"repo": "github:acme/" + name, "commit": commit}
	}
	answer := map[string]any{
		"nexus": "shop", "outcome": gate.Done, "increment": 7, "digest": sum.Digest(), "composition": sum, "components": components, "why": "It is done.",
	}
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ Increment string }
		if r.Method == http.MethodPost && json.NewDecoder(r.Body).Decode(&asked) == nil && asked.Increment != sum.Digest() {
			fmt.Fprint(w, `{"outcome":"awaiting"}`)
			return
		}
		_ = json.NewEncoder(w).Encode(answer)
	}))
	t.Cleanup(service.Close)
	return service.URL
}

func TestAManifestThatAnotherToolReadsOtherwiseIsNotVerified(t *testing.T) {
	good, evil := strings.Repeat("9c", 20), strings.Repeat("ee", 20)
	sum := gate.Composition{"cart": good, "web": good}
	service, dir := doneShop(t, sum), t.TempDir()
	lock := "nexus shop\nincrement 7\ndigest " + sum.Digest() + "\ncomponent cart github:acme/cart " + good + "\ncomponent web github:acme/web " + good + "\n"
	whole := func(cart, web string) string {
		return fmt.Sprintf(`{"nexus": "shop", "digest": %q, "composition": {"cart": %q, "web": %q}, "components": {"cart": %s, "web": %s}}`, sum.Digest(), good, good, cart, web)
	}
	at := func(repo, commit string) string { return fmt.Sprintf(`{"repo": %q, "commit": %q}`, repo, commit) }
	web := at("github:acme/web", good)
	for name, c := range map[string]struct {
		text string
		code int
		says string
	}{
		"as it was written":           {lock, 0, "It is done."},
		"the manifest":                {whole(at("github:Acme/cart", good), web), 0, "It is done."},
		"a composition alone":         {fmt.Sprintf(`{"cart": %q, "web": %q}`, good, good), 0, "It is done."},
		"a lock of another place":     {strings.Replace(lock, "acme/cart", "evil/cart", 1), 1, "cart lies at github:acme/cart, and not at github:evil/cart"},
		"a lock with two digests":     {lock + "digest " + sum.Digest() + "\n", 3, "the digest is named twice"},
		"another place":               {whole(at("github:evil/cart", good), web), 1, "cart lies at github:acme/cart, and not at github:evil/cart"},
		"another folder":              {whole(`{"repo": "github:acme/cart", "path": "evil", "commit": "`+good+`"}`, web), 1, "and not at github:acme/cart evil"},
		"another commit there":        {whole(at("github:acme/cart", evil), web), 3, "the commits of its components are not those of its composition"},
		"one component less there":    {strings.Replace(whole("0", web), `"cart": 0, `, "", 1), 3, "the commits of its components are not those of its composition"},
		"a component twice":           {fmt.Sprintf(`{"cart": %q, "cart": %q, "web": %q}`, evil, good, good), 3, `"cart" is there twice`},
		"a component twice, by case":  {fmt.Sprintf(`{"cart": %q, "Cart": %q, "web": %q}`, good, evil, good), 3, `"Cart" is there twice`},
		"two compositions":            {fmt.Sprintf(`{"composition": {"cart": %q}, "Composition": {"cart": %q, "web": %q}}`, evil, good, good), 3, `"Composition" is there twice`},
		"one of which is in a string": {`{"a": "\"a\"", "composition": {}}`, 3, "names no component"},
	} {
		file := writeFile(t, filepath.Join(dir, "file"), c.text)
		if out, errs, code := said(t, "verify-manifest", file, "--nexus", "shop", "--url", service); code != c.code || !strings.Contains(out+errs, c.says) {
			t.Errorf("%s: it exits with %d and says %s%s, want %d: %s", name, code, out, errs, c.code, c.says)
		}
	}
	c := carry(t, "")
	twice := c.json(t, "twice.json", `{"composition": {"web": "evil"}, "Composition": {"cart-api": "<cart-api>", "payment": "<payment>", "web": "<web>"}}`)
	if out, errs, code := said(t, "verify", c.file, "--key", c.key, "--expect", twice); code != 3 || !strings.Contains(errs, `"Composition" is there twice`) {
		t.Errorf("what is expected twice: it exits with %d: %s%s", code, out, errs)
	}
}

func TestCommandsForAShellHoldNothingThatAServiceMayPutThere(t *testing.T) {
	commit := strings.Repeat("9c", 20)
	for name, change := range map[string]func(*gate.Checkout){
		"":                  func(*gate.Checkout) {},
		"another digest":    func(c *gate.Checkout) { c.Increment = gate.Composition{"a": "b"}.Digest() },
		"a digest of lines": func(c *gate.Checkout) { c.Increment += "\ntouch /tmp/owned" },
		"another Nexus":     func(c *gate.Checkout) { c.Nexus = "shop\ntouch /tmp/owned" },
		"a hidden folder": func(c *gate.Checkout) {
			c.Components = map[string]gate.CheckedOut{".git": {Repo: "github:acme/cart", Commit: commit}}
			c.Increment = gate.Composition{".git": commit}.Digest()
		},
	} {
		c := gate.Checkout{
			Nexus: "shop", Number: 7, Increment: gate.Composition{"cart": commit}.Digest(),
			Components: map[string]gate.CheckedOut{"cart": {Repo: "github:acme/cart", Branch: "main", Commit: commit}},
		}
		change(&c)
		service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(c) }))
		out, errs, code := said(t, "increment", "checkout", "--nexus", "shop", "--format", "git", "--url", service.URL)
		service.Close()
		if sound := name == ""; (code == 0) != sound || (out != "") != sound || !sound && !strings.Contains(errs, "is it a nexusgate of this version?") {
			t.Errorf("%s: it exits with %d and writes %q%s", name, code, out, errs)
		}
	}
}
