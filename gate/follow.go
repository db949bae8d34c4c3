package gate

import "time"

// Follow has a ledger show what was restored into it since, as of a step. Nothing is judged: it is for the
// pages of a Nexus whose deliveries another process applies. Documents may be restored again and again,
// those that are gone without a body.
func (l *Ledger) Follow(seq int64, now time.Time) error {
	if err := l.Begin(seq, now); err != nil {
		return err
	}
	for _, s := range l.states {
		s.pending = ""
		if h, ok := s.place(); ok && s.nexus != nil {
			s.pending = s.weighHome(h, l.now).trouble
		}
		clear(s.stirred)
		clear(s.reviews)
		clear(s.changed)
		s.foldLeft()
	}
	return nil
}

// forget drops a document that is gone.
func (s *State) forget(kind, id string) {
	switch kind {
	case repoDoc:
		delete(s.repos, id)
	case branchDoc:
		delete(s.branches, id)
	case commitDoc:
		delete(s.commits, id)
	case changeDoc:
		delete(s.changes, id)
	case groupDoc:
		delete(s.groups, id)
	case compositionDoc:
		delete(s.compositions, id)
	case awaitedDoc:
		delete(s.awaited, id)
	case deploymentDoc:
		delete(s.deployments, id)
	case tagDoc:
		delete(s.tags, id)
	case componentDoc:
		s.bound = nil
		delete(s.components, id)
	case standingDoc:
		delete(s.standings, id)
	case sumRunDoc:
		delete(s.sumRuns, id)
	case integratingDoc:
		s.integrating = integrating{}
	case itemDoc:
		delete(s.items, id)
	case thingDoc:
		delete(s.things, id)
	case chapterDoc:
		delete(s.chapters, id)
	case heldDoc:
		delete(s.holdings, id)
	}
}
