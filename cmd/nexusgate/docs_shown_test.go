package main_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// shown is a command as a page shows it.
type shown struct {
	page, command string
	says          []string // the lines below it, which it writes
	code          int      // that it exits with, as its comment says: "# exit 1"
	inline        bool     // in the middle of a sentence
}

var (
	// fence is a block of a page, with the language that it names.
	fence = regexp.MustCompile("(?ms)^ *```(\\w*)\n(.*?)^ *```$")
	// span is code in the middle of a sentence.
	span = regexp.MustCompile("`([^`\n]+)`")
	// assigned is what is set for one command.
	assigned = regexp.MustCompile(`^([A-Z_]+=\S* +)+`)
	// setOnly is a word that sets a variable, and runs nothing.
	setOnly = regexp.MustCompile(`^[A-Z_]+=`)
	exitOf  = regexp.MustCompile(`# exit (\d)`)
)

// programs are those that a sentence may show a command of. Of a block every line is one.
var programs = []string{
	"nexusgate", "apt", "cp", "createdb", "cue", "curl", "docker", "gh", "git", "go", "helm", "kubectl", "make", "npm", "openssl",
	"promtool", "psql", "rpm", "sha256sum", "slsa-verifier", "ssh", "systemctl",
}

// commandsOf are the commands of a page, in their order, each once.
func commandsOf(t *testing.T, p page) (all []shown) {
	t.Helper()
	text := p.text
	for _, block := range fence.FindAllStringSubmatch(text, -1) {
		lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(block[2], "\\\n", " ")), "\n")
		switch block[1] {
		case "console":
			all = append(all, prompted(t, p.path, lines)...)
		case "sh":
			for _, line := range lines {
				if command := shownBy(p.path, line); command.command != "" && !onlySets(command.command) {
					all = append(all, command)
				}
			}
		case "":
			t.Errorf("%s has a block of no language: call it sh, console or text:\n%s", p.path, block[2])
		}
	}
	names := strings.Fields(strings.Join(commandNames(t), " "))
	for _, found := range span.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		if isCommand(names, found[1]) && !slices.ContainsFunc(all, func(s shown) bool { return s.command == found[1] }) {
			all = append(all, shown{page: p.path, command: found[1], inline: true})
		}
	}
	return all
}

// prompted are the commands of a block in which each begins with "$ ", and the rest is what they write.
func prompted(t *testing.T, page string, lines []string) (all []shown) {
	t.Helper()
	for _, line := range lines {
		if command, is := strings.CutPrefix(strings.TrimSpace(line), "$ "); is {
			all = append(all, shownBy(page, command))
		} else if len(all) > 0 {
			all[len(all)-1].says = append(all[len(all)-1].says, line)
		} else {
			t.Errorf("%s has a console that begins with no command: %q", page, line)
		}
	}
	return all
}

// shownBy is the command of a line, without the comment after it.
func shownBy(page, line string) shown {
	command, comment, _ := strings.Cut(" "+strings.TrimSpace(line), " #")
	s := shown{page: page, command: strings.Join(strings.Fields(command), " ")}
	if found := exitOf.FindStringSubmatch("#" + comment); found != nil {
		s.code, _ = strconv.Atoi(found[1])
	}
	return s
}

func onlySets(line string) bool {
	return !slices.ContainsFunc(shellWord.FindAllString(line, -1), func(word string) bool { return !setOnly.MatchString(word) })
}

// isCommand says whether a sentence shows a command with what it is given, and does not only name one.
func isCommand(names []string, text string) bool {
	words := strings.Fields(text)
	if len(words) < 2 || !slices.Contains(programs, words[0]) {
		return false
	}
	given := words[1:]
	switch words[0] {
	case "nexusgate":
		for len(given) > 0 && slices.Contains(names, given[0]) {
			given = given[1:]
		}
		return slices.ContainsFunc(given, func(w string) bool { return !strings.HasPrefix(w, "-") && !strings.Contains(w, "|") })
	case "make":
		return true
	}
	return slices.ContainsFunc(given, func(w string) bool { return strings.HasPrefix(w, "-") })
}

// unwritten is the first line of what a page shows that is not in what was written, in this order, whatever its numbers, its
// hashes and its moments are.
func unwritten(lines []string, written string) (lacks string) {
	rest := written
	for _, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		found := shape(line).FindStringIndex(rest)
		if found == nil {
			return line
		}
		rest = rest[found[1]:]
	}
	return ""
}

var (
	changing = regexp.MustCompile(`SHA256:\S+|\+?[0-9a-zA-Z/+]{12,}[=…]|[0-9a-f]{2,}…|\d[\d,]*| +`)
	anyHash  = regexp.MustCompile(`^[0-9a-f]{2,}…$`)
)

// shape is an expression for all lines that say the same as one.
func shape(line string) *regexp.Regexp {
	var b strings.Builder
	at := 0
	for _, found := range changing.FindAllStringIndex(line, -1) {
		b.WriteString(regexp.QuoteMeta(line[at:found[0]]))
		switch part := line[found[0]:found[1]]; {
		case strings.TrimSpace(part) == "":
			b.WriteString(`\s+`)
		case anyHash.MatchString(part):
			b.WriteString(`[0-9a-f]+`)
		case part[0] >= '0' && part[0] <= '9' && strings.Trim(part, "0123456789,") == "":
			b.WriteString(`[\d,]+`)
		default:
			b.WriteString(`\S+`)
		}
		at = found[1]
	}
	b.WriteString(regexp.QuoteMeta(line[at:]))
	return regexp.MustCompile(`(?m)^` + b.String() + `$`)
}
