package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/definition"
)

// The definition of the page is sound, and the environment of the page is all that its addresses need.
func TestTheDocumentOnSendingNamesAllThatItsAddressesNeed(t *testing.T) {
	page := readPage(t, "sending.md")
	d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(page.run(t, "definition", ""))})
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{}
	for line := range strings.Lines(page.run(t, "environment", "")) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if strings.HasSuffix(name, "_FILE") {
			value = filepath.Join(t.TempDir(), filepath.Base(value))
			if err := os.WriteFile(value, []byte("https://hooks.example.com/services/x\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		env[name] = value
	}
	sent := 0
	for _, b := range d.Briefs {
		for _, to := range b.To {
			lacks, err := nexusgate.Lacks(func(name string) string { return env[name] }, to)
			if sent++; err != nil || lacks != "" {
				t.Errorf("%s lacks %q: %v", to, lacks, err)
			}
			if without, _ := nexusgate.Lacks(func(string) string { return "" }, to); without == "" && to.By != definition.ByIssue {
				t.Errorf("%s needs nothing at all", to)
			}
		}
	}
	if sent != 6 {
		t.Errorf("the page sends to %d addresses", sent)
	}
	page.allRan(t)
}
