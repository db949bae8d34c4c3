package forgetest_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"testing"

	"github.com/google/go-github/v60/github"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/xanzy/go-gitlab"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

const schemas = "../../../.testdata/octokit-webhooks-schemas/schema.json"

// published reads the schemas of GitHub's webhooks that octokit publishes.
func published(t *testing.T) *jsonschema.Compiler {
	t.Helper()
	source, err := os.ReadFile(schemas)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatal("the schemas of GitHub's webhooks are not there: run make testdata")
	}
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	// The validator takes "{/sha}" for no template, which RFC 6570 has and GitHub writes.
	compiler.RegisterFormat(&jsonschema.Format{Name: "uri-template", Validate: func(any) error { return nil }})
	if err := compiler.AddResource("webhooks.json", document); err != nil {
		t.Fatal(err)
	}
	return compiler
}

func TestEveryWebhookOfGitHubIsInThePublishedShape(t *testing.T) {
	hub, compiler := newGitHub(t), published(t)
	tellAll(hub)
	seen := map[string]bool{}
	for _, d := range hub.Deliveries() {
		body, err := jsonschema.UnmarshalJSON(bytes.NewReader(d.Body))
		if err != nil {
			t.Fatal(err)
		}
		action, _ := body.(map[string]any)["action"].(string)
		name := d.Event + "$" + cmp.Or(action, "event")
		seen[name] = true
		schema, err := compiler.Compile("webhooks.json#/definitions/" + name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := schema.Validate(older(body)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{
		"push$event", "create$event", "delete$event", "status$event", "pull_request$opened", "pull_request$synchronize",
		"pull_request$closed", "pull_request$edited", "pull_request_review$submitted", "pull_request_review$dismissed",
		"merge_group$checks_requested", "merge_group$destroyed", "check_run$created", "check_run$completed",
		"check_run$rerequested", "check_suite$completed", "workflow_run$requested", "workflow_run$in_progress",
		"workflow_run$completed", "workflow_job$queued", "workflow_job$in_progress", "workflow_job$completed",
		"repository$renamed", "installation$deleted", "issues$opened", "issues$edited", "issues$labeled", "issues$milestoned",
		"issues$closed", "issues$reopened", "issues$deleted", "milestone$created", "milestone$edited", "label$edited",
		"repository$renamed", "installation$deleted", "release$published", "release$deleted",
	} {
		if !seen[name] {
			t.Errorf("%s was never told", name)
		}
	}
}

// older takes out of issues what is younger than the schemas.
func older(body any) any {
	of, _ := body.(map[string]any)
	for _, inner := range of {
		older(inner)
	}
	delete(of, "issue_dependencies_summary")
	delete(of, "parent_issue_url")
	return body
}

// Nobody publishes the shape of these whole webhooks; that of the issues in them is published.
func TestLinksBetweenIssuesAreToldToBothRepositories(t *testing.T) {
	hub, compiler := newGitHub(t), published(t)
	cart, pay := hub.AddRepo("acme/cart"), hub.AddRepo("acme/pay")
	one, two := cart.OpenIssue("Guest carts", "", "ana"), pay.OpenIssue("Pay", "", "li")
	one.BlockedBy(two)
	one.Unblock(two)
	one.PartOf(two)
	schema, err := compiler.Compile("webhooks.json#/definitions/issue")
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, d := range hub.Deliveries()[2:] {
		body, err := jsonschema.UnmarshalJSON(bytes.NewReader(d.Body))
		if err != nil {
			t.Fatal(err)
		}
		of := body.(map[string]any)
		told = append(told, of["repository"].(map[string]any)["full_name"].(string)+" "+of["action"].(string))
		for _, end := range []string{"blocked_issue", "blocking_issue", "parent_issue", "sub_issue"} {
			if issue, is := of[end]; is {
				if err := schema.Validate(older(issue)); err != nil {
					t.Errorf("%s: %v", end, err)
				}
			}
		}
	}
	want := []string{
		"acme/cart blocked_by_added", "acme/pay blocking_added", "acme/cart blocked_by_removed", "acme/pay blocking_removed",
		"acme/cart parent_issue_added", "acme/pay sub_issue_added",
	}
	if !slices.Equal(told, want) {
		t.Errorf("told are %q, want %q", told, want)
	}
}

func TestGitHubSignsWhatItDelivers(t *testing.T) {
	hub, at := newGitHub(t), newReceiver(t)
	hub.Hook(at.URL, "secret")
	tellAll(hub)
	log := hub.Deliveries()
	if len(at.taken()) != len(log) {
		t.Fatalf("%d were delivered and %d received", len(log), len(at.taken()))
	}
	ids := map[string]bool{}
	for i, got := range at.taken() {
		signature := got.header.Get(github.SHA256SignatureHeader)
		if err := github.ValidateSignature(signature, got.body, []byte("secret")); err != nil {
			t.Errorf("delivery %d: %v", i, err)
		}
		if err := github.ValidateSignature(signature, got.body, []byte("another")); err == nil {
			t.Errorf("delivery %d is signed with any secret", i)
		}
		if _, err := github.ParseWebHook(got.header.Get("X-GitHub-Event"), got.body); err != nil {
			t.Errorf("delivery %d: %v", i, err)
		}
		ids[got.header.Get("X-GitHub-Delivery")] = true
		if log[i].Status != http.StatusAccepted {
			t.Errorf("delivery %d is in the log with the status %d", i, log[i].Status)
		}
	}
	if len(ids) != len(log) {
		t.Errorf("%d deliveries bear %d ids", len(log), len(ids))
	}
	if hub.Redeliver(log[3].ID) != http.StatusAccepted {
		t.Error("a redelivery is not answered")
	}
	again := at.taken()[len(log)]
	if again.header.Get("X-GitHub-Delivery") != log[3].ID || !bytes.Equal(again.body, log[3].Body) {
		t.Error("a redelivery is another delivery")
	}
}

func TestEveryWebhookOfGitLabIsParsedByItsClient(t *testing.T) {
	lab, at := newGitLab(t), newReceiver(t)
	lab.Hook(at.URL, "token", "")
	tellAllOfGitLab(lab)
	if got, want := len(at.taken()), len(lab.Deliveries()); got != want || got == 0 {
		t.Fatalf("%d were delivered and %d received", want, got)
	}
	for i, got := range at.taken() {
		kind := gitlab.HookEventType(&http.Request{Header: got.header})
		if _, err := gitlab.ParseWebhook(kind, got.body); err != nil {
			t.Errorf("delivery %d, a %s: %v", i, kind, err)
		}
		if got.header.Get("X-Gitlab-Token") != "token" || got.header.Get("webhook-signature") != "" {
			t.Errorf("delivery %d is proved by %v", i, got.header)
		}
	}
}

// example is the set of fields of GitLab's own example of a webhook, as its client keeps it.
func example(t *testing.T, module, name string) map[string]any {
	t.Helper()
	source, err := os.ReadFile(module + "/testdata/webhooks/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var body map[string]any
	if err := json.Unmarshal(source, &body); err != nil {
		t.Fatal(err)
	}
	return body
}

func TestWebhooksOfGitLabHaveTheFieldsOfItsExamples(t *testing.T) {
	lab := newGitLab(t)
	tellAllOfGitLab(lab)
	module := moduleDir(t, "github.com/xanzy/go-gitlab")
	for event, file := range map[string]string{
		"Push Hook": "push.json", "Merge Request Hook": "merge_request.json", "Pipeline Hook": "pipeline.json", "Job Hook": "build.json",
		"Issue Hook": "issue.json",
	} {
		i := slices.IndexFunc(lab.Deliveries(), func(d forgetest.Delivery) bool { return d.Event == event })
		var told map[string]any
		if err := json.Unmarshal(lab.Deliveries()[i].Body, &told); err != nil {
			t.Fatal(err)
		}
		lacks(t, event, example(t, module, file), told)
	}
}

// lacks reports the fields of an example that a webhook has not, or has in another shape. Fields of
// things that need not be there (labels, an assignee, a runner) are passed over where they are null.
func lacks(t *testing.T, at string, want, got map[string]any) {
	t.Helper()
	passed := []string{
		"source_pipeline", "runner", "last_edited_at", "last_edited_by_id", "human_total_time_spent",
		"human_time_change", "human_time_estimate", "user_avatar", "merge_request", "changes",
	}
	for name, value := range want {
		mine, ok := got[name]
		switch inner, deep := value.(map[string]any); {
		case slices.Contains(passed, name):
		case !ok:
			t.Errorf("%s has no %s", at, name)
		case deep && mine != nil:
			lacks(t, at+"."+name, inner, mine.(map[string]any))
		}
		list, many := value.([]any)
		mineList, _ := mine.([]any)
		if many && len(list) > 0 && len(mineList) > 0 {
			if inner, deep := list[0].(map[string]any); deep {
				lacks(t, at+"."+name, inner, mineList[0].(map[string]any))
			}
		}
	}
}
