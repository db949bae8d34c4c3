package gate

import (
	"maps"
	"slices"
	"time"
)

// TakeBacklog copies what the Product Backlog of a Nexus is read from. That takes a fraction of what reading it takes, which
// can be left for later: read gives what [Ledger.Backlog] would now, whatever becomes of the ledger.
func (l *Ledger) TakeBacklog(nexus string, now time.Time) (read func() Backlog) {
	taken := NewLedgerOf(nexus)
	if s, ok := l.states[nexus]; ok && s.nexus != nil && !s.record.Retired {
		taken.states[nexus] = s.shelved()
	}
	return func() Backlog { return taken.Backlog(nexus, now) }
}

// TakeChronicle copies what the whole chronicle of a Nexus is read from, as [Ledger.TakeBacklog] does.
func (l *Ledger) TakeChronicle(nexus string) (read func() Chronicle) {
	taken := NewLedgerOf(nexus)
	if s, known := l.standingOf(nexus); known {
		taken.states[nexus] = s.archived()
	}
	return func() Chronicle { return taken.Chronicle(nexus, time.Time{}, time.Time{}) }
}

// shelved is as much of a state as the Product Backlog is read from. What lies in a milestone, a thing, an item and a
// change is replaced there, and not changed.
func (s *State) shelved() *State {
	t := s.bare()
	t.nexus, t.milestones, t.things = s.nexus, maps.Clone(s.milestones), maps.Clone(s.things)
	t.backlog.Keys = maps.Clone(s.backlog.Keys)
	t.repos = copied(s.repos, func(r *repository) repository { return repository{Repo: r.Repo, Gone: r.Gone} })
	t.labels = copied(s.labels, func(r *renames) renames { return renames{Words: slices.Clone(r.Words)} })
	t.items = copied(s.items, func(i *item) item { return *i })
	t.changes = copied(s.changes, (*change).shown)
	t.componentsIn("") // so that nothing is noted any more when it is read
	return t
}

// archived is as much of a state as its chronicle is read from. What is written in a chapter stays as it is.
func (s *State) archived() *State {
	t := s.bare()
	t.nexus, t.chronicled, t.record.Done = s.nexus, s.chronicled, s.record.Done
	t.chapters = copied(s.chapters, func(c *chapter) chapter { return *c })
	t.holdings = copied(s.holdings, func(h *holding) holding { return holding{h.Team, maps.Clone(h.Holds)} })
	return t
}

// bare is a state with its components, by where they lie, and nothing else.
func (s *State) bare() *State {
	return &State{name: s.name, components: copied(s.components, func(c *component) component { return component{Defined: c.Defined, Repo: c.Repo} })}
}

// shown is as much of a change as others see of it.
func (c *change) shown() change {
	return change{Last: c.Last, Author: c.Author, DoneAt: c.DoneAt, MergedAt: c.MergedAt, Since: c.Since, Reads: c.Reads}
}

// copied are copies of what is kept by key, all in one place.
func copied[T any](all map[string]*T, copy func(*T) T) map[string]*T {
	copies, place := make(map[string]*T, len(all)), make([]T, 0, len(all))
	for key, one := range all {
		place = append(place, copy(one))
		copies[key] = &place[len(place)-1]
	}
	return copies
}
