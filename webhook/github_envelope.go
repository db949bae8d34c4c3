package webhook

import (
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// githubEnvelope is what GitHub's deliveries have in common.
type githubEnvelope struct {
	Action       string       `json:"action"`
	Repository   githubRepo   `json:"repository"`
	Installation githubTenant `json:"installation"`
}

// githubRepo is a repository. Its times are whole numbers in a push and text everywhere else.
type githubRepo struct {
	ID       int64  `json:"id"`
	FullName string `json:"full_name"`
	Archived bool   `json:"archived"`
	PushedAt moment `json:"pushed_at"`
	Updated  moment `json:"updated_at"`
}

// githubTenant is the App's installation on an account.
type githubTenant struct {
	ID      int64  `json:"id"`
	Updated moment `json:"updated_at"`
}

// githubAccount is a person, a bot or an organization.
type githubAccount struct {
	Login string `json:"login"`
}

// githubApp is the App that made a check.
type githubApp struct {
	ID   int64  `json:"id"`
	Slug string `json:"slug"`
}

// name is the App's slug. GitHub's older servers tell none: the id stands for it, in a form that no
// slug has.
func (a githubApp) name() string {
	if a.Slug != "" {
		return label(a.Slug)
	}
	return object("app", a.ID)
}

// githubCommit is a commit, of which only the tree is wanted.
type githubCommit struct {
	ID     string `json:"id"`
	TreeID string `json:"tree_id"`
}

// tree is the tree of the commit that the delivery is about. A delivery may bring along another one,
// and evidence is carried between commits of the same tree: a wrong one must not pass.
func (c githubCommit) tree(of string) string {
	if c.ID != of {
		return ""
	}
	return tree(c.TreeID)
}

// repo is the repository that the delivery is about.
func (e githubEnvelope) repo() (gate.Repo, error) {
	return e.Repository.repo(e.Installation.ID)
}

func (r githubRepo) repo(installation int64) (gate.Repo, error) {
	if err := identified("repository", r.ID); err != nil {
		return gate.Repo{}, err
	}
	name, err := repositoryName(r.FullName)
	return gate.Repo{Forge: gate.GitHub, ID: r.ID, Name: name, Installation: installation}, err
}

// reported is where the evidence of an object belongs: to a commit of the repository. The object must
// be there, and the commit as well.
func (e githubEnvelope) reported(what string, id int64, sha string) (gate.Reported, error) {
	repo, err := e.repo()
	if err != nil {
		return gate.Reported{}, err
	}
	if err := identified(what, id); err != nil {
		return gate.Reported{}, err
	}
	at, err := someCommit(sha)
	return gate.Reported{Repo: repo, Commit: at}, err
}

// githubStatusOf is how far a check, a suite, a run or a job of GitHub's has come. A word that is not
// known counts as not begun: it waits, and in the end it is missing.
func githubStatusOf(word string) gate.Status {
	switch word {
	case "completed":
		return gate.Completed
	case "in_progress":
		return gate.Running
	default: // queued, requested, waiting, pending
		return gate.Queued
	}
}

// queueBranch says whether a branch is the merge queue's own. GitHub pushes, creates and deletes one
// for every group, and none of it is a landing.
func queueBranch(name string) bool { return strings.HasPrefix(name, "gh-readonly-queue/") }
