package webhook

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// The bounds on what an item bears.
const (
	maxLabels    = 100
	maxAssignees = 20
)

type githubIssueBody struct {
	githubEnvelope
	Issue githubIssue `json:"issue"`
}

// githubIssue is an issue, as webhooks and the API have it.
type githubIssue struct {
	Number      int              `json:"number"`
	Title       string           `json:"title"`
	State       string           `json:"state"`
	HTMLURL     string           `json:"html_url"`
	Body        string           `json:"body"`
	Association string           `json:"author_association"`
	Labels      []githubLabel    `json:"labels"`
	Assignees   []githubAccount  `json:"assignees"`
	Milestone   *githubMilestone `json:"milestone"`
	CreatedAt   moment           `json:"created_at"`
	ClosedAt    moment           `json:"closed_at"`
	UpdatedAt   moment           `json:"updated_at"`
	Repository  string           `json:"repository_url"`
	Parent      string           `json:"parent_issue_url"`
	PullRequest *struct{}        `json:"pull_request"` // there where the issue is a pull request
	Waits       *struct {
		Total int `json:"total_blocked_by"`
	} `json:"issue_dependencies_summary"`

	toldLinks
}

// toldLinks are what blocks an item, all of it, where a sweep has asked for that. No webhook has it.
type toldLinks struct {
	BlockedBy []gate.Ref `json:"nexusgate_blocked_by"`
	LinksAt   moment     `json:"nexusgate_links_at"`
}

type githubLabel struct {
	Name string `json:"name"`
}

type githubMilestone struct {
	ID        int64  `json:"id"`
	Title     string `json:"title"`
	DueOn     moment `json:"due_on"`
	UpdatedAt moment `json:"updated_at"`
}

// githubIssues reads an issue. Whatever the action, the body tells the whole state; one that was moved or deleted
// is here no more.
func githubIssues(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[githubIssueBody](d)
	if err != nil || b.Issue.PullRequest != nil {
		return nil, err
	}
	repo, err := b.repo()
	if err != nil {
		return nil, err
	}
	seen, err := b.Issue.item(repo)
	seen.Gone = b.Action == "deleted" || b.Action == "transferred"
	return []gate.Event{seen}, err
}

func (i githubIssue) item(repo gate.Repo) (gate.ItemSeen, error) {
	if err := identified("issue", int64(i.Number)); err != nil {
		return gate.ItemSeen{}, err
	}
	open, err := i.open()
	if err != nil {
		return gate.ItemSeen{}, err
	}
	w := written{scope: scope{gate.GitHub, repo.Name, i.HTMLURL}}
	w.read(i.Body)
	seen := gate.ItemSeen{
		Repo: repo, Number: i.Number, Title: text(i.Title, maxText), URL: link(i.HTMLURL), Open: open,
		Opened: i.CreatedAt.Time, Closed: i.ClosedAt.Time, UpdatedAt: i.UpdatedAt.Time, Needs: w.needs, Outside: i.outside(),
	}
	for _, l := range i.Labels[:min(len(i.Labels), maxLabels)] {
		seen.Labels = append(seen.Labels, label(l.Name))
	}
	for _, a := range i.Assignees[:min(len(i.Assignees), maxAssignees)] {
		seen.Assignees = append(seen.Assignees, label(a.Login))
	}
	if i.Milestone != nil {
		seen.Milestone = i.Milestone.milestone()
	}
	seen.Parent, _ = githubThing(i.Parent)
	i.link(&seen)
	return seen, nil
}

// open says whether the issue is open. Some old payloads tell no state, and when it was closed.
func (i githubIssue) open() (bool, error) {
	switch i.State {
	case "open", "closed":
		return i.State == "open", nil
	case "":
		return i.ClosedAt.IsZero(), nil
	default:
		return false, fmt.Errorf("%q is not a state of an issue", text(i.State, 80))
	}
}

// link tells what blocks the issue where all of that is known: from a list, or because there is nothing.
func (i githubIssue) link(seen *gate.ItemSeen) {
	switch {
	case !i.LinksAt.IsZero():
		i.links(seen)
	case i.Waits != nil && i.Waits.Total == 0:
		seen.LinksAt = i.UpdatedAt.Time
	}
}

// links are sound references alone.
func (l toldLinks) links(seen *gate.ItemSeen) {
	seen.LinksAt = l.LinksAt.Time
	for _, r := range l.BlockedBy[:min(len(l.BlockedBy), maxLabels)] {
		if _, err := repositoryName(r.Repo); err == nil && r.Number > 0 {
			seen.Links = append(seen.Links, r)
		}
	}
}

// outside says whether anybody may have written the text: who opens an issue need not be of the repository.
func (i githubIssue) outside() bool {
	switch i.Association {
	case "OWNER", "MEMBER", "COLLABORATOR":
		return false
	default:
		return true
	}
}

