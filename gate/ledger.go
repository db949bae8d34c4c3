package gate

import (
	"fmt"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Ledger takes deliveries in recorded order and says what each does to the record. It holds the
// folded state of a Nexus, and does no I/O: who owns it keeps the steps, and asks one at a time.
type Ledger struct {
	states map[string]*State
	only   string // the one Nexus that it is of
	some   bool   // or of none but that
	seq    int64
	now    time.Time
}

// NewLedger is a ledger of an empty log. It takes in every Nexus that it is given.
func NewLedger() *Ledger { return &Ledger{states: map[string]*State{}} }

// NewLedgerOf is a ledger of the empty log of one Nexus, which passes over what is given of others. Of
// the Nexus "" there is nothing to fold: its deliveries are set aside or unused.
func NewLedgerOf(nexus string) *Ledger {
	return &Ledger{states: map[string]*State{}, only: nexus, some: true}
}

// Restore puts one kept document back. Begin follows when all are in.
func (l *Ledger) Restore(doc Doc) error {
	if err := l.state(doc.Nexus).restore(doc); err != nil {
		return fmt.Errorf("restoring %q of the Nexus %s: %w", doc.Key, doc.Nexus, err)
	}
	return nil
}

func (l *Ledger) state(nexus string) *State {
	s, ok := l.states[nexus]
	if !ok {
		s = NewState(nexus)
		l.states[nexus] = s
	}
	return s
}

// Begin goes on after the last kept step. All that is open will be judged by the next Wake, since
// time has passed.
func (l *Ledger) Begin(seq int64, now time.Time) error {
	l.seq, l.now = seq, now.UTC()
	for name, s := range l.states {
		if err := s.begin(); err != nil {
			return fmt.Errorf("what is kept of the Nexus %s: %w", name, err)
		}
		s.publish(seq)
	}
	return nil
}

func (s *State) begin() error {
	clear(s.landedAs)
	s.unsummed, s.unintegrated = true, true
	s.recallHistory()
	for key, c := range s.changes {
		s.indexLanded(key, c)
	}
	if s.inForce.Source == "" {
		return nil
	}
	d, faults := s.load(s.inForce.Source, s.inForce.Settled)
	if len(faults) > 0 {
		return fmt.Errorf("its definition: %w", faults)
	}
	s.define(d)
	s.govern()
	s.stirAll()
	return s.recallSum()
}

// Apply folds a delivery that decoded to events, and judges what it bears on.
func (l *Ledger) Apply(d Delivery, events []Event, now time.Time) Step {
	step := l.next(now)
	step.Delivery, step.Result = d.ID, Unused
	m := moment{id: d.ID, trust: d.Trust, told: d.Source != FromUs, received: d.Received, now: step.Now, happened: happened(d, events)}
	for _, e := range events {
		if l.fold(e, m, &step) {
			step.Result = Applied
		}
	}
	l.judge(&step, m)
	return step
}

// SetAside records that a delivery does not decode.
func (l *Ledger) SetAside(d Delivery, reason string, now time.Time) Step {
	step := l.next(now)
	step.Delivery, step.Result, step.Reason = d.ID, Aside, reason
	return step
}

// PassOver records that to fold or judge a delivery brought out a fault of ours. A ledger in which that
// happened is half changed: this is asked of one that was read anew, and so is a replay, which passes over
// the delivery as well.
func (l *Ledger) PassOver(d Delivery, reason string, now time.Time) Step {
	step := l.next(now)
	step.Delivery, step.Result, step.Reason = d.ID, Broken, reason
	return step
}

// Wake judges what time alone may have changed by now. It is empty, and need not be recorded, if
// nothing came of it.
func (l *Ledger) Wake(now time.Time) (step Step, empty bool) {
	step = l.next(now)
	for _, s := range l.states {
		s.wake(step.Now)
	}
	l.judge(&step, moment{received: step.Now, now: step.Now})
	if len(step.Docs)+len(step.Verdicts)+len(step.Owed) == 0 {
		l.seq--
		return Step{}, true
	}
	return step, false
}

func (s *State) wake(now time.Time) {
	for key, due := range s.due {
		if !due.After(now) {
			delete(s.due, key)
			s.stir(s.subject[key])
		}
	}
	if !s.homeDue.IsZero() && !s.homeDue.After(now) {
		s.stirHome()
	}
	if !s.integrateDue.IsZero() && !s.integrateDue.After(now) {
		s.unintegrated = true
	}
}

// next numbers a step. Time never runs backwards in the log, whatever the clock does; and it is as
// coarse as it is kept, so that a replay judges by the very same moment.
func (l *Ledger) next(now time.Time) Step {
	l.seq++
	if now = now.UTC().Truncate(time.Microsecond); now.After(l.now) {
		l.now = now
	}
	return Step{Seq: l.seq, Now: l.now}
}

func (l *Ledger) fold(e Event, m moment, step *Step) (used bool) {
	if given, ok := e.(NexusGiven); ok {
		return l.foldNexus(given, m.received, step)
	}
	for _, name := range sortedKeys(l.states) {
		if s := l.states[name]; !s.record.Retired {
			used = s.fold(e, m) || used
		}
	}
	return used
}

// foldNexus puts a Nexus-wide layer in force. It was vetted before it was given; one that does not
// load changes nothing.
func (l *Ledger) foldNexus(given NexusGiven, received time.Time, step *Step) bool {
	d, err := loadLayer(given.File, given.Source, given.Settled)
	if err != nil || l.some && d.Name != l.only {
		return false
	}
	if l.state(d.Name).foldNexus(given, d, received) {
		step.Definitions = append(step.Definitions, DefinitionSource{
			Digest: digestOf(given.Source), Nexus: d.Name, File: given.File, Source: given.Source, Settled: given.Settled,
		})
	}
	return true
}

// NextDue is the next moment at which time alone may change a verdict.
func (l *Ledger) NextDue() (due time.Time, ok bool) {
	for _, s := range l.states {
		if !s.record.Retired {
			due = earliest(earliest(due, s.homeDue), s.integrateDue)
		}
		for _, at := range s.due {
			due = earliest(due, at)
		}
	}
	return due, !due.IsZero()
}

// Wants are the reads that verdicts wait for, each once and of a repository by its latest name: first what
// has landed in a home, then in the order of their keys.
func (l *Ledger) Wants() []Want {
	wants := map[string]Want{}
	for _, s := range l.states {
		if s.record.Retired {
			continue
		}
		for _, some := range s.wants {
			for _, w := range some {
				w.Repo = s.asKnown(w.Repo)
				w.Landed = w.Landed || wants[w.Key()].Landed
				wants[w.Key()] = w
			}
		}
		for _, w := range s.wantedTags() {
			wants[w.Key()] = w
		}
	}
	list := make([]Want, 0, len(wants))
	for _, key := range sortedKeys(wants) {
		list = append(list, wants[key])
	}
	slices.SortStableFunc(list, func(a, b Want) int { return yesLast(b.Landed, a.Landed) })
	return list
}

// Nexuses are the names of those in force.
func (l *Ledger) Nexuses() []string {
	return slices.DeleteFunc(sortedKeys(l.states), func(name string) bool {
		return l.states[name].nexus == nil || l.states[name].record.Retired
	})
}

// Sources are the Nexus-wide layers in force that were given as files, by Nexus. A Nexus whose
// definition has a home is not among them: it is neither given again nor retired for want of a file.
func (l *Ledger) Sources() map[string]string {
	sources := map[string]string{}
	for _, name := range l.Nexuses() {
		if in := l.states[name].inForce; in.Home == "" {
			sources[name] = in.Source
		}
	}
	return sources
}

// Homes are the Nexuses whose definitions live on a forge, by home as [Home.String] writes it. What
// lands there is listened to from when it was first given on: on a later start only a fresh head
// of it is kept. One whose home is named no more is to be retired.
func (l *Ledger) Homes() map[string]string {
	homes := map[string]string{}
	for _, name := range l.Nexuses() {
		if home := l.states[name].inForce.Home; home != "" {
			homes[home] = name
		}
	}
	return homes
}

// Definition is the Nexus-wide layer of a Nexus, as it is in force.
func (l *Ledger) Definition(nexus string) (*definition.Definition, bool) {
	s, known := l.states[nexus]
	if !known || s.nexus == nil || s.record.Retired {
		return nil, false
	}
	return s.nexus.Definition, true
}

// HomeHead is the read that tells anew what the head of a Nexus's home is.
func (l *Ledger) HomeHead(nexus string) (Want, bool) {
	s, known := l.states[nexus]
	if !known {
		return Want{}, false
	}
	h, ok := s.place()
	want := Want{Kind: WantHead, Repo: s.homeRepo(h), Branch: h.Branch}
	if b := s.branches[branchKey(s.home.Repo, h.Branch)]; b != nil {
		want.Covers = b.keys()
	}
	return want, ok
}
