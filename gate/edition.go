package gate

// Edition numbers what the pages of a Nexus are made of, by the step that changed it last: what was made of one
// edition need not be made again while it is the latest.
type Edition struct{ Backlog, Chronicle int64 }

// NoOlder says whether what was made of an edition tells all that is known in another.
func (e Edition) NoOlder(than Edition) bool {
	return e.Backlog >= than.Backlog && e.Chronicle >= than.Chronicle
}

// Edition is the latest of a Nexus. Since it began, time alone may have changed what is told of it.
func (l *Ledger) Edition(nexus string) Edition {
	if s, known := l.states[nexus]; known {
		return s.edition
	}
	return Edition{}
}

// revised is what was changed since the last edition.
type revised struct{ backlog, chronicle bool }

// revise notes what a kind of document is read for.
func (s *State) revise(kind string) {
	switch kind {
	case changeDoc, itemDoc, thingDoc, milestoneDoc, labelsDoc, backlogDoc, repoDoc:
		s.revised.backlog = true
	case chronicleDoc, chapterDoc, heldDoc, recordDoc:
		s.revised.chronicle = true
	case componentDoc, inForceDoc:
		s.revised = revised{true, true}
	}
}

// publish begins an edition of what was changed.
func (s *State) publish(seq int64) {
	if s.revised.backlog {
		s.edition.Backlog = seq
	}
	if s.revised.chronicle {
		s.edition.Chronicle = seq
	}
	s.revised = revised{}
}
