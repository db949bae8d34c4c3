package trace

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/nexusgate/nexusgate/gate"
)

// Receipt begins a trace with each request to a route, such as /webhook/github. Where traces are off it is the handler
// itself.
func (t *Tracer) Receipt(route string, next http.Handler) http.Handler {
	if t == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method, scheme := r.Method, "http"
		if method != http.MethodPost && method != http.MethodGet {
			method = "_OTHER" // whoever calls may write anything
		}
		if r.TLS != nil {
			scheme = "https"
		}
		span := t.start(r.Context(), trace.SpanKindServer, method+" "+route,
			semconv.HTTPRequestMethodKey.String(method), semconv.HTTPRoute(route), semconv.URLPath(route), semconv.URLScheme(scheme))
		said := &status{ResponseWriter: w}
		next.ServeHTTP(said, r.WithContext(span.Context(r.Context())))
		span.span.SetAttributes(semconv.HTTPResponseStatusCode(said.code()))
		if said.code() >= http.StatusInternalServerError {
			span.span.SetStatus(codes.Error, "")
		}
		span.End(nil)
	})
}

// status listens to which status is answered.
type status struct {
	http.ResponseWriter
	first int
}

// WriteHeader answers with a status.
func (s *status) WriteHeader(code int) {
	if s.first == 0 && code >= http.StatusOK {
		s.first = code
	}
	s.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController reach what is below.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (s *status) code() int {
	if s.first == 0 {
		return http.StatusOK
	}
	return s.first
}

// Keep begins the span in which a delivery is kept, whose context is kept with it.
func (t *Tracer) Keep(ctx context.Context, d gate.Delivery) *Span {
	if t == nil {
		return nil
	}
	return t.start(ctx, trace.SpanKindProducer, "keep inbox", append(ofInbox(d), semconv.MessagingOperationName("keep"),
		semconv.MessagingOperationTypeSend, semconv.MessagingMessageBodySize(len(d.Body)))...)
}

// Kept says what a delivery was kept as; "" where it was there already.
func (s *Span) Kept(id string) {
	if s == nil {
		return
	}
	if id == "" {
		s.span.SetAttributes(attribute.Bool("nexusgate.delivery.duplicate", true))
		return
	}
	s.span.SetAttributes(semconv.MessagingMessageID(id))
}

func ofInbox(d gate.Delivery) []attribute.KeyValue {
	return []attribute.KeyValue{
		semconv.MessagingSystemKey.String("nexusgate"), semconv.MessagingDestinationName("inbox"),
		attribute.String("nexusgate.delivery.source", string(d.Source)), attribute.String("nexusgate.delivery.event", d.Event),
	}
}
