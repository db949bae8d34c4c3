package trace

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// Tracer makes spans. A nil one makes none.
type Tracer struct {
	provider *sdk.TracerProvider
	spans    trace.Tracer
}

// lastWords bounds how long the end of the service waits for what was not sent yet.
const lastWords = 3 * time.Second

// New is a tracer as the standard variables describe it; nil where they ask for none. Where the spans go, with which
// headers and certificates, and how many of them, the exporter reads from the process's environment itself.
func New(ctx context.Context, getenv func(string) string, version string, log *slog.Logger) (*Tracer, error) {
	wanted, err := Wanted(getenv)
	if err != nil || !wanted {
		return nil, err
	}
	about, err := resource.New(ctx,
		resource.WithAttributes(semconv.ServiceName("nexusgate"), semconv.ServiceVersion(version), semconv.ServiceInstanceID(rand.Text())),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("reading what the traces say of the service: %w; OTEL_RESOURCE_ATTRIBUTES is written key=value,key=value", err)
	}
	to, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading where the traces go: %w", err)
	}
	// The sampler is the library's own, which reads its variables.
	provider := sdk.NewTracerProvider(sdk.WithResource(about), sdk.WithBatcher(&export{SpanExporter: to, log: log}))
	return &Tracer{provider: provider, spans: provider.Tracer("github.com/nexusgate/nexusgate", trace.WithInstrumentationVersion(version))}, nil
}

// Close sends what was not sent yet, within three seconds, and ends the tracer.
func (t *Tracer) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer stop()
	if err := t.provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("sending the last traces: %w", err)
	}
	return nil
}

// ID is the trace that a context is part of, as 32 hexadecimal digits; "" where it is of none that is kept.
func ID(ctx context.Context) string {
	if at := trace.SpanContextFromContext(ctx); at.IsSampled() && at.HasTraceID() {
		return at.TraceID().String()
	}
	return ""
}
