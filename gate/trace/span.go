package trace

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// Span is one part of a trace. A nil one is part of none.
type Span struct {
	tracer *Tracer
	span   trace.Span
}

// start begins a span below the one of a context.
func (t *Tracer) start(ctx context.Context, kind trace.SpanKind, name string, about ...attribute.KeyValue) *Span {
	_, span := t.spans.Start(ctx, name, trace.WithSpanKind(kind), trace.WithAttributes(about...))
	return &Span{tracer: t, span: span}
}

// within begins a span inside of this one.
func (s *Span) within(name string, about ...attribute.KeyValue) *Span {
	return s.tracer.start(s.Context(context.Background()), trace.SpanKindInternal, name, about...)
}

// Context is what is done within a span; what is given where there is none.
func (s *Span) Context(ctx context.Context) context.Context {
	if s == nil {
		return ctx
	}
	return trace.ContextWithSpan(ctx, s.span)
}

// Text is the trace context of a span as W3C writes it, for what is kept; "" where there is none.
func (s *Span) Text() string {
	if s == nil {
		return ""
	}
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(s.Context(context.Background()), carrier)
	return carrier[parent]
}

// parent is the header in which W3C has the trace context.
const parent = "traceparent"

// after is a context that goes on with a trace as it was kept.
func after(ctx context.Context, text string) context.Context {
	if text == "" {
		return ctx
	}
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{parent: text})
}

// End ends a span. Of an error only its type is told: what a forge says may name people.
func (s *Span) End(err error) {
	if s == nil {
		return
	}
	if err != nil {
		s.span.SetStatus(codes.Error, "")
		s.span.SetAttributes(semconv.ErrorTypeKey.String(typeOf(err)))
	}
	s.span.End()
}

// typeOf is the type of what lies at the bottom of an error, or the first of several.
func typeOf(err error) string {
	for {
		if several, ok := err.(interface{ Unwrap() []error }); ok && len(several.Unwrap()) > 0 {
			err = several.Unwrap()[0]
			continue
		}
		below := errors.Unwrap(err)
		if below == nil {
			return fmt.Sprintf("%T", err)
		}
		err = below
	}
}
