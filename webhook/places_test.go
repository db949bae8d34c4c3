package webhook_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/webhook"
)

// wantPlaced checks that whoever listens to what an event is of is told of the delivery.
func wantPlaced(t *testing.T, d gate.Delivery) {
	t.Helper()
	places := webhook.Places(d)
	if places == nil {
		return
	}
	events, _ := webhook.Decode(d) // what cannot be decoded has no events to be placed
	for _, e := range events {
		if of := placesOfEvent(t, e); !slices.ContainsFunc(of, func(p string) bool { return slices.Contains(places, p) }) {
			t.Errorf("%s of %s bears on %q, and a %T in it is of %q", d.Event, d.Key, places, e, of)
		}
	}
}

func placesOfEvent(t *testing.T, e gate.Event) []string {
	t.Helper()
	if seen, ok := e.(gate.InstallationSeen); ok {
		return gate.Repo{Forge: gate.GitHub, Installation: seen.Installation}.Places()
	}
	written, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var told struct{ Repo gate.Repo }
	if err := json.Unmarshal(written, &told); err != nil {
		t.Fatal(err)
	}
	if r, ok := e.(gate.RepositorySeen); ok && r.OldName != "" {
		told.Repo.ID, told.Repo.Installation = 0, 0 // by its old name too, and by that alone
		return gate.Repo{Forge: told.Repo.Forge, Name: r.OldName}.Places()
	}
	told.Repo.Installation = 0 // a neighbour in the same installation is told nothing of it
	return told.Repo.Places()
}

func TestEveryEventOfARealDeliveryIsOfAPlaceOfIt(t *testing.T) {
	var all []gate.Delivery
	for _, edition := range []string{"api.github.com", "ghes-31", "ghes-32", "ghes-33", "ghes-34", "ghes-35"} {
		all = append(all, githubExamples(t, edition)...)
	}
	all = append(all, gitlabExamples(t)...)
	placed := 0
	for _, d := range all {
		wantPlaced(t, d)
		if len(webhook.Places(d)) > 0 {
			placed++
		}
		if webhook.Places(d) == nil {
			t.Errorf("%s of %s is everybody's", d.Event, d.Key)
		}
	}
	if len(all) < 770 || placed < 200 {
		t.Errorf("of %d deliveries %d bear on something", len(all), placed)
	}
}

