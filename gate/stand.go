package gate

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Standing says how a Nexus stands; false if there is no such Nexus.
func (l *Ledger) Standing(nexus string, now time.Time) (Standing, bool) {
	s, ok := l.states[nexus]
	if !ok || s.nexus == nil || s.record.Retired {
		return Standing{}, false
	}
	return s.standing(now), true
}

func (s *State) standing(now time.Time) Standing {
	st := Standing{
		Definition: s.nexus.Definition, Digest: s.nexus.Digest, At: now,
		Head: s.record.Head, LastDone: s.record.LastDone,
		Landings: slices.Clone(s.record.Recent),
		Sprint:   s.sprint(now),
		Warnings: s.warnings(),
		Home:     s.inForce.Home,

		Integration: s.integrationStanding(), Dependencies: s.between(now),
		Releases: s.releaseStandings(),
	}
	if head, ok := s.standings[s.incrementSubject().Key()]; ok {
		st.HeadSays = head.Verdict
	}
	st.Exceptions = exceptionStandings(s.nexus.Exceptions, st.HeadSays.Findings, now)
	for _, c := range s.nexus.Definition.All() {
		st.Components = append(st.Components, s.componentStanding(c.Name))
	}
	for _, key := range sortedKeys(s.changes) {
		subject := s.changeSubject(key, s.changes[key])
		if cs, open := s.changeStanding(key, subject); open {
			st.Changes = append(st.Changes, cs)
		}
		subject.Kind = OfDefinition
		if cs, open := s.changeStanding(key, subject); open && cs.Says.Proposal != nil {
			st.Proposals = append(st.Proposals, cs)
		}
	}
	newestFirst(st.Changes)
	newestFirst(st.Proposals)
	return st
}

func newestFirst(changes []ChangeStanding) {
	slices.SortStableFunc(changes, func(a, b ChangeStanding) int { return -a.UpdatedAt.Compare(b.UpdatedAt) })
}

func (s *State) componentStanding(name string) ComponentStanding {
	g, _ := s.nexus.Component(name)
	c := s.components[name]
	cs := ComponentStanding{Component: g.Component, Commit: c.Commit, Since: c.Since, File: fileWord(g, c), Rules: g.Rules}
	for _, fault := range slices.Concat(g.Refused, g.Warnings) {
		cs.Faults = append(cs.Faults, fault.String())
	}
	if r := s.repos[c.Repo]; r != nil {
		cs.Heard, cs.Habit = r.Heard, r.used()
	}
	if st, ok := s.standings[(Subject{Kind: OfComponent, ID: name}).Key()]; ok {
		cs.Says = st.Verdict
	}
	return cs
}

// fileWord says where a team's layer stands.
func fileWord(g *Governed, c *component) string {
	switch {
	case g.Refused != nil:
		return "refused"
	case !c.File.Read:
		return "unread"
	case c.File.Absent:
		return "none"
	default:
		return "in force"
	}
}

func (s *State) changeStanding(key string, subject Subject) (cs ChangeStanding, open bool) {
	c := s.changes[key]
	st, judged := s.standings[subject.Key()]
	if c.Last.State != ChangeOpen || !judged {
		return ChangeStanding{}, false
	}
	cs = ChangeStanding{
		Subject: subject, Title: c.Last.Title, Author: c.Last.Author, URL: c.Last.URL,
		Says: st.Verdict, UpdatedAt: c.Last.UpdatedAt,
	}
	for _, f := range st.Verdict.Findings {
		if f.Component != "" && !slices.Contains(cs.Components, f.Component) {
			cs.Components = append(cs.Components, f.Component)
			cs.Team = cmp.Or(cs.Team, f.Team)
		}
	}
	return cs, true
}

// warnings are what the Integration Team should know and nothing is held back by.
func (s *State) warnings() []string {
	var all []string
	for _, w := range s.nexus.Definition.Warnings {
		all = append(all, w.String())
	}
	for _, w := range s.homeWarnings() {
		all = append(all, s.inForce.Home+": "+w)
	}
	for _, name := range sortedKeys(s.components) {
		g, _ := s.nexus.Component(name)
		for _, w := range g.Warnings {
			all = append(all, name+": "+w.String())
		}
		for _, w := range s.repoWarnings(g, s.components[name]) {
			all = append(all, name+": "+w)
		}
	}
	return slices.Concat(all, s.deploymentWarnings(), s.checkWarnings())
}

func (s *State) repoWarnings(g *Governed, c *component) (all []string) {
	if c.Trouble != "" {
		all = append(all, "the head of its branch is uncertain: "+c.Trouble)
	}
	r := s.repos[c.Repo]
	if r == nil {
		return all
	}
	if !r.Repo.named(g.Forge, g.Repo) {
		all = append(all, fmt.Sprintf("its repository is now %s; name it so in the Nexus's definition (%s)", r.Repo, g.Pos))
	}
	if r.Claim != "" {
		all = append(all, r.claimed(fmt.Sprintf("in the Nexus's definition (%s)", g.Pos)))
	}
	return all
}

// claimed tells of deliveries that were not used for the name by which they call the repository.
func (r *repository) claimed(where string) string {
	return fmt.Sprintf("deliveries that a plain token brought call it %s:%s and were not used; if it was renamed, name it so %s, "+
		"and otherwise change the token of whoever sent them", r.Repo.Forge, r.Claim, where)
}
