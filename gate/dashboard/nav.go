package dashboard

import "slices"

// navGroup are the pages that answer one question.
type navGroup struct {
	Question string
	Pages    []navPage
}

// navPage is a page that is led to.
type navPage struct {
	Name, Path string
	Here       bool
}

// The pages of a Nexus, as each is called by the page that it is.
const (
	atNow          = "Now"
	atTeams        = "Teams"
	atTimeline     = "Timeline"
	atStream       = "Stream"
	atSprint       = "Sprint"
	atBacklog      = "Backlog"
	atDependencies = "Dependencies"
	atDefinition   = "Definition"
	atHearing      = "Hearing"
)

// nav are the pages of a Nexus by the questions that they answer, less those that have nothing to show here.
func (d *dashboard) nav(nexus, here string) []navGroup {
	led := func(there bool, name, path string) []navPage {
		if !there {
			return nil
		}
		return []navPage{{name, path, name == here}}
	}
	at := nexusPath(nexus)
	groups := []navGroup{
		{"Is it done, and what holds it back?", slices.Concat(led(true, atNow, at), led(true, atTeams, teamsPath(nexus)))},
		{"Since when, and how fast?", slices.Concat(
			led(d.options.Chronicle != nil, atTimeline, at+"/timeline"),
			led(d.options.Chronicle != nil, atStream, at+"/stream"))},
		{"What is coming?", slices.Concat(
			led(true, atSprint, at+"/sprint"),
			led(d.options.Backlog != nil, atBacklog, at+"/backlog"),
			led(d.options.Backlog != nil, atDependencies, at+"/dependencies"))},
		{"By which rules, and heard how well?", slices.Concat(led(true, atDefinition, definitionPath(nexus)), led(d.options.Hearings != nil, atHearing, hearingPath(nexus)))},
	}
	events := navGroup{Question: "What do we talk about when we meet?"}
	for _, e := range eventNames {
		events.Pages = append(events.Pages, led(d.options.Brief != nil, e.Name, eventPath(nexus, e.Event))...)
	}
	groups = slices.Insert(groups, 3, events)
	return slices.DeleteFunc(groups, func(g navGroup) bool { return len(g.Pages) == 0 })
}

func teamsPath(nexus string) string { return nexusPath(nexus) + "/teams" }
