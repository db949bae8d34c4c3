package webhook

import "github.com/nexusgate/nexusgate/gate"

type gitlabNoteBody struct {
	gitlabNaming
	User         gitlabUser `json:"user"`
	MergeRequest struct {
		IID int `json:"iid"`
	} `json:"merge_request"`
}

type gitlabNoteAttributes struct {
	ID       int64  `json:"id"`
	Note     string `json:"note"`
	On       string `json:"noteable_type"` //nolint:misspell // GitLab's spelling
	Action   string `json:"action"`        // absent before GitLab 16.5, which told of new ones alone
	AuthorID int64  `json:"author_id"`
	System   bool   `json:"system"`
	Created  moment `json:"created_at"`
	Updated  moment `json:"updated_at"`
}

// gitlabNote reads the sign-offs in a comment on a merge request. It counts for what it said when it was made.
func gitlabNote(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[gitlabNoteBody](d)
	if err != nil {
		return nil, err
	}
	n, err := attributes[gitlabNoteAttributes](b.gitlabNaming)
	if err != nil {
		return nil, err
	}
	repo, err := b.spokenOf()
	if err != nil || n.On != "MergeRequest" || !n.made() || n.AuthorID != b.User.ID || b.User.Username == "" {
		return nil, err
	}
	if err := identified("merge request", int64(b.MergeRequest.IID)); err != nil {
		return nil, err
	}
	return signed(repo, b.MergeRequest.IID, n.Note, gate.GitLab, b.User.Username, n.Created.Time, object("note", n.ID)), nil
}

// made says whether the note was made just now, by a person.
func (n gitlabNoteAttributes) made() bool {
	isNew := n.Action == "create" || n.Action == "" && !n.Updated.After(n.Created.Time)
	return isNew && !n.System
}