func TestADeliveryBearsOnWhatItIsAbout(t *testing.T) {
	cases := map[string]struct {
		source      gate.Source
		event, body string
		want        []string
	}{
		"a repository, by its id and its name": {
			gate.FromGitHub, "push", `{"repository": {"id": 42, "full_name": "Acme/Cart"}, "installation": {"id": 7}}`,
			[]string{"github:42", "github:acme/cart"},
		},
		"a repository that was renamed": {
			gate.FromGitHub, "repository", `{"action": "renamed", "repository": {"id": 42, "full_name": "acme/cart"}, "changes": {"repository": {"name": {"from": "Basket"}}}}`,
			[]string{"github:42", "github:acme/cart", "github:acme/basket"},
		},
		"a body in a form": {
			gate.FromGitHub, "status", `payload=%7B%22repository%22%3A%7B%22id%22%3A42%2C%22full_name%22%3A%22a%2Fb%22%7D%7D`,
			[]string{"github:42", "github:a/b"},
		},
		"an installation and its repositories": {
			gate.FromGitHub, "installation", `{"action": "created", "installation": {"id": 7}, "repositories": [{"id": 1, "full_name": "a/b"}, {"id": 2, "full_name": "a/c"}]}`,
			[]string{"github@7", "github:1", "github:a/b", "github:2", "github:a/c"},
		},
		"what an installation gained and lost": {
			gate.FromGitHub, "installation_repositories", `{"installation": {"id": 7}, "repositories_added": [{"id": 1, "full_name": "a/b"}], "repositories_removed": [{"id": 2, "full_name": "a/c"}]}`,
			[]string{"github@7", "github:1", "github:a/b", "github:2", "github:a/c"},
		},
		"the last of two that it names": {
			gate.FromGitHub, "push", `{"repository": {"id": 1, "full_name": "a/b"}, "repository": {"id": 42, "full_name": "acme/cart"}}`,
			[]string{"github:42", "github:acme/cart"},
		},
		"names with escapes": {
			gate.FromGitHub, "push", `{"r\u0065pository": {"\u0069d": 42, "full_name": "acme\/c\u0061rt"}}`,
			[]string{"github:42", "github:acme/cart"},
		},
		"one that comes in two parts": {
			gate.FromGitHub, "push", `{"repository": {"id": 42, "full_name": "a/b"}, "repository": {"full_name": "acme/cart"}}`,
			[]string{"github:42", "github:acme/cart"},
		},
		"what stands where it belongs, not what is within or quoted": {
			gate.FromGitHub, "check_run",
			`{"check_run": {"repository": {"id": 1}, "output": {"text": "a \\\" }, \"repository\": {\"id\": 2} \\"}, "pull_requests": [{"repository": {"id": 3}}]},
			  "repository" : {"owner": {"id": 4, "full_name": "d/e"}, "id": 42 , "topics": [], "full_name": "acme/cart"}, "sender": {"id": 5}, "n": -1e3, "t":true}`,
			[]string{"github:42", "github:acme/cart"},
		},
		"nothing, of one that is taken back":    {gate.FromGitHub, "push", `{"repository": {"id": 42, "full_name": "acme/cart"}, "repository": null}`, []string{}},
		"nothing, of one with no name":          {gate.FromGitHub, "push", `{"repository": {"id": 42}}`, []string{}},
		"nothing, of a list":                    {gate.FromGitHub, "push", `[{"repository": {"id": 42, "full_name": "acme/cart"}}]`, []string{}},
		"nothing, of an event that is not used": {gate.FromGitHub, "star", `{"repository": {"id": 42, "full_name": "acme/cart"}}`, []string{}},
		"the project of a tag":                  {gate.FromGitLab, "Tag Push Hook", `{"project": {"id": 15, "path_with_namespace": "a/b"}}`, []string{"gitlab:15", "gitlab:a/b"}},
		"nothing, of what will be set aside":    {gate.FromGitHub, "push", `{"repository": `, []string{}},
		"a project": {
			gate.FromGitLab, "Push Hook", `{"project_id": 15, "project": {"id": 15, "path_with_namespace": "Group/Cart"}}`,
			[]string{"gitlab:15", "gitlab:group/cart"},
		},
		"the project of an old job, by its page": {
			gate.FromGitLab, "Job Hook", `{"project_id": 15, "repository": {"homepage": "https://gitlab.example.com/group/cart"}}`,
			[]string{"gitlab:15", "gitlab:group/cart"},
		},
		"the project that a fork's merge request would land in": {
			gate.FromGitLab, "Merge Request Hook",
			`{"object_kind": "merge_request", "project": {"id": 3, "path_with_namespace": "ana/cart"}, "object_attributes": {"source_project_id": 3, "target_project_id": 15, "target": {"path_with_namespace": "group/cart"}}}`,
			[]string{"gitlab:15", "gitlab:group/cart"},
		},
		"a project that has moved": {
			gate.FromGitLab, "System Hook", `{"event_name": "project_transfer", "project_id": 15, "path_with_namespace": "new/cart", "old_path_with_namespace": "old/cart"}`,
			[]string{"gitlab:15", "gitlab:new/cart", "gitlab:old/cart"},
		},
		"nothing, of a person": {gate.FromGitLab, "System Hook", `{"event_name": "user_create", "user_id": 41}`, []string{}},
		"nothing, of us":       {gate.FromUs, "head", `{}`, []string{}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, webhook.Places(delivery(c.source, c.event, "k", []byte(c.body)))); diff != "" {
				t.Errorf("the places (-want +got):\n%s", diff)
			}
		})
	}
}

func TestADeliveryThatIsCutAnywhereBearsOnNothing(t *testing.T) {
	body := githubExample(t, "check_run", 1)
	for end := range body {
		if places := webhook.Places(delivery(gate.FromGitHub, "check_run", "k", body[:end])); places == nil || len(places) > 0 {
			t.Fatalf("the first %d bytes of %d bear on %q", end, len(body), places)
		}
	}
}

func TestADeliveryOfTooManyRepositoriesBearsOnEverything(t *testing.T) {
	repos := make([]string, 1000)
	for i := range repos {
		repos[i] = fmt.Sprintf(`{"id": %d, "full_name": "acme/r%d"}`, i+1, i)
	}
	body := `{"action": "created", "installation": {"id": 7}, "repositories": [` + strings.Join(repos, ",") + `]}`
	if places := webhook.Places(delivery(gate.FromGitHub, "installation", "k", []byte(body))); places != nil {
		t.Errorf("it bears on %d places", len(places))
	}
}

func TestADeliveryWhosePlacesBringOutAFaultMayBearOnEverything(t *testing.T) {
	d := gate.Delivery{Source: gate.FromGitHub, Event: "push"}
	if got := webhook.PlacesBy(func(gate.Delivery) ([]string, error) { panic("no such field") }, d); got != nil {
		t.Errorf("it bears on %q, want everything", got)
	}
	if got := webhook.PlacesBy(func(gate.Delivery) ([]string, error) { return nil, nil }, d); got == nil {
		t.Error("one that bears on nothing bears on everything")
	}
}
