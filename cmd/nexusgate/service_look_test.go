package main_test

import (
	"fmt"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// What the forges show, and what people and pipelines do there.

// checks are our check runs of a name on a commit.
func (h *house) checks(repo *forgetest.Repo, commit, name string) []forgetest.CheckRun {
	var ours []forgetest.CheckRun
	for _, run := range h.hub.CheckRuns(repo.Name(), commit) {
		if run.App == "nexusgate" && run.Name == name {
			ours = append(ours, run)
		}
	}
	return ours
}

// check waits until the one check run of a name on a commit shows that, and gives it. A second check
// run of the name is a fault.
func (h *house) check(repo *forgetest.Repo, commit, name, shows string) (found forgetest.CheckRun) {
	h.t.Helper()
	h.eventually(fmt.Sprintf("%s on %s@%.8s shows %s", name, repo.Name(), commit, shows), func() bool {
		runs := h.checks(repo, commit, name)
		if len(runs) > 1 {
			h.t.Fatalf("%s was made %d times on %s@%s", name, len(runs), repo.Name(), commit)
		}
		if len(runs) == 0 || face(runs[0]) != shows {
			return false
		}
		found = runs[0]
		return true
	})
	return found
}

// face is what people see of a check run: its conclusion, or that it has none.
func face(run forgetest.CheckRun) string {
	if run.Conclusion != "" {
		return run.Conclusion
	}
	return run.Status
}

// statuses are the states that a commit's status of a name went through.
func (h *house) statuses(commit, name string) []string {
	var states []string
	for _, s := range h.web.Statuses(commit) {
		if s.Name == name {
			states = append(states, s.State)
		}
	}
	return states
}

// status waits until a commit's status of a name is that.
func (h *house) status(commit, name, state string) {
	h.t.Helper()
	h.eventually(fmt.Sprintf("%s on %s@%.8s is %s", name, h.web.Name(), commit, state), func() bool {
		states := h.statuses(commit, name)
		return len(states) > 0 && states[len(states)-1] == state
	})
}

// ci is the workflow that the shop's criterion asks for.
func ci(trigger string) forgetest.Workflow {
	return forgetest.Workflow{Name: "ci", Path: ".github/workflows/ci.yml", Trigger: trigger, Jobs: []string{"test"}}
}

// build runs the workflow on a commit to its end.
func build(repo *forgetest.Repo, trigger, commit, conclusion string) {
	run := repo.Run(ci(trigger), commit)
	run.Start()
	run.Finish(conclusion)
}

// propose opens a change that touches one file.
func propose(repo *forgetest.Repo, branch string) *forgetest.Change {
	repo.Commit(branch, "Work on "+branch, map[string]string{branch + ".go": "package " + branch})
	return repo.OpenChange(branch, "main", "Work on "+branch, "ana")
}

// approve makes a change's head green in all that the shop asks for.
func approve(repo *forgetest.Repo, change *forgetest.Change) {
	build(repo, "pull_request", change.Head(), "success")
	repo.Check("linter", "lint", change.Head(), "completed", "success")
}

// green makes every component's head green, so that the Increment is done.
func (h *house) green() {
	h.t.Helper()
	for _, repo := range []*forgetest.Repo{h.cart, h.pay} {
		build(repo, "push", repo.Head("main"), "success")
	}
	h.web.Pipeline("main", h.web.Head("main"), forgetest.Job{Name: "test"}).Finish("success")
	h.eventually("the Increment is done", func() bool { return h.standing().Head.Outcome == gate.Done })
}

// picture says how the shop stands, for a test that waited in vain.
func (h *house) picture() string {
	var b strings.Builder
	if h.server == nil {
		return ""
	}
	counts, reads, err := h.server.Backlog(h.t.Context())
	served, idle := h.traffic.quiet()
	fmt.Fprintf(&b, "%d pending, %d aside, %d owed, %d reads wanted, error %v; %d requests served, idle %v\n",
		counts.Pending, counts.Aside, counts.Owed, reads, err, served, idle)
	s := h.standing()
	fmt.Fprintf(&b, "Increment %d: %s\n", s.Head.Number, s.Head.Outcome)
	for _, f := range s.HeadSays.Findings {
		fmt.Fprintf(&b, "  %s %s: %s, wanted %s, found %s\n", f.Component, f.Criterion, f.State, f.Want, f.Got)
	}
	for _, c := range s.Changes {
		fmt.Fprintf(&b, "%s: %s\n", c.Subject.Name, c.Says.Outcome)
		for _, f := range c.Says.Findings {
			fmt.Fprintf(&b, "  %s %s: %s, wanted %s, found %s\n", f.Component, f.Criterion, f.State, f.Want, f.Got)
		}
	}
	return b.String()
}
