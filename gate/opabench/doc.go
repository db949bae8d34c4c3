// Package opabench holds nexusgate's judge against the Open Policy Agent's: the same twenty criteria on
// the same reports of one component, by [gate.Judge] and by OPA's Go library as a prepared query.
//
// It is a module of its own, so that OPA is no dependency of nexusgate. A test holds that the two come to
// the same states on any reports; the benchmark is worth no more than that. It judges 256 sets of
// reports in turn, so that no memory of results helps, and both in one run, so that their ratio is one
// machine's at one time:
//
//	BenchmarkJudge/nexusgate          one component, 20 criteria, 4 of them tightened by its team
//	BenchmarkJudge/opa                the reports as Go's JSON decoder yields them, which OPA converts
//	BenchmarkJudge/opa-parsed         the reports as values of OPA's own, converted before the clock starts
//
// Neither reads JSON while the clock runs. On nexusgate's side the verdict is made whole: its words, its
// times and its content address. On OPA's there are the states and the outcome alone.
//
// It refuses to know anything else about either: how fast a service is that asks OPA over HTTP is not
// measured here.
package opabench
