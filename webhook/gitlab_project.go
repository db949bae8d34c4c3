package webhook

import "github.com/nexusgate/nexusgate/gate"

type gitlabProjectBody struct {
	gitlabNaming
	Updated moment `json:"updated_at"`
}

// gitlabProjectSeen reads what became of a project: renamed, moved to another group, or destroyed.
func gitlabProjectSeen(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[gitlabProjectBody](d)
	if err != nil {
		return nil, err
	}
	repo, err := b.spokenOf()
	return []gate.Event{gate.RepositorySeen{
		Repo: repo, OldName: text(b.OldPath, maxText), Gone: b.EventName == "project_destroy", At: b.Updated.Time,
	}}, err
}
