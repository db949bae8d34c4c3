package gate_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// fullest is a Nexus whose backlog and whose chronicle are as full as they get.
func fullest(b *testing.B) *grownHouse {
	h := restoredWith(b, 1024)
	h.tell(b, gate.NexusGiven{File: "nexus.cue", Source: nexusOf(2) + `
sprint: {start: "2026-11-16", days: 14}
backlog: {select: ["type/*"], team: "label:team/*", sprint: "milestone"}
`})
	repo := h.repos[0]
	for n := range 5000 {
		seen := gate.ItemSeen{
			Repo: repo, Number: 1000 + n, Title: fmt.Sprint("Item ", n), Open: n%3 > 0, Labels: []string{"type/story", fmt.Sprint("area/", n%20)},
			Opened: morning, UpdatedAt: morning,
		}
		since := map[string]time.Time{}
		if n%5 == 1 {
			seen.Needs = []gate.Ref{{Forge: gate.GitHub, Repo: repo.Name, Number: 1000 + n - 1}}
			since[seen.Needs[0].String()] = morning
		}
		h.restore(b, fmt.Sprintf("item %s#%d", repo.Key(), seen.Number), map[string]any{"last": seen, "since": since, "marks": map[string]time.Time{"milestone 1": morning}})
	}
	for n := range 1000 {
		seen := gate.ChangeSeen{
			Repo: repo, Number: 10_000 + n, Title: fmt.Sprint("Change ", n), Head: fmt.Sprintf("%040x", n), Base: "main", State: gate.ChangeMerged, UpdatedAt: morning,
			Closes: []gate.Ref{{Forge: gate.GitHub, Repo: repo.Name, Number: 1000 + n}},
		}
		h.restore(b, fmt.Sprintf("change %s#%d", repo.Key(), seen.Number), map[string]any{
			"last": seen, "reads": map[string]any{seen.Head: map[string]any{"paths": []string{"main.go"}, "complete": true}},
		})
	}
	if err := h.ledger.Begin(int64(h.told), h.now); err != nil {
		b.Fatal(err)
	}
	return h
}

// judging is how long a delivery takes to be judged, at the median, while somebody looks: each look has the lock that
// judging needs.
func judging(b *testing.B, h *grownHouse, look func(lock *sync.Mutex)) time.Duration {
	var lock sync.Mutex
	var looking sync.WaitGroup
	over := make(chan struct{})
	looking.Go(func() {
		for look != nil {
			select {
			case <-over:
				return
			default:
				look(&lock)
			}
		}
	})
	var took []time.Duration
	for range 40 {
		event := h.checked("build", 1)
		began := time.Now()
		lock.Lock()
		step := h.apply(event)
		lock.Unlock()
		took = append(took, time.Since(began))
		if len(step.Verdicts) == 0 {
			b.Fatal("it turned nothing")
		}
		runtime.Gosched()
	}
	close(over)
	looking.Wait()
	return middle(took)
}

// BenchmarkViewers measures how long judging a delivery takes while the backlog and the chronicle, both as full as they
// get, are read without a pause: "taken-ratio" is how many times as long as with nobody there, where what is read is
// copied first; "held-ratio" is the same where reading holds the lock, and "lock-share" the part of the reading that
// copying takes.
func BenchmarkViewers(b *testing.B) {
	h := fullest(b)
	l := h.ledger
	var alone, taken, held, copying, reading time.Duration
	for b.Loop() {
		at := h.now
		alone += judging(b, h, nil)
		taken += judging(b, h, func(lock *sync.Mutex) {
			began := time.Now()
			lock.Lock()
			backlog, chronicle := l.TakeBacklog("storefront", at), l.TakeChronicle("storefront")
			lock.Unlock()
			copying += time.Since(began)
			backlog()
			chronicle()
			reading += time.Since(began)
		})
		held += judging(b, h, func(lock *sync.Mutex) {
			lock.Lock()
			defer lock.Unlock()
			l.Backlog("storefront", at)
			l.Chronicle("storefront", time.Time{}, time.Time{})
		})
	}
	b.ReportMetric(float64(taken)/float64(alone), "taken-ratio")
	b.ReportMetric(float64(held)/float64(alone), "held-ratio")
	b.ReportMetric(float64(copying)/float64(reading), "lock-share")
}
