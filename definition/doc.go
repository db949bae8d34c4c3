// Package definition reads a Definition of Done: CUE in, plain Go out.
//
// The Nexus Guide asks for a Definition of Done that is defined for the whole Nexus, and lets each
// Scrum Team choose a more stringent one, never a less rigorous one. So there are two layers. The
// Nexus-wide layer, nexus.cue, is the Integration Team's: [Load] evaluates it, so that it may use
// all of CUE to compute its criteria, and holds it against schema.cue. A team's layer,
// .nexus/done.cue, is anybody's who may push: [LoadTightening] lets it through an allow-list on its
// syntax tree, and nothing in it is ever evaluated. [Definition.Rules] lays the one over the other
// for a component:
//
//	nexus.cue   done: coverage: {why: "…", on: "commit", evidence: "coverage", must: lines: >=80}
//	done.cue    done: coverage: must: lines: >=90
//	the rule    lines >=80 (nexus.cue:12:9) and lines >=90 (done.cue:1:23)
//
// A criterion's must is made of leaves, one small language in both layers: a type (int, number,
// string, bool), a literal, a bound, a regular expression, a list of literals, or these joined by &
// (in the Nexus's layer also by |). Leaves are compiled to Go predicates once. Numbers compare
// exactly and as numbers, so that 100.0 is 100 and an int; in this alone the predicates differ from
// CUE's unification, which a differential fuzz test holds them against. (What nexus.cue computes on
// the way to a leaf is CUE's to say: there, int & 100.0 is a contradiction.)
//
// # Tighten, never relax
//
// A tightened criterion is the Nexus's with the team's fields laid over: all leaves of both, the
// stricter level, the earlier day, the higher trust, the shorter times. A finding is the worse of
// the two layers. Whatever a team writes can therefore only take away from what is met: that is
// monotone by construction, and does not rest on anything being decided about the constraints.
//
// What is decided is whether to refuse the file. A team's leaf that admits all that the Nexus's
// admits, and more, is a relaxation, and refused with both places; one that admits the same is
// redundant, a warning; one that leaves nothing is a contradiction, refused; anything else is a
// tightening. The decision asks finitely many witnesses, which stand for all values there are: see
// relate. It is exact but for regular expressions: what rests on two different ones is undecided, a
// warning, and both are in force. Nothing that is accepted is silently without effect. When a later
// Nexus overtakes a file that was accepted, the same findings are warnings, and both layers stay in
// force: see [Standing].
//
// A definition never supplies evidence. A leaf whose fact is absent is not met, also when it is a
// concrete value; defaults are refused in both layers.
//
// # Faults
//
// All faults are found at once, each at FILE:LINE:COL of the user's file, and each says what to do:
//
//	nexus.cue:16:29: done.a.lvl is no field here; did you mean level?
//	done.cue:1:23: done.coverage.must.lines: >=70 relaxes >=80 of the Nexus (nexus.cue:12:9),
//	which stays in force; a team only tightens: write a stricter one, or remove it
//
// # Cases
//
// What a definition has to say of some evidence stands beside it, in a *_test.cue, read by [LoadCases].
// [Schema] is what users and their editors read of both layers.
//
// # What it refuses to know
//
// It knows no forge, no store, no clock and no evidence: what today's facts are, whether they are
// fresh or proved, and what follows for a commit is for package gate. It imports nothing of ours,
// and is the only package that imports CUE; no value of CUE outlives a [Load], and none is on the
// way of a delivery.
package definition
