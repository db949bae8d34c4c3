package store_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/nexusgate/nexusgate/gate/store"
)

func TestWhatWaitsForTheWriterIsBoundedInBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin, entered := make(chan struct{}), make(chan struct{}, 100)
		w := store.NewWriter(func() { entered <- struct{}{}; <-begin })
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
