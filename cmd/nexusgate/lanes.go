package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nexusgate/nexusgate/gate/metrics"
	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/gate/trace"
)

// lanes are those of all Nexuses: this process works in some of them, and shows the others as they are
// recorded. Among equal replicas each has its share, and takes over from one that gives no sign of life.
type lanes struct {
	store   *store.Store
	decode  decoder
	metrics *metrics.Metrics
	trace   *trace.Tracer // nil: nothing is traced
	log     *slog.Logger
	now     func() time.Time
	holder  string                       // this process
	bell    *bell                        // rung when anything has changed in any lane
	work    func(context.Context, *lane) // until its context ends, or the lane is lost
	live    atomic.Int64                 // replicas, with this one
	changed chan struct{}                // signalled when lanes are to be looked at again
	beats   sync.WaitGroup
	still   context.CancelFunc // ends the beats; nil: there are none

	mu      sync.Mutex
	held    map[string]*lane
	tenures map[string]*tenure   // of held lanes, and of those that are being restored
	taken   map[string]time.Time // when this process last took a lane up
	names   []string             // of all lanes, as last seen
	mirrors map[string]*mirror
	desks   map[string]*desk
	refused map[string]refusal // lanes that could not be taken up when it was last tried

	moved  sightings[store.Lane]    // used by one goroutine
	beaten sightings[store.Replica] // and this by another, once the first is begun
}

func newLanes(s *store.Store, m *metrics.Metrics, log *slog.Logger, now func() time.Time) *lanes {
	a := &lanes{
		store: s, decode: decode, metrics: m, log: log, now: now, holder: s.NewID(), bell: newBell(), changed: make(chan struct{}, 1),
		held: map[string]*lane{}, tenures: map[string]*tenure{}, taken: map[string]time.Time{}, mirrors: map[string]*mirror{}, desks: map[string]*desk{}, refused: map[string]refusal{},
		moved: sightings[store.Lane]{}, beaten: sightings[store.Replica]{},
	}
	a.live.Store(1)
	return a
}

// replicas is how many processes are alive, with this one.
func (a *lanes) replicas() int { return int(a.live.Load()) }

// claim takes up what is free, and restores what is known there, so that it is there before anybody asks.
// From now on this replica is there, until it leaves.
func (a *lanes) claim(ctx context.Context) error {
	if !a.store.Alone() {
		if err := a.attend(ctx); err != nil {
			return err
		}
		beating, still := context.WithCancel(context.WithoutCancel(ctx))
		a.still = still
		a.beats.Go(func() { a.beat(beating) })
	}
	return a.tend(ctx, func(t *tenure) error {
		err := a.enter(ctx, t)
		if stack := stackOf(err); stack != "" { // the other Nexuses are served
			a.log.ErrorContext(ctx, "a lane cannot be taken up; trying again", "nexus", t.lease.Lane, "error", err, "stack", stack)
			return nil
		}
		return err
	})
}

// tend lets a lane go if this replica has more than its share, and claims those that nobody works in, to be
// entered.
func (a *lanes) tend(ctx context.Context, enter func(*tenure) error) error {
	seen, err := a.store.Lanes(ctx)
	if err != nil {
		return err
	}
	share := a.see(seen)
	if a.count() > share {
		a.letGo()
	}
	var errs []error
	for _, one := range seen {
		if !a.free(one) || a.count() >= share {
			continue
		}
		t, err := a.take(ctx, one)
		if err == nil {
			err = enter(t)
		}
		if err != nil && !errors.Is(err, store.ErrFenced) {
			errs = append(errs, fmt.Errorf("taking up the lane %q: %w", one.Name, err))
		}
	}
	return errors.Join(errs...)
}

// see notes which lanes there are, and says how many of them are this replica's share.
func (a *lanes) see(seen []store.Lane) (share int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.names = a.names[:0]
	for _, one := range seen {
		a.names = append(a.names, one.Name)
	}
	live := a.replicas()
	return (len(seen) + live - 1) / live
}

// free says whether nobody works in a lane.
func (a *lanes) free(one store.Lane) bool {
	still := a.moved.still(one.Name, one, time.Now())
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.tenures[one.Name] != nil || time.Since(a.taken[one.Name]) < takeAgain {
		return false
	}
	return one.Holder == "" || one.Holder == a.holder || still >= claimAfter || a.store.Alone()
}

func (a *lanes) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.tenures)
}

// take claims a lane.
func (a *lanes) take(ctx context.Context, seen store.Lane) (*tenure, error) {
	asked := time.Now()
	lease, err := a.store.Claim(ctx, seen, a.holder)
	if err != nil {
		return nil, err
	}
	if !a.store.Alone() {
		a.log.InfoContext(ctx, "a lane was taken up", "nexus", seen.Name, "fence", lease.Fence, "before", seen.Holder)
	}
	t := newTenure(lease, asked, a.store.Alone())
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tenures[seen.Name], a.taken[seen.Name] = t, time.Now()
	return t, nil
}

// enter restores what a lane knows, for it to be worked in.
func (a *lanes) enter(ctx context.Context, t *tenure) error {
	l, err := a.restored(ctx, t)
	if err != nil {
		a.lost(t)
		a.refuse(t.lease.Lane, err)
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.refused, l.name())
	a.held[l.name()] = l
	delete(a.mirrors, l.name())
	return nil
}

// letGo ends the work in one lane, for another replica to go on with.
func (a *lanes) letGo() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(a.held))) {
		a.tenures[name].end()
		return
	}
}

// lost lets go of a lane when nothing is done in it any more. If it is another's already, nothing happens.
func (a *lanes) lost(t *tenure) {
	t.end()
	ctx, stop := context.WithTimeout(context.Background(), tenureLasts)
	defer stop()
	if err := a.store.Release(ctx, t.lease); err != nil {
		a.log.Warn("a lane was not released; others take it over all the same", "nexus", t.lease.Lane, "error", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.held, t.lease.Lane)
	delete(a.tenures, t.lease.Lane)
	time.AfterFunc(takeAgain-time.Since(a.taken[t.lease.Lane]), a.look)
}

// look has the lanes be looked at again.
func (a *lanes) look() {
	select {
	case a.changed <- struct{}{}:
	default:
	}
}

// leave lets all lanes go, when nothing is done in them any more, and is a replica no more.
func (a *lanes) leave() {
	a.mu.Lock()
	left := slices.Collect(maps.Values(a.tenures))
	a.mu.Unlock()
	for _, t := range left {
		a.lost(t)
	}
	if a.still != nil {
		a.still()
		a.beats.Wait()
		a.depart()
		a.still = nil
	}
}
