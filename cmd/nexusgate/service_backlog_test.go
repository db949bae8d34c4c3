package main_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
)

// apartShop asks of changes what they need of other teams, and keeps a backlog.
const apartShop = shop + `
productGoal: "A shopper buys in one minute"
sprint: {start: "2026-01-05", days: 14}
done: apart: {
	why: "What it needs of others is there", on: "change", evidence: "dependencies"
	must: {open: 0, cyclic: 0}
	fix: "Talk to the team that it waits for"
}
backlog: {repos: ["github:acme/product"], team: "label:team/*", sprint: "milestone"}
`

// openApart starts the service in a furnished house with a repository of items.
func openApart(t *testing.T) *house {
	t.Helper()
	h := furnish(t, apartShop)
	h.hub.AddRepo("acme/product")
	h.start()
	h.rest()
	return h
}

func TestAChangeWaitsForAMergeRequestOfTheOtherForgeAndIsDoneByItself(t *testing.T) {
	t.Parallel()
	h := openApart(t)
	h.web.Commit("form", "The form", map[string]string{"form.ts": "1"})
	form := h.web.OpenChange("form", "main", "The form", "mia")
	change := propose(h.cart, "guest")
	h.later()
	change.Describe("Guest carts.\n\nDepends-On: acme/web!1\n")
	approve(h.cart, change)
	h.rest()
	waits := h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	for _, told := range []string{"`apart`", "gitlab:acme/web!1 is not merged (team web)"} {
		if !strings.Contains(waits.Summary, told) {
			t.Errorf("the check does not tell %s:\n%s", told, waits.Summary)
		}
	}
	if _, metrics := h.get("/metrics"); !strings.Contains(metrics, `nexusgate_dependencies_open{from="cart",nexus="shop",to="web"} 1`) {
		t.Error("the metric does not tell that cart waits for web")
	}
	h.later()
	form.Merge("merge")
	done := h.check(h.cart, change.Head(), gate.DoneCheck, "success")
	if done.ID != waits.ID {
		t.Errorf("check run %d shows the success, where %d was to be updated", done.ID, waits.ID)
	}
	h.rest()
	if _, metrics := h.get("/metrics"); strings.Contains(metrics, "nexusgate_dependencies_open{") {
		t.Error("the metric tells of a dependency when there is none left")
	}
}

func TestAMergeRequestWaitsForAnIssueWhereverItIs(t *testing.T) {
	t.Parallel()
	h := openApart(t)
	core := h.lab.AddProject("acme/core") // nobody tells us of it
	issue := core.OpenIssue("An API", "", "mia")
	h.web.Commit("form", "The form", map[string]string{"form.ts": "1"})
	form := h.web.OpenChange("form", "main", "The form", "mia")
	h.later()
	form.Describe("Blocked-By: acme/core#1, github:acme/nowhere#7")
	h.eventually("both are read", func() bool {
		says := h.finding("acme/web!1", "apart")
		return strings.Contains(says, "gitlab:acme/core#1 is open") && strings.Contains(says, "github:acme/nowhere#7 cannot be found")
	})
	h.later()
	issue.Close()
	form.Describe("Blocked-By: acme/core#1")
	h.rest()
	if says := h.finding("acme/web!1", "apart"); !strings.Contains(says, "gitlab:acme/core#1 is open") {
		t.Errorf("it was read again before its time, and says %s", says)
	}
}

// finding is what was found of a criterion in the verdict on an open change.
func (h *house) finding(change, criterion string) string {
	for _, c := range h.standing().Changes {
		for _, f := range c.Says.Findings {
			if c.Subject.Name == change && f.Criterion == criterion {
				return f.Got
			}
		}
	}
	return ""
}

func TestTheBacklogIsWhatTheForgesTellAndWhatASweepFinds(t *testing.T) {
	t.Parallel()
	h := furnish(t, apartShop)
	product := h.hub.AddRepo("acme/product")
	sprint := product.AddMilestone("Sprint 2", time.Date(2026, 2, 1, 8, 0, 0, 0, time.UTC))
	before := product.OpenIssue("Guest carts", "", "ana", "team/cart") // before anybody listened
	before.Plan(sprint)
	blocks := h.web.OpenIssue("The form", "", "mia")
	needs := h.web.OpenIssue("Pay without an account", "", "mia")
	needs.BlockedBy(blocks)
	h.settings.Sweep = time.Hour
	h.start()
	h.rest()
	h.eventually("the sweep has found what was there, though nothing was ever told of it", func() bool { return len(h.items()) == 3 })
	product.OpenIssue("Taxes", "Depends-On: acme/product#1", "li", "team/pay")
	h.eventually("the webhook has told of the fourth", func() bool { return len(h.items()) == 4 })
	h.rest()
	want := []string{
		"github:acme/product#1 cart 2 open", "github:acme/product#2 pay 0 open", "gitlab:acme/web#1 web 0 open", "gitlab:acme/web#2 web 0 open",
	}
	if diff := cmp.Diff(want, h.items()); diff != "" {
		t.Errorf("the items (-want +got):\n%s", diff)
	}
	var told struct {
		Open         int
		Dependencies []gate.Dependency
	}
	h.read("/api/v1/nexus/shop/dependencies", &told)
	var found []string
	for _, d := range told.Dependencies {
		found = append(found, d.From.String()+" "+d.By+" "+d.To.String())
	}
	if diff := cmp.Diff([]string{"github:acme/product#2 declared github:acme/product#1", "gitlab:acme/web#2 forge gitlab:acme/web#1"}, found); diff != "" || told.Open != 1 {
		t.Errorf("the dependencies, of which %d are open between teams (-want +got):\n%s", told.Open, diff)
	}
	h.later()
	before.Close()
	h.rest()
	h.restart()
	h.rest()
	if got := h.items(); got[3] != "github:acme/product#1 cart 2 closed" {
		t.Errorf("after a restart the items are %q", got)
	}
}

func (h *house) read(path string, into any) {
	h.t.Helper()
	status, body := h.get(path)
	if err := json.Unmarshal([]byte(body), into); err != nil || status != 200 {
		h.t.Fatalf("%s answers %d: %v", path, status, err)
	}
}

// items are those of the backlog in a line each.
func (h *house) items() (lines []string) {
	h.t.Helper()
	var told struct{ Items []gate.BacklogItem }
	h.read("/api/v1/nexus/shop/backlog", &told)
	for _, i := range told.Items {
		state := "closed"
		if i.Open {
			state = "open"
		}
		lines = append(lines, strings.Join([]string{i.Ref.String(), i.Team, string(rune('0' + i.Sprint)), state}, " "))
	}
	return lines
}
