package webhook_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/webhook"
)

// commented is a real comment's delivery with another text.
func commented(t *testing.T, text string) gate.Delivery {
	t.Helper()
	var body map[string]any
	if err := json.Unmarshal(githubExample(t, "issue_comment", 0), &body); err != nil {
		t.Fatal(err)
	}
	body["issue"].(map[string]any)["pull_request"] = map[string]any{"url": "https://api.github.com/repos/Codertocat/Hello-World/pulls/1"}
	body["comment"].(map[string]any)["body"] = text
	made, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return delivery(gate.FromGitHub, "issue_comment", "k", made)
}

func TestARealCommentSigns(t *testing.T) {
	events, err := webhook.Decode(commented(t, "Fine.\r\n/nexus sign docs\r\n"))
	if err != nil || len(events) != 1 {
		t.Fatalf("%v, %v; want one sign-off", events, err)
	}
	s := events[0].(gate.Signed)
	if s.Name != "docs" || s.By != "github:Codertocat" || s.Number != 1 || s.Repo.Name != "Codertocat/Hello-World" || s.At.IsZero() || !strings.HasPrefix(s.Object, "comment/") {
		t.Errorf("it is %+v", s)
	}
}

// TestALongCommentIsReadToABound has a comment of a megabyte sign no more than some, in no more than its beginning.
func TestALongCommentIsReadToABound(t *testing.T) {
	for text, want := range map[string]int{
		strings.Repeat("/nexus sign docs\n", 60_000):                  20,
		strings.Repeat("x", 70_000) + "\n/nexus sign docs\n":          0,
		strings.Repeat("`", 70_000) + "\n/nexus sign docs\n":          0,
		"/nexus sign " + strings.Repeat("d", 101):                     0,
		"/nexus sign " + strings.Repeat("d", 100):                     1,
		"/nexus sign \xff\n/nexus sign dôcs\n/nexus\u00a0sign docs\n": 0,
		"/nexus\tsign docs":              0,
		"/nexus  sign   docs   9c1f0a5 ": 1,
	} {
		events, err := webhook.Decode(commented(t, text))
		if err != nil || len(events) != want {
			t.Errorf("%.40q signs %d times (%v), want %d", text, len(events), err, want)
		}
	}
}
