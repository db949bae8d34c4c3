package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/metrics"
	"github.com/nexusgate/nexusgate/gate/store"
)

// lanes are those that this process has, each with what works in it.
type lanes struct {
	store   *store.Store
	metrics *metrics.Metrics
	log     *slog.Logger
	now     func() time.Time
	holder  string
	bell    *bell                        // rung when anything has changed in any lane
	work    func(context.Context, *lane) // until its context ends, or the lane is lost

	mu   sync.Mutex
	held map[string]*lane
	ends chan *lane // takes a lane whose work has ended
}

// claim takes up all lanes and restores what they know, so that it is there before anybody asks.
func (a *lanes) claim(ctx context.Context) error {
	seen, err := a.store.Lanes(ctx)
	if err != nil {
		return err
	}
	for _, one := range seen {
		if err := a.take(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

func (a *lanes) take(ctx context.Context, seen store.Lane) error {
	lease, err := a.store.Claim(ctx, seen, a.holder)
	if err != nil {
		return err
	}
	l, err := a.restored(ctx, lease)
	if err != nil {
		return fmt.Errorf("taking up the lane %q: %w", seen.Name, err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.held[seen.Name] = l
	return nil
}

// run works in the lanes until ctx ends, and takes up those that come.
func (a *lanes) run(ctx context.Context) {
	var work sync.WaitGroup
	defer work.Wait()
	for ctx.Err() == nil {
		for _, l := range a.all() {
			if l.begin() {
				work.Go(func() {
					a.work(ctx, l)
					a.lost(l)
				})
			}
		}
		a.wait(ctx)
	}
}

// retried is how soon a lane that was lost is looked for again.
const retried = time.Second

// wait sleeps until deliveries arrive, and wakes the lanes that they are for.
func (a *lanes) wait(ctx context.Context) {
	timer := time.NewTimer(retried)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return
	case <-a.store.Arrived():
	case <-timer.C:
	}
	waiting, err := a.store.Waiting(ctx, a.holder)
	if err != nil {
		a.trouble(ctx, err)
		return
	}
	for _, name := range waiting {
		if l, held := a.lane(name); held {
			l.arrives()
			continue
		}
		if err := a.find(ctx, name); err != nil {
			a.trouble(ctx, err)
		}
	}
}

// find takes up a lane that somebody made, or that was lost.
func (a *lanes) find(ctx context.Context, name string) error {
	seen, err := a.store.Lanes(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(seen, func(l store.Lane) bool { return l.Name == name })
	if at < 0 {
		return nil
	}
	if err := a.take(ctx, seen[at]); !errors.Is(err, store.ErrFenced) {
		return err
	}
	return nil
}

func (a *lanes) trouble(ctx context.Context, err error) {
	if ctx.Err() == nil {
		a.log.Error("the store is in trouble; trying again", "doing", "looking for what has arrived", "error", err)
		pause(ctx, time.Second)
	}
}

// lost lets go of a lane whose work has ended.
func (a *lanes) lost(l *lane) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.held[l.name()] == l {
		delete(a.held, l.name())
	}
}

func (a *lanes) lane(name string) (*lane, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	l, held := a.held[name]
	return l, held
}

// all are the lanes by name.
func (a *lanes) all() []*lane {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := make([]*lane, 0, len(a.held))
	for _, name := range slices.Sorted(maps.Keys(a.held)) {
		list = append(list, a.held[name])
	}
	return list
}

// nexuses are the names of those in force.
func (a *lanes) nexuses() (names []string) {
	for _, l := range a.all() {
		names = append(names, ofLedger(l, (*gate.Ledger).Nexuses)...)
	}
	return names
}

// sources are the definitions in force that were given as files, by Nexus.
func (a *lanes) sources() map[string]string {
	sources := map[string]string{}
	for _, l := range a.all() {
		maps.Copy(sources, ofLedger(l, (*gate.Ledger).Sources))
	}
	return sources
}

// homes are the Nexuses whose definitions live on a forge, by home.
func (a *lanes) homes() map[string]string {
	homes := map[string]string{}
	for _, l := range a.all() {
		maps.Copy(homes, ofLedger(l, (*gate.Ledger).Homes))
	}
	return homes
}

// definitions are those in force, by Nexus.
func (a *lanes) definitions() map[string]*definition.Definition {
	all := map[string]*definition.Definition{}
	for _, name := range a.nexuses() {
		if d, inForce := a.definition(name); inForce {
			all[name] = d
		}
	}
	return all
}

func (a *lanes) definition(nexus string) (d *definition.Definition, inForce bool) {
	if l, held := a.lane(nexus); held {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.ledger.Definition(nexus)
	}
	return nil, false
}

func (a *lanes) homeHead(nexus string) (w gate.Want, known bool) {
	if l, held := a.lane(nexus); held {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.ledger.HomeHead(nexus)
	}
	return gate.Want{}, false
}

func (a *lanes) standing(nexus string) (gate.Standing, bool) {
	if l, held := a.lane(nexus); held {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.ledger.Standing(nexus, a.now())
	}
	return gate.Standing{}, false
}

// among is how many lanes report to the account that a repository belongs to.
func (a *lanes) among(repo gate.Repo) (n int) {
	if repo.Installation == 0 {
		return 0
	}
	account := gate.Repo{Forge: repo.Forge, Installation: repo.Installation}.Places()[0]
	for _, l := range a.all() {
		if slices.Contains(ofLedger(l, (*gate.Ledger).Routes), account) {
			n++
		}
	}
	return n
}
