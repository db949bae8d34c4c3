package main_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	main "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate"
)

// numbers makes numbers, each as the edition that is the latest when it is made.
type numbers struct {
	drawer  *main.Drawer
	edition atomic.Int64
	makes   time.Duration // how long it takes to make one
	made    atomic.Int64
	atOnce  atomic.Int64
}

func newNumbers(makes time.Duration) *numbers {
	s := &numbers{drawer: main.NewDrawer(), makes: makes}
	s.edition.Store(1)
	return s
}

func (s *numbers) get(ctx context.Context, t *testing.T, key string) (int64, error) {
	return s.drawer.Get(ctx, key, gate.Edition{Backlog: s.edition.Load()}, time.Now, func() (int64, gate.Edition, error) {
		if s.atOnce.Add(1) > 1 {
			t.Error("two are made at once")
		}
		defer s.atOnce.Add(-1)
		of := s.edition.Load()
		time.Sleep(s.makes)
		s.made.Add(1)
		return of, gate.Edition{Backlog: of}, nil
	})
}

// want asks, and sees what comes.
func (s *numbers) want(t *testing.T, key string, want, made int64) {
	t.Helper()
	if got, err := s.get(t.Context(), t, key); err != nil || got != want || s.made.Load() != made {
		t.Errorf("%s is of edition %d (%v), and %d were made; want %d, and %d", key, got, err, s.made.Load(), want, made)
	}
}

func TestWhatManyAskForIsMadeOnceForEachEdition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newNumbers(10 * time.Millisecond)
		var askers sync.WaitGroup
		for range 100 {
			askers.Go(func() {
				if got, err := s.get(t.Context(), t, "daily"); err != nil || got != 1 {
					t.Errorf("it is of edition %d: %v", got, err)
				}
			})
		}
		askers.Wait()
		s.want(t, "daily", 1, 1)
		s.edition.Store(2)
		s.want(t, "daily", 2, 2)
		time.Sleep(59 * time.Second)
		s.want(t, "daily", 2, 2)
		time.Sleep(time.Second)
		s.want(t, "daily", 2, 3) // time alone changes a little of it
		for i := range 20 {
			s.want(t, fmt.Sprint(i), 2, int64(4+i))
		}
		s.want(t, "19", 2, 23)
		s.want(t, "daily", 2, 24) // there were too many others
	})
}

func TestWhoMakesWhatPeopleLookAtRestsForLongerThanItWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newNumbers(10 * time.Millisecond)
		began := time.Now()
		for i := range 10 {
			s.want(t, fmt.Sprint(i), 1, int64(1+i))
		}
		if took := time.Since(began); took != 9*40*time.Millisecond+10*time.Millisecond {
			t.Errorf("ten things that take 10 ms each came within %v", took)
		}
		slow := newNumbers(time.Minute)
		slow.want(t, "slow", 1, 1)
		began = time.Now()
		slow.want(t, "slower", 1, 2)
		if took := time.Since(began); took != time.Minute+time.Second/2 {
			t.Errorf("after what takes a minute the next came within %v", took)
		}
	})
}

func TestWhoAsksNoLongerWaitsNoLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newNumbers(time.Hour)
		go func() { _, _ = s.get(t.Context(), t, "one") }()
		synctest.Wait()
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		began := time.Now()
		if _, err := s.get(ctx, t, "another"); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("after %v it fails with %v", time.Since(began), err)
		}
		time.Sleep(time.Hour)
		s.want(t, "one", 1, 1)
	})
}

func TestWhatCannotBeMadeIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, broken := newNumbers(0), errors.New("broken")
		if _, err := s.drawer.Get(t.Context(), "one", gate.Edition{}, time.Now, func() (int64, gate.Edition, error) { return 0, gate.Edition{}, broken }); !errors.Is(err, broken) {
			t.Errorf("it fails with %v", err)
		}
		func() {
			defer func() { _ = recover() }()
			_, _ = s.drawer.Get(t.Context(), "one", gate.Edition{}, time.Now, func() (int64, gate.Edition, error) { panic("a fault of ours") })
		}()
		s.want(t, "one", 1, 1)
	})
}
