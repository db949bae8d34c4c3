package forgetest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"unicode/utf8"
)

// protection is what an environment asks for before anything is deployed to it.
type protection struct {
	approvals int
	ours      bool // the token's user may approve
}

// Protect has deployments to an environment wait for so many approvals, of whom the token's user may give one or not.
func (p *Project) Protect(environment string, approvals int, ours bool) {
	p.lab.mu.Lock()
	defer p.lab.mu.Unlock()
	if p.protected == nil {
		p.protected = map[string]*protection{}
	}
	p.protected[environment] = &protection{approvals, ours}
}

// TellsNothingBlocked makes it a GitLab of before there was a webhook for deployments that are blocked.
func (g *GitLab) TellsNothingBlocked() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.silent = true
}

// Approvable is a deployment that waits for approvals, or waited.
type Approvable struct {
	ID int64

	in          *Pipeline
	job         *labJob
	environment string
	status      string // "blocked", "created", "failed"
	words       []word
}

// word is one person's on a deployment.
type word struct{ by, status, comment string }

// Deployments are those of the project that had to wait for approvals, the oldest first.
func (p *Project) Deployments() []*Approvable {
	p.lab.mu.Lock()
	defer p.lab.mu.Unlock()
	return slices.Clone(p.deployments)
}

// State is what became of it, and the comments on it.
func (a *Approvable) State() (status string, comments []string) {
	a.in.project.lab.mu.Lock()
	defer a.in.project.lab.mu.Unlock()
	for _, w := range a.words {
		comments = append(comments, w.comment)
	}
	return a.status, comments
}

// Approve is a person's approval.
func (a *Approvable) Approve(user string) {
	a.in.project.lab.move(func(out *outbox) { a.say(out, word{by: user, status: "approved"}) })
}

// deploy has the jobs that deploy where approvals are asked for wait for them. GitLab calls such a job manual.
func (p *Project) deploy(out *outbox, n *Pipeline, jobs []*labJob) {
	for _, job := range jobs {
		if job.Environment == "" || p.protected[job.Environment] == nil {
			continue
		}
		job.status = "manual"
		a := &Approvable{ID: p.lab.next(), in: n, job: job, environment: job.Environment, status: "blocked"}
		p.deployments = append(p.deployments, a)
		if !p.lab.silent {
			out.add("Deployment Hook", a.event())
		}
	}
}

// JobID is the number of the latest run of a job, 0 where there is none.
func (n *Pipeline) JobID(name string) int64 {
	n.project.lab.mu.Lock()
	defer n.project.lab.mu.Unlock()
	if job := n.job(name, false); job != nil {
		return job.id
	}
	return 0
}

func (j *labJob) environment() any {
	if j.Environment == "" {
		return nil
	}
	return object{"name": j.Environment, "action": "start", "deployment_tier": "production"}
}

// event is a Deployment Hook.
// https://docs.gitlab.com/user/project/integrations/webhook_events/#deployment-events
func (a *Approvable) event() object {
	p := a.in.project
	return object{
		"object_kind": "deployment", "status": a.status, "status_changed_at": p.lab.now().UTC().Format("2006-01-02 15:04:05 -0700"),
		"deployment_id": a.ID, "deployable_id": a.job.id, "deployable_url": p.web() + "/-/jobs/" + strconv.FormatInt(a.job.id, 10),
		"environment": a.environment, "environment_slug": a.environment, "environment_external_url": nil, "environment_tier": "production",
		"project": p.object(), "short_sha": a.in.commit[:8], "user": p.user(p.namespace()), "user_url": p.lab.root + "/" + p.namespace(),
		"commit_url": p.web() + "/-/commit/" + a.in.commit, "commit_title": p.git.commits[a.in.commit].message, "ref": a.in.ref,
	}
}

func (a *Approvable) pending() int {
	left := a.in.project.protected[a.environment].approvals
	for _, w := range a.words {
		if w.status == "approved" {
			left--
		}
	}
	return max(left, 0)
}

