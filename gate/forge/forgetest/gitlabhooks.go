package forgetest

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// projectHook is a webhook that somebody has given a project.
type projectHook struct {
	id             int64
	fields         object // as the API tells them, without secrets
	token, signing string
}

// hookFields are the events that a webhook may be set for, by the header that they are sent with.
var hookFields = map[string]string{
	"Push Hook": "push_events", "Tag Push Hook": "tag_push_events", "Merge Request Hook": "merge_requests_events", "Pipeline Hook": "pipeline_events",
	"Job Hook": "job_events", "Note Hook": "note_events", "Release Hook": "releases_events", "Deployment Hook": "deployment_events", "Issue Hook": "issues_events", "Milestone Hook": "milestone_events",
}

// chosen is the hook that a delivery goes to: one of its project that is set for the event, else the one that
// Hook has named.
func (g *GitLab) chosen(d Delivery) hook {
	for _, p := range g.projects {
		if p.ID != projectOf(d) || len(p.hooks) == 0 {
			continue
		}
		for _, h := range p.hooks {
			if h.fields[hookFields[d.Event]] == true {
				return g.pointed(h.fields["url"].(string), h.token, h.signing)
			}
		}
		return hook{}
	}
	return g.hook
}

// listHooks lists the webhooks of a project.
func (g *GitLab) listHooks(p *Project, c *call) reply {
	if g.guest {
		return refuse(http.StatusForbidden, "403 Forbidden")
	}
	all := []object{}
	if g.hook.url != "" {
		all = append(all, p.healthy(object{
			"id": 1, "url": g.hook.url, "project_id": p.ID, "created_at": instant(p.created), "push_events": true,
			"merge_requests_events": true, "pipeline_events": true, "job_events": true, "tag_push_events": true, "note_events": false,
			"deployment_events": true, "releases_events": true, "issues_events": false, "milestone_events": false,
			"enable_ssl_verification": true,
		}))
	}
	for _, h := range p.hooks {
		all = append(all, p.healthy(h.fields))
	}
	return listed(c, all)
}

// listHookEvents lists what was sent by the webhooks of a project: by all of them, since one is enough for a test. A
// GitLab before 17.3 has no such list.
func (g *GitLab) listHookEvents(p *Project, c *call) reply {
	if g.guest {
		return refuse(http.StatusForbidden, "403 Forbidden")
	}
	all := []object{}
	for _, d := range slices.Backward(g.log) {
		if !d.tried || projectOf(d) != p.ID {
			continue
		}
		status := "internal error"
		if d.Status > 0 {
			status = strconv.Itoa(d.Status)
		}
		all = append(all, object{
			"id": d.Attempt, "url": g.hook.url, "trigger": strings.ReplaceAll(strings.ToLower(d.Event), " ", "_") + "s",
			"request_headers": object{}, "request_data": object{}, "response_headers": object{}, "response_body": "",
			"execution_duration": 0.1, "response_status": status,
		})
	}
	return listed(c, all)
}

// healthy is a webhook with whether GitLab has stopped it.
func (p *Project) healthy(fields object) object {
	o := maps.Clone(fields)
	o["alert_status"], o["disabled_until"] = "executable", nil
	switch h := p.lab.health[p.ID]; {
	case h != nil && h.off:
		o["alert_status"] = "disabled"
	case h != nil && p.lab.now().Before(h.until):
		o["alert_status"], o["disabled_until"] = "temporarily_disabled", instant(h.until)
	}
	return o
}

func (g *GitLab) createHook(p *Project, c *call) reply {
	if g.guest {
		return refuse(http.StatusForbidden, "403 Forbidden")
	}
	h := &projectHook{id: g.next(), fields: object{"project_id": p.ID, "created_at": instant(g.now()), "push_events": true, "enable_ssl_verification": true}}
	h.fields["id"] = h.id
	if answer := g.fill(h, c); answer.status != 0 {
		return answer
	}
	p.hooks = append(p.hooks, h)
	return reply{status: http.StatusCreated, body: p.healthy(h.fields)}
}

func (g *GitLab) updateHook(p *Project, c *call) reply {
	if g.guest {
		return refuse(http.StatusForbidden, "403 Forbidden")
	}
	i := slices.IndexFunc(p.hooks, func(h *projectHook) bool { return strconv.FormatInt(h.id, 10) == c.PathValue("hook") })
	if i < 0 {
		return projectNotFound("Project Hook")
	}
	if answer := g.fill(p.hooks[i], c); answer.status != 0 {
		return answer
	}
	return reply{status: http.StatusOK, body: p.healthy(p.hooks[i].fields)}
}

// fill sets what a request names. A GitLab before 19.0 passes over a signing token.
func (g *GitLab) fill(h *projectHook, c *call) (fault reply) {
	var write object
	if err := json.Unmarshal(c.body, &write); err != nil {
		return refuse(http.StatusBadRequest, "400 Bad request")
	}
	to, _ := write["url"].(string)
	if !address(to) && h.fields["url"] == nil {
		return refuse(http.StatusUnprocessableEntity, "Invalid url given")
	}
	if token, ok := write["token"].(string); ok {
		h.token = token
	}
	if signing, ok := write["signing_token"].(string); ok && g.signs() {
		if key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(signing, "whsec_")); err != nil || signing != "" && len(key) != 32 {
			return refuse(http.StatusUnprocessableEntity, "Signing token is invalid")
		}
		h.signing = signing
	}
	if g.signs() {
		h.fields["signing_token_present"], h.fields["token_present"] = h.signing != "", h.token != ""
	}
	for name, value := range write {
		if name == "url" || name == "enable_ssl_verification" || strings.HasSuffix(name, "_events") {
			h.fields[name] = value
		}
	}
	return reply{}
}

// signs says whether this GitLab knows signing tokens.
func (g *GitLab) signs() bool {
	major, _, _ := strings.Cut(g.version, ".")
	n, err := strconv.Atoi(major)
	return err == nil && n >= 19
}

// Release makes the GitLab one of another version, "18.11.2".
func (g *GitLab) Release(version string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.version = version
}
