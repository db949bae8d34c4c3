package forge

import (
	"github.com/google/go-github/v60/github"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// Buttons on a check run, as GitHub takes them: https://docs.github.com/en/rest/checks/runs
const (
	mostActions = 3
	labelSize   = 20 // characters on a button
	actionSize  = 40 // characters of what it does
)

// actions are buttons for the sign-offs that a change waits for: what they stand for is given for the commit
// that the check run is on. A name that does not fit on one is signed by a comment.
func actions(p Post) []*github.CheckRunAction {
	if p.Check != gate.DoneCheck || p.Says.Subject.Kind != gate.OfChange || p.Superseded != "" {
		return nil
	}
	var all []*github.CheckRunAction
	offered := map[string]bool{}
	for i := range p.Says.Findings {
		f := &p.Says.Findings[i]
		identifier := gate.SignAction(f.SignOff)
		if identifier == "" || f.State == gate.Met || offered[identifier] || len(all) == mostActions {
			continue
		}
		offered[identifier] = true
		all = append(all, &github.CheckRunAction{
			Label:       report.Cut("Sign "+f.SignOff, labelSize),
			Description: report.Cut("For who may: sign "+f.SignOff, actionSize),
			Identifier:  identifier,
		})
	}
	return all
}
