package webhook

import "github.com/nexusgate/nexusgate/gate"

type gitlabReleaseBody struct {
	gitlabNaming
	Action  string `json:"action"`
	Tag     string `json:"tag"`
	Created moment `json:"created_at"`
	Commit  struct {
		ID string `json:"id"`
	} `json:"commit"`
}

// gitlabRelease reads that a release was made, or deleted. That its notes were edited is no news of it.
// https://docs.gitlab.com/user/project/integrations/webhook_events/#release-events
func gitlabRelease(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[gitlabReleaseBody](d)
	if err != nil || b.Action != "create" && b.Action != "delete" {
		return nil, err
	}
	repo, err := b.spokenOf()
	if err != nil {
		return nil, err
	}
	at, err := commit(b.Commit.ID)
	if err != nil {
		return nil, err
	}
	return released(gate.ReleaseSeen{
		Repo: repo, Tag: b.Tag, Commit: at, At: b.Created.Time, Withdrawn: b.Action == "delete",
	})
}

type gitlabTagBody struct {
	gitlabPushBody
	Checkout string `json:"checkout_sha"`
}

// gitlabTag reads a push of a tag. Of an annotated one it names the tag itself, and its commit beside it.
func gitlabTag(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[gitlabTagBody](d)
	if err != nil {
		return nil, err
	}
	name, ok := tagName(b.Ref)
	if !ok {
		return nil, nil
	}
	repo, err := b.spokenOf()
	if err != nil {
		return nil, err
	}
	at, err := commit(b.Checkout)
	if err != nil {
		return nil, err
	}
	return tagMoved(gate.TagSeen{Repo: repo, Tag: name, Commit: at}, b.Before, b.After)
}
