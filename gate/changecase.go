package gate

import (
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// changeCase judges a change on its head, for every component that it touches.
func (s *State) changeCase(subject Subject, now time.Time) (Case, *brief) {
	b := s.brief(subject, now)
	c := s.changes[subject.ID]
	repo := c.Last.Repo.Key()
	kase := s.newCase(subject, c.Last.Head)
	evidence := append(b.proposed(repo, c), c.reviewEvidence(s.nexus.Definition))
	evidence = append(evidence, s.signsOn(c).evidence(c.Last.Head, nil)...)
	touched, known := c.touched()
	if !known {
		b.want(Want{Kind: WantChange, Repo: s.asKnown(c.Last.Repo), Number: c.Last.Number, Commit: c.Last.Head})
	}
	for _, g := range s.governed(repo, c.Last.Base) {
		if known && touched.Complete && !anyPath(touched.Paths, func(path string) bool { return under(g.Path, path) }) {
			continue
		}
		kase.Parts = append(kase.Parts, b.changePart(c, g, evidence))
	}
	if len(kase.Parts) == 0 {
		kase.Parts = []Part{{Held: []Finding{untouched()}}}
	}
	return kase, b
}

func (b *brief) changePart(c *change, g *Governed, evidence []Evidence) Part {
	repo := c.Last.Repo.Key()
	part := Part{
		Component: g.Name, Team: g.Team, Since: c.Heads[c.Last.Head], Evidence: slices.Concat(evidence, b.dependencies(c, g)),
		On:   []definition.On{definition.OnChange, definition.OnCommit},
		Held: b.s.ungoverned(g),
	}
	part.Rules = rulesBefore(g.Rules, part.On...)
	touched, known := c.touched()
	if !known {
		part.Held = append(part.Held, unread(g, "the paths that the change touches", "nothing yet: they are being read"))
		return part
	}
	part.Rules = keep(part.Rules, func(r definition.Rule) bool {
		asked := applies(r, g, touched)
		if !asked {
			part.Dropped = append(part.Dropped, r)
		}
		return asked
	})
	part.Carry = b.carryUntouched(repo, g, touched, part.Evidence)
	if f := b.proposedLayer(c, g, touched); f != nil {
		part.Held = append(part.Held, *f)
	}
	return part
}

// applies drops a criterion on the change itself where its paths are not touched: no other change
// can answer for this one.
func applies(r definition.Rule, g *Governed, touched diff) bool {
	c := r.Main()
	if c.On != definition.OnChange || len(c.Paths) == 0 || !touched.Complete {
		return true
	}
	touches, _ := scope(c, g.Path)
	return anyPath(touched.Paths, touches)
}

// proposed is the evidence about a change's head: its own, and that of the merge requests' internal
// commits that were made from this very head.
func (b *brief) proposed(repo string, c *change) []Evidence {
	evidence := b.evidence(repo, c.Last.Head)
	for _, sha := range c.internals() {
		internal := b.look(repo, sha)
		switch {
		case internal == nil || !internal.Read:
			b.want(Want{Kind: WantCommit, Repo: b.s.asKnown(c.Last.Repo), Commit: sha})
		case len(internal.Parents) > 1 && slices.Contains(internal.Parents, c.Last.Head):
			evidence = append(evidence, carriedFrom(sha, b.evidence(repo, sha))...)
		}
	}
	return c.ofMembers(c.own(evidence))
}

// ofMembers leaves what the runs of a change bring as it is where the change is of the repository itself: of a
// fork it may be anybody's.
func (c *change) ofMembers(evidence []Evidence) []Evidence {
	if b := (Bearing{On: definition.OnChange}).Of(c.Last); b.On == "" {
		return distrusted(evidence, b.Why)
	}
	return evidence
}

// own leaves out the pipelines of other merge requests of the same head: they ran for another target.
func (c *change) own(evidence []Evidence) []Evidence {
	return keep(evidence, func(e Evidence) bool { return e.Change == 0 || e.Change == c.Last.Number })
}

// proposedLayer holds back a change that brings a team's layer which would be refused. A change
// that mends a refused one is judged by the file it brings.
func (b *brief) proposedLayer(c *change, g *Governed, touched diff) *Finding {
	path := FilePath(g.Component)
	if touched.Complete && !slices.Contains(touched.Paths, path) {
		return nil
	}
	at := b.look(c.Last.Repo.Key(), c.Last.Head)
	var file fileRead
	ok := false
	if at != nil {
		file, ok = at.Files[path]
	}
	if !ok {
		b.want(Want{Kind: WantFile, Repo: b.s.asKnown(c.Last.Repo), Commit: c.Last.Head, Path: path})
		f := unread(g, "the team's Definition of Done that the change brings", "nothing yet: "+path+" is being read")
		return &f
	}
	if file.Absent {
		return nil
	}
	accepted := b.s.components[g.Name].File.Accepted
	layer := b.s.layerOf(g.Component, teamFile{Read: true, Source: file.Source, Cut: file.Cut, Accepted: accepted})
	if _, _, refused := tighten(b.s.nexus.Definition, g.Component, layer); refused != nil {
		f := refusal(g, refused)
		return &f
	}
	return nil
}

// asKnown is a repository by its latest name and installation.
func (s *State) asKnown(r Repo) Repo {
	if known, ok := s.repos[r.Key()]; ok {
		return known.Repo
	}
	return r
}
