package dashboard

import (
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// answer is how "is it done?" is shown: a mark, a word and the class of a colour. What is done under
// exceptions has each of its own, so that nobody takes it for done.
type answer struct {
	report.Mark
	Shade string // one of ours, whatever was kept
}

// answerTo is the answer of a verdict. A change to a definition is sound or not, and nothing is done by it.
func answerTo(v gate.Verdict) answer {
	a := answerOf(v.Outcome, v.Exceptions)
	if v.Subject.Kind == gate.OfDefinition && v.Outcome == gate.Done {
		a.Word = "Sound"
	}
	return a
}

// answerOf is the answer that an outcome and the exceptions that it rests on come to.
func answerOf(o gate.Outcome, exceptions []string) answer {
	a := answer{Mark: report.VerdictMark(gate.Verdict{Outcome: o, Exceptions: exceptions}), Shade: string(gate.NotDone)}
	switch {
	case o == gate.Done && len(exceptions) > 0:
		a.Shade = "excepted"
	case o == gate.Done || o == gate.Awaiting:
		a.Shade = string(o)
	}
	return a
}
