package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// call is a line of an example's page: $ nexusgate judge …   # exit 2: why.
var call = regexp.MustCompile(`(?m)^\$ nexusgate (.*?)\s*(?:# exit (\d).*)?$`)

func TestEachCommandOfTheStorefrontAnswersAsItsPageSays(t *testing.T) {
	folder := filepath.Join(root, "examples", "storefront")
	text, err := os.ReadFile(filepath.Join(folder, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(folder)
	calls := call.FindAllStringSubmatch(string(text), -1)
	if len(calls) < 5 {
		t.Fatalf("the page has %d commands: is the pattern still right?", len(calls))
	}
	for _, found := range calls {
		t.Run(found[1], func(t *testing.T) {
			want := 0
			if found[2] != "" {
				want, _ = strconv.Atoi(found[2])
			}
			out, stderr, code := said(t, strings.Fields(strings.ReplaceAll(found[1], "'", ""))...)
			if code != want {
				t.Errorf("exits with %d, want %d:\n%s%s", code, want, out, stderr)
			}
		})
	}
}
