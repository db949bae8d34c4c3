package forge

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// labHook is a webhook of a project as GitLab tells it; go-gitlab lacks disabled_until.
type labHook struct {
	ID           int64     `json:"id"`
	URL          string    `json:"url"`
	Alert        string    `json:"alert_status"`
	Until        time.Time `json:"disabled_until"`
	Push         bool      `json:"push_events"`
	MergeRequest bool      `json:"merge_requests_events"`
	Pipeline     bool      `json:"pipeline_events"`
	Job          bool      `json:"job_events"`
	Deployment   bool      `json:"deployment_events"`
	Verify       bool      `json:"enable_ssl_verification"`
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
		var h labHook
		if err := json.Unmarshal(raw, &h); err != nil {
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
	for _, event := range []struct {
		name string
		on   bool
	}{
		{"Push Hook", h.Push},
		{"Merge Request Hook", h.MergeRequest},
		{"Pipeline Hook", h.Pipeline},
		{"Job Hook", h.Job},
		{"Deployment Hook", h.Deployment},
	} {
		if event.on {
			said.Events = append(said.Events, event.name)
		} else {
			said.Lacks = append(said.Lacks, event.name)
		}
	}
	return said
}

// status reads GitLab's word. What is not known is not taken for working.
func (h labHook) status() HookStatus {
	switch s := HookStatus(h.Alert); s {
	case HookWorks, HookPaused, HookOff, HookSilent:
		return s
	}
	return HookOff
}
