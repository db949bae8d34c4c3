package gate

// holdHome holds what is known of the landings on the home since its basis: which layer is in force
// follows from them anew whenever something is told of them.
func (p *pruning) holdHome() {
	s := p.s
	h, ok := s.place()
	b := s.branches[branchKey(s.home.Repo, h.Branch)]
	if !ok || b == nil {
		return
	}
	p.holdLanded(s.home.Repo, s.home.Base.Commit)
	p.holdLanded(s.home.Repo, s.home.Base.Unspoken)
	head := b.head()
	if !head.Known {
		p.holdBranch(s.home.Repo, b)
		return
	}
	w := &walk{s: s, home: h, basis: s.home.Base, arrived: map[string]bool{}}
	landings := s.homeLandings(h, head.Commit)
	for _, l := range landings {
		numbers, _ := w.landingRead(l.Commit)
		for _, number := range numbers {
			if key := changeKey(s.home.Repo, number); s.changes[key] != nil {
				p.holdChange(key)
			}
		}
	}
	for _, l := range w.uncovered(landings) {
		p.holdLanded(s.home.Repo, l.Commit)
		if l.Push != nil {
			p.holdLanded(s.home.Repo, l.Push.Before)
		}
	}
	p.holdTogether(h)
}

// holdTogether holds the changes to the home that may have landed in one push with one that is held: see
// shadows.
func (p *pruning) holdTogether(h Home) {
	s := p.s
	toHome := func(c *change) bool {
		return c.Last.Repo.Key() == s.home.Repo && c.Last.Base == h.Branch && c.Last.State == ChangeMerged && !c.Weighed
	}
	var held []*change
	for key := range p.changes {
		if c := s.changes[key]; toHome(c) {
			held = append(held, c)
		}
	}
	for key, c := range s.changes {
		if !toHome(c) {
			continue
		}
		for _, other := range held {
			if other.MergedAt.Sub(c.MergedAt).Abs() <= together {
				p.holdChange(key)
			}
		}
	}
}
