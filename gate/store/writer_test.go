package store_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nexusgate/nexusgate/gate/store"
)

func TestWhatWaitsForTheWriterIsBoundedInBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin, entered := make(chan struct{}), make(chan struct{}, 100)
		w := store.NewWriter(func(int) { entered <- struct{}{}; <-begin })
		defer w.Close()
		var all sync.WaitGroup
		put := func(ctx context.Context, size int, want error) {
			all.Go(func() {
				if err := w.Put(ctx, size); !errors.Is(err, want) {
					t.Errorf("a body of %d MiB: %v, want %v", size>>20, err, want)
				}
			})
		}
		put(t.Context(), 16<<20, nil)
		synctest.Wait() // it is being written
		leaving, leave := context.WithCancel(t.Context())
		for range 3 {
			put(leaving, 16<<20, context.Canceled)
		}
		synctest.Wait()
		leave() // and yet their bodies are still held
		synctest.Wait()
		for range 10 {
			put(t.Context(), 16<<20, nil)
		}
		put(t.Context(), 100<<20, nil)
		synctest.Wait()
		if n := w.Waiting(); n != 3 {
			t.Errorf("%d bodies of 16 MiB wait beside the one that is written, where 64 MiB may", n)
		}
		put(t.Context(), 0, nil) // what the lanes record has no body
		synctest.Wait()
		if n := w.Waiting(); n != 4 {
			t.Errorf("what has no body waits behind those that have: %d", n)
		}
		close(begin)
		all.Wait()
		if len(entered) < 4 {
			t.Errorf("all was written in %d groups", len(entered))
		}
	})
}

// syncing takes a while, as a disk does.
func syncing(w time.Duration) { <-time.After(w) }

func TestThoseThatKeepComingShareEachCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const senders, each = 8, 10
		commits := 0
		w := store.NewWriter(func(int) { commits++; syncing(time.Millisecond) })
		defer w.Close()
		var all sync.WaitGroup
		for range senders {
			all.Go(func() {
				for range each {
					if err := w.Put(t.Context(), 1<<10); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if commits > each+1 {
			t.Errorf("%d deliveries of each of %d senders took %d commits", each, senders, commits)
		}
	})
}

func TestWhoComesNoMoreIsNotWaitedForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := store.NewWriter(func(int) { syncing(time.Millisecond) })
		defer w.Close()
		put := func() time.Duration {
			began := time.Now()
			if err := w.Put(t.Context(), 1<<10); err != nil {
				t.Error(err)
			}
			return time.Since(began)
		}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() { put() })
		}
		all.Wait()
		if took := put(); took > 2*time.Millisecond {
			t.Errorf("the first alone took %s", took)
		}
		if took := put(); took > time.Millisecond {
			t.Errorf("the second alone took %s: the others had not come the last time", took)
		}
	})
}
