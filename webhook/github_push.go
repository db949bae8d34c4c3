package webhook

import "github.com/nexusgate/nexusgate/gate"

// maxCommits is the most commits that GitHub lists in a push.
const maxCommits = 2048

type githubPushBody struct {
	githubEnvelope
	Ref        string       `json:"ref"`
	Before     string       `json:"before"`
	After      string       `json:"after"`
	Forced     bool         `json:"forced"`
	Commits    []touching   `json:"commits"`
	HeadCommit githubCommit `json:"head_commit"`
}

// githubPush reads a push to a branch, or of a tag. The merge queue moves neither.
// A deleted branch is a push with no commit after it; see githubDelete.
func githubPush(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[githubPushBody](d)
	if err != nil {
		return nil, err
	}
	repo, err := b.repo()
	if err != nil {
		return nil, err
	}
	if name, is := tagName(b.Ref); is {
		return b.tagged(repo, name)
	}
	name, ok := branch(b.Ref)
	if !ok || queueBranch(name) {
		return nil, nil
	}
	return b.pushed(repo, name)
}

func (b githubPushBody) pushed(repo gate.Repo, name string) ([]gate.Event, error) {
	before, after, err := edge(b.Before, b.After)
	if err != nil {
		return nil, err
	}
	p := gate.Pushed{
		Repo: repo, Branch: name, Before: before, After: after,
		Forced: b.Forced, PushedAt: b.Repository.PushedAt.Time, Tree: b.HeadCommit.tree(after),
	}
	// A forced push takes commits away, and their paths are in no list.
	if !b.Forced && before != "" && after != "" && len(b.Commits) < maxCommits {
		p.Paths, p.PathsKnown = touched(b.Commits, after)
	}
	return moved(p)
}
