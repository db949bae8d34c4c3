package webhook

import (
	"fmt"
	"slices"

	"github.com/nexusgate/nexusgate/gate"
)

type gitlabMergeRequestBody struct {
	gitlabNaming
	User      gitlabUser   `json:"user"` // who did it, not whose merge request it is
	Assignees []gitlabUser `json:"assignees"`
	Reviewers []gitlabUser `json:"reviewers"`

	merge gitlabMerge
}

type gitlabUser struct {
	ID       int64  `json:"id"`
	Username string `json:"username"`
}

type gitlabMerge struct {
	IID             int    `json:"iid"`
	Action          string `json:"action"` // absent from some system hooks
	State           string `json:"state"`
	Title           string `json:"title"`
	Description     string `json:"description"`
	AuthorID        int64  `json:"author_id"`
	URL             string `json:"url"`
	Draft           bool   `json:"draft"`
	WorkInProgress  bool   `json:"work_in_progress"` // what "draft" was before GitLab 14
	OldRev          string `json:"oldrev"`           // with new commits only
	SourceProjectID int64  `json:"source_project_id"`
	TargetBranch    string `json:"target_branch"`
	MergeCommitSHA  string `json:"merge_commit_sha"`
	SquashCommitSHA string `json:"squash_commit_sha"`
	HeadPipelineID  int64  `json:"head_pipeline_id"`
	CreatedAt       moment `json:"created_at"`
	UpdatedAt       moment `json:"updated_at"`
	LastCommit      struct {
		ID string `json:"id"`
	} `json:"last_commit"`
}

// gitlabMergeRequest reads a merge request. Whatever the action, the body tells the whole state; an
// approval, given or taken back, is a review besides.
func gitlabMergeRequest(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[gitlabMergeRequestBody](d)
	if err != nil {
		return nil, err
	}
	if b.merge, err = attributes[gitlabMerge](b.gitlabNaming); err != nil {
		return nil, err
	}
	c, err := b.change()
	if err != nil {
		return nil, err
	}
	if c.Repo, err = b.spokenOf(); err != nil {
		return nil, err
	}
	w := written{scope: scope{gate.GitLab, c.Repo.Name, b.merge.URL}}
	w.read(b.merge.Description)
	c.Needs, c.Closes = w.needs, w.closes
	return append([]gate.Event{c}, b.review(c)...), nil
}

func (b gitlabMergeRequestBody) change() (gate.ChangeSeen, error) {
	m := b.merge
	state, err := m.state()
	if err != nil {
		return gate.ChangeSeen{}, err
	}
	head, err := someCommit(m.LastCommit.ID)
	if err != nil {
		return gate.ChangeSeen{}, err
	}
	before, err := commit(m.OldRev)
	if err != nil {
		return gate.ChangeSeen{}, err
	}
	landed, err := m.landed(state)
	return gate.ChangeSeen{
		Number: m.IID, State: state, Title: text(m.Title, maxText), Author: b.author(), URL: link(m.URL),
		Draft: m.Draft || m.WorkInProgress, Head: head, Before: before, HeadRepo: m.SourceProjectID,
		Base: text(m.TargetBranch, maxRef), Landed: landed, Pipeline: m.HeadPipelineID,
		OpenedAt: m.CreatedAt.Time, UpdatedAt: m.UpdatedAt.Time,
	}, err
}

// author is told by number alone: the name is found where the author is who did it, or is among the
// assignees or the reviewers.
func (b gitlabMergeRequestBody) author() string {
	for _, u := range slices.Concat([]gitlabUser{b.User}, b.Assignees, b.Reviewers) {
		if u.ID != 0 && u.ID == b.merge.AuthorID {
			return label(u.Username)
		}
	}
	return ""
}

func (m gitlabMerge) state() (gate.ChangeState, error) {
	if err := identified("merge request", int64(m.IID)); err != nil {
		return "", err
	}
	switch m.State {
	case "opened", "locked": // locked while it is being merged
		return gate.ChangeOpen, nil
	case "merged":
		return gate.ChangeMerged, nil
	case "closed":
		return gate.ChangeClosed, nil
	default:
		return "", fmt.Errorf("%q is not a state of a merge request", text(m.State, 80))
	}
}

// landed is the commit that the target branch came to. A fast-forward makes no merge commit: then it
// is the squashed one, or the head itself.
func (m gitlabMerge) landed(s gate.ChangeState) (string, error) {
	if s != gate.ChangeMerged {
		return "", nil
	}
	return commit(first(m.MergeCommitSHA, m.SquashCommitSHA, m.LastCommit.ID))
}

// review is what an action says of the person who took it. "approved" and "unapproved" are the same
// acts as "approval" and "unapproval", by the one person who made the difference to the rules.
func (b gitlabMergeRequestBody) review(c gate.ChangeSeen) []gate.Event {
	r := gate.Reviewed{
		Repo: c.Repo, Number: c.Number, Reviewer: label(b.User.Username), Commit: c.Head, At: c.UpdatedAt,
	}
	switch b.merge.Action {
	case "approved", "approval":
		r.State = gate.Approved
	case "unapproved", "unapproval":
		r.State = gate.Withdrawn
	}
	if r.State == "" || r.Reviewer == "" {
		return nil
	}
	return []gate.Event{r}
}
