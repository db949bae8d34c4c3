package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
)

// The criteria that a change to a layer of the definition is held to.
const (
	soundCriterion      = "definition"
	teamCriterion       = "integration-team"
	exceptionsCriterion = "exceptions"
)

// soundness says whether a proposed layer may come into force as it is.
func soundness(path string, faults definition.Faults) Finding {
	f := Finding{
		Criterion: soundCriterion, State: Met, At: definition.Pos{File: path, Line: 1, Column: 1}.String(),
		Why: "What is held against everybody's work must be sound before it comes into force", Want: "no fault in " + path, Got: "none",
	}
	if len(faults) > 0 {
		f.State, f.At = Error, faults[0].Pos.String()
		f.Got = clip(strings.ReplaceAll(faults.Error(), "\n", "; "), 2000)
		f.Fix = "mend " + path + "; nexusgate vet shows the same faults"
	}
	return f
}

// layerUnread is the finding for a proposed layer that is being read.
func layerUnread(path string) Finding {
	f := soundness(path, nil)
	f.State, f.Got = Waiting, "nothing yet: "+path+" is being read"
	return f
}

// ofIntegrationTeam says whether one of those who may change the Nexus-wide layer stands for the change.
func (p *proposing) ofIntegrationTeam() Finding {
	team := p.s.nexus.Definition.IntegrationTeam
	f := Finding{
		Criterion: teamCriterion, State: Met, At: p.s.nexus.Definition.File,
		Why:  "Only the Nexus Integration Team changes the Nexus-wide Definition of Done",
		Want: "the author or an approver is of the Integration Team",
	}
	approvers := p.c.approvers()
	switch by := p.c.vouchedBy(team); {
	case isNobody(team):
		f.Got = "the Nexus has no Integration Team"
	case by != "" && by == p.c.Author:
		f.Got = by + " wrote it, and is of it"
	case by != "":
		f.Got = by + " approved it, and is of it"
	default:
		f.State = Waiting
		f.Got = fmt.Sprintf("%s wrote it, and %s", orSomebody(p.c.Author), approvedBy(approvers))
		f.Fix = "have one of " + strings.Join(teamNames(team), ", ") + " approve the change"
	}
	return f
}

func orSomebody(login string) string {
	if login == "" {
		return "somebody unknown"
	}
	return login
}

func approvedBy(logins []string) string {
	if len(logins) == 0 {
		return "nobody approved it yet"
	}
	return strings.Join(logins, ", ") + " approved it, none of them of the Integration Team"
}

func teamNames(team definition.IntegrationTeam) []string {
	all := append([]string{team.ProductOwner, team.ScrumMaster}, team.Members...)
	return slices.Compact(keep(all, func(name string) bool { return name != "" }))
}

// newExceptions holds the exceptions that a proposal brings to who asked for them and who approves them:
// afterwards they would be void. nil where it brings none.
func (p *proposing) newExceptions(d *definition.Definition) *Finding {
	stood := map[string]bool{}
	for _, e := range p.s.nexus.Definition.Exceptions {
		stood[contentOf(e)] = true
	}
	from := origin{Change: p.subject.Name, Author: p.c.Author, Approvers: p.c.approvers()}
	from = from.ofTeam(p.c.Last.Repo.Forge, p.s.nexus.Definition.IntegrationTeam)
	f := Finding{
		Criterion: exceptionsCriterion, State: Met,
		Why:  "An exception is asked for by one person and approved by another, of the Integration Team, where all can see it",
		Want: "each new exception asked for by the author of the change and approved by whom it names", Got: "so it is",
	}
	n := 0
	for i := range d.Exceptions {
		if e := &d.Exceptions[i]; !stood[contentOf(*e)] {
			n++
			p.proveException(&f, e, from)
		}
	}
	if n == 0 {
		return nil
	}
	return &f
}

// proveException notes what keeps a new exception from being in force, unless a worse thing is noted.
func (p *proposing) proveException(f *Finding, e *definition.Exception, from origin) {
	h, _ := p.s.place()
	at := e.Pos
	at.File = h.Path
	f.At = cmp.Or(f.At, at.String())
	why := p.s.unproved(e, from)
	if why == "" {
		return
	}
	state, fix := Waiting, "have "+e.ApprovedBy+" approve the change"
	if !isLogin(string(h.Forge), e.RequestedBy, from.Author) {
		state, fix = Error, "let requestedBy name the author of the change, or have "+e.RequestedBy+" propose it"
		p.next.avoid(e.ID, why)
	}
	if severity(state) > severity(f.State) {
		f.State, f.At, f.Got, f.Fix = state, at.String(), e.ID+": "+why, fix
	}
}
