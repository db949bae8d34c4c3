package storetest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// onChange is a step with a verdict on a change, and its ground.
func onChange(id, number string, pieces ...gate.Evidence) gate.Step {
	step := judged(id, noon, pieces...)
	step.Verdicts[0].Subject = ofChange(number, "").Subject
	step.Grounds[0].Subject = step.Verdicts[0].Subject
	return step
}

// forgetVerdicts forgets those that were recorded before the last step, and gives the leaves that were vouched for.
func (k *desk) forgetVerdicts() (leaves []int64) {
	k.Helper()
	k.step(gate.Step{})
	c := store.Checkpoint{Lane: nexus, Seq: k.seq, Now: k.now(), Made: k.now()}
	n := must1(k.ForgetVerdicts(k.Context(), k.lease, c, k.now(), func(of string, _ time.Time, some []int64) (string, error) {
		same(k, of, nexus)
		leaves = append(leaves, some...)
		return fmt.Sprint("signed ", some), nil
	}))(k)
	same(k, n, int64(len(leaves)))
	slices.Sort(leaves)
	return leaves
}

// rests holds what verdicts rest on; of those that are not told with evidence, that nothing is kept.
func (k *desk) rests(on map[string][]gate.Evidence) {
	k.Helper()
	for id, pieces := range on {
		g, err := k.Ground(k.Context(), id)
		if pieces == nil {
			k.missing("the ground of "+id, err)
			continue
		}
		k.must(err)
		same(k, len(g.Evidence), len(pieces))
		for _, e := range pieces {
			same(k, g.Evidence[e.Ref()], e)
		}
	}
}

func forgottenVerdicts(k *desk) {
	k.step(onChange("ended", "1", piece(1), piece(9)))
	k.step(onChange("earlier", "2", piece(2), piece(9)))
	k.step(onChange("later", "2", piece(3), piece(9)))
	k.step(gate.Step{Docs: []gate.Doc{{Nexus: nexus, Key: "standing " + ofChange("2", "").Subject.Key(), Body: []byte("{}")}}})
	k.at(aDay)
	same(k, k.forgetVerdicts(), []int64{0, 1})
	same(k, k.forgetVerdicts(), nil)
	k.rests(map[string][]gate.Evidence{"ended": nil, "earlier": nil, "later": {piece(3), piece(9)}})

	_, err := k.Verdict(k.Context(), "earlier")
	k.missing("the verdict", err)
	if gone, is := errors.AsType[*store.LetGoError](err); !is || !gone.At.Equal(noon.Add(aDay)) {
		k.Errorf("got %v, want that it was let go a day later", err)
	}
	for n, l := range k.leaves() {
		same(k, l.Forgotten, n < 2)
		same(k, l.Body == nil, n < 2)
	}
	var notes []string
	k.must(k.LetGo(k.Context(), nexus, func(l store.LetGo) error {
		notes = append(notes, l.Note)
		return nil
	}))
	same(k, notes, []string{"signed [0 1]"})
	same(k, must1(k.CountLetGo(k.Context(), nexus))(k), 1)

	k.step(onChange("again", "2", piece(1), piece(2), piece(3), piece(9))) // what was dropped is written again
	k.rests(map[string][]gate.Evidence{"later": {piece(3), piece(9)}, "again": {piece(1), piece(2), piece(3), piece(9)}})
	k.reopen()
	k.rests(map[string][]gate.Evidence{"again": {piece(1), piece(2), piece(3), piece(9)}})
}

func keptIncrements(k *desk) {
	k.step(judged("nobodys", noon, piece(1)))
	k.step(judged("own", noon, piece(2)))
	sum := verdict("sum", "1")
	sum.Subject = gate.Subject{Kind: gate.OfIncrement, ID: "1", Name: "Integrated Increment 1"}
	ground := based(sum, piece(3))
	ground.Components = gate.GroundComponents{{Component: "web", Team: "web", Commit: "9c1f", Verdict: "own"}}
	k.step(gate.Step{Verdicts: []gate.Verdict{sum}, Grounds: []gate.Ground{ground}})
	k.step(judged("newest", noon, piece(4)))
	k.step(gate.Step{Docs: []gate.Doc{{Nexus: nexus, Key: "standing " + verdict("", "web").Subject.Key(), Body: []byte("{}")}}})
	k.at(1000 * aDay)
	same(k, k.forgetVerdicts(), []int64{0})
	k.rests(map[string][]gate.Evidence{"nobodys": nil, "own": {piece(2)}, "sum": {piece(3)}, "newest": {piece(4)}})
	for _, id := range []string{"own", "sum", "newest"} {
		same(k, must1(k.Verdict(k.Context(), id))(k).ID, id)
	}
}

func keptUntilTold(k *desk) {
	report := ofChange("1", "1")
	report.Verdict = "told"
	step := onChange("told", "1", piece(1))
	step.Owed = []gate.Owed{report}
	k.step(step)
	k.at(aDay)
	same(k, k.forgetVerdicts(), nil)
	k.rests(map[string][]gate.Evidence{"told": {piece(1)}})
	k.send(71)
	same(k, k.forgetVerdicts(), []int64{0})
	k.rests(map[string][]gate.Evidence{"told": nil})
}
