package forge

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// labHook is a webhook of a project as GitLab tells it; go-gitlab lacks disabled_until and signing tokens.
type labHook struct {
	ID     int64     `json:"id"`
	URL    string    `json:"url"`
	Alert  string    `json:"alert_status"`
	Until  time.Time `json:"disabled_until"`
	Verify bool      `json:"enable_ssl_verification"`
	Signed *bool     `json:"signing_token_present"` // absent before GitLab 19

	set map[string]bool // by the fields of the API: "push_events"
}

// readHook reads a webhook, with the events that it is set for.
func readHook(raw []byte) (h labHook, err error) {
	var fields map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(raw, &h), json.Unmarshal(raw, &fields)); err != nil {
		return h, err
	}
	h.set = map[string]bool{}
	for _, event := range HookEvents() {
		h.set[event.Field] = string(fields[event.Field]) == "true"
	}
	return h, nil
}

// Hooks reads the webhooks of a project and says which of them go to an address of ours, such as
// "https://gate.example/webhook/gitlab" or "gate.example".
func (g *GitLab) Hooks(ctx context.Context, repo gate.Repo, ours string) (Hooks, error) {
	p, err := g.project(repo)
	if err != nil {
		return Hooks{}, err
	}
	l := newLook(SweepOf{Repo: repo}, "hooks", g.cache, p.asker(g.config.Now))
	listed, _, err := l.list(ctx, "list_hooks", p.path("hooks"), "", nil)
	said := Hooks{Spent: l.swept.Spent}
	if statusOf(err) == http.StatusForbidden {
		said.Hidden = true
		return said, nil
	}
	if err != nil {
		return said, fmt.Errorf("reading the webhooks of %s: %w", repo, err)
	}
	for _, raw := range listed {
		h, err := readHook(raw)
		if err != nil {
			return said, fmt.Errorf("reading a webhook of %s: %w", repo, err)
		}
		said.Hooks = append(said.Hooks, h.hook(ours))
	}
	return said, nil
}

func (h labHook) hook(ours string) Hook {
	said := Hook{
		ID: h.ID, URL: bare(h.URL), Ours: reaches(h.URL, ours), Status: h.status(), Until: h.Until, Verify: h.Verify,
	}
	said.Signed = h.Signed != nil && *h.Signed
	for _, event := range HookEvents() {
		if h.set[event.Field] {
			said.Events = append(said.Events, event.Header)
		} else {
			said.Lacks = append(said.Lacks, event.Header)
		}
	}
	return said
}

type labAttempt struct {
	ID      int64  `json:"id"`
	Trigger string `json:"trigger"`
	Status  string `json:"response_status"` // "202", or words where there was no answer
}

// HookAttempts are the latest tries of GitLab's to send a webhook, of the last seven days, the newest first. It says
// whether GitLab tells of them: it does from 17.3 on.
// https://docs.gitlab.com/api/project_webhooks/#list-all-events-for-a-project-webhook
func (g *GitLab) HookAttempts(ctx context.Context, repo gate.Repo, hook int64) (all []Attempt, told bool, err error) {
	p, err := g.project(repo)
	if err != nil {
		return nil, false, err
	}
	var seen []labAttempt
	_, err = g.fetch(ctx, "list_hook_events", p.path("hooks/%d/events", hook), url.Values{"per_page": {"20"}}, &seen)
	if code := statusOf(err); code == http.StatusNotFound || code == http.StatusForbidden {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading the log of a webhook of %s: %w", repo, err)
	}
	slices.SortFunc(seen, func(a, b labAttempt) int { return cmp.Compare(b.ID, a.ID) })
	for _, a := range seen {
		code, _ := strconv.Atoi(a.Status) // none where there was no answer
		all = append(all, Attempt{Event: line(a.Trigger), Status: code, Reason: line(a.Status), Came: code >= 200 && code < 300})
	}
	return all, true, nil
}

// status reads GitLab's word. What is not known is not taken for working.
func (h labHook) status() HookStatus {
	switch s := HookStatus(h.Alert); s {
	case HookWorks, HookPaused, HookOff, HookSilent:
		return s
	}
	return HookOff
}
