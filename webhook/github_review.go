package webhook

import (
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

type githubReviewBody struct {
	githubEnvelope
	Review struct {
		User      githubAccount `json:"user"`
		State     string        `json:"state"`
		CommitID  string        `json:"commit_id"`
		Submitted moment        `json:"submitted_at"`
		Updated   moment        `json:"updated_at"`
	} `json:"review"`
	PullRequest struct {
		Number  int    `json:"number"`
		Updated moment `json:"updated_at"`
	} `json:"pull_request"`
}

// githubReview reads a review. A comment says neither yes nor no, and leaves what its author said
// before as it is.
func githubReview(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[githubReviewBody](d)
	if err != nil {
		return nil, err
	}
	repo, err := b.repo()
	if err != nil {
		return nil, err
	}
	if err := identified("pull request", int64(b.PullRequest.Number)); err != nil {
		return nil, err
	}
	state := githubReviewState(b.Review.State)
	if state == "" || b.Review.User.Login == "" {
		return nil, nil
	}
	sha, err := commit(b.Review.CommitID)
	return []gate.Event{gate.Reviewed{
		Repo: repo, Number: b.PullRequest.Number, Reviewer: label(b.Review.User.Login),
		State: state, Commit: sha, At: b.at(state),
	}}, err
}

func githubReviewState(word string) gate.ReviewState {
	switch word {
	case "approved":
		return gate.Approved
	case "changes_requested":
		return gate.ChangesRequested
	case "dismissed":
		return gate.Withdrawn
	default: // commented, pending
		return ""
	}
}

// at is when the review came to say this. A dismissed one still bears the time of its submission;
// an edited one says what it said then.
func (b githubReviewBody) at(s gate.ReviewState) time.Time {
	if s == gate.Withdrawn {
		return latest(b.Review.Submitted, b.Review.Updated, b.PullRequest.Updated)
	}
	return b.Review.Submitted.Time
}
