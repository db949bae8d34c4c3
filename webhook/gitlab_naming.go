package webhook

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/nexusgate/nexusgate/gate"
)

// errContradicts says that a body speaks of two projects as one.
var errContradicts = errors.New("it names two projects as its own")

// gitlabNaming is all that a body of GitLab's says of the project it speaks of. The intake holds a
// token against it, and every decoder takes its repository from it, so that what was allowed and what
// is folded cannot be two.
type gitlabNaming struct {
	ObjectKind string         `json:"object_kind"`
	EventName  string         `json:"event_name"` // of a system hook
	ProjectID  int64          `json:"project_id"`
	Path       string         `json:"path_with_namespace"`     // of a system hook about the project itself
	OldPath    string         `json:"old_path_with_namespace"` // before it was renamed or moved
	Project    gitlabProject  `json:"project"`
	Attributes jsontext.Value `json:"object_attributes"`
	Repository struct {
		Homepage string `json:"homepage"`
	} `json:"repository"`

	target gitlabTarget
}

// gitlabTarget is the project that a merge request would land in.
type gitlabTarget struct {
	ID      int64         `json:"target_project_id"`
	Project gitlabProject `json:"target"`
}

// gitlabProject is a project. Old hooks tell no id here.
type gitlabProject struct {
	ID         int64  `json:"id"`
	Path       string `json:"path_with_namespace"`
	WebURL     string `json:"web_url"`
	Visibility int    `json:"visibility_level"`
}

// readNaming reads which project a delivery speaks of.
func readNaming(d gate.Delivery) (gitlabNaming, error) {
	n, err := body[gitlabNaming](d)
	if err != nil {
		return n, err
	}
	return n, n.settle()
}

// settle reads whether another project is meant than the one whose hook it is, and whether two are.
func (n *gitlabNaming) settle() (err error) {
	if n.kind() == "merge_request" {
		if n.target, err = attributes[gitlabTarget](*n); err != nil {
			return err
		}
	}
	if n.ProjectID > 0 && n.Project.ID > 0 && n.ProjectID != n.Project.ID {
		return errContradicts
	}
	return nil
}

// attributes are the fields of T in the object that the body is about.
func attributes[T any](n gitlabNaming) (T, error) {
	var t T
	if len(n.Attributes) == 0 {
		return t, nil
	}
	err := unmarshal(n.Attributes, &t)
	return t, err
}

// spokenOf is the project that the body speaks of, by what it says of it.
func (n *gitlabNaming) spokenOf() (gate.Repo, error) {
	if err := n.settle(); err != nil {
		return gate.Repo{}, err
	}
	return n.repo()
}

// kind is what the body is about: a hook's object, or a system hook's event.
func (n gitlabNaming) kind() string { return first(n.ObjectKind, n.EventName) }

// repo is the project: of a merge request the one it would land in, never the fork.
func (n gitlabNaming) repo() (gate.Repo, error) {
	id := n.target.ID
	for _, told := range []int64{n.Project.ID, n.ProjectID} {
		if id <= 0 {
			id = told
		}
	}
	if err := identified("project", id); err != nil {
		return gate.Repo{}, err
	}
	name, err := repositoryName(n.path())
	return gate.Repo{Forge: gate.GitLab, ID: id, Name: name}, err
}

// path is the project's full path. A Job Hook before GitLab 16.4 tells only the project's page.
func (n gitlabNaming) path() string {
	return first(n.target.Project.Path, n.Project.Path, n.Path, homepagePath(n.Repository.Homepage))
}

func homepagePath(homepage string) string {
	u, err := url.Parse(homepage)
	if err != nil {
		return ""
	}
	return strings.Trim(u.Path, "/")
}

// only says whether the body names this project, and no other anywhere. An id of 0 leaves the ids
// unchecked.
func (n gitlabNaming) only(project string, id int64) bool {
	others := func(path string) bool { return path != "" && !strings.EqualFold(path, project) }
	strangers := func(told int64) bool { return id > 0 && told > 0 && told != id }
	return strings.EqualFold(n.path(), project) &&
		!slices.ContainsFunc([]string{n.target.Project.Path, n.Project.Path, n.Path}, others) &&
		!slices.ContainsFunc([]int64{n.target.ID, n.target.Project.ID, n.Project.ID, n.ProjectID}, strangers)
}

// page is the project's page, for links.
func (n gitlabNaming) page() string { return first(n.Project.WebURL, n.Repository.Homepage) }