func (m githubMilestone) milestone() gate.Milestone {
	return gate.Milestone{ID: m.ID, Title: text(m.Title, maxText), Due: m.DueOn.Time, At: m.UpdatedAt.Time}
}

// githubThing reads which issue an address of the API is of: https://api.github.com/repos/acme/cart-api/issues/17.
func githubThing(address string) (gate.Ref, bool) {
	repo, digits, found := strings.Cut(githubPath(address), "/issues/")
	number, ok := thingNumber(digits)
	if !found || !ok {
		return gate.Ref{}, false
	}
	_, err := repositoryName(repo)
	return gate.Ref{Forge: gate.GitHub, Repo: repo, Number: number}, err == nil
}

// githubPath is what stands behind /repos/ in an address of the API.
func githubPath(address string) string {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxURL {
		return ""
	}
	_, at, _ := strings.Cut(u.Path, "/repos/")
	return at
}

// ref is the issue by its repository.
func (i *githubIssue) ref(otherwise string) (gate.Ref, error) {
	if err := identified("issue", int64(i.Number)); err != nil {
		return gate.Ref{}, err
	}
	name, err := repositoryName(first(githubPath(i.Repository), otherwise))
	return gate.Ref{Forge: gate.GitHub, Repo: name, Number: i.Number}, err
}

type githubLinkBody struct {
	githubEnvelope
	Blocked  *githubIssue `json:"blocked_issue"`
	Blocking *githubIssue `json:"blocking_issue"`
	Parent   *githubIssue `json:"parent_issue"`
	Sub      *githubIssue `json:"sub_issue"`
}

// githubDependencies reads that one issue blocks another, or does so no more. GitHub tells it to the repositories
// of both.
func githubDependencies(d gate.Delivery) ([]gate.Event, error) {
	return githubLinked(d, gate.Blocks, func(b *githubLinkBody) (from, to *githubIssue) { return b.Blocked, b.Blocking })
}

// githubSubIssues reads that one issue is a part of another.
func githubSubIssues(d gate.Delivery) ([]gate.Event, error) {
	return githubLinked(d, gate.Parent, func(b *githubLinkBody) (from, to *githubIssue) { return b.Sub, b.Parent })
}

func githubLinked(d gate.Delivery, kind gate.LinkKind, ends func(*githubLinkBody) (from, to *githubIssue)) ([]gate.Event, error) {
	b, err := body[githubLinkBody](d)
	if err != nil {
		return nil, err
	}
	linked := gate.ItemLinked{Kind: kind, Removed: strings.HasSuffix(b.Action, "_removed")}
	if linked.Repo, err = b.repo(); err != nil {
		return nil, err
	}
	from, to := ends(&b)
	if from == nil || to == nil {
		return nil, nil // GitHub need not name them; a sweep finds the link
	}
	if linked.From, err = from.ref(linked.Repo.Name); err != nil {
		return nil, err
	}
	if linked.To, err = to.ref(linked.Repo.Name); err != nil {
		return nil, err
	}
	linked.At = latest(from.UpdatedAt, to.UpdatedAt)
	return []gate.Event{linked}, nil
}

type githubMilestoneBody struct {
	githubEnvelope
	Milestone githubMilestone `json:"milestone"`
}

// githubMilestones reads what a milestone is called and when it ends: of the items on it nobody says so.
func githubMilestones(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[githubMilestoneBody](d)
	if err != nil {
		return nil, err
	}
	if err := identified("milestone", b.Milestone.ID); err != nil {
		return nil, err
	}
	repo, err := b.repo()
	return []gate.Event{gate.MilestoneSeen{Repo: repo, Milestone: b.Milestone.milestone()}}, err
}

type githubLabelBody struct {
	githubEnvelope
	Label   githubLabel `json:"label"`
	Changes struct {
		Name struct {
			From string `json:"from"`
		} `json:"name"`
	} `json:"changes"`
}

// githubLabels reads that a label is renamed or deleted: of the items that bear it nobody says so.
func githubLabels(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[githubLabelBody](d)
	if err != nil {
		return nil, err
	}
	repo, err := b.repo()
	if err != nil {
		return nil, err
	}
	renamed := gate.LabelRenamed{Repo: repo, From: label(b.Changes.Name.From), To: label(b.Label.Name)}
	if b.Action == "deleted" {
		renamed.From, renamed.To = renamed.To, ""
	}
	if renamed.From == "" || b.Action != "deleted" && b.Action != "edited" {
		return nil, nil
	}
	return []gate.Event{renamed}, nil
}

// day is a date, or the zero time.
type day struct{ time.Time }

// UnmarshalJSON takes what is no date for none: nothing rests on it alone.
func (d *day) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err == nil {
		d.Time, _ = time.Parse(time.DateOnly, s[:min(len(s), len(time.DateOnly))])
	}
	return nil
}
