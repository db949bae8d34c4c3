package webhook

import "github.com/nexusgate/nexusgate/gate"

type githubDeleteBody struct {
	githubEnvelope
	Ref     string `json:"ref"`
	RefType string `json:"ref_type"`
}

// githubDelete reads that a branch is gone; of a tag the push that deletes it says so. The push that deletes it says the same, and says from
// where; this one comes where the push does not. Both are pushes to nothing with the same time of the
// push, so neither order nor repetition matters, and a push that created the branch anew is later.
func githubDelete(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[githubDeleteBody](d)
	if err != nil {
		return nil, err
	}
	repo, err := b.repo()
	if err != nil || b.RefType != "branch" || b.Ref == "" || queueBranch(b.Ref) {
		return nil, err
	}
	return moved(gate.Pushed{Repo: repo, Branch: b.Ref, PushedAt: b.Repository.PushedAt.Time})
}
