package forge_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// issue is an issue of either stand-in that briefs are sent to.
type issue struct {
	run      func(context.Context, forge.Errand) (gate.ErrandDone, error)
	repo     gate.Repo
	number   int
	now      func() time.Time
	comments func() []forgetest.IssueComment
	comment  func(user, body string)
	drop     func(operation string, times int)
	state    func() string
}

// onBoth runs a test with an issue of each forge.
func onBoth(t *testing.T, test func(t *testing.T, i issue)) {
	t.Run("github", func(t *testing.T) {
		w := newHubWorld(t)
		w.hub.Set(mayComment(true))
		i := w.cart.OpenIssue("Briefs", "", "ana")
		test(t, issue{w.client.Run, w.repo(), i.Number, w.Now, i.Comments, i.Comment, w.hub.DropAnswer, func() string { return "opened" }})
	})
	t.Run("gitlab", func(t *testing.T) {
		w := newLabWorld(t)
		i := w.web.OpenIssue("Briefs", "", "ana")
		test(t, issue{w.client.Run, w.repo(), i.Number, w.Now, i.Notes, i.Comment, w.lab.DropAnswer, i.State})
	})
}

// mayComment is the App with or without the permission to write to issues.
func mayComment(may bool) forgetest.AppSettings {
	access := map[bool]string{true: "write", false: "read"}[may]
	return forgetest.AppSettings{Agree: true, Grant: forgetest.Grant{Permissions: map[string]string{"metadata": "read", "issues": access}, Events: []string{"issue_comment"}}}
}

const mark = "nexusgate brief storefront daily 2026-11-23"

// commented is an errand that says something under a mark.
func (i issue) commented(t *testing.T, number int, mark, text string) forge.Errand {
	t.Helper()
	body, err := json.Marshal(gate.Comment{Number: number, Mark: mark, Text: text, Since: i.now().Add(-time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return forge.Errand{Errand: gate.Errand{Nexus: "storefront", Key: "brief daily", Kind: gate.CommentErrand, Repo: i.repo, Body: body, Made: i.now()}}
}

// say says something that must be taken.
func (i issue) say(t *testing.T, mark, text string) gate.ErrandDone {
	t.Helper()
	done, err := i.run(t.Context(), i.commented(t, i.number, mark, text))
	if err != nil || done.Refused != "" || done.Run == 0 || !strings.Contains(done.URL, "issues/") {
		t.Fatalf("it came to %+v: %v", done, err)
	}
	return done
}

func TestACommentIsWrittenOnceAndChangedWhereItSaysOtherwise(t *testing.T) {
	onBoth(t, func(t *testing.T, i issue) {
		first := i.say(t, mark, "## Daily\n\n- 3 of 5 met")
		again := i.say(t, mark, "## Daily\n\n- 3 of 5 met")
		if all := i.comments(); len(all) != 1 || all[0].Edits != 0 || first.Run != again.Run {
			t.Errorf("said twice, it is %+v", all)
		}
		i.say(t, mark, "## Daily\n\n- 5 of 5 met")
		if all := i.comments(); len(all) != 1 || all[0].Edits != 1 || !strings.Contains(all[0].Body, "5 of 5") {
			t.Errorf("after it says otherwise, it is %+v", all)
		}
		i.say(t, strings.Replace(mark, "23", "24", 1), "## Daily")
		if all := i.comments(); len(all) != 2 {
			t.Errorf("on the next day there are %d comments", len(all))
		}
	})
}

func TestACommentWhoseAnswerIsLostIsNotWrittenAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, i issue) {
		i.drop("create_comment", 1)
		if done, err := i.run(t.Context(), i.commented(t, i.number, mark, "Daily")); err == nil || forge.Declined(err) {
			t.Fatalf("without an answer it came to %+v, declined: %v", done, err)
		}
		i.say(t, mark, "Daily")
		if all := i.comments(); len(all) != 1 {
			t.Errorf("there are %d comments", len(all))
		}
	})
}

func TestWhatSomebodyElseWroteUnderTheMarkIsNotOurs(t *testing.T) {
	onBoth(t, func(t *testing.T, i issue) {
		i.comment("mallory", "<!-- "+mark+" -->\nNothing to see")
		i.comment("mallory[bot]", "<!-- "+mark+" -->\nNothing to see")
		i.say(t, mark, "Daily")
		if all := i.comments(); len(all) != 3 || !strings.HasSuffix(all[2].Body, "Daily") || all[0].Edits+all[1].Edits > 0 {
			t.Errorf("the comments are %+v", all)
		}
	})
}

func TestACommentIsFoundAmongMany(t *testing.T) {
	onBoth(t, func(t *testing.T, i issue) {
		for range 60 {
			i.comment("ana", "before")
		}
		i.say(t, mark, "Daily")
		for range 60 {
			i.comment("ana", "after")
		}
		i.say(t, mark, "Daily, later")
		if all := i.comments(); len(all) != 121 || all[60].Edits != 1 {
			t.Errorf("there are %d comments, and ours was changed %d times", len(all), all[60].Edits)
		}
	})
}

func TestALineOfACommentIsNoOrderToTheForge(t *testing.T) {
	onBoth(t, func(t *testing.T, i issue) {
		i.say(t, mark, "Daily\n/close\n  /close")
		if state, said := i.state(), i.comments()[0].Body; state != "opened" || !strings.Contains(said, `\/close`) {
			t.Errorf("the issue is %s, and the comment says %q", state, said)
		}
	})
}

func TestAnIssueThatIsNotThereIsRefusedForGood(t *testing.T) {
	onBoth(t, func(t *testing.T, i issue) {
		done, err := i.run(t.Context(), i.commented(t, 99, mark, "Daily"))
		if err != nil || !strings.Contains(done.Refused, "#99") {
			t.Errorf("it came to %+v: %v", done, err)
		}
	})
}

func TestWithoutThePermissionACommentIsTriedAgain(t *testing.T) {
	w := newHubWorld(t)
	w.hub.Set(mayComment(false))
	opened := w.cart.OpenIssue("Briefs", "", "ana")
	i := issue{run: w.client.Run, repo: w.repo(), now: w.Now}
	done, err := i.run(t.Context(), i.commented(t, opened.Number, mark, "Daily"))
	if err == nil || done.Refused != "" || !forge.Permanent(err) || !strings.Contains(err.Error(), "grant") {
		t.Errorf("it came to %+v: %v", done, err)
	}
}

func TestACommentThatCouldNotBeFoundAgainIsNotWritten(t *testing.T) {
	onBoth(t, func(t *testing.T, i issue) {
		for _, e := range []forge.Errand{
			i.commented(t, i.number, "a -- b", "x"), i.commented(t, i.number, "a\nb", "x"), i.commented(t, i.number, "", "x"),
			i.commented(t, 0, mark, "x"), i.commented(t, i.number, mark, strings.Repeat("x", 1<<16)),
		} {
			if done, err := i.run(t.Context(), e); err == nil || !forge.Permanent(err) {
				t.Errorf("it came to %+v: %v", done, err)
			}
		}
		if all := i.comments(); len(all) > 0 {
			t.Errorf("there are %d comments", len(all))
		}
	})
}
