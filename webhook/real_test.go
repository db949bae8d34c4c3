package webhook_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// octokit is where `make testdata` puts real payloads of GitHub's.
const octokit = "../.testdata/octokit-webhooks-examples"

// githubExamples are the payloads of one edition: "api.github.com", or "ghes-35".
func githubExamples(t testing.TB, edition string) []gate.Delivery {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(octokit, edition, "index.json"))
	if err != nil {
		t.Fatalf("the real payloads are not there; run `make testdata`: %v", err)
	}
	var index []struct {
		Name     string
		Examples []json.RawMessage
	}
	if err := json.Unmarshal(text, &index); err != nil {
		t.Fatal(err)
	}
	var found []gate.Delivery
	for _, event := range index {
		for i, body := range event.Examples {
			found = append(found, delivery(gate.FromGitHub, event.Name, fmt.Sprintf("%s-%s-%d", edition, event.Name, i), body))
		}
	}
	return found
}

// githubExample is the n-th payload of an event.
func githubExample(t testing.TB, event string, n int) []byte {
	t.Helper()
	for _, d := range githubExamples(t, "api.github.com") {
		if d.Event == event {
			if n--; n < 0 {
				return d.Body
			}
		}
	}
	t.Fatalf("there are not so many examples of %s", event)
	return nil
}

// gitlabExamples are the payloads that go-gitlab tests itself with, most of them from GitLab's own
// documentation.
func gitlabExamples(t testing.TB) []gate.Delivery {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/xanzy/go-gitlab").Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		t.Fatalf("go-gitlab is not in the module cache; run `go mod download`: %v", err)
	}
	var found []gate.Delivery
	for _, kind := range []string{"webhooks", "systemhooks"} {
		files, err := filepath.Glob(filepath.Join(dir, "testdata", kind, "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("go-gitlab has no %s: %v", kind, err)
		}
		for _, file := range files {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, delivery(gate.FromGitLab, gitlabHeader(kind, body), kind+"/"+filepath.Base(file), body))
		}
	}
	return found
}

// gitlabHeader is the X-Gitlab-Event that a payload came with.
func gitlabHeader(kind string, body []byte) string {
	if kind == "systemhooks" {
		return "System Hook"
	}
	var b struct {
		ObjectKind string `json:"object_kind"`
	}
	// Only the kind is wanted; a payload that has none is of a hook that we do not know.
	_ = json.Unmarshal(body, &b)
	headers := map[string]string{
		"push": "Push Hook", "tag_push": "Tag Push Hook", "release": "Release Hook", "merge_request": "Merge Request Hook",
		"pipeline": "Pipeline Hook", "build": "Job Hook", "issue": "Issue Hook", "deployment": "Deployment Hook",
	}
	if h, ok := headers[b.ObjectKind]; ok {
		return h
	}
	return "Member Hook"
}

func delivery(source gate.Source, event, key string, body []byte) gate.Delivery {
	return gate.Delivery{ID: "d", Source: source, Event: event, Key: key, Trust: definition.Webhook, Body: body}
}
