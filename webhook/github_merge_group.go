package webhook

import "github.com/nexusgate/nexusgate/gate"

type githubMergeGroupBody struct {
	githubEnvelope
	Reason     string `json:"reason"` // of "destroyed"
	MergeGroup struct {
		HeadSHA string `json:"head_sha"`
		HeadRef string `json:"head_ref"`
		BaseRef string `json:"base_ref"`
	} `json:"merge_group"`
}

// githubMergeGroup reads a merge group: made, when it asks for checks, or destroyed. Its number of a
// pull request is only the last one's, and it tells no time of its own.
func githubMergeGroup(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[githubMergeGroupBody](d)
	if err != nil {
		return nil, err
	}
	if b.Action != "checks_requested" && b.Action != "destroyed" {
		return nil, nil
	}
	repo, err := b.repo()
	if err != nil {
		return nil, err
	}
	head, err := someCommit(b.MergeGroup.HeadSHA)
	base, _ := branch(b.MergeGroup.BaseRef)
	return []gate.Event{gate.GroupSeen{
		Repo: repo, Head: head, Base: text(base, maxRef), Ref: text(b.MergeGroup.HeadRef, maxRef),
		Destroyed: b.Action == "destroyed", Reason: text(b.Reason, 64),
	}}, err
}
