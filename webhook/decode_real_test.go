package webhook_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/webhook"
)

// outcomes counts what becomes of deliveries: by their event, and the kinds of the events they decode to.
func outcomes(t *testing.T, deliveries []gate.Delivery) map[string]int {
	t.Helper()
	got := map[string]int{}
	for _, d := range deliveries {
		events, err := webhook.Decode(d)
		if err != nil {
			t.Logf("%s is set aside: %v", d.Key, err)
			got[d.Event+": aside"]++
			continue
		}
		for _, e := range events {
			got[fmt.Sprintf("%s: %T", d.Event, e)]++
		}
		if len(events) == 0 {
			got["nothing"]++
		}
	}
	return got
}

func TestRealGitHubPayloadsDecodeToWhatTheySay(t *testing.T) {
	want := map[string]int{
		"push: gate.Pushed":                              2,
		"push: gate.TagSeen":                             5,
		"release: gate.ReleaseSeen":                      6, // seven more are made, edited, or of drafts and prereleases
		"pull_request: gate.ChangeSeen":                  29,
		"pull_request_review: gate.Reviewed":             1, // three more are comments
		"merge_group: gate.GroupSeen":                    2,
		"check_run: gate.Reported":                       9, // the two that go-github cannot read too
		"check_suite: gate.Reported":                     7,
		"check_suite: gate.Rerequested":                  2,
		"workflow_run: gate.Reported":                    5,
		"workflow_job: gate.Reported":                    8,
		"status: gate.Reported":                          4,
		"repository: gate.RepositorySeen":                4,
		"installation: gate.InstallationSeen":            6,
		"installation: gate.RepositorySeen":              2,
		"installation_repositories: gate.RepositorySeen": 3,
		"issues: gate.ItemSeen":                          25, // four more are of pull requests
		"label: gate.LabelRenamed":                       2,
		"milestone: gate.MilestoneSeen":                  5,
		"nothing":                                        204,
	}
	if diff := cmp.Diff(want, outcomes(t, githubExamples(t, "api.github.com"))); diff != "" {
		t.Errorf("what becomes of them (-want +got):\n%s", diff)
	}
}

func TestTheRealRerequestedCheckRunsDecode(t *testing.T) {
	for _, n := range []int{7, 8} {
		events, err := webhook.Decode(delivery(gate.FromGitHub, "check_run", "k", githubExample(t, "check_run", n)))
		if err != nil || len(events) != 1 {
			t.Fatalf("example %d: %v, %v", n, events, err)
		}
		if r, ok := events[0].(gate.Reported); !ok || r.Evidence.Name != "randscape" || r.Evidence.Facts["conclusion"] != "neutral" {
			t.Errorf("example %d: %+v", n, events[0])
		}
	}
}

func TestRealEnterprisePayloadsAllDecode(t *testing.T) {
	for _, edition := range []string{"ghes-31", "ghes-32", "ghes-33", "ghes-34", "ghes-35"} {
		for kind, n := range outcomes(t, githubExamples(t, edition)) {
			if strings.HasSuffix(kind, ": aside") {
				t.Errorf("%s: %d of %s", edition, n, kind)
			}
		}
	}
}

func TestRealGitLabPayloadsDecodeToWhatTheySay(t *testing.T) {
	want := map[string]int{
		"Push Hook: gate.Pushed":              1,
		"Merge Request Hook: gate.ChangeSeen": 2,
		"Merge Request Hook: aside":           1, // its keys have a space at their ends
		"Pipeline Hook: gate.Reported":        6, // the pipeline and its five jobs
		"Job Hook: gate.Reported":             2,
		"Issue Hook: gate.ItemSeen":           1,
		"System Hook: gate.Pushed":            1,
		"System Hook: gate.ChangeSeen":        1,
		"System Hook: gate.RepositorySeen":    3,
		"System Hook: gate.TagSeen":           1,
		"Tag Push Hook: gate.TagSeen":         1,
		"Release Hook: gate.ReleaseSeen":      1,
		"nothing":                             29,
	}
	if diff := cmp.Diff(want, outcomes(t, gitlabExamples(t))); diff != "" {
		t.Errorf("what becomes of them (-want +got):\n%s", diff)
	}
}
