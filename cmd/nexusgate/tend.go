package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/nexusgate/nexusgate/gate/store"
)

// How often deliveries are looked for that other replicas have kept: while some come, and while none do.
const (
	pollBusy  = 200 * time.Millisecond
	pollIdle  = 500 * time.Millisecond
	busyAfter = 10 * time.Second // the last of them
	pollAlone = time.Minute      // our own are signalled
)

// run works in the lanes until ctx ends, and sees to it which they are.
func (a *lanes) run(ctx context.Context) {
	var work sync.WaitGroup
	tended, arrived := time.Now(), time.Now()
	for ctx.Err() == nil {
		for _, l := range a.all() {
			if l.begin() {
				work.Go(func() { a.workIn(ctx, l) })
			}
		}
		look, some := a.wait(ctx, a.pace(arrived))
		if some {
			arrived = time.Now()
		}
		if look || !a.store.Alone() && time.Since(tended) >= beatEvery {
			a.trouble(ctx, "looking after the lanes", a.tend(ctx, func(t *tenure) error {
				work.Go(func() { a.enterAside(ctx, t) })
				return nil
			}))
			tended = time.Now()
		}
	}
	work.Wait()
}

// enterAside enters a lane while others are worked in: it may take long, and one that cannot be entered is no
// trouble of theirs.
func (a *lanes) enterAside(ctx context.Context, t *tenure) {
	if err := a.enter(ctx, t); err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrFenced) {
		a.log.ErrorContext(ctx, "a lane cannot be taken up; trying again", "nexus", t.lease.Lane, "error", err)
	}
	a.look()
}

func (a *lanes) pace(arrived time.Time) time.Duration {
	switch {
	case a.store.Alone():
		return pollAlone
	case time.Since(arrived) < busyAfter:
		return pollBusy
	default:
		return pollIdle
	}
}

// workIn works in a lane until ctx ends or the lane is lost.
func (a *lanes) workIn(ctx context.Context, l *lane) {
	ctx, stop := context.WithCancel(ctx)
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case <-l.tenure.over:
			stop()
		case <-ctx.Done():
		}
	})
	a.work(ctx, l)
	stop()
	watch.Wait()
	if l.tenure.late.Load() {
		a.log.WarnContext(ctx, "a lane was not renewed in time, and is let go of", "nexus", l.name())
	}
	a.lost(l.tenure)
}

// wait sleeps until deliveries arrive, and wakes the lanes that they are for. It says whether the lanes
// themselves are to be looked at.
func (a *lanes) wait(ctx context.Context, most time.Duration) (look, some bool) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false, false
	case <-a.changed:
		look = true
	case <-a.store.Arrived():
	case <-timer.C:
	}
	waiting, err := a.store.Waiting(ctx, a.holder)
	if err != nil {
		a.trouble(ctx, "looking for what has arrived", err)
		pause(ctx, beatEvery)
		a.look() // nobody else says once more that something has
	}
	for _, name := range waiting {
		if l, held := a.lane(name); held {
			l.arrives()
		} else {
			look = true // somebody made it, or it was lost
		}
	}
	return look, len(waiting) > 0
}

func (a *lanes) trouble(ctx context.Context, doing string, err error) {
	if err != nil && ctx.Err() == nil {
		a.log.ErrorContext(ctx, "the store is in trouble; trying again", "doing", doing, "error", err)
	}
}

// beat gives signs of life until ctx ends: that this replica is there, and that it works in its lanes.
func (a *lanes) beat(ctx context.Context) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	steps := map[string]int64{}
	for ctx.Err() == nil {
		a.trouble(ctx, "renewing leases", a.renew(ctx))
		a.trouble(ctx, "giving a sign of life", a.attend(ctx))
		a.trouble(ctx, "looking at other lanes", a.overhear(ctx, steps))
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// renew raises the beat of our lanes. Those that are another's by now are lost.
func (a *lanes) renew(ctx context.Context) error {
	a.mu.Lock()
	var leases []store.Lease
	ours := map[store.Lease]*tenure{}
	for _, t := range a.tenures {
		leases, ours[t.lease] = append(leases, t.lease), t
	}
	a.mu.Unlock()
	if len(leases) == 0 {
		return nil
	}
	asked := time.Now()
	ctx, stop := context.WithTimeout(ctx, tenureLasts)
	defer stop()
	renewed, err := a.store.Renew(ctx, leases...)
	if err != nil {
		return err
	}
	for _, lease := range leases {
		if slices.Contains(renewed, lease) {
			ours[lease].renewed(asked)
			continue
		}
		a.log.WarnContext(ctx, "a lane is another replica's by now", "nexus", lease.Lane)
		ours[lease].end()
	}
	return nil
}

// forgotten is after how long a replica that gave no sign of life is forgotten.
const forgotten = time.Minute

// attend gives this replica's sign of life, and counts those that give theirs.
func (a *lanes) attend(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, tenureLasts)
	defer stop()
	if err := a.store.Attend(ctx, a.holder); err != nil {
		return err
	}
	replicas, err := a.store.Replicas(ctx)
	if err != nil {
		return err
	}
	live := int64(0)
	for _, r := range replicas {
		switch still := a.beaten.still(r.Name, r, time.Now()); {
		case still < claimAfter:
			live++
		case still >= forgotten:
			if err := a.store.Forget(ctx, r); err != nil {
				return err
			}
			delete(a.beaten, r.Name)
		}
	}
	a.live.Store(max(1, live))
	return nil
}

// depart is this replica's last word.
func (a *lanes) depart() {
	ctx, stop := context.WithTimeout(context.Background(), tenureLasts)
	defer stop()
	replicas, err := a.store.Replicas(ctx)
	if err == nil {
		for _, r := range replicas {
			if r.Name == a.holder {
				err = a.store.Forget(ctx, r)
			}
		}
	}
	a.trouble(ctx, "leaving the other replicas", err)
}

// overhear rings for what is recorded in other replicas' lanes, if anybody listens.
func (a *lanes) overhear(ctx context.Context, steps map[string]int64) error {
	if !a.bell.heard() {
		return nil
	}
	now, err := a.store.LastSteps(ctx)
	if err != nil {
		return err
	}
	for name, seq := range now {
		if _, held := a.lane(name); !held && seq != steps[name] {
			a.bell.ring()
		}
		steps[name] = seq
	}
	return nil
}
