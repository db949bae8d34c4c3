package gate_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
)

// leniently is watchful with exceptions from nearly everything, so that much of it is done under them.
var leniently = strings.Replace(watchful, "done: {", `exceptions: {
	ci: {criterion: "ci", teams: ["cart", "pay", "web"], reason: "Slow", requestedBy: "raj", approvedBy: "kim", until: "2026-11-30"}
	jobs: {criterion: "jobs", teams: ["web", "cart"], reason: "Broken", requestedBy: "raj", approvedBy: "kim", until: "2026-11-30"}
	reviewed: {criterion: "reviewed", teams: ["cart", "pay", "web"], reason: "Ill", requestedBy: "raj", approvedBy: "kim", until: "2026-11-30"}
}
done: {`, 1)

func TestDoneUnderExceptionsIsInHistoryAnotherOutcomeThanDone(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 5))
	turns := map[gate.SubjectKind]int{}
	plain := strings.NewReplacer(`within: "2h"}`, `level: "advisory"}`)
	advisory := strings.NewReplacer("{why:", `{level: "advisory", why:`)
	for range 12 {
		for history, all := range map[string]map[string]string{
			plain.Replace(leniently): {
				"the same": plain.Replace(leniently), "no exceptions": plain.Replace(watchful), "advisory": advisory.Replace(watchful),
				"without a team": strings.Replace(plain.Replace(leniently), `	pay: components: pay: {repo: "github:acme/pay", branch: "main"}`+"\n", "", 1),
			},
			plain.Replace(watchful): {"exceptions": plain.Replace(leniently)},
		} {
			p := happened(t, random, history)
			for name, source := range all {
				c := candidate(t, strings.ReplaceAll(source, `"cart", "pay", "web"`, teamsOf(source)), nil)
				from := random.IntN(len(p.recorded))
				got, want := p.under(t, c, from), p.plainly(t, c, from)
				if diff := cmp.Diff(want, got, sorted); diff != "" {
					t.Fatalf("seed %d, %s, from %d of %d (-judged plainly +judged again):\n%s", seed, name, from, len(p.recorded), diff)
				}
				for _, o := range got.Outcomes {
					if o.FromUnder != o.ToUnder {
						turns[o.Kind] += o.Count
					}
				}
			}
		}
	}
	if turns[gate.OfComponent] == 0 || turns[gate.OfIncrement] == 0 {
		t.Errorf("what turned between under exceptions and not is %v; want components and Increments", turns)
	}
}

// teamsOf are the teams that a definition has.
func teamsOf(source string) string {
	if strings.Contains(source, "	pay:") {
		return `"cart", "pay", "web"`
	}
	return `"cart", "web"`
}
