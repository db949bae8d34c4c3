package report_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

func TestTitleSaysTheOutcomeAndTheWorst(t *testing.T) {
	for want, v := range map[string]gate.Verdict{
		"Not done: coverage of cart-api is unmet":                 valid(only(gate.Unmet, gate.Met)),
		"Not done: lint of cart-api cannot be judged, and 5 more": valid(),
		"Not done: no required criterion is in force":             valid(only()),
		"Awaiting 1 of 2 criteria":                                valid(outcome(gate.Awaiting), only(gate.Waiting, gate.Met)),
		"Done: 1 of 1 criterion met":                              valid(outcome(gate.Done), only(gate.Met)),
		"Done: 2 of 2 criteria met":                               valid(outcome(gate.Done), only(gate.Met, gate.Met)),
		"Not done: coverage is unmet":                             valid(only(gate.Unmet), func(v *gate.Verdict) { v.Findings[0].Component = "" }),
		"Not done: coverage of cart-api is unmet, and 1 more":     valid(only(gate.Missing, gate.Unmet)),
		"Done under 2 exceptions: 1 of 3 criteria met":            valid(outcome(gate.Done), only(gate.Unmet, gate.Missing, gate.Met, gate.Waiting), underExceptions),
		"Not done: scan of cart-api is not trusted":               valid(only(gate.Unmet, gate.Missing, gate.Untrusted, gate.Met, gate.Waiting), underExceptions),
		"Not done: cov erage of cart-api is unmet":                valid(only(gate.Unmet), func(v *gate.Verdict) { v.Findings[0].Criterion = "cov\nerage" }),
	} {
		if got := report.Title(v); got != want {
			t.Errorf("title %q, want %q", got, want)
		}
	}
}

func TestAdvisoryFindingsAreNotInTheTitle(t *testing.T) {
	v := valid(outcome(gate.Done), only(gate.Met, gate.Unmet), func(v *gate.Verdict) { v.Findings[1].Level = definition.Advisory })
	if got, want := report.Title(v), "Done: 1 of 1 criterion met"; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
}

func TestDescriptionNamesAsManyAsFit(t *testing.T) {
	got := report.Description(valid(only(gate.Unmet, gate.Missing, gate.Met)))
	want := "Not done: coverage of cart-api is unmet; review of cart-api is missing"
	if got != want {
		t.Errorf("description %q, want %q", got, want)
	}
}

func TestDescriptionIsCutBetweenFindings(t *testing.T) {
	states := make([]gate.FindingState, 40)
	for i := range states {
		states[i] = gate.Unmet
	}
	got := report.Description(valid(only(states...)))
	if n := utf8.RuneCountInString(got); n > 255 || !strings.HasSuffix(got, "is unmet; and 33 more") {
		t.Errorf("%d characters: %q", n, got)
	}
}

func TestLongNamesAreCutRuneSafe(t *testing.T) {
	long := valid(only(gate.Unmet, gate.Unmet), func(v *gate.Verdict) {
		for i := range v.Findings {
			v.Findings[i].Criterion = strings.Repeat("ü€🙂", 100)
			v.Findings[i].Component = strings.Repeat("語", 300) + "\xff"
		}
	})
	for name, got := range map[string]string{"title": report.Title(long), "description": report.Description(long)} {
		if n := utf8.RuneCountInString(got); n > 255 || !utf8.ValidString(got) {
			t.Errorf("%s of %d characters, valid %v: %q", name, n, utf8.ValidString(got), got)
		}
	}
}

func TestUnknownStatesAndOutcomesAreNeverGood(t *testing.T) {
	if m := report.StateMark("splendid"); m != report.StateMark(gate.Error) {
		t.Errorf("an unknown state is shown as %v", m)
	}
	if m := report.OutcomeMark("splendid"); m != report.OutcomeMark(gate.NotDone) {
		t.Errorf("an unknown outcome is shown as %v", m)
	}
	v := valid(outcome("splendid"), only("splendid"))
	if got, want := report.Title(v), "Not done: lint of cart-api cannot be judged"; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
}

func TestEveryStateHasItsOwnWordAndSymbol(t *testing.T) {
	words, symbols := map[string]bool{}, map[string]bool{}
	for _, s := range gate.FindingStates {
		m := report.StateMark(s)
		if m.Word != string(s) || words[m.Word] || symbols[m.Symbol] || utf8.RuneCountInString(m.Symbol) != 1 {
			t.Errorf("state %s is shown as %+v", s, m)
		}
		words[m.Word], symbols[m.Symbol] = true, true
	}
}

func TestADescriptionUnderExceptionsNamesThem(t *testing.T) {
	v := valid(outcome(gate.Done), only(gate.Unmet, gate.Missing, gate.Met, gate.Waiting), underExceptions)
	want := "Done under 2 exceptions: legacy-coverage (coverage of cart-api, until 15 December 2026); no-review (review of cart-api, until 22 November 2026)"
	if got := report.Description(v); got != want {
		t.Errorf("description %q, want %q", got, want)
	}
	v.Grants = nil
	if got, want := report.Description(v), "Done under 2 exceptions: legacy-coverage; no-review"; got != want {
		t.Errorf("description %q, want %q", got, want)
	}
}

func TestADescriptionUnderManyExceptionsIsCutBetweenThem(t *testing.T) {
	v := valid(outcome(gate.Done), only(gate.Met), func(v *gate.Verdict) {
		for i := range 40 {
			v.Exceptions = append(v.Exceptions, fmt.Sprintf("exception-of-long-name-%d", i))
		}
	})
	if got := report.Description(v); utf8.RuneCountInString(got) > 255 || !strings.HasSuffix(got, "exception-of-long-name-7; and 32 more") {
		t.Errorf("%d characters: %q", utf8.RuneCountInString(got), got)
	}
}

func TestWhatIsDoneUnderExceptionsIsNeverPlainlyDone(t *testing.T) {
	v := valid(outcome(gate.Done), only(gate.Unmet, gate.Missing, gate.Met, gate.Waiting), underExceptions)
	if m := report.VerdictMark(v); m.Symbol == report.OutcomeMark(gate.Done).Symbol || m.Word != "Done under 2 exceptions" {
		t.Errorf("it is marked %+v", m)
	}
	v.Exceptions = v.Exceptions[:1]
	if m := report.VerdictMark(v); m.Word != "Done under 1 exception" {
		t.Errorf("it is marked %+v", m)
	}
	v.Exceptions = nil
	if m := report.VerdictMark(v); m != report.OutcomeMark(gate.Done) {
		t.Errorf("without exceptions it is marked %+v", m)
	}
}
