package webhook

import "github.com/nexusgate/nexusgate/gate"

type githubCommentBody struct {
	githubEnvelope
	Issue struct {
		Number int `json:"number"`
		// PullRequest is there where the issue is a pull request.
		PullRequest *struct{} `json:"pull_request"`
	} `json:"issue"`
	Comment struct {
		ID      int64         `json:"id"`
		Body    string        `json:"body"`
		User    githubAccount `json:"user"`
		Created moment        `json:"created_at"`
	} `json:"comment"`
}

// githubComment reads the sign-offs in a comment on a pull request. It counts for what it said when it was
// made: to edit or to delete it changes nothing of what was said.
func githubComment(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[githubCommentBody](d)
	if err != nil {
		return nil, err
	}
	repo, err := b.repo()
	if err != nil || b.Action != "created" || b.Issue.PullRequest == nil || b.Comment.User.Login == "" {
		return nil, err
	}
	if err := identified("pull request", int64(b.Issue.Number)); err != nil {
		return nil, err
	}
	c := b.Comment
	return signed(repo, b.Issue.Number, c.Body, gate.GitHub, c.User.Login, c.Created.Time, object("comment", c.ID)), nil
}
