package gate

import (
	"cmp"
	"slices"
	"time"
)

// chronicler reads what is kept of a span of time.
type chronicler struct {
	s            *State
	since, until time.Time
	entries      []*entry
	c            Chronicle
}

func newChronicler(s *State, since, until time.Time) *chronicler {
	r := &chronicler{s: s, since: since, until: until, c: Chronicle{
		Since: since, Until: until, Kept: s.chronicled.Kept, Points: []Point{}, Holds: []Hold{}, Excepted: []Hold{},
		Landed: []Landed{}, Retried: []Rerun{}, Released: []Released{}, Versions: []Version{}, Done: []DoneMark{},
	}}
	for n := max(s.chronicled.First, 1); n <= s.chronicled.Last; n++ {
		if c := s.chapters[chapterKey(n)]; c != nil {
			for i := range c.Entries {
				r.entries = append(r.entries, &c.Entries[i])
			}
		}
	}
	return r
}

// in says whether a moment is of the span.
func (r *chronicler) in(at time.Time) bool {
	return !at.Before(r.since) && (r.until.IsZero() || at.Before(r.until))
}

// early says whether a moment is before the end of the span.
func (r *chronicler) early(at time.Time) bool { return r.until.IsZero() || at.Before(r.until) }

func (r *chronicler) read() Chronicle {
	for _, e := range r.entries {
		r.take(e)
	}
	r.holding()
	for _, mark := range r.s.record.Done {
		if r.in(mark.At) {
			r.c.Done = append(r.c.Done, mark)
		}
	}
	released := r.released()
	r.c.Landed = append(r.c.Landed, r.landed(released)...)
	for _, one := range released {
		if r.in(one.At) {
			r.c.Released = append(r.c.Released, *one)
		}
	}
	slices.SortStableFunc(r.c.Released, func(a, b Released) int { return a.At.Compare(b.At) })
	return r.c
}

// take takes in an entry that stands for itself.
func (r *chronicler) take(e *entry) {
	switch {
	case e.Point != nil && r.early(e.At):
		if len(r.c.Points) == 1 && !r.in(r.c.Points[0].At) && !e.At.After(r.since) {
			r.c.Points = r.c.Points[:0] // it stood no more when the span began
		}
		r.c.Points = append(r.c.Points, *e.Point)
	case e.Hold != nil && e.Hold.To.After(r.since) && r.early(e.Hold.From):
		r.held(*e.Hold)
	case e.Rerun != nil && r.in(e.At):
		r.c.Retried = append(r.c.Retried, *e.Rerun)
	case e.Version != nil && r.in(e.At):
		r.c.Versions = append(r.c.Versions, *e.Version)
	}
}

func (r *chronicler) held(h Hold) {
	if h.Exception == "" {
		r.c.Holds = append(r.c.Holds, h)
	} else {
		r.c.Excepted = append(r.c.Excepted, h)
	}
}

// holding takes in what still holds the Increment back.
func (r *chronicler) holding() {
	for _, component := range sortedKeys(r.s.holdings) {
		was := r.s.holdings[component]
		for _, criterion := range sortedKeys(was.Holds) {
			if h := was.Holds[criterion]; r.early(h.Since) {
				r.held(Hold{
					Team: was.Team, Component: component, Criterion: criterion, Outcome: h.Outcome, Exception: h.Exception, From: h.Since,
				})
			}
		}
	}
	for _, holds := range [][]Hold{r.c.Holds, r.c.Excepted} {
		slices.SortStableFunc(holds, func(a, b Hold) int { return a.From.Compare(b.From) })
	}
}

// released puts together what was said of each release and deployment, in the order of the first word.
func (r *chronicler) released() (all []*Released) {
	byKey := map[string]*Released{}
	for _, e := range r.entries {
		if e.Released == nil {
			continue
		}
		said := *e.Released
		key, byName := said.Key+" "+said.Commit, publishedKey(said.tag(), time.Time{})+" "+said.Commit
		if named := byKey[byName]; named != nil && byKey[key] == nil {
			delete(byKey, byName) // its tag was told of first, and then that it was published
			byKey[key], named.Key = named, said.Key
		}
		was := byKey[key]
		if was == nil {
			byKey[key] = &said
			all = append(all, &said)
			continue
		}
		raised := !said.Alarmed.IsZero()
		was.Unknown = said.Unknown
		was.Outcome, was.Increment = said.Outcome, cmp.Or(said.Increment, was.Increment)
		switch {
		case raised && was.Alarmed.IsZero():
			was.Alarmed = said.Alarmed
		case raised:
			was.Mended = time.Time{}
		case !was.Alarmed.IsZero() && was.Mended.IsZero():
			was.Mended = e.At
		}
	}
	return all
}

