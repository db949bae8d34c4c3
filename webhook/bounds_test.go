package webhook_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/webhook"
)

// usedEvents are the forges' words for everything that has a decoder.
func usedEvents() map[gate.Source][]string {
	return map[gate.Source][]string{
		gate.FromGitHub: {
			"push", "create", "delete", "pull_request", "pull_request_review", "merge_group", "check_run", "check_suite",
			"workflow_run", "workflow_job", "status", "repository", "installation", "installation_repositories", "ping",
		},
		gate.FromGitLab: {
			"Push Hook", "Tag Push Hook", "Merge Request Hook", "Pipeline Hook", "Job Hook", "System Hook",
		},
	}
}

func TestABodyThatSaysNothingMakesNoEvents(t *testing.T) {
	bodies := []string{
		``, `null`, `{}`, `[]`, `"x"`, `1e999`, `{"action": 7}`, `{"repository": null}`, strings.Repeat("[", 20_000),
		`{"action": "completed", "repository": {"id": 1, "full_name": "a/b"}}`,
		`{"project": {"id": 1, "path_with_namespace": "a/b"}, "object_attributes": null, "builds": [null]}`,
	}
	for source, events := range usedEvents() {
		for _, event := range events {
			for _, body := range bodies {
				if got, _ := webhook.Decode(delivery(source, event, "k", []byte(body))); len(got) != 0 {
					t.Errorf("a %s of %.40s is %+v", event, body, got)
				}
			}
		}
	}
}

func TestWhatIsNoWebhooksIsSetAside(t *testing.T) {
	for _, d := range []gate.Delivery{
		{Source: gate.FromUs, Event: "head", Body: []byte(`{}`)},
		{Source: gate.FromGitHub, Body: []byte(`{}`)},
		{Source: gate.FromGitLab, Body: []byte(`{"object_kind": "push"}`)},
		{Event: "push", Body: []byte(`{}`)},
	} {
		if events, err := webhook.Decode(d); err == nil || events != nil {
			t.Errorf("a %q of %q is %v", d.Event, d.Source, events)
		}
	}
}

func TestAReasonIsShortEnoughToBeShown(t *testing.T) {
	body := `{"repository": {"id": ` + strings.Repeat("9", 100_000) + `}}`
	_, err := webhook.Decode(delivery(gate.FromGitHub, "push", "k", []byte(body)))
	if err == nil || len(err.Error()) > 500 {
		t.Errorf("the reason is %.600v", err)
	}
}

func TestTooManyPathsAreNotKnown(t *testing.T) {
	for n, known := range map[int]bool{10_000: true, 10_001: false} {
		added := make([]string, n)
		for i := range added {
			added[i] = fmt.Sprintf("file/%d", i)
		}
		p := pushed(t, "main", commits(1, added))
		if p.PathsKnown != known || (len(p.Paths) == n) != known {
			t.Errorf("of %d paths %d are passed on, known: %v", n, len(p.Paths), p.PathsKnown)
		}
	}
	if pushed(t, "main", commits(1, []string{strings.Repeat("x", 5000)})).PathsKnown {
		t.Error("a path of 5000 bytes is known")
	}
}

func TestThePathsOfAsManyCommitsAsGitHubListsAreNotKnown(t *testing.T) {
	for n, known := range map[int]bool{2047: true, 2048: false} {
		if p := pushed(t, "main", commits(n, []string{"x"})); p.PathsKnown != known {
			t.Errorf("the paths of %d commits are known: %v", n, p.PathsKnown)
		}
	}
}

// commits are n commits that add these paths, the last of them the one that pushed comes to.
func commits(n int, added []string) []any {
	all := make([]any, n)
	for i := range all {
		all[i] = map[string]any{"id": strings.Repeat("b", 40), "added": added}
	}
	return all
}

// pushed is a push of these commits to a branch.
func pushed(t *testing.T, branch string, commits []any) gate.Pushed {
	t.Helper()
	events, err := webhook.Decode(delivery(gate.FromGitHub, "push", "k", pushBody(t, branch, commits)))
	if err != nil {
		t.Fatal(err)
	}
	return events[0].(gate.Pushed)
}

