package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// page is one markdown file of the tree.
type page struct{ path, text string }

func pages(t *testing.T) []page {
	t.Helper()
	var all []page
	for _, name := range files(t, ".md") {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page{name, string(text)})
	}
	return all
}

var link = regexp.MustCompile(`\]\(([^)#\s]+)(#[^)\s]*)?\)`)

func TestEachLinkBetweenPagesLeadsSomewhere(t *testing.T) {
	for _, p := range pages(t) {
		for _, found := range link.FindAllStringSubmatch(p.text, -1) {
			target := found[1]
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(p.path), target)); err != nil {
				t.Errorf("%s links to %s, which is not there", p.path, target)
			}
		}
	}
}

var (
	called = regexp.MustCompile("(?m)(?:^|`)make ([a-z][a-z-]*)")
	target = regexp.MustCompile(`(?m)^([a-z][a-z-]*):.*## `)
)

func TestEachMakeTargetThatAPageNamesExists(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	targets := map[string]bool{}
	for _, found := range target.FindAllStringSubmatch(string(makefile), -1) {
		targets[found[1]] = true
	}
	named := 0
	for _, p := range pages(t) {
		for _, found := range called.FindAllStringSubmatch(p.text, -1) {
			named++
			if !targets[found[1]] {
				t.Errorf("%s says make %s, which the Makefile does not have", p.path, found[1])
			}
		}
	}
	if named == 0 {
		t.Error("no page names a make target: is the pattern still right?")
	}
}

// between is the text of a page between <!-- name --> and <!-- /name -->.
func between(t *testing.T, name, text string) string {
	t.Helper()
	_, rest, begun := strings.Cut(text, "<!-- "+name+" -->\n")
	inside, _, ended := strings.Cut(rest, "<!-- /"+name+" -->")
	if !begun || !ended {
		t.Fatalf("no text between <!-- %s --> and <!-- /%s -->", name, name)
	}
	return inside
}
