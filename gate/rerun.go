package gate

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// rerun writes down that a producer which is run again on a commit comes to another end. seen is what was last said
// of the same object, which a run on GitHub remains when it is attempted again; a retried job on GitLab is another.
func (s *State) rerun(repo string, c *commit, seen Evidence, e *Reported, m moment) {
	producer, is := identityOf(&e.Evidence), endOf(&e.Evidence)
	if is == "" {
		if was := endOf(&seen); was != "" {
			c.ended(&e.Evidence, was)
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
	c.ended(&e.Evidence, is)
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
			s.chronicleRerun(r)
		}
	}
}

// ended remembers what a producer came to that is being run again. One that is run again and again forgets its own
// runs for that, and no other's.
func (c *commit) ended(e *Evidence, as string) {
	if c.Ended == nil {
		c.Ended = map[string]string{}
	}
	producer := identityOf(e)
	if _, known := c.Ended[producer]; !known {
		before, after := e.Kind+" ", " "+e.Producer.App+" "+e.Name
		own := keep(sortedKeys(c.Ended), func(key string) bool { return strings.HasPrefix(key, before) && strings.HasSuffix(key, after) })
		if len(own) >= mostEndedRuns {
			delete(c.Ended, own[0])
		}
		if len(c.Ended) >= mostEnded {
			return
		}
	}
	c.Ended[producer] = as
}

// The bounds of what is remembered of that: the runs of one producer on a commit, those of all, and for how many of
// a producer there is an entry of its own within a day.
const (
	mostEndedRuns = 10
	mostEnded     = 100
	mostReruns    = 20
)

// chronicleRerun writes down that a producer came to another end. Of one that does so all day long the last entry
// counts on, so that it pushes nothing else out of what is kept.
func (s *State) chronicleRerun(r Rerun) {
	where, at, within := s.rerunsOfToday(&r)
	if within < mostReruns {
		s.chronicle(entry{At: r.At, Rerun: &r})
		return
	}
	c := s.chapters[where]
	last := c.Entries[at].Rerun
	r.At, r.More = last.At, last.More+1
	c.Entries = slices.Clone(c.Entries) // those who have taken the chronicle read on
	c.Entries[at].Rerun = &r
	s.touch(chapterDoc, where)
}

// rerunsOfToday are the entries of the last day on the same producer, as far as it takes: how many there are, and
// the chapter and the place in it of the last.
func (s *State) rerunsOfToday(r *Rerun) (where string, at, within int) {
	k := s.chronicled
	for n := k.Last; n >= max(k.First, 1) && within < mostReruns; n-- {
		c := s.chapters[chapterKey(n)]
		if c == nil {
			continue
		}
		for i := range slices.Backward(c.Entries) {
			e := &c.Entries[i]
			if r.At.Sub(e.At) >= 24*time.Hour {
				return where, at, within
			}
			if was := e.Rerun; was != nil && was.Component == r.Component && was.Producer == r.Producer && was.Criterion == r.Criterion {
				if within++; within == 1 {
					where, at = chapterKey(n), i
				}
			}
		}
	}
	return where, at, within
}

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
