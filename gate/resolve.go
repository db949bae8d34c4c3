package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
)

// unconfirmed is less than any trust: a check run that claims to be of GitHub Actions and that no
// workflow job points to. Any workflow with checks: write can create one.
const unconfirmed = definition.Unset

// GitHubActions and GitLabCI are the producers whose runs hold jobs.
const (
	GitHubActions = "github-actions"
	GitLabCI      = "gitlab-ci"
)

// Resolve joins what a forge's objects say of one commit: a job and a check run learn their
// workflow and trigger from their run, a check run of GitHub Actions is believed only when a job
// confirms it, and a GitLab pipeline's conclusion is computed from its jobs, among which ours do
// not stand. The order of objects does not matter.
func Resolve(objects map[string]Evidence) []Evidence {
	r := resolution{objects: objects, confirmedBy: map[string]string{}, held: map[string][]string{}}
	names := sortedKeys(objects)
	for _, name := range names {
		e := objects[name]
		if e.Confirms != "" {
			r.confirmedBy[e.Confirms] = name
		}
		r.hold(name, &e)
	}
	joined := make([]Evidence, 0, len(names))
	for _, name := range names {
		if e := objects[name]; !r.onlyDeploys(&e) {
			joined = append(joined, r.join(e))
		}
	}
	return joined
}

type resolution struct {
	objects     map[string]Evidence
	confirmedBy map[string]string   // check run → job
	held        map[string][]string // pipeline → its jobs and child pipelines
}

func (r *resolution) hold(name string, e *Evidence) {
	for _, holder := range []string{e.Holder, e.Parent} {
		if holder != "" {
			r.held[holder] = append(r.held[holder], name)
		}
	}
}

func (r *resolution) join(e Evidence) Evidence {
	switch {
	case e.Digest != "" && e.Run.Job != 0:
		return r.joinSubmitted(e)
	case e.Kind == "check" && e.Producer.App == GitHubActions:
		return r.joinCheck(e)
	case e.Kind == "job":
		return r.joinJob(e)
	case e.Kind == "pipeline" && e.Producer.App == GitLabCI:
		return r.joinPipeline(e, 0)
	default:
		return e
	}
}

func (r *resolution) joinCheck(e Evidence) Evidence {
	job, ok := r.objects[r.confirmedBy[e.Object]]
	if !ok {
		e.Trust = unconfirmed
		return e
	}
	job = r.joinJob(job)
	e.Producer.Workflow, e.Trigger, e.Holder = job.Producer.Workflow, job.Trigger, job.Holder
	e.Run.Attempt = job.Run.Attempt
	return e
}

// joinJob lets a run that was not heard of stand for its own workflow and trigger: the jobs of two
// such runs are two things.
func (r *resolution) joinJob(e Evidence) Evidence {
	run, ok := r.objects[e.Holder]
	if !ok {
		e.Trigger = e.Holder
		return e
	}
	e.Producer.Workflow, e.Trigger = run.Producer.Workflow, run.Trigger
	e.Run.Created, e.Change = run.Run.Created, run.Change
	return e
}

// joinSubmitted tells files that a job of GitLab brought by the job's name: a retry takes the place of the job, and
// another job of the pipeline does not. Those of jobs that were not heard of stand beside each other, until another
// pipeline brings such.
func (r *resolution) joinSubmitted(e Evidence) Evidence {
	e.Of = r.objects[fmt.Sprintf("job/%d", e.Run.Job)].Name
	return e
}

// deepestChild bounds how far pipelines that start pipelines are followed; GitLab allows two levels.
const deepestChild = 8

// joinPipeline computes a GitLab pipeline from its jobs, the latest of each name, and from the
// pipelines it started. The pipeline's own status is no help: our report is one of its jobs.
func (r *resolution) joinPipeline(e Evidence, depth int) Evidence {
	var parts []Evidence
	for _, name := range r.latestJobs(e.Object) {
		if job := r.objects[name]; job.Deploys == "" {
			parts = append(parts, job)
		}
	}
	for _, name := range r.held[e.Object] {
		if child := r.objects[name]; child.Parent == e.Object && depth < deepestChild {
			parts = append(parts, r.joinPipeline(child, depth+1))
		}
	}
	e.Status, e.Facts = concludePipeline(e.Listed, parts)
	for _, part := range parts {
		if part.Observed.After(e.Observed) {
			e.Observed = part.Observed
		}
	}
	return e
}

// onlyDeploys says whether a pipeline does nothing but go out through the door. It is no test of anything, and does not
// take the place of an earlier one that was.
func (r *resolution) onlyDeploys(e *Evidence) bool {
	if e.Kind != "pipeline" || !e.Listed || len(r.held[e.Object]) == 0 {
		return false
	}
	return !slices.ContainsFunc(r.held[e.Object], func(name string) bool { return r.objects[name].Deploys == "" })
}

// latestJobs is, for each name, the job with the greatest id: a retry makes a new job. So it is with the
// statuses that others posted to the pipeline, which fail it too; under a job's name they are no retry of it.
func (r *resolution) latestJobs(pipeline string) []string {
	latest := map[string]string{}
	for _, name := range r.held[pipeline] {
		job := r.objects[name]
		if job.Holder != pipeline || job.Kind != "job" && job.Kind != "status" {
			continue
		}
		key := job.Kind + " " + job.Name
		if seen, ok := latest[key]; !ok || r.objects[seen].Run.Job < job.Run.Job {
			latest[key] = name
		}
	}
	names := make([]string, 0, len(latest))
	for _, name := range latest {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// concludePipeline is the worst of a pipeline's parts. Without its list of jobs a pipeline may hold
// more than was seen, so it is not complete; with no job at all it says nothing.
func concludePipeline(listed bool, parts []Evidence) (Status, Facts) {
	var conclusions, allowed []string
	for _, part := range parts {
		switch {
		case part.Status != Completed:
			return Running, nil
		case part.AllowFailure:
			allowed = append(allowed, part.conclusion())
		default:
			conclusions = append(conclusions, part.conclusion())
		}
	}
	switch {
	case !listed:
		return Running, nil
	case len(parts) == 0:
		return Completed, nil
	}
	if len(conclusions) == 0 {
		conclusions = passed(allowed)
	}
	return Completed, Facts{"conclusion": worstConclusion(conclusions)}
}

// passed is what a pipeline comes to whose jobs may all fail: it passes if one of them ran, and
// otherwise a manual or a skipped job is no success.
func passed(allowed []string) []string {
	if slices.Contains(allowed, "success") || slices.Contains(allowed, "failure") {
		return []string{"success"}
	}
	return allowed
}

// conclusionsWorstFirst orders what a job can end in. A skipped job does not spoil a success and is
// none by itself; a word not in the list is worse than any.
var conclusionsWorstFirst = [...]string{"failure", "timed_out", "action_required", "cancelled", "", "neutral", "success", "skipped"}

func worstConclusion(seen []string) string {
	return slices.MinFunc(seen, func(a, b string) int {
		return cmp.Or(cmp.Compare(harm(a), harm(b)), strings.Compare(a, b))
	})
}

func harm(conclusion string) int { return slices.Index(conclusionsWorstFirst[:], conclusion) }
