package webhook

import "github.com/nexusgate/nexusgate/gate"

type githubCheckSuiteBody struct {
	githubEnvelope
	CheckSuite struct {
		ID         int64        `json:"id"`
		HeadSHA    string       `json:"head_sha"`
		Status     string       `json:"status"`
		Conclusion string       `json:"conclusion"`
		Created    moment       `json:"created_at"`
		Updated    moment       `json:"updated_at"`
		App        githubApp    `json:"app"`
		HeadCommit githubCommit `json:"head_commit"`
	} `json:"check_suite"`
}

// githubCheckSuite reads a suite, which knows when all of an App's checks on a commit have come.
// "Re-run all" is told to the App itself, so it is our checks that are to be looked at again.
func githubCheckSuite(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[githubCheckSuiteBody](d)
	if err != nil {
		return nil, err
	}
	r, err := b.reported("check suite", b.CheckSuite.ID, b.CheckSuite.HeadSHA)
	if err != nil {
		return nil, err
	}
	if b.Action == "rerequested" {
		return []gate.Event{gate.Rerequested{Repo: r.Repo, Commit: r.Commit}}, nil
	}
	r.Tree, r.Evidence = b.CheckSuite.HeadCommit.tree(r.Commit), evidenced(d, b.evidence())
	return []gate.Event{r}, nil
}

func (b githubCheckSuiteBody) evidence() gate.Evidence {
	s := b.CheckSuite
	status := githubStatusOf(s.Status)
	return gate.Evidence{
		Object: object("suite", s.ID), Kind: "suite", Producer: gate.Producer{App: s.App.name()},
		Run: gate.Run{Created: s.Created.Time, ID: s.ID}, Started: s.Created.Time,
		Status: status, Observed: s.Updated.Time, Facts: concluded(status, s.Conclusion),
	}
}
