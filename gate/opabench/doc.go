// Package opabench holds nexusgate's judge against the Open Policy Agent's: the same twenty criteria on
// the same reports of one component, by [gate.Judge] and by OPA's Go library as a prepared query.
//
// It is a module of its own, so that OPA is no dependency of nexusgate. There are two policies. done.rego
// says what Judge says of each criterion, its state, and how it all comes out. lean.rego says no more than
// whether each is met, from reports that are keyed for it, and is as fast as we could write it. A test
// holds that all come to the same on any reports; a benchmark without that would be worth nothing.
//
// The contenders judge 256 sets of reports in turn, so that no memory of results helps, and all in one
// run, so that their ratios are one machine's at one time:
//
//	nexusgate          gate.Judge: one component, 20 criteria, 4 of them tightened by its team
//	opa                done.rego, on reports as Go's JSON decoder yields them, which OPA converts
//	opa-parsed         done.rego, on reports that were made OPA's own values before the clock started
//	opa-lean           lean.rego, on reports as Go's JSON decoder yields them
//	opa-lean-parsed    lean.rego, on OPA's own values
//
// Nobody reads JSON while the clock runs. On nexusgate's side the verdict is made whole: its words, its
// times and its content address. On OPA's there are no words.
//
// make bench-opa runs it. On two cores that were busy with other things it said, in microseconds of the
// processor for each judgement and in times as long as nexusgate's:
//
//	nexusgate 30    opa 1620, 54 times    opa-parsed 1400, 46    opa-lean 475, 16    opa-lean-parsed 318, 10
//
// It refuses to know anything else about either: how fast a service is that asks OPA over HTTP is not
// measured here.
package opabench
