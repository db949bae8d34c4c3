package gate

import (
	"cmp"

	"github.com/nexusgate/nexusgate/definition"
)

// rerun writes down that a producer which is run again on a commit comes to another end. seen is what was last said
// of the same object, which a run on GitHub remains when it is attempted again; a retried job on GitLab is another.
func (s *State) rerun(repo string, c *commit, seen Evidence, e *Reported, m moment) {
	producer, is := identityOf(&e.Evidence), endOf(&e.Evidence)
	if is == "" {
		if was := endOf(&seen); was != "" {
			c.ended(producer, was)
		}
		return
	}
	was := cmp.Or(c.Ended[producer], endOf(&seen))
	if was == "" {
		was = c.endBefore(&e.Evidence, producer)
	}
	if was == "" || was == is {
		return
	}
	c.ended(producer, is)
	for _, name := range s.componentsIn(repo) {
		g, ok := s.nexus.Component(name)
		if !ok {
			continue
		}
		if criterion := g.bornBy(&e.Evidence, c); criterion != "" {
			r := Rerun{
				At: m.now, Team: g.Team, Component: name, Producer: clip(e.Evidence.Name, longestTitle), Criterion: criterion,
				Commit: e.Commit, From: was, To: is,
			}
			if len(e.Evidence.URL) <= longestURL {
				r.URL = e.Evidence.URL
			}
			s.chronicle(entry{At: m.now, Rerun: &r})
		}
	}
}

// ended remembers what a producer came to that is being run again.
func (c *commit) ended(producer, as string) {
	if c.Ended == nil {
		c.Ended = map[string]string{}
	}
	if len(c.Ended) < mostEnded {
		c.Ended[producer] = as
	}
}

// mostEnded bounds the producers of a commit of which that is remembered.
const mostEnded = 100

// endBefore is what another object of the same producer came to last.
func (c *commit) endBefore(e *Evidence, producer string) (end string) {
	var last *Evidence
	for object, other := range c.objects() {
		if object == e.Object || other.Kind != e.Kind || endOf(&other) == "" || identityOf(&other) != producer {
			continue
		}
		if compareEvidence(&other, e) < 0 && (last == nil || compareEvidence(last, &other) < 0) {
			last = &other
		}
	}
	if last == nil {
		return ""
	}
	return endOf(last)
}

// identityOf tells a producer from others within one run of one pipeline, or one suite of checks.
func identityOf(e *Evidence) string {
	within := e.Holder
	if within == "" {
		within = e.Object
	}
	return e.Kind + " " + within + " " + e.Producer.App + " " + e.Name
}

// endOf is how a run ended, where it ended by judging: "success" or "failure".
func endOf(e *Evidence) string {
	switch word := e.conclusion(); {
	case e.Status != Completed:
		return ""
	case word == "timed_out":
		return "failure"
	case word == "success", word == "failure":
		return word
	default:
		return ""
	}
}

// bornBy is the first required criterion that evidence bears on; a job on GitLab also bears on those on its pipeline.
func (g *Governed) bornBy(e *Evidence, c *commit) string {
	kinds := []report{{kind: e.Kind, name: e.Name}}
	if e.Kind == "job" && e.Producer.App == GitLabCI {
		kinds = append(kinds, report{kind: "pipeline", name: c.objects()[e.Holder].Name})
	}
	for _, r := range g.Rules {
		bear := news{some: kinds}
		if main := r.Main(); main.Level == definition.Required && main.On != definition.OnIncrement && bear.bear(main) {
			return main.ID
		}
	}
	return ""
}
