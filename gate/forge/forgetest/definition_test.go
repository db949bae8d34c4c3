package forgetest_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// who is what webhooks tell of a change to a definition: who did what to it, at which commit.
type who struct{ Event, By, Author, Commit, Landed string }

func TestGitHubTellsWhoProposedApprovedAndLandedADefinition(t *testing.T) {
	hub := newGitHub(t)
	home := hub.AddRepo("acme/nexus")
	home.Commit("main", "The definition", map[string]string{"nexus.cue": "name: \"storefront\"\n"})
	first := home.CommitAs("ana", "stricter", "Stricter", map[string]string{"nexus.cue": "name: \"shop\"\n"})
	change := home.OpenChange("stricter", "main", "Stricter", "ana")
	second := home.CommitAs("ana", "stricter", "Stricter still", map[string]string{"nexus.cue": "name: \"store\"\n"})
	change.ReviewAt("kim", "approved", first)
	change.Review("li", "approved")
	landed := change.MergeBy("li", "squash")

	var got []who
	for _, d := range hub.Deliveries() {
		var body struct {
			Action string
			Sender struct{ Login string }
			Review struct {
				Commit string `json:"commit_id"`
				User   struct{ Login string }
			}
			Pull struct {
				User     struct{ Login string }
				Head     struct{ SHA string }
				Merged   bool
				MergedBy struct{ Login string } `json:"merged_by"`
				Landed   string                 `json:"merge_commit_sha"`
			} `json:"pull_request"`
		}
		if err := json.Unmarshal(d.Body, &body); err != nil {
			t.Fatal(err)
		}
		switch {
		case d.Event == "pull_request_review":
			got = append(got, who{"review", body.Review.User.Login, body.Pull.User.Login, body.Review.Commit, ""})
		case d.Event == "pull_request" && body.Pull.Merged && body.Pull.MergedBy.Login == body.Sender.Login:
			got = append(got, who{"merged", body.Sender.Login, body.Pull.User.Login, body.Pull.Head.SHA, body.Pull.Landed})
		}
	}
	want := []who{{"review", "kim", "ana", first, ""}, {"review", "li", "ana", second, ""}, {"merged", "li", "ana", second, landed}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what is told differs, -want +got:\n%s", diff)
	}
	if files := home.Files(home.Head("main")); files["nexus.cue"] != "name: \"store\"\n" {
		t.Errorf("main holds %q", files["nexus.cue"])
	}
}

func TestGitLabTellsWhoProposedApprovedAndLandedADefinition(t *testing.T) {
	lab := newGitLab(t)
	home := lab.AddProject("acme/nexus")
	head := home.CommitAs("ana", "stricter", "Stricter", map[string]string{"nexus.cue": "name: \"shop\"\n"})
	change := home.OpenChange("stricter", "main", "Stricter", "ana")
	change.Approve("kim")
	landed := change.MergeBy("li", "merge")

	var got []who
	for _, d := range lab.Deliveries() {
		var body struct {
			User struct {
				ID       int64
				Username string
			}
			Attributes struct {
				Action, Landed string
				AuthorID       int64               `json:"author_id"`
				SHA            string              `json:"merge_commit_sha"`
				Last           struct{ ID string } `json:"last_commit"`
			} `json:"object_attributes"`
		}
		if err := json.Unmarshal(d.Body, &body); err != nil {
			t.Fatal(err)
		}
		if d.Event != "Merge Request Hook" {
			continue
		}
		author := "another"
		if body.User.ID == body.Attributes.AuthorID {
			author = body.User.Username
		}
		a := body.Attributes
		got = append(got, who{a.Action, body.User.Username, author, a.Last.ID, a.SHA})
	}
	want := []who{{"open", "ana", "ana", head, ""}, {"approval", "kim", "another", head, ""}, {"merge", "li", "another", head, landed}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what is told differs, -want +got:\n%s", diff)
	}
}
