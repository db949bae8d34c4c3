package gate

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// ReleaseReport is the body of a [ReleaseErrand]: what is to be shown on a commit of the releases that are at it.
type ReleaseReport struct {
	Commit  string   `json:"commit"`
	Tag     string   `json:"tag"`     // one of them
	Outcome Outcome  `json:"outcome"` // Done: all went out of a done Increment; "": none is at it any more
	Title   string   `json:"title"`
	Why     []string `json:"why,omitempty"` // a paragraph of each
	Page    string   `json:"page,omitempty"`
}

// mostReleasesTold bounds the releases that one report tells of.
const mostReleasesTold = 20

// reportRelease has the forge show what is said of the releases at a commit.
func (s *State) reportRelease(repo Repo, commit string, now time.Time) {
	if commit == "" {
		return
	}
	report := reportOn(s.fromReleases(repo.Key(), commit))
	report.Commit = commit
	s.errands = append(s.errands, Errand{
		Nexus: s.name, Key: releaseKey(repo, commit), Kind: ReleaseErrand, Repo: s.asKnown(repo), Body: canonicalText(report), Made: now,
	})
}

// reportOn is the report on releases of one commit, the worst of them first.
func reportOn(all []*tag) (r ReleaseReport) {
	if len(all) == 0 {
		return ReleaseReport{Title: "No release names this commit any more"}
	}
	slices.SortStableFunc(all, func(a, b *tag) int { return rankOfRelease(a) - rankOfRelease(b) })
	worst := all[0].Judged.Said
	r = ReleaseReport{Tag: all[0].Name, Outcome: shownOutcome(worst), Page: worst.Page}
	r.Title = clip(all[0].Name, 60) + " " + releaseWords(worst)
	if more := len(all) - 1; more > 0 {
		r.Title += fmt.Sprintf(" (and %d more)", more)
	}
	for _, t := range firstOf(mostReleasesTold, all) {
		r.Why = append(r.Why, clip(t.Name, 100)+": "+strings.TrimSpace(t.Judged.Said.Why))
	}
	return r
}

func rankOfRelease(t *tag) int {
	return slices.Index([]Outcome{NotDone, Awaiting, Done}, shownOutcome(t.Judged.Said))
}

// shownOutcome is an outcome as it is shown: an alarm is no.
func shownOutcome(said ReleaseJudged) Outcome {
	if said.Alarm {
		return NotDone
	}
	return said.Outcome
}

func releaseWords(said ReleaseJudged) string {
	switch {
	case said.Alarm:
		return "is released, and is in no done Increment"
	case said.Outcome == Awaiting:
		return "is released, and its Increment is awaited"
	}
	return fmt.Sprintf("is released from Integrated Increment %d, which is done", said.Increment)
}
