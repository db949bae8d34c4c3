package storetest

import (
	"context"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// A desk does what it does in its own lane.

// Pending lists what waits in the desk's lane.
func (k *desk) Pending(ctx context.Context, limit int) ([]gate.Delivery, error) {
	return k.Store.Pending(ctx, nexus, limit)
}

// Record records in the desk's lane.
func (k *desk) Record(ctx context.Context, steps []gate.Step) error {
	return k.Store.Record(ctx, k.lease, steps)
}

// LastStep is that of the desk's lane.
func (k *desk) LastStep(ctx context.Context) (int64, time.Time, error) {
	return k.Store.LastStep(ctx, nexus)
}

// Log is that of the desk's lane.
func (k *desk) Log(ctx context.Context, visit func(store.LogEntry) error) error {
	return k.Store.Log(ctx, nexus, visit)
}

// Docs are all of the desk's lane.
func (k *desk) Docs(ctx context.Context, visit func(gate.Doc) error) error {
	_, _, err := k.Store.Docs(ctx, nexus, 0, visit)
	return err
}

// Due lists what the desk's lane owes.
func (k *desk) Due(ctx context.Context, now time.Time, limit int) ([]store.Debt, error) {
	return k.Store.Due(ctx, nexus, now, limit)
}

// NextDue is when the desk's lane owes the next.
func (k *desk) NextDue(ctx context.Context) (time.Time, bool, error) {
	return k.Store.NextDue(ctx, nexus)
}

// Try notes an attempt of the desk's lane.
func (k *desk) Try(ctx context.Context, key string, version int64) error {
	return k.Store.Try(ctx, k.lease, key, version)
}

// Taken settles a debt of the desk's lane.
func (k *desk) Taken(ctx context.Context, key string, version, remote int64) error {
	return k.Store.Taken(ctx, k.lease, key, version, remote)
}

// Defer puts a debt of the desk's lane off.
func (k *desk) Defer(ctx context.Context, key string, until time.Time, reason string) error {
	return k.Store.Defer(ctx, k.lease, key, until, reason)
}
