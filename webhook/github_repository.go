package webhook

import (
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

type githubRepositoryBody struct {
	githubEnvelope
	Changes struct {
		Repository struct {
			Name struct {
				From string `json:"from"`
			} `json:"name"`
		} `json:"repository"`
		Owner struct {
			From struct {
				User         githubAccount `json:"user"`
				Organization githubAccount `json:"organization"`
			} `json:"from"`
		} `json:"owner"`
	} `json:"changes"`
}

// githubRepository reads what became of a repository: state is kept by its id, definitions name it.
func githubRepository(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[githubRepositoryBody](d)
	if err != nil {
		return nil, err
	}
	switch b.Action {
	case "renamed", "transferred", "archived", "unarchived", "deleted":
	default:
		return nil, nil
	}
	repo, err := b.repo()
	return []gate.Event{gate.RepositorySeen{
		Repo: repo, OldName: b.oldName(), Gone: b.Action == "deleted",
		Archived: b.Repository.Archived, At: b.Repository.Updated.Time,
	}}, err
}

// oldName is the full name it had before; GitHub tells only the part that changed.
func (b githubRepositoryBody) oldName() string {
	owner, name, _ := strings.Cut(b.Repository.FullName, "/")
	from := b.Changes.Owner.From
	before := first(from.Organization.Login, from.User.Login, owner) + "/" + first(b.Changes.Repository.Name.From, name)
	if before == b.Repository.FullName {
		return ""
	}
	return text(before, maxText)
}