func pushBody(t *testing.T, branch string, commits []any) []byte {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"ref": "refs/heads/" + branch, "before": strings.Repeat("a", 40), "after": strings.Repeat("b", 40),
		"commits": commits, "repository": map[string]any{"id": 1, "full_name": "acme/cart"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestABranchWithAnEndlessNameIsSetAside(t *testing.T) {
	d := delivery(gate.FromGitHub, "push", "k", pushBody(t, strings.Repeat("x", 1001), nil))
	if events, err := webhook.Decode(d); err == nil {
		t.Errorf("it is %d events", len(events))
	}
}

func TestATimeOutOfAllReasonIsSetAside(t *testing.T) {
	for _, at := range []string{`"1969-12-31T23:59:59Z"`, `"9999-12-31T23:59:59-14:00"`, `-1`, `253402300800`, `1557933657000`, `1.5`, `{}`} {
		body := `{"ref": "main", "ref_type": "branch", "repository": {"id": 1, "full_name": "a/b", "pushed_at": ` + at + `}}`
		if events, err := webhook.Decode(delivery(gate.FromGitHub, "delete", "k", []byte(body))); err == nil {
			t.Errorf("%s is a time: %+v", at, events)
		}
	}
}

func TestTooManyJobsAreNotAllListed(t *testing.T) {
	builds := make([]any, 10_001)
	for i := range builds {
		builds[i] = map[string]any{"id": i + 1, "name": "unit", "status": "success"}
	}
	body, err := json.Marshal(map[string]any{
		"object_kind": "pipeline", "builds": builds, "project": map[string]any{"id": 1, "path_with_namespace": "a/b"},
		"object_attributes": map[string]any{"id": 31, "sha": strings.Repeat("a", 40), "status": "success"},
	})
	if err != nil {
		t.Fatal(err)
	}
	events, err := webhook.Decode(delivery(gate.FromGitLab, "Pipeline Hook", "k", body))
	if err != nil || len(events) != 10_001 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	if events[0].(gate.Reported).Evidence.Listed {
		t.Error("the list of jobs passes for whole")
	}
}

func TestLongNamesAreCutBetweenRunesAndStayTwo(t *testing.T) {
	one, two := strings.Repeat("ü", 600)+"1", strings.Repeat("ü", 600)+"2"
	a, b := statusNamed(t, one), statusNamed(t, two)
	if a == b || len(a) > 1100 || !utf8.ValidString(a) {
		t.Errorf("the names are %q and %q", a, b)
	}
	if diff := cmp.Diff(a, statusNamed(t, one)); diff != "" {
		t.Errorf("the same name is cut in two ways:\n%s", diff)
	}
}

func statusNamed(t *testing.T, name string) string {
	t.Helper()
	body := fmt.Sprintf(`{"id": 1, "sha": "%040d1", "context": %q, "state": "success", "repository": {"id": 1, "full_name": "a/b"}}`, 0, name)
	events, err := webhook.Decode(delivery(gate.FromGitHub, "status", "k", []byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	return events[0].(gate.Reported).Evidence.Name
}

func TestAJobIsTheSameEvidenceByEitherHook(t *testing.T) {
	job := `{"object_kind": "build", "sha": "aaaaaaa", "build_id": 376, "build_name": "unit", "build_stage": "test",
		"build_status": "success", "build_created_at": "2025-11-22T11:00:00.886Z", "build_started_at": "2025-11-22T11:01:00.902Z",
		"build_finished_at": "2025-11-22T11:02:00.1Z", "build_allow_failure": true, "pipeline_id": 31, "project_id": 15,
		"project": {"id": 15, "path_with_namespace": "a/b", "web_url": "https://gitlab.example.com/a/b"}}`
	pipeline := `{"object_kind": "pipeline", "object_attributes": {"id": 31, "sha": "aaaaaaa", "source": "push", "created_at": "2025-11-22 11:00:00 UTC"},
		"project": {"id": 15, "path_with_namespace": "a/b", "web_url": "https://gitlab.example.com/a/b"},
		"builds": [{"id": 376, "name": "unit", "stage": "test", "status": "success", "allow_failure": true,
			"created_at": "2025-11-22 11:00:00 UTC", "started_at": "2025-11-22 11:01:00 UTC", "finished_at": "2025-11-22 11:02:00 UTC"}]}`
	byJob, err := webhook.Decode(delivery(gate.FromGitLab, "Job Hook", "k", []byte(job)))
	if err != nil {
		t.Fatal(err)
	}
	byPipeline, err := webhook.Decode(delivery(gate.FromGitLab, "Pipeline Hook", "k", []byte(pipeline)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(byPipeline[1:], byJob); diff != "" {
		t.Errorf("by the pipeline and by the job (-pipeline +job):\n%s", diff)
	}
}
