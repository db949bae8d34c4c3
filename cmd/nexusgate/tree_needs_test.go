package main_test

import (
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate/forge"
)

// What the forges are asked for is said once, in gate/forge. The decoders and the documents are held to it.

// decoded are the events that a function of webhook/reading.go has a decoder for.
func decoded(t *testing.T, function string) (events []string) {
	t.Helper()
	for _, s := range sources(t) {
		if s.path != "webhook/reading.go" {
			continue
		}
		for _, declaration := range s.file.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok && f.Name.Name == function {
				ast.Inspect(f, func(n ast.Node) bool {
					if c, ok := n.(*ast.CaseClause); ok && !passedOver(c) {
						events = append(events, words(t, c.List)...)
					}
					return true
				})
			}
		}
	}
	if len(events) == 0 {
		t.Fatalf("webhook/reading.go has no %s that chooses decoders", function)
	}
	slices.Sort(events)
	return events
}

// passedOver says whether a case only says that the event is not used.
func passedOver(c *ast.CaseClause) bool {
	answer, ok := c.Body[0].(*ast.ReturnStmt)
	if !ok {
		return false
	}
	called, ok := answer.Results[0].(*ast.CallExpr)
	return ok && called.Fun.(*ast.Ident).Name == "unused"
}

func words(t *testing.T, of []ast.Expr) (all []string) {
	t.Helper()
	for _, one := range of {
		literal, ok := one.(*ast.BasicLit)
		if !ok {
			continue // a name of our own, for what comes without one and by no hook: an external status check
		}
		text, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	return all
}

func TestTheAppAsksForTheEventsThatAreDecodedAndNoOthers(t *testing.T) {
	asked := append(forge.Needed(forge.AllUses()...).Events, forge.Unasked()...)
	slices.Sort(asked)
	if diff := cmp.Diff(decoded(t, "githubReading"), asked); diff != "" {
		t.Errorf("what is decoded and what forge.Needs asks for differ (-decoded +asked):\n%s", diff)
	}
}

func TestGitLabsHooksAreSetForTheEventsThatAreDecodedAndNoOthers(t *testing.T) {
	// What is confidential and an instance's own hook are read where somebody sends them; no hook of ours asks for
	// them. Work items come with issues.
	asked := []string{"Confidential Issue Hook", "Confidential Note Hook", "Confidential Work Item Hook", "System Hook", "Work Item Hook"}
	for _, event := range forge.HookEvents() {
		asked = append(asked, event.Header)
	}
	slices.Sort(asked)
	if diff := cmp.Diff(decoded(t, "gitlabReading"), asked); diff != "" {
		t.Errorf("what is decoded and what forge.HookEvents asks for differ (-decoded +asked):\n%s", diff)
	}
}

func TestTheDocumentsTellOfEachPermissionAndEvent(t *testing.T) {
	name := filepath.Join(root, "docs", "setup.md")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	renewed := string(text)
	for mark, want := range map[string]string{"permissions": permissionsTable(), "hooks": hooksTable()} {
		told := between(t, mark, renewed)
		if diff := cmp.Diff(want, told); diff != "" && !*update {
			t.Errorf("docs/setup.md's %s are not those of gate/forge; run the test with -update (-want +got):\n%s", mark, diff)
		}
		renewed = strings.Replace(renewed, "<!-- "+mark+" -->\n"+told, "<!-- "+mark+" -->\n"+want, 1)
	}
	if *update {
		if err := os.WriteFile(name, []byte(renewed), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func permissionsTable() string {
	rows := []string{"| Permission | Access | Events | What for |", "|---|---|---|---|"}
	access := map[forge.Access]string{forge.Read: "read", forge.Write: "read and write"}
	for _, n := range forge.Needs() {
		var events []string
		for _, event := range n.Events {
			events = append(events, forge.Shown(event))
		}
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |", forge.Shown(n.Permission), access[n.Access], strings.Join(events, ", "), n.Why+condition(n.For)))
	}
	return strings.Join(rows, "\n") + "\n"
}

func hooksTable() string {
	rows := []string{"| Trigger | What for |", "|---|---|"}
	for _, e := range forge.HookEvents() {
		rows = append(rows, fmt.Sprintf("| %s | %s |", e.Shown, e.Why+condition(e.For)))
	}
	return strings.Join(rows, "\n") + "\n"
}

func condition(use forge.Use) string {
	if use == forge.Always {
		return ""
	}
	return "; leave it out where you have none"
}
