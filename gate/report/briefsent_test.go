package report_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// sentBrief is a brief with so many lines, each of that text.
func sentBrief(lines int, text, url string) gate.Brief {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	section := gate.BriefSection{Title: "New integration issues", Note: "since yesterday"}
	for i := range lines {
		section.Lines = append(section.Lines, gate.BriefLine{Text: fmt.Sprintf("%d %s", i, text), URL: url, Of: "cart", Since: at, Lines: []gate.BriefLine{{Text: text}}})
	}
	return gate.Brief{
		Event: gate.DailyBrief, Nexus: "storefront", Title: "Daily of storefront", Since: at.Add(-24 * time.Hour), Until: at, At: at,
		Sections: []gate.BriefSection{section, {Title: "New dependencies", Empty: "There are none."}},
	}
}

// slackMessage is what a webhook of Slack is given.
type slackMessage struct {
	Text, Parse string
	Blocks      []struct {
		Type     string
		Text     slackText
		Elements []slackText
	}
}

type slackText struct {
	Type, Text string
	Verbatim   bool
}

func slack(t *testing.T, b gate.Brief, page string) (m slackMessage) {
	t.Helper()
	body, err := report.BriefSlack(b, page)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// all is what a message says in its blocks.
func (m slackMessage) all() string {
	var s strings.Builder
	for _, b := range m.Blocks {
		s.WriteString(b.Text.Text + "\n")
		for _, e := range b.Elements {
			s.WriteString(e.Text + "\n")
		}
	}
	return s.String()
}

// fits holds a message to the bounds that Slack documents.
func (m slackMessage) fits(t *testing.T) {
	t.Helper()
	if len(m.Blocks) > 50 || utf8.RuneCountInString(m.Text) > 40_000 || m.Text == "" {
		t.Errorf("there are %d blocks and %d characters of text", len(m.Blocks), utf8.RuneCountInString(m.Text))
	}
	for _, b := range m.Blocks {
		most := map[string]int{"header": 150, "section": 3_000}[b.Type]
		n := utf8.RuneCountInString(b.Text.Text)
		if most > 0 && (n == 0 || n > most) || b.Type == "context" && (len(b.Elements) == 0 || len(b.Elements) > 10) {
			t.Errorf("a %s of %d characters and %d elements", b.Type, n, len(b.Elements))
		}
	}
}

func TestABriefIsAMessageToARoom(t *testing.T) {
	m := slack(t, sentBrief(2, "web lands", "https://github.com/acme/web/pull/7"), "https://done.example.com/nexus/storefront/daily")
	m.fits(t)
	for _, want := range []string{
		"Daily of storefront", "*New integration issues*", "• <https://github.com/acme/web/pull/7|1 web lands> (cart, 23 November 09:00)",
		"There are none.", "<https://done.example.com/nexus/storefront/daily|The whole brief>",
	} {
		if !strings.Contains(m.all(), want) || !strings.Contains(m.Text, want) {
			t.Errorf("%q is in its blocks: %v, in its text: %v\n%s", want, strings.Contains(m.all(), want), strings.Contains(m.Text, want), m.Text)
		}
	}
}

func TestAMessageToARoomFitsHoweverLongTheBriefIs(t *testing.T) {
	long := strings.Repeat("&<>", 300)
	for _, b := range []gate.Brief{
		sentBrief(4_000, "web lands", ""), sentBrief(2_000, long, "https://example.com/?"+strings.Repeat("&", 2_000)), sentBrief(0, "", ""), {}, {Title: strings.Repeat("ü", 4_000)},
	} {
		if b.Title == "" {
			b.Title = "Daily"
		}
		m := slack(t, b, "")
		m.fits(t)
		if left := len(b.Sections) > 0 && len(b.Sections[0].Lines) > 1_000; left != strings.Contains(m.all(), "finds no room") || left != strings.Contains(m.Text, "finds no room") {
			t.Errorf("of %d lines it says in %d blocks:\n%s", len(b.Sections), len(m.Blocks), m.Text[max(0, len(m.Text)-200):])
		}
	}
}

func TestATextOfAForgeIsNoMarkupInARoom(t *testing.T) {
	for _, text := range []string{"<!channel> now", "<https://evil.example.com|click>", "*bold* ~gone~ `code`", "@channel @here", "[click](https://evil.example.com)", "a|b>c\nd"} {
		m := slack(t, sentBrief(1, text, "https://example.com/a|b>c"), "")
		for _, said := range []string{m.all(), m.Text} {
			for _, never := range []string{"<!", "<https://evil", "*bold", "~gone", "`code", "@channel", "](", "b>c"} {
				if strings.Contains(said, never) {
					t.Errorf("%q makes %q of:\n%s", text, never, said)
				}
			}
		}
	}
}

func TestNothingBecomesALinkInARoomUnwritten(t *testing.T) {
	m := slack(t, sentBrief(1, "log in at https://evil.example.com, as everyone does", ""), "https://done.example.com")
	if m.Parse != "none" {
		t.Errorf("its text is parsed as %q", m.Parse)
	}
	seen := 0
	for _, b := range m.Blocks {
		for _, text := range append(b.Elements, b.Text) {
			if text.Verbatim != (text.Type == "mrkdwn") { // Slack refuses it of what is plain
				t.Errorf("%q is a %s, and verbatim: %v", text.Text, text.Type, text.Verbatim)
			}
			seen++
		}
	}
	if seen < 4 {
		t.Errorf("there are %d texts in %v", seen, m)
	}
}

func TestABriefIsAMailWhoseHTMLHoldsNothingOfTheForges(t *testing.T) {
	for _, text := range []string{"web lands", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "</ul></body>", "&lt;b&gt;"} {
		b := sentBrief(2, text, `https://example.com/"><script>`)
		page := report.BriefHTML(b, "https://done.example.com/nexus/storefront/daily")
		root, err := html.Parse(strings.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		for n := range root.Descendants() {
			if n.Type == html.TextNode {
				said.WriteString(n.Data)
			}
			if n.Type == html.ElementNode && !strings.Contains(" html head meta title body h1 h2 p em ul li a ", " "+n.Data+" ") {
				t.Errorf("%q makes an element %s", text, n.Data)
			}
			for _, a := range n.Attr {
				if a.Key != "lang" && a.Key != "charset" && (a.Key != "href" || !strings.HasPrefix(a.Val, "https://")) {
					t.Errorf("%q makes an attribute %s=%q", text, a.Key, a.Val)
				}
			}
		}
		if !strings.Contains(said.String(), "0 "+text) {
			t.Errorf("%q is not there:\n%s", text, said.String())
		}
	}
}

func TestAMailIsBounded(t *testing.T) {
	b := sentBrief(5_000, strings.Repeat("ü&", 150), "")
	for _, text := range []string{report.BriefHTML(b, ""), report.MailText(b, "https://done.example.com/x")} {
		if len(text) > 80_000 || !utf8.ValidString(text) || !strings.Contains(text, "no room here") {
			t.Errorf("it has %d bytes, and ends %q", len(text), text[len(text)-100:])
		}
	}
}
