package main_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// The play of replicas. A lane whose holder was killed stands still until another replica has seen no sign
// of life for four seconds, so the kills come some two seconds apart: there are always lanes at work, and
// lanes that are being taken over.
const (
	replicasAtOnce = 3
	betweenLetters = 20 * time.Millisecond
	serverOfTen    = 1 // of ten kills so many are of the database's server
)

// succession is three replicas behind one another's back, each followed by another when it is killed.
type succession struct {
	*round
	killing *killing
	ctx     context.Context //nolint:containedctx // of the play, which is shorter than the test
	down    atomic.Bool     // the database's server is
	outages atomic.Int64
	ending  atomic.Bool
	early   atomic.Int64 // kills before a replica was ready
	seats   []*seat
	work    sync.WaitGroup
}

// seat is the place of one replica.
type seat struct {
	*succession
	mu     sync.Mutex
	holder *child
	ready  bool
	killed bool // the holder was, by us
}

// among posts all letters while replicas and their database's server are killed. Those that live at the
// end are asked to end.
func among(r *round) string {
	r.t.Helper()
	ctx, stop := context.WithTimeout(r.t.Context(), r.patience)
	defer stop()
	s := &succession{round: r, killing: &killing{house: r.house, round: r}, ctx: ctx}
	for range replicasAtOnce {
		one := &seat{succession: s}
		s.seats = append(s.seats, one)
		s.work.Go(one.fill)
	}
	posted := make(chan struct{})
	r.bag.pace = betweenLetters
	go func() {
		defer close(posted)
		postAll(ctx, r.bag, r.at, posters)
	}()
	servers := 0
	for range r.kills {
		select {
		case <-r.bag.reached:
		case <-ctx.Done():
		}
		if r.random.IntN(10) < serverOfTen {
			servers++
			s.stopServer()
			continue
		}
		for ctx.Err() == nil && !s.seats[r.random.IntN(len(s.seats))].kill() {
			pauseFor(ctx, 10*time.Millisecond)
		}
	}
	<-posted
	s.end()
	if ctx.Err() != nil {
		r.t.Fatalf("the letters were not posted within %s", r.patience)
	}
	return fmt.Sprintf("of three replicas one was killed %d times, %d of them at the start, and their database's server %d times",
		r.kills-servers, s.early.Load(), servers)
}

// stopServer kills the database's server and starts it again after up to a second.
func (s *succession) stopServer() {
	s.t.Helper()
	s.outages.Add(1)
	s.down.Store(true)
	s.database.Stop(s.t)
	pauseFor(s.ctx, time.Duration(s.random.IntN(1000))*time.Millisecond)
	s.database.Start(s.t)
	s.down.Store(false)
}

// end asks all replicas to end when they are there.
func (s *succession) end() {
	s.t.Helper()
	s.eventually("all replicas are ready", func() bool {
		for _, one := range s.seats {
			if !one.isReady() {
				return false
			}
		}
		return true
	})
	s.ending.Store(true)
	for _, one := range s.seats {
		if err := one.holder.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			s.t.Error(err)
		}
	}
	s.work.Wait()
}

// fill has one replica follow the other until the play ends.
func (s *seat) fill() {
	for s.ctx.Err() == nil && !s.ending.Load() {
		outages := s.outages.Load()
		c := s.killing.spawn(s.ctx)
		s.take(c)
		root, fault := c.opens()
		if fault == nil {
			s.opened()
			s.at.add(root)
		}
		ended := c.cmd.Wait()
		s.at.remove(root)
		switch {
		case s.wasKilled():
		case s.ending.Load():
			if ended != nil {
				s.t.Errorf("asked to end, a replica says %v\n%s", ended, c.complaint())
			}
		case fault != nil && s.outages.Load()+s.downNow() > outages: // its database was not there
			pauseFor(s.ctx, 100*time.Millisecond)
		case s.ctx.Err() == nil:
			s.t.Errorf("a replica ended by itself: %v\n%s", ended, c.complaint())
			return
		}
	}
}

func (s *succession) downNow() int64 {
	if s.down.Load() {
		return 1
	}
	return 0
}

func (s *seat) take(c *child) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holder, s.ready, s.killed = c, false, false
}

func (s *seat) opened() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready = true
}

func (s *seat) isReady() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ready && !s.killed
}

func (s *seat) wasKilled() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.killed
}

// kill kills whoever is in the seat, at work or at the start, if anybody is.
func (s *seat) kill() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.holder == nil || s.killed || s.holder.cmd.Process.Kill() != nil {
		return false
	}
	if s.killed = true; !s.ready {
		s.early.Add(1)
	}
	return true
}

func pauseFor(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
