package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/definition/definitiontest"
)

func TestVetRefusesAHostileFileInFewWords(t *testing.T) {
	nexus := filepath.Join(root, "examples", "storefront", "nexus.cue")
	file := filepath.Join(t.TempDir(), "done.cue")
	for what, source := range definitiontest.Hostile() {
		if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		out, stderr, code := said(t, "vet", nexus, "--team", "cart="+file)
		if code != 1 || stderr != "" || !strings.HasPrefix(out, file+":") {
			t.Errorf("%s: vet exits with %d and says %q, %q; want its faults", what, code, out, stderr)
		}
		// A team's file is held for each of its components.
		if len(out) > 256<<10 || strings.Count(out, "\n") > 200 || strings.Contains(out, "\x00") {
			t.Errorf("%s: vet says %d bytes in %d lines", what, len(out), strings.Count(out, "\n"))
		}
	}
}
