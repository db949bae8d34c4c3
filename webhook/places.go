package webhook

import "github.com/nexusgate/nexusgate/gate"

// maxPlaces bounds the places of one delivery. What bears on more is everybody's.
const maxPlaces = 500

// Places are what a delivery may bear on, as [gate.Repo.Places] writes it: whoever listens to none of
// them gets no event of it. A delivery about a repository bears on the repository alone, not on the
// installation that it belongs to, so that a busy one is nothing to its neighbours. There are none, and
// not nil, where Decode yields no event for anybody: it is not used, or it names nothing and will be set aside.
//
// It is nil where it cannot be told: then the delivery may bear on everything.
func Places(d gate.Delivery) []string {
	r, err := readingOf(d)
	if err != nil || r.places == nil {
		return []string{}
	}
	return r.placesOf(d)
}

// placesOf cannot tell where a body brings out a fault of ours. The delivery is kept all the same, and
// whoever decodes it comes upon the fault.
func (r reading) placesOf(d gate.Delivery) (places []string) {
	defer func() {
		if recover() != nil {
			places = nil
		}
	}()
	places, err := r.places(d)
	switch {
	case err != nil || len(places) == 0:
		return []string{}
	case len(places) > maxPlaces:
		return nil
	default:
		return places
	}
}

// githubPlaces are the repository's, and nothing besides is read: it is asked of every delivery before that is
// kept.
func githubPlaces(d gate.Delivery) ([]string, error) {
	var r githubRepo
	body := members{text: plain(d)}
	for body.next() {
		if string(body.name) != "repository" {
			continue
		}
		if err := r.readPlaces(&body); err != nil {
			return nil, err
		}
	}
	if body.err != nil {
		return nil, body.err
	}
	repo, err := r.repo(0)
	return placesOf(repo), err
}

// readPlaces reads what tells which repository it is. Of an object that comes twice the later one adds to
// the earlier, and null takes that back, as where all of a body is read.
func (r *githubRepo) readPlaces(at *members) error {
	if !at.here('{') {
		return unmarshal(at.value(), r)
	}
	return at.within(func(repo *members) error {
		switch string(repo.name) {
		case "id":
			return unmarshal(repo.value(), &r.ID)
		case "full_name":
			return unmarshal(repo.value(), &r.FullName)
		default:
			return nil
		}
	})
}

// githubRepositoryPlaces are the repository's by both of its names: who defined it by the old one may
// not know its id yet.
func githubRepositoryPlaces(d gate.Delivery) ([]string, error) {
	b, err := body[githubRepositoryBody](d)
	if err != nil {
		return nil, err
	}
	repo, err := b.repo()
	return append(placesOf(repo), placesOf(gate.Repo{Forge: gate.GitHub, Name: b.oldName()})...), err
}

// githubInstallationPlaces are the installation's, and those of the repositories that it gained or lost.
func githubInstallationPlaces(d gate.Delivery) ([]string, error) {
	b, err := body[githubInstallationBody](d)
	if err != nil {
		return nil, err
	}
	if err := identified("installation", b.Installation.ID); err != nil {
		return nil, err
	}
	places := gate.Repo{Forge: gate.GitHub, Installation: b.Installation.ID}.Places()
	for _, repos := range [][]githubRepo{b.Repositories, b.Added, b.Removed} {
		for _, r := range repos[:min(len(repos), maxPlaces)] {
			places = append(places, placesOf(gate.Repo{Forge: gate.GitHub, ID: r.ID, Name: r.FullName})...)
		}
	}
	return places, nil
}

// gitlabPlaces are the project's.
func gitlabPlaces(d gate.Delivery) ([]string, error) {
	n, err := readNaming(d)
	if err != nil {
		return nil, err
	}
	return n.places()
}

// gitlabProjectPlaces are none where what is told of is of a group, and of no project.
func gitlabProjectPlaces(d gate.Delivery) ([]string, error) {
	n, err := readNaming(d)
	if err != nil || n.ProjectID == 0 && n.Project.ID == 0 {
		return nil, err
	}
	return n.places()
}

// gitlabSystemPlaces are none where a hook of the whole instance is about something else.
func gitlabSystemPlaces(d gate.Delivery) ([]string, error) {
	n, err := readNaming(d)
	if err != nil || gitlabSystemDecoder(n.kind()) == nil {
		return nil, err
	}
	return n.places()
}

func (n gitlabNaming) places() ([]string, error) {
	repo, err := n.repo()
	return append(placesOf(repo), placesOf(gate.Repo{Forge: gate.GitLab, Name: text(n.OldPath, maxText)})...), err
}

// placesOf are a repository's by its id and by its name.
func placesOf(r gate.Repo) []string {
	r.Installation = 0
	return r.Places()
}
