package report

import (
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
)

// Mark is how a state or an outcome is shown: a symbol for the eye, a word for everybody, and what
// to do where the criterion itself gives no advice. The word alone says all that the symbol says.
type Mark struct {
	Symbol string // one character, one column wide
	Word   string // "unmet"
	Phrase string // "is unmet", after the name of a criterion
	Advice string // "" where there is nothing to do
}

// StateMark is the mark of a finding's state. A state that is not known is shown as an error:
// unknown is never done.
func StateMark(s gate.FindingState) Mark {
	switch s {
	case gate.Met:
		return Mark{"✓", "met", "is met", ""}
	case gate.Waiting:
		return Mark{"…", "waiting", "is awaited", "Nothing yet: the report is updated when the evidence comes."}
	case gate.Missing:
		return Mark{"?", "missing", "is missing", "Nobody reported in time: see whether the producer ran at all, then run it on this commit."}
	case gate.Stale:
		return Mark{"↻", "stale", "is stale", "It was met too long ago: run it again."}
	case gate.Empty:
		return Mark{"∅", "empty", "is empty", "The evidence says nothing: see that the producer really measures something."}
	case gate.Untrusted:
		return Mark{"!", "untrusted", "is not trusted", "Have the evidence brought by the producer that the rule names, in a way that proves it."}
	case gate.Unmet:
		return Mark{"✗", "unmet", "is unmet", "Mend what the evidence shows, and push again."}
	default:
		return Mark{"‼", "error", "cannot be judged", "Mend what is reported here: until then it cannot be judged."}
	}
}

// VerdictMark is the mark of a verdict's outcome. What is done under exceptions is never shown as
// plainly done.
func VerdictMark(v gate.Verdict) Mark {
	if v.Outcome == gate.Done && len(v.Exceptions) > 0 {
		under := under(len(v.Exceptions))
		return Mark{"±", "Done " + under, "is done " + under, ""}
	}
	return OutcomeMark(v.Outcome)
}

func under(exceptions int) string {
	if exceptions == 1 {
		return "under 1 exception"
	}
	return fmt.Sprintf("under %d exceptions", exceptions)
}

// OutcomeMark is the mark of an outcome alone; VerdictMark looks at the exceptions too. An outcome that is not known is shown as not done.
func OutcomeMark(o gate.Outcome) Mark {
	switch o {
	case gate.Done:
		return Mark{"✓", "Done", "is done", ""}
	case gate.Awaiting:
		return Mark{"…", "Awaiting", "is awaited", ""}
	default:
		return Mark{"✗", "Not done", "is not done", ""}
	}
}
