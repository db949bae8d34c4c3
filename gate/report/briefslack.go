package report

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// The bounds of what Slack takes: https://docs.slack.dev/reference/block-kit/blocks
const (
	slackBlocks  = 50    // of a message
	slackHeader  = 150   // characters of a header
	slackSection = 3_000 // of a section's text
	slackText    = 8_000 // of what is shown where blocks are not: Slack takes 40,000, and others like it fewer
	slackLine    = 300   // of one line of ours
)

// slackBlock is a block as Slack has them.
type slackBlock struct {
	Type     string       `json:"type"`
	Text     *slackWords  `json:"text,omitempty"`
	Elements []slackWords `json:"elements,omitempty"`
}

type slackWords struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Verbatim bool   `json:"verbatim,omitempty"`
}

// slackMarkdown is text in which nothing becomes a link or calls somebody but what we have written as such: a name of a
// change is a stranger's. https://docs.slack.dev/reference/block-kit/composition-objects/text-object
func slackMarkdown(text string) slackWords { return slackWords{"mrkdwn", text, true} }

// BriefSlack is a brief as the body of a message to an incoming webhook of Slack, or of what understands the same: in
// blocks, and as text for those that know no blocks. Whatever it says of the forges' texts is escaped. What does not fit
// is left out by whole lines, with a line that says so. The page is the address of the whole one; "": it has none.
func BriefSlack(b gate.Brief, page string) ([]byte, error) {
	title := Plain(Cut(b.Title, slackHeader))
	blocks := []slackBlock{
		{Type: "header", Text: &slackWords{Type: "plain_text", Text: title}},
		{Type: "context", Elements: []slackWords{slackMarkdown(slackPlain(span(b)))}},
	}
	text := slackSheet{most: slackText}
	text.add("*" + slackPlain(title) + "*")
	text.add(slackPlain(span(b)))
	left := false
	for _, section := range b.Sections {
		for _, part := range slackSections(section, b, &text) {
			if len(blocks) >= slackBlocks-1 {
				left = true
				break
			}
			words := slackMarkdown(part)
			blocks = append(blocks, slackBlock{Type: "section", Text: &words})
		}
	}
	last := slackLast(page, left)
	if last != "" {
		blocks = append(blocks, slackBlock{Type: "context", Elements: []slackWords{slackMarkdown(last)}})
	}
	text.WriteString(slackLast(page, text.left > 0))
	return json.Marshal(map[string]any{"text": text.String(), "blocks": blocks, "parse": "none", "link_names": false, "unfurl_links": false, "unfurl_media": false})
}

// slackLast is the last line: whether anything was left out, and where the whole brief is.
func slackLast(page string, left bool) string {
	to := WebAddress(page)
	switch {
	case to == "" && !left:
		return ""
	case to == "":
		return "…and more, which finds no room here."
	case left:
		return "…and more, which finds no room here: " + slackLink("the whole brief", to)
	}
	return slackLink("The whole brief", to)
}

// slackSheet is text of a bounded size, which takes whole lines.
type slackSheet struct {
	strings.Builder
	most, left int
}

func (s *slackSheet) add(line string) {
	if s.left > 0 || runes(s.String())+runes(line)+1 > s.most {
		s.left++
		return
	}
	s.WriteString(line + "\n")
}

// slackSections are a section's texts, each as long as Slack takes it, and are added to the text of all.
func slackSections(section gate.BriefSection, b gate.Brief, text *slackSheet) (parts []string) {
	lines := []string{"*" + slackPlain(Cut(section.Title, slackLine)) + "*"}
	if section.Note != "" {
		lines = append(lines, "_"+slackPlain(Cut(section.Note, slackLine))+"_")
	}
	if len(section.Lines) == 0 && section.Empty != "" {
		lines = append(lines, slackPlain(Cut(section.Empty, slackLine)))
	}
	lines = append(lines, slackLines(section.Lines, b, "")...)
	part := slackSheet{most: slackSection}
	for _, line := range lines {
		text.add(line)
		if runes(part.String())+runes(line)+1 > slackSection {
			parts, part = append(parts, part.String()), slackSheet{most: slackSection}
		}
		part.add(line)
	}
	return append(parts, part.String())
}

// slackLines are lines and what they are made up of. A line with its link is shorter than a section takes.
func slackLines(all []gate.BriefLine, b gate.Brief, indent string) (lines []string) {
	for i := range all {
		l := &all[i]
		text := slackPlain(Cut(l.Text, slackLine))
		if to := WebAddress(l.URL); to != "" {
			if linked := slackLink(Cut(l.Text, slackLine), to); runes(linked) <= slackSection*2/3 {
				text = linked
			}
		}
		if about := briefAbout(l, b); about != "" {
			text += fmt.Sprintf(" (%s)", slackPlain(about))
		}
		lines = append(lines, indent+"• "+text)
		lines = append(lines, slackLines(l.Lines, b, indent+"    ")...)
	}
	return lines
}

// slackLink is a link with a text. What would end either is written otherwise.
func slackLink(text, to string) string {
	to = strings.NewReplacer("|", "%7C", ">", "%3E", "<", "%3C", "&", "&amp;", " ", "%20").Replace(to)
	return "<" + to + "|" + strings.ReplaceAll(slackPlain(text), "|", "∣") + ">"
}

// slackPlain is a foreign text as Slack shows it: three signs are escaped as Slack says, those that would format it are
// look-alikes, and nobody is called by it, here or in what understands the same messages and markdown besides.
// https://docs.slack.dev/messaging/formatting-message-text#escaping
var slackPlain = func() func(string) string {
	signs := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "*", "∗", "~", "∼", "`", "ˋ", "@", "@\u2060", "](", "] (")
	return func(text string) string { return signs.Replace(Plain(text)) }
}()
