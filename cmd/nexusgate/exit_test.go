package main_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate"
)

func TestEachOutcomeHasItsExitCode(t *testing.T) {
	for outcome, want := range map[gate.Outcome]int{gate.Done: 0, gate.NotDone: 1, gate.Awaiting: 2, "": 1, "maybe": 1} {
		if code := nexusgate.AnswerOf(outcome); int(code) != want {
			t.Errorf("%q exits with %d, want %d", outcome, code, want)
		}
	}
}

// full is a disk that takes nothing more.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAnAnswerThatCannotBeWrittenIsAnError(t *testing.T) {
	storefront := filepath.Join(root, "examples", "storefront")
	nexus, evidence := filepath.Join(storefront, "nexus.cue"), filepath.Join(storefront, "evidence-done.json")
	for _, args := range [][]string{
		{"vet", nexus},
		{"vet", nexus, "--team", "cart=" + filepath.Join(storefront, "refused", "cart.cue")},
		{"judge", nexus, "--evidence", evidence},
		{"judge", nexus, "--evidence", evidence, "--format", "json"},
		{"judge", nexus, "--evidence", evidence, "--format", "markdown"},
		{"replay", "--store", kept(t, nil)},
		{"init", filepath.Join(t.TempDir(), "shop")},
		{"version"},
		{"--help"},
	} {
		var stderr strings.Builder
		code := nexusgate.Run(t.Context(), args, strings.NewReader(""), full{}, &stderr, func(string) string { return "" })
		if code != 3 || strings.Count(stderr.String(), "no space left") != 1 {
			t.Errorf("%v exits with %d and says %q, want 3 and why", args, code, stderr.String())
		}
	}
}

func TestReplayEndsWhenItIsInterrupted(t *testing.T) {
	dsn := kept(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, stderr strings.Builder
	code := nexusgate.Run(ctx, []string{"replay", "--store", dsn}, strings.NewReader(""), &out, &stderr, func(string) string { return "" })
	if code != 3 || out.Len() > 0 || !strings.Contains(stderr.String(), "context canceled") {
		t.Errorf("replay exits with %d and says %q, %q", code, out.String(), stderr.String())
	}
}

func TestADefinitionOfNoSensibleSizeIsNotRead(t *testing.T) {
	name := filepath.Join(t.TempDir(), "nexus.cue")
	if err := os.WriteFile(name, make([]byte, 4<<20+1), 0o600); err != nil {
		t.Fatal(err)
	}
	out, stderr, code := said(t, "vet", name)
	if code != 3 || out != "" || !strings.Contains(stderr, "is larger than 4 MiB") {
		t.Errorf("vet exits with %d and says %s%s", code, out, stderr)
	}
}
