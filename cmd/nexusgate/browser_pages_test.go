package main_test

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
)

// browsed is a page that make browser-check looks at in a browser.
type browsed struct {
	route string // of gate/dashboard, whose page it is
	name  string // of its picture, and of its test
	path  string // where it is; "" for one that is found on another page:
	on    string // the path of that,
	link  string // and a regular expression that its address there matches

	filtered bool // somebody can choose what it shows
}

// ofTheDemo are the pages of the demo, once its story is told.
var ofTheDemo = []browsed{
	{route: "/{$}", name: "home", path: "/"},
	{route: "/nexus/{name}", name: "nexus", path: "/nexus/storefront", filtered: true},
	{route: "/nexus/{name}/teams", name: "teams", path: "/nexus/storefront/teams", filtered: true},
	{route: "/nexus/{name}/backlog", name: "backlog", path: "/nexus/storefront/backlog", filtered: true},
	{route: "/nexus/{name}/dependencies", name: "dependencies", path: "/nexus/storefront/dependencies", filtered: true},
	{route: "/nexus/{name}/sprint", name: "sprint", path: "/nexus/storefront/sprint", filtered: true},
	{route: "/nexus/{name}/timeline", name: "timeline", path: "/nexus/storefront/timeline", filtered: true},
	{route: "/nexus/{name}/stream", name: "stream", path: "/nexus/storefront/stream", filtered: true},
	{route: "/nexus/{name}/daily", name: "daily", path: "/nexus/storefront/daily"},
	{route: "/nexus/{name}/review", name: "review", path: "/nexus/storefront/review"},
	{route: "/nexus/{name}/retrospective", name: "retrospective", path: "/nexus/storefront/retrospective"},
	{route: "/nexus/{name}/planning", name: "planning", path: "/nexus/storefront/planning"},
	{route: "/nexus/{name}/components/{component}", name: "component", path: "/nexus/storefront/components/catalog"},
	{route: "/nexus/{name}/components/{component}", name: "component-excepted", path: "/nexus/storefront/components/mobile"},
	{route: "/nexus/{name}/definition", name: "definition", path: "/nexus/storefront/definition"},
	{route: "/nexus/{name}/definition/{digest}", name: "source", on: "/nexus/storefront/definition", link: `/nexus/storefront/definition/sha256[^"#?]+`},
	{route: "/nexus/{name}/hearing", name: "hearing", path: "/nexus/storefront/hearing"},
	{route: "/verdicts/{id}", name: "verdict", on: "/nexus/storefront", link: `/verdicts/[0-9a-f]{32}`},
	{route: "/verdicts/{id}", name: "proposal", on: "/nexus/storefront/definition", link: `/verdicts/[0-9a-f]{32}`},
	{route: "/verdicts/{id}/explain", name: "explain", on: "/nexus/storefront", link: `/verdicts/[0-9a-f]{32}/explain[^"]+`},
	{route: "/", name: "fault", path: "/nowhere"},
}

// behindALogin are the pages of two Nexuses whose people log in.
var behindALogin = []browsed{
	{route: "/{$}", name: "nexuses", path: "/"},
	{route: "/nexus/{name}", name: "fresh", path: "/nexus/hall"},
	{route: "/aside", name: "aside", path: "/aside"},
	{route: "/deliveries/{id}", name: "delivery", on: "/aside", link: `/deliveries/[^"]+`},
	{route: "POST /verdicts/{id}/sign", name: "sign-off", on: "/nexus/shop", link: `/verdicts/[0-9a-f]{32}`},
}

// noPages are the routes of the dashboard that answer programs, and what loads with a page.
var noPages = []string{"/events", "/assets/{name}"}

func TestEachPageIsLookedAtInABrowser(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range slices.Concat(ofTheDemo, behindALogin) {
		seen[l.route] = true
	}
	found := 0
	for _, route := range routes(t, "gate/dashboard") {
		if strings.HasPrefix(route, "/api/") || slices.Contains(noPages, route) {
			continue
		}
		found++
		if !seen[route] {
			t.Errorf("no browser looks at %s: name it in ofTheDemo or behindALogin", route)
		}
	}
	if found < 10 {
		t.Errorf("only %d routes were found: is the pattern still right?", found)
	}
}

// routes are the patterns that a package registers with a mux.
func routes(t *testing.T, folder string) (all []string) {
	t.Helper()
	for _, s := range sources(t) {
		if s.folder() != folder || s.test() {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				return true
			}
			if f, ok := call.Fun.(*ast.SelectorExpr); ok && strings.HasPrefix(f.Sel.Name, "Handle") {
				all = append(all, ofEachEvent(constant(t, s, call.Args[0]))...)
			}
			return true
		})
	}
	return all
}

// anEvent stands for the name of one of a Sprint's events in a route that is made for each.
const anEvent = "{event}"

// ofEachEvent gives the routes that a pattern in the source stands for.
func ofEachEvent(pattern string) (all []string) {
	if !strings.Contains(pattern, anEvent) {
		return []string{pattern}
	}
	for _, event := range gate.BriefEvents {
		all = append(all, strings.Replace(pattern, anEvent, string(event), 1))
	}
	return all
}

// constant is the text that an expression of literals, of constants of its file and of events comes to.
func constant(t *testing.T, s source, of ast.Expr) string {
	t.Helper()
	switch e := of.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil {
			return text
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return constant(t, s, e.X) + constant(t, s, e.Y)
		}
	case *ast.CallExpr:
		if of, ok := e.Args[0].(*ast.SelectorExpr); ok && of.Sel.Name == "Event" {
			return anEvent
		}
	case *ast.Ident:
		if value := declared(s, e.Name); value != nil {
			return constant(t, s, value)
		}
	}
	t.Fatalf("%s: write the pattern of a route as a literal, so that it is seen whether a browser looks at its page", s.fset.Position(of.Pos()))
	return ""
}

// declared is the value of a constant of a file; nil: it has none of that name.
func declared(s source, name string) (value ast.Expr) {
	ast.Inspect(s.file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) > 0 && spec.Names[0].Name == name {
			value = spec.Values[0]
		}
		return value == nil
	})
	return value
}
