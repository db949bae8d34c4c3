package login

import (
	"fmt"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// job is whose token it is, by what its forge writes into one.
func (c *claims) job(f gate.Forge) gate.Job {
	j := gate.Job{
		Forge: f, Issuer: c.text("iss"), Commit: c.text("sha"), RefType: c.text("ref_type"), RefProtected: c.flag("ref_protected"),
		Environment: c.text("environment"), Token: c.text("jti"),
	}
	if f == gate.GitLab {
		c.onGitLab(&j)
	} else {
		c.onGitHub(&j)
	}
	c.complete(j)
	return j
}

// onGitHub reads what https://docs.github.com/actions/reference/security/oidc lists.
func (c *claims) onGitHub(j *gate.Job) {
	j.Repo = gate.Repo{Forge: gate.GitHub, ID: c.number("repository_id"), Name: c.text("repository")}
	j.Ref, j.Event, j.Workflow, j.Actor = c.text("ref"), c.text("event_name"), c.text("job_workflow_ref"), c.text("actor")
	j.Run, j.Attempt = c.number("run_id"), int(min(c.number("run_attempt"), 1<<30))
}

// onGitLab reads what https://docs.gitlab.com/ci/secrets/id_token_authentication/ lists. Of a fork's merge request
// that runs in the project it would land in, project_id is the fork since 18.2.2; where it runs is told by
// job_project_id in later versions (https://gitlab.com/gitlab-org/gitlab/-/issues/563038).
func (c *claims) onGitLab(j *gate.Job) {
	source := gate.Repo{Forge: gate.GitLab, ID: c.number("project_id"), Name: c.text("project_path")}
	j.Repo = gate.Repo{Forge: gate.GitLab, ID: c.number("job_project_id"), Name: c.text("job_project_path")}
	if j.Repo.ID == 0 {
		j.Repo = source
	}
	j.Fork = j.Repo.ID != source.ID
	j.Event, j.Workflow, j.Actor = c.text("pipeline_source"), c.text("ci_config_ref_uri"), c.text("user_login")
	j.Run, j.Job = c.number("pipeline_id"), c.number("job_id")
	if j.Ref = c.text("ref_path"); j.Ref == "" {
		j.Ref = gitLabRef(j.RefType, c.text("ref"))
	}
}

// gitLabRef is a branch or a tag with its path, as versions before 16.0 do not tell it.
func gitLabRef(kind, name string) string {
	switch {
	case strings.HasPrefix(name, "refs/"):
		return name
	case kind == "branch":
		return "refs/heads/" + name
	case kind == "tag":
		return "refs/tags/" + name
	default:
		return ""
	}
}

// complete sees that a token names what all else goes by.
func (c *claims) complete(j gate.Job) {
	for _, needed := range []struct {
		what string
		has  bool
	}{
		{"id of its own (jti)", j.Token != ""},
		{"time of its issue (iat)", c.value("iat") != nil},
		{"end (exp)", c.value("exp") != nil},
		{"repository", j.Repo.ID != 0},
		{"run", j.Run != 0},
		{"event", j.Event != ""},
		{"job", j.Job != 0 || j.Forge != gate.GitLab},
	} {
		if !needed.has && c.fault == nil {
			c.fault = fmt.Errorf("it names no %s", needed.what)
		}
	}
	if j.Commit != "" && !isCommit(j.Commit) {
		c.wrong("sha", "commit")
	}
}

func isCommit(sha string) bool {
	return (len(sha) == 40 || len(sha) == 64) && strings.Trim(sha, "0123456789abcdef") == ""
}
