package main

import (
	"context"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/gate/trace"
)

// keeper puts deliveries into the inbox, each with the trace that it is part of.
type keeper struct {
	store *store.Store
	trace *trace.Tracer // nil: nothing is traced
}

// Keep keeps a delivery.
func (k keeper) Keep(ctx context.Context, d gate.Delivery) (duplicate bool, err error) {
	span := k.trace.Keep(ctx, d)
	d.Trace = span.Text()
	id, duplicate, err := k.store.KeepAs(span.Context(ctx), d)
	if err == nil {
		span.Kept(id)
	}
	span.End(err)
	return duplicate, err
}

// traceOf is what a delivery is traced by. To go on with a trace is worth a look, and no trouble.
func (k keeper) traceOf(ctx context.Context, delivery string) string {
	if k.trace == nil {
		return ""
	}
	text, err := k.store.TraceOf(ctx, delivery)
	if err != nil {
		return ""
	}
	return text
}
