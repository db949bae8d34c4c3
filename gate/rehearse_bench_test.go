package gate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
)

// BenchmarkImpact measures one new head of a change to the definition of 200 components, each with a
// dozen objects of evidence: a criterion joins, and all that stands is judged by it. "layered" has a
// team's layer on every component as well.
func BenchmarkImpact(b *testing.B) {
	for _, layered := range []bool{false, true} {
		b.Run(map[bool]string{false: "plain", true: "layered"}[layered], func(b *testing.B) {
			h := grown(b, 200)
			source := nexusOf(200)
			h.tell(b, givenHome(b, source))
			if layered {
				h.lay(b, "done: ci: within: \"2h\"\n")
			}
			next := gate.NexusRead{Repo: homeRepo, Path: "nexus.cue", Source: strings.Replace(source, "done: {", `done: {
	unit: {why: "No test fails", on: "commit", evidence: "junit", must: failed: 0}`, 1)}
			next.Settled = settled(b, next.Source)
			n := 0
			for b.Loop() {
				b.StopTimer()
				n++
				next.Commit = fmt.Sprintf("n%d", n)
				h.tell(b, seen(homeRepo, 3, next.Commit, h.now))
				h.tell(b, gate.ChangeRead{Repo: homeRepo, Number: 3, Head: next.Commit, Paths: []string{"nexus.cue"}, Complete: true})
				b.StartTimer()
				step := h.apply(next)
				if len(step.Verdicts) != 1 || step.Verdicts[0].Proposal.Impact == nil || step.Verdicts[0].Proposal.Impact.Judged != 201 {
					b.Fatalf("%d verdicts, want one of 201 judged", len(step.Verdicts))
				}
			}
		})
	}
}

// lay brings a team's layer to every component.
func (h *grownHouse) lay(b *testing.B, source string) {
	b.Helper()
	for i, repo := range h.repos {
		before, after := h.heads[i], fmt.Sprintf("%040x", h.told+1)
		h.heads[i] = after
		h.tell(b, push(repo, before, after, h.now, ".nexus/done.cue"), gate.FileRead{Repo: repo, Commit: after, Path: ".nexus/done.cue", Source: source})
	}
}
