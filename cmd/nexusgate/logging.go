package main

import (
	"context"
	"io"
	"log/slog"

	"github.com/nexusgate/nexusgate/gate/trace"
)

// logFlags say how the service logs.
type logFlags struct {
	LogFormat string `default:"text" enum:"text,json" placeholder:"FORMAT" help:"How a line of the log is written: text, or json."`
}

// logger writes lines from a level on. Each that is about a delivery bears its id, and that of its trace where it is
// traced.
func (f logFlags) logger(w io.Writer, from slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: from}
	if f.LogFormat == "json" {
		return slog.New(identified{slog.NewJSONHandler(w, options)})
	}
	return slog.New(identified{slog.NewTextHandler(w, options)})
}

// deliveryKey is where a context has the id of the delivery that something is done for.
type deliveryKey struct{}

// ofDelivery is what is done for a delivery; "" names none.
func ofDelivery(ctx context.Context, id string) context.Context {
	if id == "" {
		return ctx
	}
	return context.WithValue(ctx, deliveryKey{}, id)
}

// identified adds to a line what its context says that it is about.
type identified struct{ slog.Handler }

// Handle writes a line.
func (h identified) Handle(ctx context.Context, r slog.Record) error {
	if id, is := ctx.Value(deliveryKey{}).(string); is {
		r.AddAttrs(slog.String("delivery", id))
	}
	if id := trace.ID(ctx); id != "" {
		r.AddAttrs(slog.String("trace_id", id))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs adds to all lines.
func (h identified) WithAttrs(attrs []slog.Attr) slog.Handler {
	return identified{h.Handler.WithAttrs(attrs)}
}

// WithGroup has what follows be in a group.
func (h identified) WithGroup(name string) slog.Handler { return identified{h.Handler.WithGroup(name)} }
