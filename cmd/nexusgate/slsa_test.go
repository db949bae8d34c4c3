package main_test

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// slsaVerifier is where the tool itself is, in the version of testdata/slsa.mod, built where it is not yet.
var slsaVerifier = sync.OnceValues(func() (string, error) {
	build := exec.Command("go", "tool", "-modfile=cmd/nexusgate/testdata/slsa.mod", "-n", "slsa-verifier")
	build.Dir = root
	out, err := build.Output()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		err = fmt.Errorf("building slsa-verifier: %w: %s", err, failed.Stderr)
	}
	return strings.TrimSpace(string(out)), err
})

// slsa runs slsa-verifier, and says whether it accepts.
func slsa(t *testing.T, file, key, verifier, resource string, more ...string) (accepts bool, says string) {
	t.Helper()
	tool, err := slsaVerifier()
	if err != nil {
		t.Fatal(err)
	}
	asked := []string{"verify-vsa", "--attestation-path", file, "--public-key-path", key, "--verifier-id", verifier, "--resource-uri", resource}
	out, err := exec.CommandContext(t.Context(), tool, append(asked, more...)...).CombinedOutput()
	says = string(out)
	if accepts = err == nil; accepts != strings.Contains(says, "Verifying VSA: PASSED") || !accepts != strings.Contains(says, "Verifying VSA: FAILED") {
		t.Fatalf("slsa-verifier did not come to an answer: %v\n%s", err, says)
	}
	return accepts, says
}

// Others check our statements with a tool that knows nothing of us, and it takes them for what they are.
func TestSLSAVerifierReleasesWhatIsDoneAndNothingElse(t *testing.T) {
	h, _, public := attested(t)
	_, stranger := attestKey(t)
	pem := h.server.Root() + "/.well-known/nexusgate-keys.pem"
	_, published := fetch(t, pem)
	published = writeFile(t, filepath.Join(t.TempDir(), "published.pem"), published)
	cart, pay := "gitCommit:"+h.cart.Head("main"), "gitCommit:"+h.pay.Head("main")
	done, text := h.statement(h.standing().HeadSays.ID)
	red, _ := h.statement(h.turnRed())
	tampered := writeFile(t, filepath.Join(t.TempDir(), "tampered.json"), strings.Replace(text, `"payload":"eyJ`, `"payload":"eyK`, 1))
	nexus := h.settings.URL + "/nexus/shop"
	for name, c := range map[string]struct {
		file, key, verifier, resource string
		more                          []string
		accepts                       bool
		says                          string
	}{
		"a component":           {done, public, h.settings.URL, nexus, []string{"--subject-digest", cart}, true, ""},
		"two, at our level":     {done, published, h.settings.URL, nexus, []string{"--subject-digest", cart, "--subject-digest", pay, "--verified-level", "NEXUSGATE_INCREMENT_DONE"}, true, ""},
		"not done":              {red, public, h.settings.URL, nexus, []string{"--subject-digest", cart}, false, "verification result is not Passed: FAILED"},
		"tampered with":         {tampered, public, h.settings.URL, nexus, []string{"--subject-digest", cart}, false, "no valid signature"},
		"another key":           {done, stranger, h.settings.URL, nexus, []string{"--subject-digest", cart}, false, "no valid signature"},
		"another resource":      {done, public, h.settings.URL, h.settings.URL + "/nexus/other", []string{"--subject-digest", cart}, false, "resource URI mismatch"},
		"another verifier":      {done, public, "https://done.example.org", nexus, []string{"--subject-digest", cart}, false, "verifier ID mismatch"},
		"a commit that is none": {done, public, h.settings.URL, nexus, []string{"--subject-digest", cart + "0"}, false, "expected digest not found"},
		"one commit too many":   {done, public, h.settings.URL, nexus, []string{"--subject-digest", cart, "--subject-digest", "gitCommit:" + strings.Repeat("0", 40)}, false, "expected digest not found"},
		"another level":         {done, public, h.settings.URL, nexus, []string{"--subject-digest", cart, "--verified-level", "NEXUSGATE_INCREMENT_DONE_UNDER_EXCEPTIONS"}, false, "expected verified level not found"},
	} {
		if accepts, says := slsa(t, c.file, c.key, c.verifier, c.resource, c.more...); accepts != c.accepts || !strings.Contains(says, c.says) {
			t.Errorf("%s: it accepts %v, and says %s", name, accepts, says)
		}
	}
}
