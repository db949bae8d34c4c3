package main_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
)

func TestAManifestIsWrittenOfWhatIsDoneAndChecked(t *testing.T) {
	t.Parallel()
	h, commit, run := released(t, unitShop)
	env := map[string]string{"NEXUSGATE_URL": h.server.Root()}
	try := func(what string, code int, says string, args ...string) (out string) {
		t.Helper()
		got, out, errs := h.cli(env, args...)
		if got != code || !strings.Contains(out+errs, says) {
			t.Errorf("%s: it exits with %d and says %q%q, want %d: %s", what, got, out, errs, code, says)
		}
		return out
	}
	try("before anything is done", 3, "shop has no done Increment yet", "manifest", "shop")
	if out := try("the head, which is awaited", 2, "unit of cart-api is waiting", "manifest", "shop", "--increment", "head"); out != "" {
		t.Errorf("a script is handed %q", out)
	}
	h.bring(run.Token(audience, nil), unitForm(testReport(3, 0)))
	h.stands(commit, "unit", gate.Met)
	h.rest()
	head := h.standing().Head
	var m struct {
		Increment   int64
		Digest      string
		Composition gate.Composition
		Components  map[string]struct{ Repo, Commit string }
	}
	text := try("what is done", 0, "", "manifest", "shop")
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	if m.Increment != head.Number || m.Digest != head.Digest || m.Composition["cart-api"] != commit ||
		m.Components["web"].Repo != "gitlab:acme/web" || m.Components["web"].Commit != head.Composition["web"] {
		t.Errorf("the manifest is %s", text)
	}
	lock := try("as a lock file", 0, "component cart-api github:acme/cart-api "+commit+"\n", "manifest", "shop", "--format", "lock")
	if again := try("again", 0, "", "manifest", "shop", "--format", "lock", "--increment", head.Digest); again != lock {
		t.Errorf("the lock file is another one:\n%s\n%s", lock, again)
	}
	file := func(name, text string) string {
		t.Helper()
		return writeFile(t, filepath.Join(t.TempDir(), name), text)
	}
	locked, written := file("shop.lock", lock), file("shop.json", text)
	alone, err := json.Marshal(head.Composition)
	if err != nil {
		t.Fatal(err)
	}
	composition := file("composition.json", string(alone))
	for what, args := range map[string][]string{"locked": {locked}, "written": {written}, "alone": {composition, "--nexus", "shop"}} {
		try(what, 0, "is done.", append([]string{"verify-manifest"}, args...)...)
	}
	other := strings.Replace(lock, commit, strings.Repeat("a", 40), 1)
	try("altered", 3, "the manifest was altered", "verify-manifest", file("altered.lock", other))
	mixed := strings.Replace(string(alone), commit, strings.Repeat("a", 40), 1)
	try("never together", 1, "never stood together", "verify-manifest", file("mixed.json", mixed), "--nexus", "shop")
	try("of another Nexus", 3, "not said of which Nexus", "verify-manifest", locked, "--nexus", "else")
	try("of none", 3, "not said of which Nexus", "verify-manifest", composition)
	try("no lock file", 3, "is no line of a lock file", "verify-manifest", file("no.lock", "hello world\n"))
	try("twice", 3, "is named twice", "verify-manifest", file("twice.lock", lock+"component web gitlab:acme/web x\n"))
	try("an empty one", 3, "does not say its nexus", "verify-manifest", file("empty.lock", ""))
	h.later()
	build(h.pay, "push", h.pay.Head("main"), "failure")
	h.rest()
	try("deployed, and broken since", 1, "ci of payment is unmet", "verify-manifest", locked)
	if out := try("last done, and broken since", 1, "ci of payment is unmet", "manifest", "shop"); out != "" {
		t.Errorf("a script is handed %q", out)
	}
}
