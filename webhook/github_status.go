package webhook

import "github.com/nexusgate/nexusgate/gate"

type githubStatusBody struct {
	githubEnvelope
	ID        int64         `json:"id"`
	SHA       string        `json:"sha"`
	Context   string        `json:"context"`
	State     string        `json:"state"`
	TargetURL string        `json:"target_url"`
	Created   moment        `json:"created_at"`
	Updated   moment        `json:"updated_at"`
	Sender    githubAccount `json:"sender"`
	Commit    struct {
		SHA    string `json:"sha"`
		Commit struct {
			Tree struct {
				SHA string `json:"sha"`
			} `json:"tree"`
		} `json:"commit"`
	} `json:"commit"`
}

// githubStatus reads a commit status. Each is an object of its own that never changes: a later one of
// the same context and creator takes its place. The creator is whoever may push, so a name says little.
func githubStatus(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[githubStatusBody](d)
	if err != nil {
		return nil, err
	}
	r, err := b.reported("status", b.ID, b.SHA)
	of := githubCommit{ID: b.Commit.SHA, TreeID: b.Commit.Commit.Tree.SHA}
	r.Tree, r.Evidence = of.tree(r.Commit), evidenced(d, b.evidence())
	return []gate.Event{r}, err
}

func (b githubStatusBody) evidence() gate.Evidence {
	status, word := githubStatusState(b.State)
	return gate.Evidence{
		Object: object("status", b.ID), Kind: "status", Name: label(b.Context),
		Producer: gate.Producer{App: label(b.Sender.Login)}, Run: gate.Run{Created: b.Created.Time, ID: b.ID},
		Started: b.Created.Time, Status: status, Observed: b.Updated.Time,
		Facts: concluded(status, word), URL: link(b.TargetURL),
	}
}

// githubStatusState is a status's one word as how far it has come and how it ended.
func githubStatusState(word string) (gate.Status, string) {
	switch word {
	case "pending":
		return gate.Running, ""
	case "error":
		return gate.Completed, "failure"
	default:
		return gate.Completed, word
	}
}
