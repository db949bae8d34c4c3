package report_test

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	htmlrender "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// alive is what one of the forges makes something of in text outside code: mentions, references to
// issues, merge requests, snippets, milestones, labels, epics and commits, links, emoji, formulas.
var alive = regexp.MustCompile(`(?i)@\w|#\w|!\d|\$\w|%["\w]|~["\w]|&\w|\^\w|[a-z_]-\d|[0-9a-f]{7}|://|www\.|mailto:|:[\w+-]+:|[<>{}\[\]*_\x60\\|]|\$`)

// lively are the elements that a report is made of. Everything else came from what it reports on.
var lively = []string{"html", "head", "body", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "br", "code", "details", "summary", "a"}

// FuzzEscape puts a string wherever a report shows one, renders the report as the forges do (the
// GitHub flavour of markdown, with raw HTML left in) and looks for what came alive.
func FuzzEscape(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 2000 {
			return
		}
		md := report.Markdown(flooded(s), links)
		page := render(t, md)
		inspect(t, md, page)
		if rows := cells(page); !slices.Equal(rows, []int{7, 7, 7, 7, 1, 1, 6, 6}) {
			t.Errorf("cells of the rows: %v\n%s", rows, md)
		}
		md = report.Markdown(floodedProposal(s), links)
		page = render(t, md)
		inspect(t, md, page)
		if rows := cells(page); !slices.Equal(rows, []int{7, 7, 2, 2, 2, 2, 1, 1, 4, 4, 6, 6, 3, 3, 1, 1, 1, 1}) {
			t.Errorf("cells of the rows: %v\n%s", rows, md)
		}
		_, md = report.Superseded(flooded(s), s, links)
		inspect(t, md, render(t, md))
	})
}

func seeds() []string {
	return []string{
		attack, "", "plain words only.", "`", "``", "a`", "`a", "\\", "|", "\\|", "\\\\|", "||", "a|b", "`|`", "\\`|", "&#64;all", "&commat;all",
		"<!-- --><b>", "</code>@acme/all", "</td></tr></table>", "GH-12", "gh-12", "SHOP-12", "acme/cart#12", "group/project!12", "deadbeef", "1234567.",
		"a@example.com", "http://a", "ftp://a.example", "mailto:a@b.example", "[x]: http://a", "[^1]", "![a](b)", "~~gone~~", "**bold**", "_a_", "a_b_c",
		"$$x$$", "$`x`$", ":tada:", "/close", "::include{file=a}", "[[_TOC_]]", "\r\n\r\n| a | b |\n|---|---|", "- [x] a", "> quote", "# head", "---", "\x00", "\xff\xfe", "\u202e", "www.example.com", "x.www.example.com",
		"%\"mile stone\"", "~\"a label\"", "&1", "^alert#1", "*iteration:1", "[vulnerability:1]", "\u2028@a", "\u00a0@a",
	}
}

// flooded is a verdict that shows s wherever something foreign is shown.
func flooded(s string) gate.Verdict {
	return valid(only(gate.Unmet, gate.Missing, gate.Met), func(v *gate.Verdict) {
		v.Subject.Name, v.Commit, v.Definition, v.Exceptions = s, s, s, []string{s}
		v.Grants = []gate.Grant{{ID: s, Criterion: s, Reason: s, Ticket: s, RequestedBy: s, ApprovedBy: s, Until: noon}}
		v.Notices = []string{s}
		for i := range v.Findings {
			f := &v.Findings[i]
			f.Criterion, f.Component, f.Team, f.Why, f.Want, f.Got, f.At, f.Fix, f.Carried, f.URL = s, s, s, s, s, s, s, s, s, s
		}
		v.Findings[1].Exception = cmp.Or(s, "x")
	})
}

// floodedProposal shows s wherever a change to a definition shows something foreign.
func floodedProposal(s string) gate.Verdict {
	return valid(only(gate.Unmet), func(v *gate.Verdict) {
		v.Subject = gate.Subject{Kind: gate.OfDefinition, Name: s}
		f := definition.Faults{{Pos: definition.Pos{File: s, Line: 1}, Message: s}}
		v.Proposal = &gate.Proposal{File: s, Faults: f, Warnings: f, Differences: []string{s}, Impact: &gate.Impact{
			Turns:    []gate.Turn{{Subject: gate.Subject{Kind: gate.OfComponent, Name: s}, Team: s, From: gate.Outcome(s), To: gate.Done}},
			Findings: []gate.FindingTurn{{Team: s, Criterion: s, From: gate.FindingState(s), Level: s}},
			Layers:   []gate.LayerTurn{{Component: s, Team: s, Says: []string{s}}},
			Joining:  []string{s}, Leaving: []string{s},
		}}
	})
}

