package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/webhook"
)

// inbox keeps what webhooks bring, as long as not too much of it waits to be applied: a service that has
// fallen behind tells the forges so, and not its disk. What we bring ourselves passes it by.
type inbox struct {
	keeper
	most    int64
	wait    atomic.Int64 // as last counted, and what was kept since
	refused atomic.Bool  // the store did not take the last delivery
}

// defaultInboxLimit is how many deliveries may wait: at ten a second, more than a day of them.
const defaultInboxLimit = 1_000_000

// countEvery is how long a count of what waits is good for.
const countEvery = time.Second

// Keep keeps a delivery, or says that too many wait.
func (i *inbox) Keep(ctx context.Context, d gate.Delivery) (duplicate bool, err error) {
	if i.wait.Load() >= i.most {
		return false, webhook.Full(fmt.Sprintf("%d deliveries wait to be judged, as many as may", i.most))
	}
	duplicate, err = i.keeper.Keep(ctx, d)
	i.refused.Store(err != nil && ctx.Err() == nil)
	if err == nil && !duplicate {
		i.wait.Add(1)
	}
	return duplicate, err
}

// takes says why the store takes nothing. It is tried only after it did not take a delivery: to be ready is asked often.
func (i *inbox) takes(ctx context.Context) error {
	if !i.refused.Load() {
		return nil
	}
	err := i.store.Takes(ctx)
	i.refused.CompareAndSwap(true, err != nil)
	return err
}

// run counts what waits until ctx ends. When the store does not tell, the last count stands: the store
// then says itself that it takes nothing.
func (i *inbox) run(ctx context.Context) {
	tick := time.NewTicker(countEvery)
	defer tick.Stop()
	for {
		i.count(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (i *inbox) count(ctx context.Context) {
	if counts, err := i.store.Counts(ctx); err == nil {
		i.wait.Store(counts.Pending)
	}
}
