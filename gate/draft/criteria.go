package draft

import (
	"slices"
	"strings"
)

// The parts of a draft that are the same for all.
const (
	head = `// The definition of a Nexus: its teams, what they own, and when their work is done. This is a draft, made from
// what the forges tell: change what they do not know.

`
	who = `
// The only ones who change this file, by their logins. Who approves an exception is one of them.
// integrationTeam: {productOwner: "ana", scrumMaster: "li", members: ["kim"]}

// At least one done Integrated Increment in each Sprint.
// sprint: {start: "2026-11-16", days: 14, goal: "Checkout without an account"}
`
	criteria = `
// The Definition of Done. What holds for all is here; teams tighten it in .nexus/done.cue of their repositories.
done: {
	ci: {
		why:      "Every pipeline of the commit is green"
		on:       "commit"
		evidence: "pipeline"
		from: app: [APPS]
		must: conclusion: "success"
		within: "45m" // never reported by then: not done
		fix:    "Open the pipeline, mend what is red, push again"
	}
	reviewed: {
		why:      "Somebody else has read the change, and nobody objects"
		on:       "change"
		evidence: "review"
		must: {approvals: >=1, changesRequested: 0}
	}
}
`
)

// producer is what runs the pipelines of a forge.
var producer = map[string]string{"github": "github-actions", "gitlab": "gitlab-ci"}

// done is a Definition of Done for repositories of these forges.
func done(repos []Repo) string {
	var apps []string
	for _, r := range repos {
		if app := producer[r.Forge]; app != "" {
			apps = append(apps, quoted(app))
		}
	}
	slices.Sort(apps)
	return strings.Replace(criteria, "APPS", strings.Join(slices.Compact(apps), ", "), 1)
}
