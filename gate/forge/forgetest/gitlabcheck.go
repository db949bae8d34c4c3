package forgetest

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

// StatusCheck is an external status check of a project: whoever is behind its address is asked about each merge request.
type StatusCheck struct {
	ID int64

	project *Project
	name    string
	to      hook
	words   []checkWord
}

// checkWord is what a check was told of a merge request's head.
type checkWord struct {
	merge  *MergeRequest
	sha    string
	told   string // "passed", "failed", "pending"
	status string // what has become of that
	at     time.Time
}

// pendingFor is how long a check may be pending before it fails.
const pendingFor = 2 * time.Minute

// AddStatusCheck adds a check that asks at an address. It signs with the secret, unless that is "".
func (p *Project) AddStatusCheck(name, url, secret string) *StatusCheck {
	p.lab.mu.Lock()
	defer p.lab.mu.Unlock()
	k := &StatusCheck{ID: p.lab.next(), project: p, name: name}
	k.to = hook{url: url, headers: func(d Delivery) map[string]string {
		if secret == "" {
			return nil
		}
		return map[string]string{"X-GitLab-Signature": hex.EncodeToString(sign([]byte(secret), d.Body))}
	}}
	p.checks = append(p.checks, k)
	return k
}

// Status is what the check says of a merge request's head.
func (k *StatusCheck) Status(m *MergeRequest) string {
	k.project.lab.mu.Lock()
	defer k.project.lab.mu.Unlock()
	return k.status(m)
}

// Told are the words that the check was told of a merge request, the oldest first.
func (k *StatusCheck) Told(m *MergeRequest) (words []string) {
	k.project.lab.mu.Lock()
	defer k.project.lab.mu.Unlock()
	for _, w := range k.words {
		if w.merge == m {
			words = append(words, w.told)
		}
	}
	return words
}

func (k *StatusCheck) status(m *MergeRequest) string {
	for i := range slices.Backward(k.words) {
		w := &k.words[i]
		if w.merge != m || w.sha != m.sha() {
			continue
		}
		if w.status == "pending" && k.project.lab.now().Sub(w.at) > pendingFor {
			w.status = "failed"
		}
		return w.status
	}
	return "pending"
}

// ask has the project's checks ask about a merge request, as each of its webhooks goes with it.
func (m *MergeRequest) ask(out *outbox, event object) {
	out.add("Merge Request Hook", event)
	for _, k := range m.project.checks {
		k.ask(out, event)
	}
}

// ask sends what the webhook says, with the check.
// https://docs.gitlab.com/api/status_checks/#example-payload-sent-to-external-service
func (k *StatusCheck) ask(out *outbox, event object) {
	asked := object{"external_approval_rule": object{"id": k.ID, "name": k.name, "external_url": k.to.url}}
	for field, value := range event {
		asked[field] = value
	}
	out.add("External Status Check", asked)
	out.waiting[len(out.waiting)-1].to = &k.to
}

func (p *Project) check(id int64) *StatusCheck {
	for _, k := range p.checks {
		if k.ID == id {
			return k
		}
	}
	return nil
}

// listChecks lists the checks of a merge request. Without the licence nobody may.
func (g *GitLab) listChecks(p *Project, c *call) reply {
	m := p.find(c)
	if m == nil {
		return projectNotFound("Merge Request")
	}
	all := []object{}
	for _, k := range p.checks {
		all = append(all, object{"id": k.ID, "name": k.name, "external_url": k.to.url, "status": k.status(m)})
	}
	return listed(c, all)
}

func (g *GitLab) answerCheck(p *Project, c *call) reply {
	var body struct {
		SHA    string `json:"sha"`
		Check  int64  `json:"external_status_check_id"`
		Status string `json:"status"`
	}
	m := p.find(c)
	if json.Unmarshal(c.body, &body) != nil || !slices.Contains([]string{"passed", "failed", "pending"}, body.Status) {
		return refuse(http.StatusBadRequest, "status does not have a valid value")
	}
	k := p.check(body.Check)
	switch {
	case m == nil:
		return projectNotFound("Merge Request")
	case k == nil:
		return projectNotFound("External Status Check")
	case body.SHA != m.sha():
		return refuse(http.StatusConflict, "SHA does not match HEAD of source branch: "+m.sha())
	}
	k.words = append(k.words, checkWord{m, body.SHA, body.Status, body.Status, g.now()})
	return reply{status: http.StatusCreated, body: object{
		"id": g.next(), "merge_request": m.object(), "external_status_check": object{"id": k.ID, "name": k.name, "external_url": k.to.url},
	}}
}

// retryCheck asks anew, and lets the check be pending meanwhile.
func (g *GitLab) retryCheck(p *Project, c *call) reply {
	m, k := p.find(c), p.check(c.number("check"))
	switch {
	case m == nil || k == nil:
		return projectNotFound("External Status Check")
	case k.status(m) != "failed":
		return refuse(http.StatusUnprocessableEntity, "External status check must be failed")
	}
	k.retry(c.out, m)
	return reply{status: http.StatusAccepted, body: object{"message": "202 Accepted"}}
}

func (k *StatusCheck) retry(out *outbox, m *MergeRequest) {
	for i := range slices.Backward(k.words) {
		if w := &k.words[i]; w.merge == m && w.sha == m.sha() {
			w.status, w.at = "pending", k.project.lab.now()
			break
		}
	}
	event := m.event("", "")
	delete(event["object_attributes"].(object), "action") // which only a webhook tells
	k.ask(out, event)
}

// Retry is somebody who presses the button.
func (k *StatusCheck) Retry(m *MergeRequest) {
	k.project.lab.move(func(out *outbox) { k.retry(out, m) })
}
