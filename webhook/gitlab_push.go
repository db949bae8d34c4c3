package webhook

import "github.com/nexusgate/nexusgate/gate"

type gitlabPushBody struct {
	gitlabNaming
	Ref    string `json:"ref"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// gitlabPush reads a push to a branch. GitLab tells neither the time of a push nor whether it was
// forced. A forced one takes commits away whose paths are in no list, so the paths of the commits that
// it does list (at most twenty) are never all the paths that may differ, and none are passed on.
func gitlabPush(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[gitlabPushBody](d)
	if err != nil {
		return nil, err
	}
	name, ok := branch(b.Ref)
	if !ok {
		return nil, nil
	}
	repo, err := b.spokenOf()
	if err != nil {
		return nil, err
	}
	before, after, err := edge(b.Before, b.After)
	if err != nil {
		return nil, err
	}
	return moved(gate.Pushed{Repo: repo, Branch: name, Before: before, After: after})
}
