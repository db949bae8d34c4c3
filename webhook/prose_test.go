package webhook_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/webhook"
)

// needed are the references that a pull request with a text needs.
func needed(t testing.TB, text string) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"action": "opened",
		"pull_request": map[string]any{
			"number": 17, "state": "open", "title": "Guest carts", "html_url": "https://github.com/acme/cart-api/pull/17", "body": text,
			"head": map[string]any{"sha": strings.Repeat("a", 40)}, "base": map[string]any{"ref": "main"},
		},
		"repository": map[string]any{"id": 1, "full_name": "acme/cart-api"},
	})
	if err != nil {
		t.Fatal(err)
	}
	events, err := webhook.Decode(gate.Delivery{ID: "d", Source: gate.FromGitHub, Event: "pull_request", Trust: definition.Webhook, Body: body})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, r := range events[0].(gate.ChangeSeen).Needs {
		said = append(said, strings.TrimPrefix(r.String(), "github:acme/"))
	}
	return strings.Join(said, ", ")
}

func TestWhatStandsBeforeItHidesNoNeed(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a line between three backticks":     {"```make check``` is green\nDepends-On: #1", "cart-api#1"},
		"code in a list":                     {"- ```\n  make\n  ```\nDepends-On: #1", "cart-api#1"},
		"code in longer fences":              {"````\n```go\n````\nDepends-On: #1", "cart-api#1"},
		"code that never ends":               {"```\nDepends-On: #1", "cart-api#1"},
		"a comment that is shown as code":    {"```html\n<!-- a form\n```\nDepends-On: #1", "cart-api#1"},
		"a comment between backticks":        {"it begins with `<!--`\nDepends-On: #1", "cart-api#1"},
		"a comment that never ends":          {"it begins with <!-- as ever\nDepends-On: #1", "cart-api#1"},
		"a comment of no words":              {"<!--> and\nDepends-On: #1\n-->", "cart-api#1"},
		"a comment that ends on its line":    {"<!-- say --> Depends-On: #1", "cart-api#1"},
		"lines that end as on Windows":       {"```\r\nDepends-On: #2\r\n```\r\nDepends-On: #1\r\n", "cart-api#1"},
		"code with other signs in it":        {"~~~\n```\n~~~\nDepends-On: #1", "cart-api#1"},
		"a need in code":                     {"~~~ text\nDepends-On: #1\n~~~~", ""},
		"a need in a comment of many lines":  {"<!--\nDepends-On: #1\n-->", ""},
		"a need in a quotation":              {"> Depends-On: #1", ""},
		"a need in longer fences than inner": {"````\n```\nDepends-On: #1\n````", ""},
	} {
		if got := needed(t, c.text); got != c.want {
			t.Errorf("%s: it needs %q, want %q", name, got, c.want)
		}
	}
}

func TestAllThatALineNamesIsNeeded(t *testing.T) {
	for text, want := range map[string]string{
		"Depends-On: acme/web#4 (login), acme/pay#17 (tokens)": "web#4, pay#17",
		"Depends-On: #1; #2 & #3 + #4!":                        "cart-api#1, cart-api#2, cart-api#3, cart-api#4",
		"Depends-On: #1, see the notes":                        "cart-api#1",
		"Depends-On: #1, ../etc#2, https://example.org/x":      "cart-api#1, ../etc#2, https://example.org/x",
		"Depends-On:\u00a0#1":                                  "cart-api#1",
		"- [ ] Depends-On: #1\n- [x] Blocked-By: #2":           "cart-api#1, cart-api#2",
		"1. Depends-On: #1\n2) depends-on: #2":                 "cart-api#1, cart-api#2",
		"## Depends-On: #1":                                    "cart-api#1",
		"__Depends-On:__ #1\n**Blocked-By**: #2":               "cart-api#1, cart-api#2",
		"Depends-On:\n- #1\n- [ ] acme/web#2 (login)\n\n#3":    "cart-api#1, web#2",
		"**Depends-On:**\n\n* #1\n\nOther\n* #2":               "cart-api#1",
		"Depends-On:\n- [ ] I ran the tests of #2":             "",
		"Depends-On: None.\n- #1":                              "",
		"Depends-On: soon":                                     "soon",
	} {
		if got := needed(t, text); got != want {
			t.Errorf("%q needs %q, want %q", text, got, want)
		}
	}
}

func TestALongTextIsReadWholeOrSaidNotToBe(t *testing.T) {
	if got := needed(t, strings.Repeat("長", 65_000)+"\nDepends-On: #1"); got != "cart-api#1" {
		t.Errorf("as long as GitHub takes it, it needs %q", got)
	}
	if got := needed(t, strings.Repeat("a\n", 128<<10-8)+"Depends-On: #12345"); got != "more than is read of one text" {
		t.Errorf("a text that is cut amid a number needs %q", got)
	}
}

// A text that is made to be read slowly takes no longer than any of its size.
func BenchmarkHostileText(b *testing.B) {
	for name, text := range map[string]string{
		"plain":    strings.Repeat("Guest carts are here\n", 12_000),
		"fences":   strings.Repeat("```x\n~~~ x\n", 23_000),
		"comments": strings.Repeat("<!-- `", 42_000),
		"ended":    strings.Repeat("<!---->", 36_000),
		"marks":    strings.Repeat("- ", 125_000),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				needed(b, text)
			}
		})
	}
}
