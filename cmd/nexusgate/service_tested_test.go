package main_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// labShop asks each commit of the web for unit tests, proved by the job that ran them.
const labShop = shop + `done: unit: {
	why: "Every unit test passes", on: "commit", evidence: "junit", name: "unit", from: trust: "oidc"
	must: {failed: 0, passed: >0}, within: "45m", appliesTo: teams: ["web"]
}
`

// wholeShop asks the Increment for tests of the whole.
const wholeShop = shop + `done: e2e: {
	why: "The whole works", on: "increment", evidence: "junit", name: "e2e", from: trust: "oidc"
	must: {failed: 0, passed: >0}, within: "45m"
}
`

func TestEvidenceOfGitLabCountsForWhatLandedFromAProtectedBranchAlone(t *testing.T) {
	t.Parallel()
	h := open(t, labShop)
	commit := h.web.Head("main")
	open := h.web.Pipeline("main", commit, forgetest.Job{Name: "unit"})
	a := h.bring(open.Token("unit", audience, map[string]any{"ref_protected": "false"}), unitForm(testReport(3, 0)))
	if a.status != http.StatusAccepted || !strings.HasPrefix(a.Counts, "the commit "+commit+", as long as it is proposed: the branch of the pipeline, refs/heads/main, is not protected") {
		t.Fatalf("answered %+v", a)
	}
	h.rest()
	if f := h.componentStands("web", commit, "unit", gate.Waiting); !strings.Contains(f.Got, "is not protected") {
		t.Errorf("found %q", f.Got)
	}
	shielded := h.web.Pipeline("main", commit, forgetest.Job{Name: "unit"})
	if a := h.bring(shielded.Token("unit", audience, nil), unitForm(testReport(3, 0))); a.status != http.StatusAccepted || a.Counts != "the commit "+commit {
		t.Fatalf("answered %+v", a)
	}
	h.componentStands("web", commit, "unit", gate.Met)
}

func TestEvidenceOfAMergeRequestCountsForThatAlone(t *testing.T) {
	t.Parallel()
	h := open(t, labShop)
	h.web.Commit("guest", "Work", map[string]string{"guest.js": "1"})
	change := h.web.OpenChange("guest", "main", "Work", "ana")
	run := change.Pipeline(forgetest.Job{Name: "unit"})
	a := h.bring(run.Token("unit", audience, nil), unitForm(testReport(3, 0)))
	if a.status != http.StatusAccepted || a.Counts != "the change that its run is of" {
		t.Fatalf("answered %+v", a)
	}
	h.eventually("the tests of the merge request are met", func() bool {
		for _, c := range h.standing().Changes {
			for _, f := range c.Says.Findings {
				if c.Subject.Name == "acme/web!1" && f.Criterion == "unit" {
					return f.State == gate.Met
				}
			}
		}
		return false
	})
	landed := change.Merge("merge")
	h.rest()
	h.componentStands("web", landed, "unit", gate.Waiting)
}

func TestEvidenceCountsForTheCompositionThatItNames(t *testing.T) {
	t.Parallel()
	h := open(t, wholeShop)
	build(h.cart, "push", h.cart.Head("main"), "success")
	build(h.pay, "push", h.pay.Head("main"), "success")
	h.web.Pipeline("main", h.web.Head("main"), forgetest.Job{Name: "test"}).Finish("success")
	h.rest()
	head := h.standing().Head
	if head.Outcome != gate.Awaiting {
		t.Fatalf("without evidence the Increment is %s", head.Outcome)
	}
	of := func(digest string, failed int) *form {
		f := unitForm(testReport(3, failed))
		f.told["name"], f.told["increment"] = "e2e", digest
		return f
	}
	change := propose(h.cart, "guest")
	theirs := h.cart.Run(ci("pull_request"), change.Head())
	a := h.bring(theirs.Token(audience, nil), of(head.Digest, 0))
	if a.status != http.StatusAccepted || !strings.HasPrefix(a.Counts, "untrusted: a run by pull_request does not count for an Increment") {
		t.Errorf("of a change's run it is answered %+v", a)
	}
	h.rest()
	if got := h.standing().Head.Outcome; got != gate.Awaiting {
		t.Errorf("with untrusted evidence the Increment is %s", got)
	}
	run := h.pay.Run(ci("schedule"), h.pay.Head("main"))
	run.Start()
	run.Finish("success")
	if a := h.bring(run.Token(audience, nil), of(head.Digest, 0)); a.status != http.StatusAccepted || a.Counts != "the composition "+head.Digest {
		t.Fatalf("answered %+v", a)
	}
	h.eventually("the Increment is done", func() bool { return h.standing().Head.Outcome == gate.Done })
	build(h.cart, "push", h.cart.Commit("main", "More", map[string]string{"more.go": "package cart"}), "success")
	h.rest()
	if next := h.standing().Head; next.Digest == head.Digest || next.Outcome != gate.Awaiting {
		t.Errorf("the next Increment, of %s, is %s", next.Digest, next.Outcome)
	}
}

