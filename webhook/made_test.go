package webhook_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/webhook"
)

// Nobody has published a real payload of these. Each is a real one of the same event with the fields
// laid over that make it this; the situations in testdata have them in short.
func TestWhatNoRealPayloadShowsDecodesInTheRealShape(t *testing.T) {
	cases := map[string]struct {
		event   string
		example int
		fields  map[string]any
		holds   func(gate.Event) bool
	}{
		"a merge group destroyed": {
			"merge_group", 0,
			map[string]any{"action": "destroyed", "reason": "merged"},
			func(e gate.Event) bool {
				g := e.(gate.GroupSeen)
				return g.Destroyed && g.Reason == "merged" && g.Base == "main"
			},
		},
		"a run that failed": {
			"workflow_run", 1,
			map[string]any{"workflow_run.conclusion": "failure", "workflow_run.run_attempt": 2},
			func(e gate.Event) bool {
				r := e.(gate.Reported)
				return r.Evidence.Facts["conclusion"] == "failure" && r.Evidence.Run.Attempt == 2
			},
		},
		"a run in progress": {
			"workflow_run", 3,
			map[string]any{"action": "in_progress", "workflow_run.status": "in_progress"},
			func(e gate.Event) bool {
				r := e.(gate.Reported)
				return r.Evidence.Status == gate.Running && r.Evidence.Facts == nil
			},
		},
		"a push that was forced": {
			"push", 4,
			map[string]any{"created": false, "forced": true, "before": strings.Repeat("a", 40)},
			func(e gate.Event) bool {
				p := e.(gate.Pushed)
				return p.Forced && !p.PathsKnown && p.Before != "" && p.Tree != ""
			},
		},
		"a pull request dequeued": {
			"pull_request", 0,
			map[string]any{
				"action": "dequeued", "reason": "CI_FAILURE", "pull_request.auto_merge": nil, "pull_request.active_lock_reason": nil,
			},
			func(e gate.Event) bool { return e.(gate.ChangeSeen).State == gate.ChangeOpen },
		},
		"a pull request merged": {
			"pull_request", 3,
			map[string]any{
				"pull_request.merged": true, "pull_request.merged_at": "2019-05-15T15:21:18Z",
				"pull_request.auto_merge": nil, "pull_request.active_lock_reason": nil,
			},
			func(e gate.Event) bool {
				c := e.(gate.ChangeSeen)
				return c.State == gate.ChangeMerged && c.Landed == "c4295bd74fb0f4fda03689c3df3f2803b658fd85"
			},
		},
		"our check rerequested": {
			"check_run", 1,
			map[string]any{
				"action": "rerequested", "check_run.name": gate.DoneCheck, "check_run.external_id": "nexusgate:v1",
				"check_run.check_suite.status": "completed", "check_run.check_suite.conclusion": "failure",
			},
			func(e gate.Event) bool {
				return e.(gate.Rerequested).Commit == "ec26c3e57ca3a959ca5aad62de7213c562f8c821"
			},
		},
	}
	schemas := published(t)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			body := laidOver(t, githubExample(t, c.event, c.example), c.fields)
			wantPublished(t, schemas, c.event, body)
			events, err := webhook.Decode(delivery(gate.FromGitHub, c.event, "k", body))
			if err != nil || len(events) != 1 || !c.holds(events[0]) {
				t.Errorf("it decodes to %+v, %v", events, err)
			}
		})
	}
}

// laidOver is a body with fields of it set to other values, each by its path.
func laidOver(t *testing.T, body []byte, fields map[string]any) []byte {
	t.Helper()
	var whole map[string]any
	if err := json.Unmarshal(body, &whole); err != nil {
		t.Fatal(err)
	}
	for path, value := range fields {
		over, names := whole, strings.Split(path, ".")
		for _, name := range names[:len(names)-1] {
			over = over[name].(map[string]any)
		}
		over[names[len(names)-1]] = value
	}
	bringUpToDate(whole)
	text, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// bringUpToDate adds what the schemas want of a repository and the oldest examples lack.
func bringUpToDate(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			bringUpToDate(e)
		}
	case map[string]any:
		for _, e := range v {
			bringUpToDate(e)
		}
		if _, ok := v["default_branch"]; !ok {
			return
		}
		all := map[string]any{
			"is_template": false, "web_commit_signoff_required": false, "topics": []any{}, "visibility": "public",
			"allow_forking": true, "custom_properties": map[string]any{},
		}
		maps.Copy(all, v)
		maps.Copy(v, all)
	}
}
