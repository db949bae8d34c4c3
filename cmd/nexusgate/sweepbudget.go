package main

import (
	"sync"
	"time"

	"github.com/nexusgate/nexusgate/gate/forge"
)

// What sweeps may ask of a forge for one account: about an eighth of what GitHub grants an installation,
// which is 5,000 requests an hour, 50 more for each repository over 20, and 12,500 at most. A request
// that is answered with 304 costs nothing there. An account that has rested may spend an hour's share at once.
const (
	sweepsAnHour    = 600
	sweepsForRepo   = 6
	sweepsAtMost    = 1500
	fewestSwept     = 30  // requests, for which a sweep of a repository is begun at all
	mostSweptAtOnce = 300 // and what one part of it takes at most
)

// sweepBudget is what the sweeps of one account may still ask.
type sweepBudget struct {
	mu    sync.Mutex
	left  float64
	rate  float64 // requests an hour
	since time.Time
}

// share sets what an hour brings: for so many repositories, among so many replicas.
func (b *sweepBudget) share(repos, replicas int, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	rate := float64(min(sweepsAnHour+sweepsForRepo*max(0, repos-20), sweepsAtMost)) / float64(max(1, replicas))
	if b.since.IsZero() {
		b.left, b.since = rate, now
	}
	b.refill(now)
	b.rate = rate
}

func (b *sweepBudget) refill(now time.Time) {
	if gone := now.Sub(b.since); gone > 0 {
		b.left, b.since = min(b.left+b.rate*gone.Hours(), b.rate), now
	}
}

// take gives the requests that a sweep may make now, or says how long it is to wait.
func (b *sweepBudget) take(now time.Time) (calls int, wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refill(now)
	fewest := min(fewestSwept, b.rate)
	if b.left < fewest {
		return 0, time.Duration((fewest - b.left) / b.rate * float64(time.Hour))
	}
	return int(min(b.left, mostSweptAtOnce)), 0
}

// spend takes off what counted.
func (b *sweepBudget) spend(s forge.Spent, unchangedIsFree bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left -= float64(s.Requests)
	if unchangedIsFree {
		b.left += float64(s.Unchanged)
	}
}

// sweepBudgets are those of all accounts, shared by the lanes of this process.
type sweepBudgets struct {
	mu sync.Mutex
	of map[string]*sweepBudget
}

func newSweepBudgets() *sweepBudgets { return &sweepBudgets{of: map[string]*sweepBudget{}} }

func (b *sweepBudgets) account(name string) *sweepBudget {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.of[name] == nil {
		b.of[name] = &sweepBudget{}
	}
	return b.of[name]
}
