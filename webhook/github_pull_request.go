package webhook

import (
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
)

type githubPullRequestBody struct {
	githubEnvelope
	Before      string     `json:"before"` // with the action "synchronize" only
	PullRequest githubPull `json:"pull_request"`
}

type githubPull struct {
	Number         int           `json:"number"`
	State          string        `json:"state"`
	Merged         bool          `json:"merged"`
	MergeCommitSHA string        `json:"merge_commit_sha"`
	Title          string        `json:"title"`
	User           githubAccount `json:"user"`
	HTMLURL        string        `json:"html_url"`
	Body           string        `json:"body"`
	Draft          bool          `json:"draft"`
	CreatedAt      moment        `json:"created_at"`
	UpdatedAt      moment        `json:"updated_at"`
	Head           struct {
		SHA  string     `json:"sha"`
		Repo githubRepo `json:"repo"` // null once the fork is deleted
	} `json:"head"`
	Base struct {
		Ref string `json:"ref"`
	} `json:"base"`
}

// githubPullRequest reads a pull request. Whatever the action, the body tells the whole state.
func githubPullRequest(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[githubPullRequestBody](d)
	if err != nil {
		return nil, err
	}
	c, err := b.PullRequest.change()
	if err != nil {
		return nil, err
	}
	if c.Repo, err = b.repo(); err != nil {
		return nil, err
	}
	w := written{scope: scope{gate.GitHub, c.Repo.Name, b.PullRequest.HTMLURL}}
	w.read(b.PullRequest.Body)
	c.Needs, c.Closes = w.needs, w.closes
	if c.Before, err = commit(b.Before); err != nil {
		return nil, err
	}
	return []gate.Event{c}, nil
}

func (p githubPull) change() (gate.ChangeSeen, error) {
	state, err := p.state()
	if err != nil {
		return gate.ChangeSeen{}, err
	}
	head, err := someCommit(p.Head.SHA)
	if err != nil {
		return gate.ChangeSeen{}, err
	}
	landed, err := p.landed()
	return gate.ChangeSeen{
		Number: p.Number, State: state, Title: text(p.Title, maxText), Author: label(p.User.Login),
		URL: link(p.HTMLURL), Draft: p.Draft, Head: head, HeadRepo: p.Head.Repo.ID,
		Base: text(p.Base.Ref, maxRef), Landed: landed, OpenedAt: p.CreatedAt.Time, UpdatedAt: p.UpdatedAt.Time,
	}, err
}

func (p githubPull) state() (gate.ChangeState, error) {
	if err := identified("pull request", int64(p.Number)); err != nil {
		return "", err
	}
	switch {
	case p.Merged:
		return gate.ChangeMerged, nil
	case p.State == "open":
		return gate.ChangeOpen, nil
	case p.State == "closed":
		return gate.ChangeClosed, nil
	default:
		return "", fmt.Errorf("%q is not a state of a pull request", text(p.State, 80))
	}
}

// landed is the commit on the base branch. Before the merge merge_commit_sha is a trial merge of
// GitHub's own, which no branch holds.
func (p githubPull) landed() (string, error) {
	if !p.Merged {
		return "", nil
	}
	return commit(p.MergeCommitSHA)
}
