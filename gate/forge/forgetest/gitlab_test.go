package forgetest_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// pipelineHook is what a Pipeline Hook tells, as far as the tests ask.
type pipelineHook struct {
	Attributes struct {
		ID             int64
		Source, Status string
	} `json:"object_attributes"`
	Builds []struct {
		ID                  int64
		Name, Stage, Status string
	}
	SourcePipeline *struct {
		ID int64 `json:"pipeline_id"`
	} `json:"source_pipeline"`
}

// lastPipeline is the newest Pipeline Hook.
func lastPipeline(t *testing.T, lab *forgetest.GitLab) pipelineHook {
	t.Helper()
	for _, d := range slices.Backward(lab.Deliveries()) {
		if d.Event == "Pipeline Hook" {
			var hook pipelineHook
			if err := json.Unmarshal(d.Body, &hook); err != nil {
				t.Fatal(err)
			}
			return hook
		}
	}
	t.Fatal("no Pipeline Hook was told")
	return pipelineHook{}
}

func TestARetryIsANewJobInTheSamePipeline(t *testing.T) {
	lab := newGitLab(t)
	web := lab.AddProject("acme/web")
	pipeline := web.Pipeline("main", web.Head("main"), forgetest.Job{Name: "unit"}, forgetest.Job{Name: "lint"})
	pipeline.FinishJob("lint", "success")
	pipeline.FinishJob("unit", "failed")
	before := lastPipeline(t, lab)
	if before.Attributes.Status != "failed" {
		t.Errorf("with a failed job the pipeline is %s", before.Attributes.Status)
	}
	pipeline.Retry("unit")
	after := lastPipeline(t, lab)
	if after.Attributes.ID != before.Attributes.ID || after.Attributes.Status != "running" || len(after.Builds) != 2 {
		t.Errorf("after the retry: %+v", after)
	}
	pipeline.Finish("success")
	if got := lastPipeline(t, lab); got.Attributes.Status != "success" || maxID(got) <= maxID(before) {
		t.Errorf("in the end: %+v", got)
	}
}

func maxID(hook pipelineHook) (id int64) {
	for _, b := range hook.Builds {
		id = max(id, b.ID)
	}
	return id
}

func TestAPipelinesStatusIsOfItsJobs(t *testing.T) {
	for status, jobs := range map[string]map[forgetest.Job]string{
		"success":  {{Name: "a"}: "success", {Name: "b", AllowFailure: true}: "failed"},
		"failed":   {{Name: "a"}: "success", {Name: "b"}: "failed"},
		"manual":   {{Name: "a"}: "success", {Name: "b", Manual: true}: ""},
		"running":  {{Name: "a"}: "success", {Name: "b"}: ""},
		"pending":  {{Name: "a"}: "", {Name: "b"}: ""},
		"canceled": {{Name: "a"}: "success", {Name: "b"}: "canceled"},
		"skipped":  {{Name: "a"}: "skipped"},
	} {
		lab := newGitLab(t)
		web := lab.AddProject("acme/web")
		var all []forgetest.Job
		for job := range jobs {
			all = append(all, job)
		}
		pipeline := web.Pipeline("main", web.Head("main"), all...)
		for job, to := range jobs {
			if to != "" {
				pipeline.FinishJob(job.Name, to)
			}
		}
		if got := pipeline.Status(); got != status {
			t.Errorf("%v make %s, not %s", jobs, got, status)
		}
	}
}

func TestAChildPipelineNamesItsParent(t *testing.T) {
	lab := newGitLab(t)
	web := lab.AddProject("acme/web")
	parent := web.Pipeline("main", web.Head("main"), forgetest.Job{Name: "unit"})
	child := parent.Child(forgetest.Job{Name: "e2e"})
	got := lastPipeline(t, lab)
	if got.Attributes.ID != child.ID || got.Attributes.Source != "parent_pipeline" || got.SourcePipeline == nil || got.SourcePipeline.ID != parent.ID {
		t.Errorf("the child tells %+v", got)
	}
}

func TestGitLabSignsWithASigningToken(t *testing.T) {
	lab, at := newGitLab(t), newReceiver(t)
	key := []byte("thirty-two bytes of a signing key")
	lab.Hook(at.URL, "", "whsec_"+base64.StdEncoding.EncodeToString(key))
	lab.AddProject("acme/web").Commit("main", "One", map[string]string{"a": "1"})
	got := at.taken()[0]
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(got.header.Get("webhook-id") + "." + got.header.Get("webhook-timestamp") + "." + string(got.body)))
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	if got.header.Get("webhook-signature") != want || got.header.Get("Idempotency-Key") != got.header.Get("webhook-id") {
		t.Errorf("the headers are %v", got.header)
	}
	if len(got.header.Values("X-Gitlab-Token")) != 0 {
		t.Error("a token is sent that was not set")
	}
}

func TestAPushListsWhatItTouches(t *testing.T) {
	lab := newGitLab(t)
	lab.AddProject("acme/web").Commit("main", "Move", map[string]string{"README.md": forgetest.Gone, "docs/README.md": "# acme/web\n", "new": "1"})
	var push struct {
		Before, After, Ref string
		Commits            []struct{ Added, Removed, Modified []string }
		Total              int `json:"total_commits_count"`
	}
	if err := json.Unmarshal(lab.Deliveries()[0].Body, &push); err != nil {
		t.Fatal(err)
	}
	if push.Total != 1 || push.Ref != "refs/heads/main" || strings.Trim(push.Before, "0") == "" {
		t.Errorf("the push tells %+v", push)
	}
	want := struct{ Added, Removed, Modified []string }{[]string{"docs/README.md", "new"}, []string{"README.md"}, []string{}}
	if diff := cmp.Diff(want, push.Commits[0]); diff != "" {
		t.Error(diff)
	}
}
