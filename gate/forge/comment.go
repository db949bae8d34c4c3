package forge

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

const (
	commentPages = 10     // of comments that are looked at for ours
	commentBound = 65_200 // bytes of a comment, less its mark; GitHub takes 65,536 characters
)

// isMark holds that a mark ends neither the comment of HTML that it is in, nor the line.
var isMark = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/ -]{0,250}$`).MatchString

// said is a comment as a forge tells it.
type said struct {
	ID   int64  `json:"id"`
	Body string `json:"body"`
	URL  string `json:"html_url"`
}

// commentOf is what an errand has us say, with its mark.
func commentOf(e Errand) (c gate.Comment, text string, err error) {
	c, err = bodyOf[gate.Comment](e)
	if err != nil {
		return c, "", err
	}
	if c.Number < 1 || !isMark(c.Mark) || strings.Contains(c.Mark, "--") || len(c.Text) > commentBound {
		return c, "", &refusal{http.StatusNotFound, fmt.Sprintf("the comment on #%d is none that can be found again", c.Number)}
	}
	return c, markLine(c.Mark) + "\n" + withoutCommands(c.Text), nil
}

// markLine is the line of a comment that is not shown.
func markLine(mark string) string { return "<!-- " + mark + " -->" }

// bears says whether a comment has the mark where we write it.
func (s said) bears(mark string) bool {
	first, _, _ := strings.Cut(s.Body, "\n")
	return strings.TrimRight(first, "\r") == markLine(mark)
}

// says compares texts as forges keep them.
func (s said) says(text string) bool {
	plain := func(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) }
	return plain(s.Body) == plain(text)
}

// withoutCommands keeps a line from being an order: GitLab carries out what begins with a slash, and so do robots.
func withoutCommands(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(strings.TrimLeft(line, " \t"), "/") {
			lines[i] = strings.Replace(line, "/", `\/`, 1)
		}
	}
	return strings.Join(lines, "\n")
}

// commented says what to do where a forge takes no comment, however often it is asked.
func commented(done gate.ErrandDone, c gate.Comment, err error) (gate.ErrandDone, error) {
	later := (*Later)(nil)
	switch code := statusOf(err); {
	case errors.As(err, &later):
	case code == http.StatusNotFound, code == http.StatusGone:
		done.Refused, err = fmt.Sprintf("there is no issue #%d that can be commented on (%s); name another one, or let nexusgate write to issues there", c.Number, wordOf(err)), nil
	case code == http.StatusUnprocessableEntity, code == http.StatusBadRequest:
		done.Refused, err = fmt.Sprintf("the issue #%d takes no such comment (%s)", c.Number, wordOf(err)), nil
	case code == http.StatusForbidden:
		err = fmt.Errorf("it may not write comments on issues; grant that to nexusgate: %w", err)
	}
	return done, err
}
