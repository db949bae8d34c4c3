package forgetest

import "net/http"

// Rule is something that a branch asks for.
type Rule struct {
	Check   string // that it requires; "" for none
	App     int64  // that has to report it; 0: whoever may
	Queue   bool   // changes land through a merge queue
	Classic bool   // it is of the branch's own protection, and else of a ruleset of the organization
}

// Require makes these the rules of a branch.
func (r *Repo) Require(branch string, rules ...Rule) {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	if r.rules == nil {
		r.rules = map[string][]Rule{}
	}
	r.rules[branch] = rules
}

// Topic gives the repository topics.
func (r *Repo) Topic(topics ...string) {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	r.topics = topics
}

func (g *GitHub) readBranch(r *Repo, c *call) reply {
	branch := c.PathValue("branch")
	head := r.git.commits[r.git.branches[branch]]
	if head == nil {
		return refuse(http.StatusNotFound, "Branch not found")
	}
	at := r.api() + "/branches/" + branch
	contexts, checks, level := []string{}, []object{}, "off"
	for _, rule := range r.rules[branch] {
		if !rule.Classic || rule.Check == "" {
			continue
		}
		var app any
		if rule.App != 0 {
			app = rule.App
		}
		level, contexts = "non_admins", append(contexts, rule.Check)
		checks = append(checks, object{"context": rule.Check, "app_id": app})
	}
	return reply{status: http.StatusOK, body: object{
		"name": branch, "commit": r.listedCommit(head), "_links": object{"self": at, "html": r.html() + "/tree/" + branch},
		"protected": len(r.rules[branch]) > 0, "protection_url": at + "/protection",
		"protection": object{"enabled": level != "off", "required_status_checks": object{
			"enforcement_level": level, "contexts": contexts, "checks": checks,
		}},
	}}
}

// listRules lists the rules of rulesets that are in force on a branch, whether it is there or not.
func (g *GitHub) listRules(r *Repo, c *call) reply {
	all := []object{}
	for i, rule := range r.rules[c.PathValue("branch")] {
		of := object{"ruleset_source_type": "Organization", "ruleset_source": r.owner(), "ruleset_id": 7000 + i}
		switch {
		case rule.Classic:
			continue
		case rule.Queue:
			of["type"], of["parameters"] = "merge_queue", object{
				"check_response_timeout_minutes": 60, "grouping_strategy": "ALLGREEN", "max_entries_to_build": 5, "max_entries_to_merge": 5,
				"merge_method": "MERGE", "min_entries_to_merge": 1, "min_entries_to_merge_wait_minutes": 5,
			}
		default:
			check := object{"context": rule.Check}
			if rule.App != 0 {
				check["integration_id"] = rule.App
			}
			of["type"], of["parameters"] = "required_status_checks", object{
				"required_status_checks": []object{check}, "strict_required_status_checks_policy": false,
			}
		}
		all = append(all, of)
	}
	shown, next := page(c, all)
	return reply{status: http.StatusOK, body: shown, header: next}
}
