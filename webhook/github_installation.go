package webhook

import "github.com/nexusgate/nexusgate/gate"

// maxRepositories bounds how many repositories one delivery may bring or take.
const maxRepositories = 10_000

type githubInstallationBody struct {
	githubEnvelope
	Repositories []githubRepo `json:"repositories"`
	Added        []githubRepo `json:"repositories_added"`
	Removed      []githubRepo `json:"repositories_removed"`
}

// githubInstallation reads that the App was installed on an account, suspended there, or removed.
func githubInstallation(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[githubInstallationBody](d)
	if err != nil {
		return nil, err
	}
	seen := gate.InstallationSeen{Installation: b.Installation.ID, At: b.Installation.Updated.Time}
	switch b.Action {
	case "created", "unsuspend":
		seen.Active = true
	case "deleted", "suspend":
	default:
		return nil, nil
	}
	if err := identified("installation", seen.Installation); err != nil {
		return nil, err
	}
	var repos []githubRepo
	if b.Action == "created" {
		repos = b.Repositories
	}
	return b.seen([]gate.Event{seen}, repos, false)
}

// githubInstallationRepositories reads that repositories were given to the App or taken from it.
func githubInstallationRepositories(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[githubInstallationBody](d)
	if err != nil {
		return nil, err
	}
	if err := identified("installation", b.Installation.ID); err != nil {
		return nil, err
	}
	events, err := b.seen(nil, b.Added, false)
	if err != nil {
		return nil, err
	}
	return b.seen(events, b.Removed, true)
}

func (b githubInstallationBody) seen(events []gate.Event, repos []githubRepo, gone bool) ([]gate.Event, error) {
	for _, r := range repos[:min(len(repos), maxRepositories)] {
		repo, err := r.repo(b.Installation.ID)
		if err != nil {
			return nil, err
		}
		events = append(events, gate.RepositorySeen{Repo: repo, Gone: gone, At: b.Installation.Updated.Time})
	}
	return events, nil
}
