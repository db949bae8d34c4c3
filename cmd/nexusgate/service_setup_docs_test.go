package main_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
)

var console = regexp.MustCompile("(?ms)^```console\n(.*?)^```$")

// TestEachCommandOfTheSetUpRuns runs what docs/setup.md shows, in a folder as a reader has it.
func TestEachCommandOfTheSetUpRuns(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "setup.md"))
	if err != nil {
		t.Fatal(err)
	}
	shown, err := os.ReadFile(filepath.Join(root, "examples", "storefront", "nexus.cue"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	ran := 0
	for _, block := range console.FindAllStringSubmatch(string(page), -1) {
		for line := range strings.Lines(block[1]) {
			args := strings.Fields(strings.TrimPrefix(line, "$ nexusgate "))
			says, env := `://127.0.0.1:\d+/setup/enter\?token=`, map[string]string{"NEXUSGATE_LISTEN": "127.0.0.1:0"}
			if args[0] == "doctor" {
				says = `FAULT  settings of github:acme/cart-api@main: it lies on github, which is off`
				if err := os.WriteFile("nexus.cue", shown, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			ctx, end := context.WithCancel(t.Context())
			out, ended := newLines(), make(chan int, 1)
			go func() {
				ended <- nexusgate.Run(ctx, args, strings.NewReader(""), out, out, func(name string) string { return env[name] })
			}()
			out.match(t, says)
			end()
			<-ended
			ran++
		}
	}
	if ran < 2 {
		t.Errorf("the page shows %d commands", ran)
	}
}