// say takes one person's word in. A second approval by the same person stays the first; a rejection ends the job.
func (a *Approvable) say(out *outbox, said word) word {
	p := a.in.project
	at := slices.IndexFunc(a.words, func(w word) bool { return w.by == said.by })
	switch {
	case at < 0:
		a.words = append(a.words, said)
	case a.words[at].status == said.status:
		return a.words[at]
	default:
		a.words[at] = said
	}
	switch {
	case said.status == "rejected":
		a.status, a.job.status = "failed", "failed"
		a.job.mark(p.lab.now())
		out.add("Deployment Hook", a.event())
	case a.pending() == 0:
		a.status, a.job.status = "created", "pending"
	default:
		return said
	}
	out.add("Job Hook", a.in.jobEvent(a.job))
	out.add("Pipeline Hook", a.in.event())
	return said
}

// object is the deployment as the API tells it; what it says of approvals is not in a list.
func (a *Approvable) object(alone bool) object {
	p := a.in.project
	o := object{
		"id": a.ID, "iid": a.ID, "ref": a.in.ref, "sha": a.in.commit, "status": a.status,
		"created_at": precise(a.job.created), "updated_at": precise(a.job.created), "user": p.user(p.namespace()),
		"environment": object{"id": 1, "name": a.environment, "slug": a.environment, "external_url": nil},
		"deployable": object{
			"id": a.job.id, "status": a.job.status, "stage": a.job.Stage, "name": a.job.Name, "ref": a.in.ref, "tag": false,
			"pipeline": object{"id": a.in.ID, "sha": a.in.commit, "ref": a.in.ref, "status": a.in.status()},
		},
	}
	if alone {
		given := []object{}
		for _, w := range a.words {
			given = append(given, p.approvalObject(w))
		}
		o["pending_approval_count"], o["approvals"] = a.pending(), given
	}
	return o
}

func (p *Project) approvalObject(w word) object {
	return object{"user": p.user(w.by), "status": w.status, "comment": w.comment, "created_at": precise(p.lab.now())}
}

func (g *GitLab) listDeployments(p *Project, c *call) reply {
	all, query := []object{}, c.URL.Query()
	for _, a := range slices.Backward(p.deployments) {
		status, environment := query.Get("status"), query.Get("environment")
		if (status == "" || status == a.status) && (environment == "" || environment == a.environment) {
			all = append(all, a.object(false))
		}
	}
	return listed(c, all)
}

func (p *Project) approvable(c *call) *Approvable {
	for _, a := range p.deployments {
		if a.ID == c.number("deployment") {
			return a
		}
	}
	return nil
}

func (g *GitLab) readDeployment(p *Project, c *call) reply {
	a := p.approvable(c)
	if a == nil {
		return projectNotFound("Deployment")
	}
	return reply{status: http.StatusOK, body: a.object(true)}
}

// approveDeployment takes the token's user's word. GitLab answers 400 to whoever may not.
// https://docs.gitlab.com/api/deployments/#approve-or-reject-a-blocked-deployment
func (g *GitLab) approveDeployment(p *Project, c *call) reply {
	var body struct{ Status, Comment string }
	a := p.approvable(c)
	if a == nil {
		return projectNotFound("Deployment")
	}
	err := json.Unmarshal(c.body, &body)
	switch {
	case err != nil || body.Status != "approved" && body.Status != "rejected":
		return refuse(http.StatusBadRequest, "status does not have a valid value")
	case utf8.RuneCountInString(body.Comment) > 255:
		return refuse(http.StatusBadRequest, "Comment is too long (maximum is 255 characters)")
	case a.status != "blocked" || a.pending() == 0:
		return refuse(http.StatusBadRequest, "This deployment is not waiting for approvals.")
	case !p.protected[a.environment].ours:
		return refuse(http.StatusBadRequest, "You don't have permission to approve this deployment. Contact the project or group owner for help.")
	}
	return reply{status: http.StatusCreated, body: p.approvalObject(a.say(c.out, word{"nexusgate", body.Status, body.Comment}))}
}