// landed puts together what moved, what was merged, what became done and what went out.
func (r *chronicler) landed(released []*Released) (all []Landed) {
	changes, outs := r.merged(), r.outs(released)
	for _, e := range r.entries {
		l := e.Landing
		if l == nil || !r.in(l.At) {
			continue
		}
		brought := changes[placeOf(l.Component, l.Commit)]
		if len(brought) == 0 {
			brought = []*mergedAs{{Commit: l.Commit, At: l.At}}
		}
		for _, m := range brought {
			one := Landed{
				At: l.At, Team: l.Team, Component: l.Component, Commit: cmp.Or(m.Commit, l.Commit), Change: m.Change, Title: m.Title, URL: m.URL,
				Opened: m.Opened, Increment: l.Increment, Items: m.Items, Done: r.doneSince(l.Increment),
			}
			one.Change.Change = !m.Change.zero() // it is not told from an item where it is kept, on GitHub
			for _, o := range outs[l.Component] {
				if o.number >= l.Increment && !o.at.Before(l.At) {
					one.Released = earliest(one.Released, o.at)
				}
			}
			all = append(all, one)
		}
	}
	slices.SortStableFunc(all, func(a, b Landed) int { return a.At.Compare(b.At) })
	return all
}

func placeOf(component, commit string) string { return component + " " + commit }

// merged finds for each change the commit by which it came into a component: its own, or, where several landed with
// one push, that of the next landing.
func (r *chronicler) merged() map[string][]*mergedAs {
	of, lands := map[string]*landings{}, map[string][]string{} // components by commit
	for _, e := range r.entries {
		if l := e.Landing; l != nil {
			if of[l.Component] == nil {
				of[l.Component] = &landings{}
			}
			of[l.Component].add(l)
			if !slices.Contains(lands[l.Commit], l.Component) {
				lands[l.Commit] = append(lands[l.Commit], l.Component)
			}
		}
	}
	changes := map[string][]*mergedAs{}
	for _, e := range r.entries {
		m := e.Merged
		if m == nil || m.At.Before(r.s.chronicled.Kept) {
			continue
		}
		own := false
		for _, component := range lands[m.Commit] {
			if r.s.isOf(component, m.Repo) {
				at := placeOf(component, m.Commit)
				changes[at], own = append(changes[at], m), true
			}
		}
		for _, component := range m.Components {
			if next := of[component].since(m.At.Add(-time.Minute)); next != nil && !own {
				at := placeOf(component, next.Commit)
				changes[at] = append(changes[at], m)
			}
		}
	}
	return changes
}

// landings are those of a component, in the order in which they were told.
type landings struct {
	all    []*movedOn
	latest []time.Time // of those up to each
}

func (l *landings) add(one *movedOn) {
	at := one.At
	if n := len(l.latest); n > 0 {
		at = latest(at, l.latest[n-1])
	}
	l.all, l.latest = append(l.all, one), append(l.latest, at)
}

// since is the first that is not before a moment; nil where there is none.
func (l *landings) since(at time.Time) *movedOn {
	if l == nil {
		return nil
	}
	n, _ := slices.BinarySearchFunc(l.latest, at, time.Time.Compare)
	if n == len(l.all) {
		return nil
	}
	return l.all[n]
}

func (s *State) isOf(component, repo string) bool {
	c := s.components[component]
	return c == nil || c.Repo == repo
}

// doneSince is when the first Increment from a number on became done.
func (r *chronicler) doneSince(number int64) time.Time {
	for _, mark := range r.s.record.Done {
		if mark.Number >= number {
			return mark.At
		}
	}
	return time.Time{}
}

// out is that a component went out, as an Increment had it.
type out struct {
	at     time.Time
	number int64
}

// outs are the releases, and the deployments that the door let through, by component. Of what went out at a commit
// that is not known, the Increment that was judged says nothing.
func (r *chronicler) outs(released []*Released) map[string][]out {
	numbers := map[string]int64{}
	for _, e := range r.entries {
		if l := e.Landing; l != nil {
			numbers[placeOf(l.Component, l.Commit)] = l.Increment
		}
	}
	outs := map[string][]out{}
	for _, one := range released {
		landed := func(component string) bool { return numbers[placeOf(component, one.Commit)] > 0 }
		one.Unknown = one.Unknown && !slices.ContainsFunc(one.Components, landed) // it may be told late
		if one.Unknown || one.Outcome != Done && one.Environment != "" {
			continue
		}
		for _, component := range one.Components {
			number := cmp.Or(numbers[placeOf(component, one.Commit)], one.Increment)
			outs[component] = append(outs[component], out{one.At, number})
		}
	}
	return outs
}
