package webhook

import (
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// signing is a sign-off that a comment gives or takes back.
type signing struct {
	name, commit string
	withdrawn    bool
}

// The bounds of what is looked for in a comment.
const (
	mostOfComment = 64 << 10 // bytes
	mostSignings  = 20
)

// signings are those of a comment, each on a line of its own that begins with it: "/nexus sign docs", which
// may name the commit that it is for, and "/nexus unsign docs". What is quoted or stands in a block of code is
// somebody else's word, or an example.
func signings(comment string) []signing {
	var all []signing
	fence := ""
	for line := range strings.Lines(comment[:min(len(comment), mostOfComment)]) {
		mark := fenceOf(line)
		switch {
		case fence != "":
			if strings.HasPrefix(mark, fence) {
				fence = ""
			}
		case mark != "":
			fence = mark
		default:
			if s, is := signingOf(line); is && len(all) < mostSignings {
				all = append(all, s)
			}
		}
	}
	return all
}

// fenceOf is the mark that begins or ends a block of code: three backticks or tildes, or more.
func fenceOf(line string) string {
	line = strings.TrimLeft(line, " ")
	for _, mark := range []string{"`", "~"} {
		if rest := strings.TrimLeft(line, mark); len(line)-len(rest) >= 3 {
			return line[:len(line)-len(rest)]
		}
	}
	return ""
}

func signingOf(line string) (s signing, is bool) {
	words := strings.Fields(line)
	if !strings.HasPrefix(line, "/nexus ") || len(words) < 3 || !isSignName(words[2]) {
		return s, false
	}
	s.name, s.withdrawn = words[2], words[1] == "unsign"
	switch {
	case len(words) == 3:
		return s, s.withdrawn || words[1] == "sign"
	case len(words) > 4 || words[1] != "sign":
		return s, false
	}
	sha, err := someCommit(words[3])
	s.commit = sha
	return s, err == nil
}

// isSignName says whether a word can be the name of a sign-off: letters, digits, dots, dashes and underscores.
func isSignName(word string) bool {
	return len(word) <= 100 && strings.Trim(word[:1], "._-") != "" && !strings.ContainsFunc(word, notInName)
}

// signed are the events of a comment on a change.
func signed(repo gate.Repo, number int, comment string, by gate.Forge, login string, at time.Time, where string) []gate.Event {
	var events []gate.Event
	for _, s := range signings(comment) {
		events = append(events, gate.Signed{
			Repo: repo, Number: number, Commit: s.commit, Name: s.name, By: string(by) + ":" + label(login), At: at,
			Withdrawn: s.withdrawn, Object: where,
		})
	}
	return events
}
