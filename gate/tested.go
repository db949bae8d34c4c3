package gate

import (
	"fmt"
	"slices"

	"github.com/nexusgate/nexusgate/definition"
)

// foldTested keeps evidence about a composition.
func (s *State) foldTested(e Submitted, m moment) bool {
	found := e.evidence(m)
	if why := s.tests(e); why != "" {
		found.Trust, found.Why = definition.Declared, why
	}
	c := s.composed(e.Increment, e.Composition)
	if !c.submittable(found) {
		return false
	}
	if c.add(found) {
		s.touch(compositionDoc, e.Increment)
		s.stirCommit(compositionKey(e.Increment))
	}
	return true
}

// tests says why a submission does not count for a composition; "" where it does.
func (s *State) tests(e Submitted) string {
	if !e.ofJob() {
		return ""
	}
	why := fmt.Sprintf("the job is of %s, which is no repository of this Nexus", e.Job.Repo)
	for _, branch := range s.branchesSummed(e.Job.Repo.Key()) {
		if why = e.Job.integrates(branch); why == "" {
			return ""
		}
	}
	return why
}

// integrates says why a job does not run what is integrated on a branch; "" where it does: only there is it
// what those who integrate have agreed on.
func (j Job) integrates(branch string) string {
	events := []string{"push", "schedule", "workflow_dispatch", "repository_dispatch"}
	if j.Forge == GitLab {
		events = []string{"push", "schedule", "web", "trigger", "api", "pipeline"}
	}
	switch {
	case j.Fork:
		return fmt.Sprintf("the job ran a fork's code in %s", j.Repo)
	case !slices.Contains(events, j.Event):
		return fmt.Sprintf("a run by %s does not count for an Increment: run it on %s", j.Event, branch)
	case j.Ref != "refs/heads/"+branch:
		return fmt.Sprintf("evidence for an Increment counts from %s alone, and the run is on %s", branch, j.Ref)
	case j.Forge == GitLab && !j.RefProtected:
		return fmt.Sprintf("the branch of the pipeline, %s, is not protected", j.Ref)
	default:
		return ""
	}
}
