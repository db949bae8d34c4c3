package gate

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Job is a job of CI, as the token that its forge gave it tells. Values that a token does not have are
// empty. What the token says of itself (sub) is no value: its form changes with the forge's version.
type Job struct {
	Forge        Forge
	Issuer       string // of the token: "https://token.actions.githubusercontent.com"
	Repo         Repo   // that the run is of; on GitLab the project that the job runs in
	Fork         bool   // GitLab: the code is a fork's, and runs in the project that it would land in
	Commit       string // that it runs on: of a GitHub pull request, and of some of GitLab's, a merge that no branch holds
	Ref          string // "refs/heads/main"; of a GitLab merge request its source branch
	RefType      string // "branch", "tag"
	RefProtected bool   // GitLab
	Event        string // what started the run: GitHub's event, GitLab's pipeline source
	Workflow     string // its file with its ref: "acme/cart-api/.github/workflows/ci.yml@refs/heads/main"
	Run          int64  // of a workflow, or a pipeline
	Attempt      int    // of the run; 0 on GitLab, where a retry is another job
	Job          int64  // GitLab
	Environment  string
	Actor        string    // who started it
	Token        string    // its id, unique with its issuer
	Expires      time.Time // when the token is taken no more
}

// TokenID names the token that the job came with, among those of all issuers: 64 hexadecimal digits.
func (j Job) TokenID() string {
	sum := sha256.Sum256([]byte(j.Issuer + "\x00" + j.Token))
	return hex.EncodeToString(sum[:])
}

// Brings is evidence as the job brings it: what the token proves takes the place of whatever it said
// of who made it. A forge's own deliveries name the same run.
func (j Job) Brings(e Evidence) Evidence {
	e.Producer, e.Trigger, e.Trust = j.producer(), j.Event, definition.OIDC
	e.Run = Run{ID: j.Run, Attempt: max(j.Attempt, 1), Job: j.Job}
	return e
}

// Holder is the object that holds all that the job's run brings: "run/30433642", "pipeline/31".
func (j Job) Holder() string {
	if j.Forge == GitLab {
		return fmt.Sprintf("pipeline/%d", j.Run)
	}
	return fmt.Sprintf("run/%d", j.Run)
}

func (j Job) producer() Producer {
	app := GitHubActions
	if j.Forge == GitLab {
		app = GitLabCI
	}
	return Producer{App: app, Workflow: j.workflow()}
}

// workflow is the file as a criterion speaks of it: one of the run's own repository by its path, one of
// another with that repository's name before it, each with the ref that it was taken from.
// GitHub writes "OWNER/REPO/PATH@REF"; GitLab "HOST/PROJECT//PATH@REF", and of other projects nothing.
func (j Job) workflow() string {
	if j.Forge == GitLab {
		if _, file, ok := strings.Cut(j.Workflow, "//"); ok {
			return file
		}
		return j.Workflow
	}
	at := strings.Index(j.Workflow, "/"+workflows)
	if at >= 0 && strings.EqualFold(j.Workflow[:at], j.Repo.Name) {
		return j.Workflow[at+1:]
	}
	return j.Workflow
}
