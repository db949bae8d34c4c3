package trace

import (
	"context"
	"log/slog"
	"sync/atomic"

	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// export tells once that spans are not taken, and once that they are again. It is asked by one goroutine, for which
// nobody waits.
type export struct {
	sdk.SpanExporter
	log     *slog.Logger
	refused atomic.Bool
}

// ExportSpans sends spans. Those that are not taken are lost.
func (e *export) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	err := e.SpanExporter.ExportSpans(ctx, spans)
	switch {
	case err != nil && !e.refused.Swap(true):
		e.log.WarnContext(ctx, "traces are not taken, and are lost until they are; the service goes on without", "error", err)
	case err == nil && e.refused.Swap(false):
		e.log.InfoContext(ctx, "traces are taken again")
	}
	return nil
}
