package forge

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// Rules are what a branch asks for before a change may land on it.
type Rules struct {
	Required []Required
	Queue    bool // changes land through a merge queue
	Absent   bool // there is no such branch
}

// Required is a check that a branch requires.
type Required struct {
	Name string
	App  int64  // that has to report it; 0: whoever may
	By   string // "a ruleset of acme", "the protection of the branch"
	Lax  bool   // administrators may pass it by; of rulesets GitHub does not tell
}

// Rules reads which checks a branch requires, in rulesets of the repository and those above it and in the
// protection of the branch itself, and whether it has a merge queue. Rules that are not in force are not told.
// Neither needs more than to see the repository. go-github cannot read a ruleset with a merge queue.
// https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch
// https://docs.github.com/en/rest/branches/branches#get-a-branch
func (g *GitHub) Rules(ctx context.Context, repo gate.Repo, branch string) (Rules, error) {
	s, err := g.seat(ctx, repo)
	if err != nil {
		return Rules{}, err
	}
	r, err := g.rules(ctx, s, branch)
	if err != nil {
		return Rules{}, fmt.Errorf("reading the rules of %s:%s: %w", repo, branch, asLater(g.forget(s.installation, repo, err), g.config.Now()))
	}
	return r, nil
}

func (g *GitHub) rules(ctx context.Context, s *seat, branch string) (r Rules, err error) {
	if err := r.protected(ctx, g, s, branch); err != nil || r.Absent {
		return r, err
	}
	path := fmt.Sprintf("repos/%s/%s/rules/branches/%s?per_page=%d", s.owner, s.name, escapedBranch(branch), pageSize)
	for page, pages := 1, 0; page > 0 && pages < sweepPages; pages++ {
		var rules []hubRule
		if page, err = g.fetchPage(ctx, s.client, "list_rules", fmt.Sprintf("%s&page=%d", path, page), &rules); err != nil {
			return r, err
		}
		for _, rule := range rules {
			if err := r.add(rule); err != nil {
				return r, err
			}
		}
	}
	return r, nil
}

// escapedBranch is a branch in a path: its slashes stay.
func escapedBranch(branch string) string {
	parts := strings.Split(branch, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return strings.Join(parts, "/")
}

// protected reads the branch and what protects it itself.
func (r *Rules) protected(ctx context.Context, g *GitHub, s *seat, branch string) error {
	var seen struct {
		Name       string `json:"name"`
		Protection struct {
			Checks struct {
				Level    string   `json:"enforcement_level"`
				Contexts []string `json:"contexts"`
				Checks   []struct {
					Name string `json:"context"`
					App  int64  `json:"app_id"`
				} `json:"checks"`
			} `json:"required_status_checks"`
		} `json:"protection"`
	}
	_, err := g.fetch(ctx, s.client, "read_branch", fmt.Sprintf("repos/%s/%s/branches/%s", s.owner, s.name, escapedBranch(branch)), &seen)
	if err != nil && s.absent(ctx, err) {
		r.Absent = true
		return nil
	}
	checks := seen.Protection.Checks
	if err != nil || checks.Level == "off" {
		return err
	}
	const by = "the protection of the branch"
	lax := checks.Level == "non_admins"
	bound := map[string]bool{}
	for _, c := range checks.Checks {
		bound[c.Name] = true
		r.Required = append(r.Required, Required{Name: line(c.Name), App: max(c.App, 0), By: by, Lax: lax}) // -1 is any App
	}
	for _, name := range checks.Contexts {
		if !bound[name] { // an older Enterprise Server tells names alone
			r.Required = append(r.Required, Required{Name: line(name), By: by, Lax: lax})
		}
	}
	return nil
}

// hubRule is a rule in force on a branch, of any type.
type hubRule struct {
	Type       string          `json:"type"`
	Source     string          `json:"ruleset_source"`
	Parameters json.RawMessage `json:"parameters"`
}

func (r *Rules) add(rule hubRule) error {
	switch rule.Type {
	case "merge_queue":
		r.Queue = true
	case "required_status_checks":
		var parameters struct {
			Checks []struct {
				Name string `json:"context"`
				App  int64  `json:"integration_id"`
			} `json:"required_status_checks"`
		}
		if err := json.Unmarshal(rule.Parameters, &parameters); err != nil {
			return fmt.Errorf("reading a rule: %w", err)
		}
		for _, c := range parameters.Checks {
			r.Required = append(r.Required, Required{Name: line(c.Name), App: max(c.App, 0), By: "a ruleset of " + line(rule.Source)})
		}
	}
	return nil
}
