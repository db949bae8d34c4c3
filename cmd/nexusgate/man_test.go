package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
)

// manual writes the pages, dated.
func manual(t *testing.T) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "man1")
	var stderr strings.Builder
	code := nexusgate.Run(t.Context(), []string{"man", dir}, strings.NewReader(""), &stderr, &stderr, func(name string) string {
		return map[string]string{"SOURCE_DATE_EPOCH": "1795348800"}[name]
	})
	if code != 0 || stderr.Len() > 0 {
		t.Fatalf("man exits with %d and says %s", code, &stderr)
	}
	return dir
}

func TestEachCommandHasAPageOfTheManual(t *testing.T) {
	dir := manual(t)
	want := []string{"nexusgate.1"}
	for _, name := range commandNames(t) {
		want = append(want, "nexusgate-"+strings.ReplaceAll(name, " ", "-")+".1")
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the pages are %q, want %q", got, want)
	}
}

func TestTheManualIsSound(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(manual(t), "*.1"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("%d pages: %v", len(pages), err)
	}
	if out, err := exec.CommandContext(t.Context(), "mandoc", append([]string{"-T", "lint", "-W", "warning"}, pages...)...).CombinedOutput(); err != nil {
		t.Errorf("mandoc: %v\n%s", err, out)
	}
}

// What a reader sees is what the help says: nothing of it is taken for a macro or lost.
func TestAPageShowsWhatTheHelpSays(t *testing.T) {
	dir := manual(t)
	for _, name := range append(commandNames(t), "") {
		file := strings.TrimSuffix("nexusgate-"+strings.ReplaceAll(name, " ", "-"), "-")
		out, err := exec.CommandContext(t.Context(), "mandoc", "-T", "utf8", "-O", "width=400", filepath.Join(dir, file+".1")).Output()
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		shown := readable(string(out))
		for _, word := range strings.Fields(help(t, strings.Fields(name)...)) {
			if !strings.Contains(strings.ToLower(shown), strings.ToLower(strings.Trim(word, ".,:"))) && !strings.HasSuffix(word, "codes,") {
				t.Errorf("%s does not show %q", file, word)
			}
		}
	}
}

// readable is a text without what a terminal draws twice, and with plain hyphens.
func readable(text string) string {
	var b strings.Builder
	runes := []rune(text)
	for i, r := range runes {
		if r == '\b' || i+1 < len(runes) && runes[i+1] == '\b' {
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func TestAWrongDateOfTheSourcesIsRefused(t *testing.T) {
	var stderr strings.Builder
	code := nexusgate.Run(t.Context(), []string{"man", t.TempDir()}, strings.NewReader(""), &stderr, &stderr, func(name string) string {
		return map[string]string{"SOURCE_DATE_EPOCH": "yesterday"}[name]
	})
	if code != 3 || !strings.Contains(stderr.String(), `SOURCE_DATE_EPOCH is "yesterday"`) {
		t.Errorf("it exits with %d and says %s", code, &stderr)
	}
}
