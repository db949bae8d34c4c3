package definition_test

import (
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

func nexusWith(criterion string) string {
	return `name: "n"
teams: t: components: c: repo: "github:acme/c"
done: x: {
	why: "x", on: "commit", evidence: "mine"
	` + criterion + `
}`
}

// looser says in what a criterion asks for less than another.
func looser(team, nexus definition.Criterion) string {
	for _, day := range []int{0, 30, 100, 300} {
		at := time.Date(2026, 10, 20+day, 0, 0, 0, 0, time.UTC)
		if nexus.RequiredAt(at) && !team.RequiredAt(at) {
			return "a lower level at " + at.String()
		}
	}
	switch {
	case nexus.Fresh > 0 && (team.Fresh == 0 || team.Fresh > nexus.Fresh):
		return "a longer fresh"
	case team.Within > nexus.Within:
		return "a longer within"
	case team.From.Trust < nexus.From.Trust:
		return "a lower trust"
	case team.On != nexus.On || team.Evidence != nexus.Evidence || team.AtLeast != nexus.AtLeast:
		return "another subject"
	}
	return ""
}
