package draft

import (
	"regexp"
	"strings"
)

// Rule is a line of a CODEOWNERS file.
type Rule struct {
	Pattern string
	Owners  []string // "@acme/cart", "@ana", "ana@example.com"
}

// The bounds of what is read of a CODEOWNERS file.
const (
	mostOwners = 256 << 10
	mostRules  = 5_000
)

// section begins one of GitLab's: "[Backend]", "^[Optional][2] @acme/backend".
// https://docs.gitlab.com/user/project/codeowners/reference/
var section = regexp.MustCompile(`^\^?\[[^\]]+\](\[\d*\])?\s*(.*)$`)

// Rules reads a CODEOWNERS file of either forge. In a section of GitLab's a line without owners has those of the
// section.
// https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
func Rules(text string) (rules []Rule) {
	text = text[:min(len(text), mostOwners)]
	var ofSection []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if begins := section.FindStringSubmatch(line); begins != nil {
			ofSection = owners(begins[2])
			continue
		}
		pattern, rest := cutPattern(line)
		rule := Rule{Pattern: pattern, Owners: owners(rest)}
		if len(rule.Owners) == 0 {
			rule.Owners = ofSection
		}
		if rules = append(rules, rule); len(rules) == mostRules {
			break
		}
	}
	return rules
}

// cutPattern parts a line at its first white space that no backslash stands before.
func cutPattern(line string) (pattern, rest string) {
	escaped := false
	for i, r := range line {
		switch {
		case escaped:
			escaped = false
		case r == '\\':
			escaped = true
		case r == ' ' || r == '\t':
			return strings.ReplaceAll(line[:i], `\`, ""), line[i:]
		}
	}
	return strings.ReplaceAll(line, `\`, ""), ""
}

// owners are those in a text, up to a comment. A role, as GitLab's @@maintainers, owns nothing here.
func owners(text string) (all []string) {
	for word := range strings.FieldsSeq(text) {
		if strings.HasPrefix(word, "#") {
			break
		}
		if strings.Contains(word, "@") && !strings.HasPrefix(word, "@@") {
			all = append(all, word)
		}
	}
	return all
}

// team is the first team among the owners: a person is none.
func (r Rule) team() string {
	for _, owner := range r.Owners {
		if name, is := strings.CutPrefix(owner, "@"); is && strings.Contains(name, "/") {
			return name[strings.LastIndex(name, "/")+1:]
		}
	}
	return ""
}

// whole says whether the rule is about every file.
func (r Rule) whole() bool {
	switch r.Pattern {
	case "*", "**", "/", "/*", "/**", "**/*":
		return true
	}
	return false
}

// folder is the folder that the rule is about, from the root; "" where it is about something else.
func (r Rule) folder() string {
	inside := strings.TrimPrefix(r.Pattern, "/")
	name := strings.TrimSuffix(strings.TrimSuffix(inside, "**"), "/")
	anchored := strings.HasPrefix(r.Pattern, "/") || strings.Contains(name, "/")
	if !anchored || name == inside || name == "" || strings.ContainsAny(name, "*?[]!\\") {
		return ""
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." {
			return ""
		}
	}
	return name
}