func TestEvidenceIsOfTheWorkflowWhoseJobBringsIt(t *testing.T) {
	t.Parallel()
	h := open(t, unitShop)
	commit, run := h.landedCart()
	other := map[string]any{"job_workflow_ref": "acme/shared/.github/workflows/ci.yml@refs/heads/main", "workflow_ref": "acme/cart-api/.github/workflows/ci.yml@refs/heads/main"}
	if a := h.bring(run.Token(audience, other), unitForm(testReport(3, 0))); a.status != http.StatusAccepted {
		t.Fatalf("answered %+v", a)
	}
	h.rest()
	if f := h.stands(commit, "unit", gate.Waiting); !strings.Contains(f.Got, "1 of that name from another producer") {
		t.Errorf("found %q", f.Got)
	}
}

func TestEvidenceIsNotRefusedForGoodWhileADefinitionIsStillRead(t *testing.T) {
	t.Parallel()
	h, _ := homely(t, "github", unitShop)
	h.hub.Inject(forgetest.Fault{Operation: "read_head", Status: http.StatusBadGateway})
	h.start()
	run := h.cart.Run(ci("push"), h.cart.Head("main"))
	h.refusedEvidence("while it is read", h.bring(run.Token(audience, nil), unitForm(testReport(3, 0))), 503, "not all definitions have been read yet")
	h.hub.Heal()
	h.eventually("it is taken", func() bool {
		return h.bring(run.Token(audience, nil), unitForm(testReport(3, 0))).status == http.StatusAccepted
	})
}

func TestEvidenceIsSubmittedFromAJobOfGitLab(t *testing.T) {
	t.Parallel()
	h := open(t, labShop)
	commit := h.web.Head("main")
	run := h.web.Pipeline("main", commit, forgetest.Job{Name: "unit"})
	dir := t.TempDir()
	unit, profile := filepath.Join(dir, "unit.xml"), filepath.Join(dir, "coverage.out")
	write := func(name string, body []byte) {
		t.Helper()
		if err := os.WriteFile(name, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(unit, testReport(3, 0))
	write(profile, []byte("mode: set\nacme/web/a.go:1.1,2.2 1 1\n"))
	env := map[string]string{"NEXUSGATE_URL": h.server.Root(), "NEXUSGATE_ID_TOKEN": run.Token("unit", audience, nil)}
	submit := func(args ...string) (code int, said string) {
		var out, errs bytes.Buffer
		code = nexusgate.Run(t.Context(), append([]string{"submit"}, args...), nil, &out, &errs, func(name string) string { return env[name] })
		return code, out.String() + errs.String()
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--kind", "junit", "--name", "unit", unit}, 0, "counts for the commit " + commit},
		{[]string{"--kind", "coverage", profile}, 0, "counts for the commit " + commit},
		{[]string{"--kind", "junit", "--name", "unit", unit}, 0, "was kept before"},
		{[]string{"--kind", "junit", "--name", "unit", profile}, 3, "coverage.out"},
	} {
		if code, said := submit(c.args...); code != c.code || !strings.Contains(said, c.says) {
			t.Errorf("%v exits with %d and says %q", c.args, code, said)
		}
	}
	h.componentStands("web", commit, "unit", gate.Met)
	write(unit, testReport(3, 1))
	if code, said := submit("--kind", "junit", "--name", "unit", unit); code != 3 || !strings.Contains(said, "give each submission a name of its own") {
		t.Errorf("with other evidence of the same name it exits with %d and says %q", code, said)
	}
}
