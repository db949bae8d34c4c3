package gate

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
)

// Bearing is what the evidence of a job counts for.
type Bearing struct {
	On     definition.On // a commit, or a change alone; "": nothing, it is untrusted
	Commit string        // that it counts for; "" of a change: its run's own delivery tells the head
	Change int           // the change's number; 0 where the run's own delivery tells it
	Landed bool          // it counts for the commit once that has landed too
	Why    string        // it counts for nothing, or not for what has landed
}

// Bears says what a job's evidence counts for in a repository whose work is integrated on a branch. It
// goes by the event that started the job's run: some run what anybody proposes, with the rights of those
// who integrate it.
func (j Job) Bears(repo Repo, branch string) Bearing {
	switch {
	case repo.ID == 0:
		return untrusted("%s is not known yet, so that no job can be told to be of it: wait until its forge has told of it", repo)
	case j.Repo.Forge != repo.Forge || j.Repo.ID != repo.ID:
		return untrusted("the job is of %s, which is not %s: a fork, or another repository", j.Repo, repo)
	case j.Fork:
		return untrusted("the job ran a fork's code in %s: have a member run it from a branch of the repository", repo)
	case j.Forge == GitHub:
		return j.onGitHub(branch)
	case j.Forge == GitLab:
		return j.onGitLab()
	default:
		return untrusted("no job of %q is known", j.Forge)
	}
}

// Of narrows what counts for a change to what is known of that change: what a fork proposes is anybody's,
// and so is what comes from a repository that is not told, as of a fork that was deleted.
func (b Bearing) Of(c ChangeSeen) Bearing {
	if b.On == definition.OnChange && c.HeadRepo != c.Repo.ID {
		return Bearing{Why: fmt.Sprintf("change %d is of a fork: have a member propose it from a branch of %s", c.Number, c.Repo)}
	}
	return b
}

// onGitHub goes by https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows.
func (j Job) onGitHub(branch string) Bearing {
	switch j.Event {
	case "push", "merge_group":
		return j.onCommit()
	case "schedule", "workflow_dispatch":
		if j.Ref == "refs/heads/"+branch {
			return j.onCommit()
		}
		return untrusted("a run by %s counts on %s alone, and this one is on %s", j.Event, branch, j.Ref)
	case "pull_request":
		// Its commit is what the change would become when merged.
		if number := numbered(j.Ref, "refs/pull/", "merge"); number != 0 {
			return Bearing{On: definition.OnChange, Change: number, Why: onlyItsChange}
		}
		return untrusted("a run by pull_request on %q is of no open change", j.Ref)
	default:
		return j.anybody()
	}
}

// onlyItsChange says why the evidence of a change's run counts for nothing that has landed.
const onlyItsChange = "it ran for a change, and counts for that change alone"

// onGitLab goes by https://docs.gitlab.com/ci/jobs/job_rules/#ci_pipeline_source-predefined-variable.
func (j Job) onGitLab() Bearing {
	switch j.Event {
	case "push", "schedule", "web", "api", "trigger", "pipeline":
		if j.RefType != "branch" {
			return untrusted("a pipeline by %s counts on a branch, and this one is on the %s %s", j.Event, j.RefType, j.Ref)
		}
		b := j.onCommit()
		if b.On != "" && !j.RefProtected {
			b.Landed, b.Why = false, fmt.Sprintf("the branch of the pipeline, %s, is not protected: protect the integration branch, and run the pipeline on it", j.Ref)
		}
		return b
	case "merge_request_event":
		return Bearing{On: definition.OnChange, Change: numbered(j.Ref, "refs/merge-requests/", "head", "merge", "train"), Why: onlyItsChange}
	default:
		return j.anybody()
	}
}

func (j Job) onCommit() Bearing {
	if j.Commit == "" {
		return untrusted("the token names no commit: the forge's version is too old")
	}
	return Bearing{On: definition.OnCommit, Commit: j.Commit, Landed: true}
}

// anybody is for events by which code runs, or parameters come, that nobody of the repository has seen.
func (j Job) anybody() Bearing {
	if j.Event == "" {
		return untrusted("the token does not say what started the run")
	}
	return untrusted("a run by %s may be anybody's doing: bring evidence from a run by push, of a change or of a merge queue", j.Event)
}

// untrusted counts for nothing.
func untrusted(why string, about ...any) Bearing { return Bearing{Why: fmt.Sprintf(why, about...)} }

// numbered is N of a ref "PREFIX N/SUFFIX", 0 where it is another.
func numbered(ref, prefix string, suffixes ...string) int {
	rest, ok := strings.CutPrefix(ref, prefix)
	digits, suffix, _ := strings.Cut(rest, "/")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n <= 0 || strconv.Itoa(n) != digits {
		return 0
	}
	for _, s := range suffixes {
		if suffix == s {
			return n
		}
	}
	return 0
}
