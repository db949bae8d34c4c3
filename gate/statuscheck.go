package gate

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// CheckAsked tells that an external status check of GitLab's asks for our word on a merge request.
type CheckAsked struct {
	Repo   Repo
	Number int    // of the merge request
	Check  int64  // GitLab's id of the check
	Name   string // of the check
}

func (CheckAsked) event() {}

// CheckAnswer is the body of a [CheckErrand].
type CheckAnswer struct {
	Number int    `json:"number"`
	Commit string `json:"commit"` // the head that was judged
	Check  int64  `json:"check"`
	Passed bool   `json:"passed"`
}

// statusCheck is a check that asked, and what it was told last.
type statusCheck struct {
	ID      int64  `json:"id"`
	Name    string `json:"name,omitempty"`
	Told    string `json:"told,omitempty"` // the head; "" while it is owed our word
	Passed  bool   `json:"passed,omitempty"`
	Refused string `json:"refused,omitempty"` // why GitLab took no word
}

// mostChecks bounds those that ask for one merge request.
const mostChecks = 20

// foldCheckAsked keeps which check asked. Whenever one asks, it has forgotten what it was told.
func (s *State) foldCheckAsked(e CheckAsked, repo string) bool {
	key := changeKey(repo, e.Number)
	c := s.change(key)
	i := slices.IndexFunc(c.Checks, func(k statusCheck) bool { return k.ID == e.Check })
	switch {
	case i >= 0:
		c.Checks[i].Name, c.Checks[i].Told = e.Name, ""
	case len(c.Checks) < mostChecks:
		c.Checks = append(c.Checks, statusCheck{ID: e.Check, Name: e.Name})
		slices.SortFunc(c.Checks, func(a, b statusCheck) int { return cmp.Compare(a.ID, b.ID) })
	default:
		return false
	}
	s.touch(changeDoc, key)
	s.stirChange(key, c)
	return true
}

// tellChecks owes the checks that asked our word on the head, where it is another one than they were told last. What is
// awaited has not passed: GitLab makes a check fail that is left pending.
func (t *sitting) tellChecks(subject Subject, v *Verdict) {
	if subject.Kind != OfChange {
		return
	}
	c := t.s.changes[subject.ID]
	for i := range c.Checks {
		k, passed := &c.Checks[i], v.Outcome == Done
		if k.Told == v.Commit && k.Passed == passed {
			continue
		}
		k.Told, k.Passed = v.Commit, passed
		t.s.touch(changeDoc, subject.ID)
		body, _ := json.Marshal(CheckAnswer{Number: c.Last.Number, Commit: v.Commit, Check: k.ID, Passed: passed}) // numbers and texts always encode
		t.step.Errands = append(t.step.Errands, Errand{
			Nexus: t.s.name, Key: fmt.Sprintf("check %s %d", subject.ID, k.ID), Kind: CheckErrand, Repo: t.s.asKnown(c.Last.Repo), Body: body, Made: t.m.now,
		})
	}
}

// foldChecked takes in what came of telling a check.
func (s *State) foldChecked(e ErrandDone) bool {
	change, id, found := strings.Cut(strings.TrimPrefix(e.Key, "check "), " ")
	c := s.changes[change]
	if !found || c == nil {
		return false
	}
	for i := range c.Checks {
		if k := &c.Checks[i]; strconv.FormatInt(k.ID, 10) == id && k.Refused != e.Refused {
			k.Refused = e.Refused
			s.touch(changeDoc, change)
			return true
		}
	}
	return false
}

// checkWarnings tell of the checks that GitLab took no word for.
func (s *State) checkWarnings() (all []string) {
	for _, key := range sortedKeys(s.changes) {
		c := s.changes[key]
		for _, k := range c.Checks {
			if k.Refused != "" && c.Last.State == ChangeOpen {
				all = append(all, fmt.Sprintf("%s: its external status check %s could not be answered: %s", s.changeSubject(key, c).Name, k.Name, k.Refused))
			}
		}
	}
	return all
}
