package webhook_test

import (
	"encoding/json"
	"maps"
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
		within  string // the object that fields are laid over; "" for the body
		fields  map[string]any
		holds   func(gate.Event) bool
	}{
		"a merge group destroyed": {"merge_group", 0, "", map[string]any{"action": "destroyed", "reason": "merged"}, func(e gate.Event) bool {
			g := e.(gate.GroupSeen)
			return g.Destroyed && g.Reason == "merged" && g.Base == "main"
		}},
		"a run that failed": {"workflow_run", 1, "workflow_run", map[string]any{"conclusion": "failure", "run_attempt": 2}, func(e gate.Event) bool {
			r := e.(gate.Reported)
			return r.Evidence.Facts["conclusion"] == "failure" && r.Evidence.Run.Attempt == 2
		}},
		"a run in progress": {"workflow_run", 3, "workflow_run", map[string]any{"status": "in_progress"}, func(e gate.Event) bool {
			r := e.(gate.Reported)
			return r.Evidence.Status == gate.Running && r.Evidence.Facts == nil
		}},
		"a push that was forced": {"push", 4, "", map[string]any{"created": false, "forced": true, "before": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}, func(e gate.Event) bool {
			p := e.(gate.Pushed)
			return p.Forced && !p.PathsKnown && p.Before != "" && p.Tree != ""
		}},
		"a pull request dequeued": {"pull_request", 0, "", map[string]any{"action": "dequeued", "reason": "CI_FAILURE"}, func(e gate.Event) bool {
			return e.(gate.ChangeSeen).State == gate.ChangeOpen
		}},
		"a pull request merged": {"pull_request", 3, "pull_request", map[string]any{"merged": true}, func(e gate.Event) bool {
			c := e.(gate.ChangeSeen)
			return c.State == gate.ChangeMerged && c.Landed == "c4295bd74fb0f4fda03689c3df3f2803b658fd85"
		}},
		"our check rerequested": {"check_run", 8, "check_run", map[string]any{"name": gate.DoneCheck, "external_id": "nexusgate:v1"}, func(e gate.Event) bool {
			return e.(gate.Rerequested).Commit == "d6fde92930d4715a2b49857d24b940956b26d2d3"
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			body := laidOver(t, githubExample(t, c.event, c.example), c.within, c.fields)
			events, err := webhook.Decode(delivery(gate.FromGitHub, c.event, "k", body))
			if err != nil || len(events) != 1 || !c.holds(events[0]) {
				t.Errorf("it decodes to %+v, %v", events, err)
			}
		})
	}
}

// laidOver is a body with fields of it, or of one object in it, set to other values.
func laidOver(t *testing.T, body []byte, within string, fields map[string]any) []byte {
	t.Helper()
	var whole map[string]any
	if err := json.Unmarshal(body, &whole); err != nil {
		t.Fatal(err)
	}
	over := whole
	if within != "" {
		over = whole[within].(map[string]any)
	}
	maps.Copy(over, fields)
	text, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
