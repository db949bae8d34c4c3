package webhook

import "github.com/nexusgate/nexusgate/gate"

type githubReleaseBody struct {
	githubEnvelope
	Release struct {
		Tag        string `json:"tag_name"`
		Draft      bool   `json:"draft"`
		Prerelease bool   `json:"prerelease"`
		Published  moment `json:"published_at"`
	} `json:"release"`
}

// githubRelease reads that a release was published, or deleted. A draft is not out, and of a prerelease its makers say
// that it is not what the Increment is to be; it is told of once more when it becomes a release. What commit it is
// of is the tag's to tell: target_commitish is a branch, or where a tag was to be made.
// https://docs.github.com/en/webhooks/webhook-events-and-payloads#release
func githubRelease(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[githubReleaseBody](d)
	r := b.Release
	withdrawn := b.Action == "deleted"
	if err != nil || r.Draft || b.Action != "published" && b.Action != "released" && !withdrawn || r.Prerelease && !withdrawn {
		return nil, err
	}
	repo, err := b.repo()
	if err != nil {
		return nil, err
	}
	return released(gate.ReleaseSeen{Repo: repo, Tag: r.Tag, At: r.Published.Time, Withdrawn: withdrawn})
}

// tagged reads a push of a tag. Of an annotated one it names the tag itself, and its commit beside it.
func (b githubPushBody) tagged(repo gate.Repo, name string) ([]gate.Event, error) {
	at, err := commit(b.HeadCommit.ID)
	if err != nil {
		return nil, err
	}
	return tagMoved(gate.TagSeen{Repo: repo, Tag: name, Commit: at, PushedAt: b.Repository.PushedAt.Time}, b.Before, b.After)
}
