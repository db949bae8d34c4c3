package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// checkSize is GitHub's limit on the summary of a check run. Whether it counts characters or bytes
// is not documented, so bytes are counted.
const checkSize = 65535

// Markdown is the verdict for a check run's summary, at most 65,535 bytes of GitHub's and GitLab's
// common markdown. What holds the subject back comes first; what does not fit is left out by whole
// rows, with a line that says how many and where they are.
func Markdown(v gate.Verdict, l Links) string {
	t := Count(v)
	foot := footer(v, l)
	s := sheet{room: checkSize - len(foot) - leftOutSize - len(l.Verdict)}
	s.write(opening(v, t) + "\n")
	list(&s, openTable(v, "\n"), append(t.Holding, t.Awaited...))
	list(&s, exceptionTable(v), t.Excepted)
	if proposed(v) {
		s.proposal(v.Proposal)
	}
	list(&s, openTable(v, "\n**Advisory**: these do not hold it back.\n\n"), t.Advisory)
	list(&s, forecastTable(), forecasts(v))
	list(&s, noticeTable(), noticed(v))
	list(&s, metTable(v, len(t.Met)), t.Met)
	return s.String() + leftOut(s.left, l) + foot
}

// opening is the outcome in a sentence.
func opening(v gate.Verdict, t Tally) string {
	if proposed(v) {
		return proposalOpening(v)
	}
	name, n := Code(Cut(Plain(v.Subject.Name), nameSize*2)), t.Required()
	mark := VerdictMark(v)
	bold := fmt.Sprintf("**%s %s.** ", mark.Symbol, mark.Word)
	switch {
	case v.Outcome == gate.Done:
		return bold + fmt.Sprintf("%d of %s of %s met%s.", len(t.Met), required(n), name, excepted(t))
	case v.Outcome == gate.Awaiting:
		return bold + fmt.Sprintf("%d of %s of %s awaited, %d met%s.", len(t.Awaited), required(n), name, len(t.Met), excepted(t))
	case n == 0:
		return bold + fmt.Sprintf("No required criterion is in force for %s, and unknown is never done.", name)
	default:
		return bold + fmt.Sprintf("%s is held back by %d of %s; %d awaited, %d met%s.",
			name, len(t.Holding), required(n), len(t.Awaited), len(t.Met), excepted(t))
	}
}

// excepted counts what is under exceptions, where there is anything.
func excepted(t Tally) string {
	switch n := len(t.Excepted); n {
	case 0:
		return ""
	case 1:
		return ", 1 under an exception"
	default:
		return fmt.Sprintf(", %d under exceptions", n)
	}
}

func required(n int) string { return strings.Replace(criteria(n), " ", " required ", 1) }

// footer says when and by what it was decided.
func footer(v gate.Verdict, l Links) string {
	parts := []string{"Judged " + v.At.UTC().Format("2006-01-02 15:04 UTC") + asOf(v)}
	if v.Commit != "" {
		parts = append(parts, "commit "+Code(Short(v.Commit)))
	}
	if v.Definition != "" {
		parts = append(parts, "definition "+Code(Short(v.Definition)))
	}
	for _, e := range v.Exceptions[:min(len(v.Exceptions), 10)] {
		parts = append(parts, "exception "+Code(Cut(e, nameSize)))
	}
	if l.Verdict != "" {
		parts = append(parts, link("the whole verdict", l.Verdict))
	}
	return "\n" + strings.Join(parts, " · ") + "\n"
}

// asOf says that the times that are left were counted when the verdict was made: a report is not
// written again because an hour went by.
func asOf(v gate.Verdict) string {
	timed := slices.ContainsFunc(v.Findings, func(f gate.Finding) bool { return !f.Due.IsZero() })
	if !timed && len(v.Grants) == 0 {
		return ""
	}
	return ", times left as of then"
}

// Short is as much of a commit or digest as people tell them apart by.
func Short(digest string) string {
	name, hash, found := strings.Cut(Plain(digest), ":")
	if !found {
		return firstBytes(name, 12)
	}
	return Cut(name, 12) + ":" + firstBytes(hash, 12)
}

func firstBytes(s string, n int) string {
	for i := range s {
		if i >= n {
			return s[:i]
		}
	}
	return s
}

const leftOutSize = 200

func leftOut(rows int, l Links) string {
	if rows == 0 {
		return ""
	}
	return fmt.Sprintf("\n**There is no room here for %d more.** %s\n", rows, link("The page of the verdict has them all.", l.Verdict))
}

// Superseded is the report on what was still awaited when something later took its place: by is
// what did, in words ("Integrated Increment 13"). The title has at most 100 characters.
func Superseded(v gate.Verdict, by string, l Links) (title, summary string) {
	t := Count(v)
	v.Findings, v.Grants = nil, nil // they are not shown
	title = "Superseded by " + Cut(Plain(by), nameSize)
	return title, fmt.Sprintf("%s was superseded by %s with %d of its %s still awaited. Whether it is done is said there.\n%s",
		Code(Cut(Plain(v.Subject.Name), nameSize*2)), link(Code(Cut(Plain(by), nameSize)), l.Successor),
		len(t.Awaited), required(t.Required()), footer(v, l))
}
