package forge

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Use is what a permission or an event is for, where not every Nexus needs it.
type Use string

// What a Nexus may have, or not.
const (
	Always      Use = ""            // no Nexus does without
	SignOffs    Use = "sign-offs"   // people sign by comments
	Deployments Use = "deployments" // deployments wait for a done Increment
	Backlog     Use = "backlog"     // the forges' issues are the Product Backlog
	Releases    Use = "releases"    // what is released is watched
	Pipeline    Use = "pipeline"    // the Increment has a pipeline of its own, which we start
	Comments    Use = "comments"    // briefs are sent to issues
)

// Uses are all of them but the first, each with what it says to people.
var Uses = []struct {
	Use  Use
	Says string
}{
	{SignOffs, "people sign by comments on changes (/nexus sign docs)"},
	{Backlog, "issues are the Product Backlog"},
	{Deployments, "deployments wait for a done Increment"},
	{Releases, "releases are watched: what goes out of no done Increment is an alarm"},
	{Pipeline, "nexusgate starts the Increment's own pipeline"},
	{Comments, "briefs of the events are sent to issues, as comments"},
}

// Access is how far a permission goes.
type Access string

// From none on each includes the one before.
const (
	NoAccess Access = ""
	Read     Access = "read"
	Write    Access = "write"
	Admin    Access = "admin"
)

// Covers says whether an access includes another. A word that is not known includes nothing.
func (a Access) Covers(other Access) bool {
	order := []Access{NoAccess, Read, Write, Admin}
	return slices.Index(order, a) >= slices.Index(order, other)
}

// Need is a permission that the GitHub App needs, and the events that come with it. This table is the only
// one: the App's manifest, what doctor asks for and the table of the documents are made from it.
// https://docs.github.com/en/webhooks/webhook-events-and-payloads
type Need struct {
	Permission string // as the API names it: "pull_requests"
	Access     Access
	Events     []string // as the API names them: "pull_request_review"
	For        Use
	Why        string
}

// Needs are all permissions of a repository that the App needs, and none of an organization or an account.
// What is read of rules and of branches that are protected needs no more than these.
func Needs() []Need {
	return []Need{
		{"metadata", Read, []string{"repository"}, Always, "renames and transfers; which checks a branch requires"},
		{"contents", Read, []string{"push", "delete"}, Always, "landings; teams' `.nexus/done.cue`"},
		{"contents", Read, []string{"release"}, Releases, "what was released, and from which commit"},
		{"pull_requests", Read, []string{"pull_request", "pull_request_review"}, Always, "changes and their reviews"},
		{"checks", Write, []string{"check_run", "check_suite"}, Always, "evidence; our own reports"},
		{"statuses", Read, []string{"status"}, Always, "evidence"},
		{"actions", Read, []string{"workflow_run", "workflow_job"}, Always, "evidence"},
		{"merge_queues", Read, []string{"merge_group"}, Always, "merge groups"},
		{"issues", Read, []string{"issue_comment"}, SignOffs, "sign-offs by a comment"},
		{"issues", Read, []string{"issues", "sub_issues", "issue_dependencies", "label", "milestone"}, Backlog, "the Product Backlog, and what waits for what"},
		{"deployments", Write, []string{"deployment_protection_rule"}, Deployments, "releases that wait for a done Increment"},
		{"actions", Write, nil, Pipeline, "a pipeline of the Increment, which nexusgate starts"},
		{"issues", Write, nil, Comments, "briefs, as comments on issues"},
	}
}

// Unasked are the events that GitHub sends every App. Nobody can subscribe to them.
func Unasked() []string { return []string{"installation", "installation_repositories"} }

// Rights is what an App is given: its permissions, and the events that it is subscribed to.
type Rights struct {
	Permissions map[string]Access
	Events      []string // sorted
}

// Needed is what the App needs for some uses, and for what no Nexus does without.
func Needed(uses ...Use) Rights {
	g := Rights{Permissions: map[string]Access{}}
	for _, n := range Needs() {
		if !Granting(uses, n.For) {
			continue
		}
		if !g.Permissions[n.Permission].Covers(n.Access) {
			g.Permissions[n.Permission] = n.Access
		}
		g.Events = append(g.Events, n.Events...)
	}
	slices.Sort(g.Events)
	g.Events = slices.Compact(g.Events)
	return g
}

// AllUses are all uses, for who wants the most that may be given.
func AllUses() (all []Use) {
	for _, u := range Uses {
		all = append(all, u.Use)
	}
	return all
}

// Short are the permissions and events of another grant that this one does not cover, in words: "checks: write".
func (g Rights) Short(of Rights) (permissions, events []string) {
	for _, name := range slices.Sorted(maps.Keys(of.Permissions)) {
		if wanted := of.Permissions[name]; !g.Permissions[name].Covers(wanted) {
			permissions = append(permissions, name+": "+cmp.Or(string(wanted), "none"))
		}
	}
	for _, event := range of.Events {
		if !slices.Contains(g.Events, event) {
			events = append(events, event)
		}
	}
	return permissions, events
}

// Shown is a permission or an event as GitHub's pages name it: "Pull request review" of "pull_request_review".
func Shown(name string) string {
	switch name {
	case "statuses":
		return "Commit statuses"
	case "":
		return ""
	}
	words := strings.ReplaceAll(name, "_", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

// HookEvent is an event that a webhook of a GitLab project is to be set for.
type HookEvent struct {
	Header string // in X-Gitlab-Event: "Push Hook"
	Field  string // of the API: "push_events"
	Shown  string // on GitLab's page: "Push events"
	For    Use
	Why    string
}

// HookEvents are all of them.
// https://docs.gitlab.com/user/project/integrations/webhook_events/
func HookEvents() []HookEvent {
	return []HookEvent{
		{"Push Hook", "push_events", "Push events", Always, "landings"},
		{"Merge Request Hook", "merge_requests_events", "Merge request events", Always, "changes and their approvals"},
		{"Pipeline Hook", "pipeline_events", "Pipeline events", Always, "evidence"},
		{"Job Hook", "job_events", "Job events", Always, "evidence"},
		{"Note Hook", "note_events", "Comments", SignOffs, "sign-offs by a comment"},
		{"Deployment Hook", "deployment_events", "Deployment events", Deployments, "deployments that wait for a done Increment"},
		{"Tag Push Hook", "tag_push_events", "Tag push events", Releases, "what was released"},
		{"Release Hook", "releases_events", "Releases events", Releases, "what was released"},
		{"Issue Hook", "issues_events", "Issues events", Backlog, "the Product Backlog; work items too"},
		{"Milestone Hook", "milestone_events", "Milestone events", Backlog, "the Product Backlog"},
	}
}
