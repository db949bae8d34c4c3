package main

import "github.com/nexusgate/nexusgate/gate"

// answer is what a command says, as its exit code.
type answer int

// The answers. An error of whatever kind is failed.
const (
	yes    answer = iota // done, sound, the same
	no                   // not done, faults found, a verdict differs
	notYet               // awaiting
	failed               // an error, wrong usage included
)

// answerOf is the exit code of an outcome. One that is not known is not done.
func answerOf(o gate.Outcome) answer {
	switch o {
	case gate.Done:
		return yes
	case gate.Awaiting:
		return notYet
	case gate.NotDone:
		return no
	default:
		return no
	}
}