func render(t *testing.T, md string) *html.Node {
	t.Helper()
	var out bytes.Buffer
	parser := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote), goldmark.WithRendererOptions(htmlrender.WithUnsafe()))
	if err := parser.Convert([]byte(md), &out); err != nil {
		t.Fatal(err)
	}
	page, err := html.Parse(&out)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func inspect(t *testing.T, md string, page *html.Node) {
	t.Helper()
	for n := range page.Descendants() {
		switch {
		case n.Type == html.ElementNode && !slices.Contains(lively, n.Data):
			t.Errorf("a live <%s> in\n%s", n.Data, md)
		case n.Type == html.ElementNode && n.Data == "a":
			if target := attr(n, "href"); target != links.Verdict && target != links.Successor && textOf(n) != "evidence" && textOf(n) != "ticket" {
				t.Errorf("a live link to %q in\n%s", target, md)
			}
		case n.Type == html.CommentNode:
			t.Errorf("a comment %q in\n%s", n.Data, md)
		case n.Type == html.TextNode && n.Parent.Data != "code" && alive.MatchString(n.Data):
			t.Errorf("%q is alive in %q of\n%s", alive.FindString(n.Data), n.Data, md)
		}
	}
}

// cells counts the cells of each row.
func cells(page *html.Node) (rows []int) {
	for n := range page.Descendants() {
		if n.Data == "tr" && n.Type == html.ElementNode {
			rows = append(rows, 0)
		}
		if n.Type == html.ElementNode && (n.Data == "td" || n.Data == "th") {
			rows[len(rows)-1]++
		}
	}
	return rows
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func TestWordsSurviveTheirEscaping(t *testing.T) {
	for _, s := range seeds() {
		if strings.Contains(s, `\|`) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == utf8.RuneError || r > 0x2000 || r == 0xa0 }) {
			continue // replaced on purpose
		}
		for name, md := range map[string]string{"code": report.Code(s), "prose": report.Prose(s)} {
			page := render(t, "| a |\n| --- |\n| "+md+" |\n")
			if got := strings.TrimSpace(strings.TrimPrefix(strings.Join(strings.Fields(textOf(page)), " "), "a")); got != strings.Join(strings.Fields(s), " ") {
				t.Errorf("%s of %q reads %q: %s", name, s, got, md)
			}
		}
	}
}

func TestPlainProseStaysAsItIs(t *testing.T) {
	for _, s := range []string{
		"Every unit test passes, and there is at least one",
		"It's green: see docs/testing.md (page 4), don't wait!",
		"The component's pipeline is green in 45 minutes, at 80% or more",
		"Grüße aus Zürich, 統合",
	} {
		if got := report.Prose(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func TestWhatASentenceSetsAroundAWordIsNotOfIt(t *testing.T) {
	for s, want := range map[string]string{
		"Taxes (acme/product#9), of Sprint 1": "Taxes (`acme/product#9`), of Sprint 1",
		"a_b (acme/product#9); c_d e_f.":      "`a_b` (`acme/product#9`); `c_d e_f`.",
		"calls f_x() and g_y(1).":             "calls `f_x()` and `g_y(1)`.",
		"(see a_b) and (c_d more)":            "(see `a_b`) and (`c_d` more)",
		`is "a_b", 'c_d' or "e_f?`:            "is \"`a_b`\", '`c_d`' or `\"e_f`?",
		"((a_b)) is (a_b)c_d":                 "((`a_b`)) is `(a_b)c_d`",
		`() #() #"" "" #'`:                    "() `#() #\"\"` \"\" `#'`",
		"at 23:15, by @kim.":                  "at `23:15`, by `@kim`.",
		"# ## *, (*) ~~.":                     "`# ## *`, (`*`) `~~`.",
		"[x](http://a) and ![b](c), both":     "`[x](http://a)` and `![b](c)`, both",
	} {
		if got := report.Prose(s); got != want {
			t.Errorf("%s became %s, want %s", s, got, want)
		}
	}
}

func TestOnlyWebAddressesAreLinks(t *testing.T) {
	for address, want := range map[string]string{
		"https://ci.example/runs/1?a=1&b=(2)":             "https://ci.example/runs/1?a=1&b=(2)",
		"http://ci.example":                               "http://ci.example",
		"https://ci.example/a b>c|d":                      "https://ci.example/a%20b%3Ec%7Cd",
		"javascript:alert(1)":                             "",
		"data:text/html,x":                                "",
		"//ci.example/x":                                  "",
		"/runs/1":                                         "",
		"https://github.com@evil.example/":                "",
		"https://":                                        "",
		"https://ci.example/\nx":                          "",
		"https://ci.example/" + strings.Repeat("x", 2000): "",
	} {
		if got := report.WebAddress(address); got != want {
			t.Errorf("address %q became %q, want %q", address, got, want)
		}
	}
}
