package webhook

import "github.com/nexusgate/nexusgate/gate"

type gitlabProjectBody struct {
	EventName string `json:"event_name"`
	OldPath   string `json:"old_path_with_namespace"`
	Updated   moment `json:"updated_at"`
}

// gitlabProjectSeen reads what became of a project: renamed, moved to another group, or destroyed.
func gitlabProjectSeen(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[gitlabProjectBody](d)
	if err != nil {
		return nil, err
	}
	_, repo, err := spokenOf(d)
	return []gate.Event{gate.RepositorySeen{
		Repo: repo, OldName: text(b.OldPath, maxText), Gone: b.EventName == "project_destroy", At: b.Updated.Time,
	}}, err
}
