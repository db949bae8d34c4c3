package main_test

import (
	"context"
	"fmt"
	"time"
)

// killing is one service after the other, each killed.
type killing struct {
	*house
	round *round
	early int // kills before the service was ready
}

// alone posts all letters while services come and go. The last one lives until all are acknowledged,
// and is then asked to end.
func alone(r *round) string {
	r.t.Helper()
	k := &killing{house: r.house, round: r}
	ctx, stop := context.WithTimeout(k.t.Context(), k.patience)
	defer stop()
	posted := make(chan struct{})
	go func() {
		defer close(posted)
		postAll(ctx, r.bag, r.at, posters)
	}()
	for range r.kills {
		if r.random.IntN(5) == 0 {
			k.nipInTheBud(ctx)
		}
		victim := k.spawn(ctx)
		r.at.set(victim.ready())
		select {
		case <-r.bag.reached:
		case <-ctx.Done():
		}
		victim.kill()
		r.at.set("")
	}
	last := k.spawn(ctx)
	r.at.set(last.ready())
	<-posted
	if ctx.Err() != nil {
		k.t.Fatalf("the letters were not posted within %s", k.patience)
	}
	last.end()
	return fmt.Sprintf("killed %d times at work and %d times at the start", r.kills, k.early)
}

// nipInTheBud kills a service while it starts.
func (k *killing) nipInTheBud(ctx context.Context) {
	k.t.Helper()
	k.early++
	victim := k.spawn(ctx)
	timer := time.NewTimer(time.Duration(k.round.random.IntN(100)) * time.Millisecond)
	defer timer.Stop()
	<-timer.C
	victim.kill()
}
