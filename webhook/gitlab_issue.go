package webhook

import (
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
)

type gitlabIssueBody struct {
	gitlabNaming
	Assignees []gitlabUser  `json:"assignees"`
	Labels    []gitlabLabel `json:"labels"`
}

type gitlabLabel struct {
	Title string `json:"title"`
}

// gitlabIssueAttributes are those of an issue or a work item. Webhooks tell its milestone and its iteration by
// number; a sweep tells the whole.
type gitlabIssueAttributes struct {
	IID          int              `json:"iid"`
	Action       string           `json:"action"`
	State        string           `json:"state"`
	Title        string           `json:"title"`
	Description  string           `json:"description"`
	URL          string           `json:"url"`
	Confidential bool             `json:"confidential"`
	MovedTo      int64            `json:"moved_to_id"`
	MilestoneID  int64            `json:"milestone_id"`
	IterationID  int64            `json:"iteration_id"`
	Milestone    *gitlabMilestone `json:"milestone"`
	Iteration    *gitlabMilestone `json:"iteration"`
	Labels       []gitlabLabel    `json:"labels"`
	CreatedAt    moment           `json:"created_at"`
	ClosedAt     moment           `json:"closed_at"`
	UpdatedAt    moment           `json:"updated_at"`
	Deleted      bool             `json:"nexusgate_deleted"` // as a sweep found; no webhook tells of it

	toldLinks
}

type gitlabMilestone struct {
	ID        int64  `json:"id"`
	Title     string `json:"title"`
	DueDate   day    `json:"due_date"`
	UpdatedAt moment `json:"updated_at"`
}

// hidden stands for the title of a confidential item, which not all who read our pages may see.
const hidden = "(confidential)"

// gitlabIssue reads an issue or a work item of a project. Whatever the action, the body tells the whole state. A
// work item of a group is of no repository.
func gitlabIssue(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[gitlabIssueBody](d)
	if err != nil || b.ProjectID == 0 && b.Project.ID == 0 {
		return nil, err
	}
	i, err := attributes[gitlabIssueAttributes](b.gitlabNaming)
	if err != nil {
		return nil, err
	}
	repo, err := b.spokenOf()
	if err != nil {
		return nil, err
	}
	if err := identified("issue", int64(i.IID)); err != nil {
		return nil, err
	}
	if i.State != "opened" && i.State != "closed" {
		return nil, fmt.Errorf("%q is not a state of an issue", text(i.State, 80))
	}
	seen := i.item(repo)
	seen.Outside = b.Project.Visibility == gitlabPublic
	if len(i.Labels) == 0 {
		seen.Labels = titles(b.Labels)
	}
	for _, a := range b.Assignees[:min(len(b.Assignees), maxAssignees)] {
		seen.Assignees = append(seen.Assignees, label(a.Username))
	}
	return []gate.Event{seen}, nil
}

// gitlabPublic is the visibility of a project in which anybody may open an issue.
const gitlabPublic = 20

func (i gitlabIssueAttributes) item(repo gate.Repo) gate.ItemSeen {
	w := written{scope: scope{gate.GitLab, repo.Name, i.URL}}
	w.read(i.Description)
	seen := gate.ItemSeen{
		Repo: repo, Number: i.IID, Title: text(i.Title, maxText), URL: link(i.URL), Open: i.State == "opened",
		Opened: i.CreatedAt.Time, Closed: i.ClosedAt.Time, UpdatedAt: i.UpdatedAt.Time, Needs: w.needs,
		Labels: titles(i.Labels), Gone: i.MovedTo != 0 || i.Deleted,
		Milestone: i.Milestone.milestone(i.MilestoneID), Iteration: i.Iteration.milestone(i.IterationID),
	}
	if i.Confidential {
		seen.Title = hidden
	}
	if !i.LinksAt.IsZero() {
		i.links(&seen)
	}
	return seen
}

func titles(labels []gitlabLabel) (all []string) {
	for _, l := range labels[:min(len(labels), maxLabels)] {
		all = append(all, label(l.Title))
	}
	return all
}

// milestone is known by its number where no more is told.
func (m *gitlabMilestone) milestone(id int64) gate.Milestone {
	if m == nil {
		return gate.Milestone{ID: max(id, 0)}
	}
	return gate.Milestone{ID: m.ID, Title: text(m.Title, maxText), Due: m.DueDate.Time, At: m.UpdatedAt.Time}
}

// gitlabMilestones reads what a milestone of a project is called and when it ends.
func gitlabMilestones(d gate.Delivery) ([]gate.Event, error) {
	n, err := readNaming(d)
	if err != nil || n.ProjectID == 0 && n.Project.ID == 0 {
		return nil, err
	}
	m, err := attributes[gitlabMilestone](n)
	if err != nil {
		return nil, err
	}
	if err := identified("milestone", m.ID); err != nil {
		return nil, err
	}
	repo, err := n.spokenOf()
	return []gate.Event{gate.MilestoneSeen{Repo: repo, Milestone: m.milestone(0)}}, err
}
