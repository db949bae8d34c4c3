package attest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// sound says why a statement is none of ours, or does not agree with itself. What is signed is held to it
// when it is made and when it is read: no reader may take one half for the other.
func (s Statement) sound() error {
	switch {
	case s.Type != statementType:
		return fmt.Errorf("it is a %q, want a %s", brief(s.Type), statementType)
	case s.PredicateType != summaryType:
		return fmt.Errorf("it holds a %q, want a %s", brief(s.PredicateType), summaryType)
	case s.Summary.Verifier.ID == "" || s.Summary.ResourceURI == "" || s.Summary.TimeVerified.IsZero():
		return errors.New("it does not say who decided, on what, or when")
	}
	if err := s.Summary.Increment.sound(); err != nil {
		return err
	}
	if !slices.Equal(commits(s.Subjects), slices.Sorted(maps.Values(s.Summary.Increment.Composition))) {
		return errors.New("its subjects are not the commits of its composition")
	}
	return s.Summary.agrees()
}

func (i Increment) sound() error {
	switch {
	case i.Nexus == "" || i.Name == "" || i.Verdict == "":
		return errors.New("it does not say which Increment of which Nexus it is about, and by which verdict")
	case len(i.Composition) == 0:
		return errors.New("it is about nothing: the composition is empty")
	case i.Composition.Digest() != i.Digest:
		return fmt.Errorf("its composition has the digest %s, and not %s", i.Composition.Digest(), brief(i.Digest))
	}
	for name, commit := range i.Composition {
		if !isCommit(commit) {
			return fmt.Errorf("the commit of %s is %q, which is none", brief(name), brief(commit))
		}
	}
	return nil
}

// agrees holds the result and the level to the outcome.
func (s Summary) agrees() error {
	done, under := s.Increment.Outcome == gate.Done, len(s.Increment.Exceptions) > 0
	plainly, excepted := slices.Contains(s.VerifiedLevels, LevelDone), slices.Contains(s.VerifiedLevels, LevelUnderExceptions)
	switch {
	case s.VerificationResult == passed && done && plainly == !under && excepted == under && !slices.Contains(s.VerifiedLevels, levelFailed):
		return nil
	case s.VerificationResult == notReached && (!done || under) && slices.Equal(s.VerifiedLevels, []string{levelFailed}):
		return nil
	default:
		return fmt.Errorf("its result %q and its levels %q do not go with what is %s", brief(s.VerificationResult), brief(strings.Join(s.VerifiedLevels, " ")), s.Increment.Words())
	}
}

// Words say how the Increment is: "done", "done under exceptions", "not done".
func (i Increment) Words() string {
	if i.Outcome == gate.Done && len(i.Exceptions) > 0 {
		return "done under exceptions"
	}
	return brief(strings.ReplaceAll(string(i.Outcome), "-", " "))
}

// commits are what the subjects are, in order; one that is no commit is "".
func commits(subjects []Resource) (all []string) {
	for _, s := range subjects {
		all = append(all, s.Digest[gitCommit])
	}
	slices.Sort(all)
	return all
}

// isCommit says whether a text is Git's name of a commit, whole: SHA-1 or SHA-256 in lower case.
func isCommit(text string) bool {
	return (len(text) == 40 || len(text) == 64) && strings.Trim(text, "0123456789abcdef") == ""
}

// brief is as much of what somebody wrote as a message repeats.
func brief(text string) string {
	if r := []rune(text); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return text
}
