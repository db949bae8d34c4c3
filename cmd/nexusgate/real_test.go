package main_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// octokit is where make testdata puts real payloads of GitHub's, one folder for each edition.
var octokit = filepath.Join(root, ".testdata", "octokit-webhooks-examples")

// known is a Nexus of repositories that the real payloads are about, so that some are used.
const known = `
name: "known"
teams: {
	hello: components: hello: {repo: "github:Codertocat/Hello-World", branch: "master"}
	mike: components: diaspora: {repo: "gitlab:mike/diaspora", branch: "master"}
	lab: components: test: {repo: "gitlab:gitlab-org/gitlab-test", branch: "master"}
}
done: ci: {
	why: "The pipeline is green", on: "commit", evidence: "pipeline", must: conclusion: "success", from: app: ["github-actions", "gitlab-ci"]
}
`

// hubExamples are all payloads of all editions.
func hubExamples(t *testing.T) []letter {
	t.Helper()
	editions, err := filepath.Glob(filepath.Join(octokit, "*", "index.json"))
	if err != nil || len(editions) == 0 {
		t.Fatalf("the real payloads are not there; run make testdata (%v)", err)
	}
	var found []letter
	for _, file := range editions {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var index []struct {
			Name     string
			Examples []json.RawMessage
		}
		if err := json.Unmarshal(text, &index); err != nil {
			t.Fatal(err)
		}
		for _, event := range index {
			for i, body := range event.Examples {
				id := fmt.Sprintf("%s-%s-%d", filepath.Base(filepath.Dir(file)), event.Name, i)
				found = append(found, letter{gate.FromGitHub, id, event.Name, body})
			}
		}
	}
	return found
}

// labExamples are the payloads that go-gitlab tests itself with.
func labExamples(t *testing.T) []letter {
	t.Helper()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/xanzy/go-gitlab").Output()
	if err != nil {
		t.Fatalf("go-gitlab is not in the module cache; run go mod download: %v", err)
	}
	var found []letter
	for _, kind := range []string{"webhooks", "systemhooks"} {
		files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "testdata", kind, "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("go-gitlab has no %s: %v", kind, err)
		}
		for _, file := range files {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, letter{gate.FromGitLab, kind + "/" + filepath.Base(file), labEvent(t, kind, body), body})
		}
	}
	return found
}

// labEvents are the X-Gitlab-Event of each kind of payload; those of members and subgroups name no kind.
var labEvents = map[string]string{
	"push": "Push Hook", "tag_push": "Tag Push Hook", "merge_request": "Merge Request Hook", "pipeline": "Pipeline Hook",
	"build": "Job Hook", "note": "Note Hook", "deployment": "Deployment Hook", "feature_flag": "Feature Flag Hook",
	"issue": "Issue Hook", "release": "Release Hook", "wiki_page": "Wiki Page Hook", "access_token": "Resource Access Token Hook",
	"": "Member Hook",
}

// labEvent is the X-Gitlab-Event that a payload came with.
func labEvent(t *testing.T, kind string, body []byte) string {
	t.Helper()
	var said struct {
		Kind string `json:"object_kind"`
	}
	if kind == "systemhooks" || json.Unmarshal(body, &said) != nil {
		return "System Hook"
	}
	event, known := labEvents[said.Kind]
	if !known {
		t.Errorf("a payload of GitLab's is a %q, and how that comes is not known here", said.Kind)
	}
	return event
}

// TestEveryRealPayloadIsAcceptedKeptAndHarmless posts all of them, as their forges do.
func TestEveryRealPayloadIsAcceptedKeptAndHarmless(t *testing.T) {
	t.Parallel()
	h := newHouse(t, known, nil)
	h.settings.Log = slog.New(slog.DiscardHandler) // the stand-ins have none of these repositories
	h.run()
	client := &http.Client{Timeout: patience}
	hub, lab := hubExamples(t), labExamples(t)
	if len(hub) < 726 || len(lab) < 45 {
		t.Errorf("there are %d payloads of GitHub's and %d of GitLab's, want 726 and 45", len(hub), len(lab))
	}
	for _, l := range append(hub, lab...) {
		if status, err := l.post(t.Context(), client, h.server.Root()); err != nil || status != http.StatusAccepted {
			t.Errorf("%s is answered %d, %v", l.key(), status, err)
		}
	}
	h.eventually("every payload is applied", func() bool { return h.counts().Pending == 0 })
	if status, _ := h.get("/nexus/known"); status != http.StatusOK {
		t.Errorf("the page answers %d", status)
	}
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	h.tally(len(hub), len(lab))
}

// tally holds the log to what was posted: all of it is there, and what the Nexus is about was used.
func (h *house) tally(hub, lab int) {
	h.t.Helper()
	s, err := store.Open(h.t.Context(), h.settings.Store, time.Now)
	if err != nil {
		h.t.Fatal(err)
	}
	defer s.Close()
	kept, results := map[gate.Source]int{}, map[gate.Result][]string{}
	err = nexusgate.Log(h.t.Context(), s, func(e store.LogEntry) error {
		if e.Delivery != nil && e.Delivery.Source != gate.FromUs {
			kept[e.Delivery.Source]++
			results[e.Result] = append(results[e.Result], e.Delivery.Event+" "+e.Delivery.Key)
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	if kept[gate.FromGitHub] != hub || kept[gate.FromGitLab] != lab {
		h.t.Errorf("the log has %v, where %d and %d were posted", kept, hub, lab)
	}
	h.t.Logf("%d used, %d not, aside: %v", len(results[gate.Applied]), len(results[gate.Unused]), results[gate.Aside])
	if len(results[gate.Aside]) > 1 { // one of go-gitlab's has keys with a space at their ends
		h.t.Errorf("set aside are %v", results[gate.Aside])
	}
	// The others are of repositories with one name and several ids: whoever made them anonymous did not mind.
	for _, event := range []string{
		"push", "pull_request", "pull_request_review", "check_run", "check_suite", "status", "workflow_job", "Push Hook", "Job Hook",
	} {
		if !strings.Contains("\n"+strings.Join(results[gate.Applied], "\n"), "\n"+event+" ") {
			h.t.Errorf("no %s was used", event)
		}
	}
}
