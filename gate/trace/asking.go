package trace

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/nexusgate/nexusgate/gate"
)

// Report goes on with the trace of a delivery where what is owed because of it is sent, for the attempt-th time.
func (t *Tracer) Report(ctx context.Context, of string, o gate.Owed, attempt int) *Span {
	if t == nil {
		return nil
	}
	return t.start(after(ctx, of), trace.SpanKindInternal, "report "+o.Check, append(ofRepo(o.Repo), nexusKey.String(o.Nexus),
		attribute.String("nexusgate.check", o.Check), attribute.String("nexusgate.verdict.id", o.Verdict), outcomeKey.String(string(o.Outcome)),
		subjectKey.String(string(o.Subject.Kind)), semconv.VCSRefHeadRevision(o.Commit), attempts.Int(attempt))...)
}

// Read goes on with the trace of the delivery that made a read wanted.
func (t *Tracer) Read(ctx context.Context, of, nexus string, w gate.Want) *Span {
	if t == nil {
		return nil
	}
	return t.start(after(ctx, of), trace.SpanKindInternal, "read "+string(w.Kind), append(ofRepo(w.Repo), nexusKey.String(nexus))...)
}

// Errand goes on with the trace of the delivery that made an errand, where it is run for the attempt-th time.
func (t *Tracer) Errand(ctx context.Context, of string, e gate.Errand, attempt int) *Span {
	if t == nil {
		return nil
	}
	return t.start(after(ctx, of), trace.SpanKindInternal, "errand "+string(e.Kind), append(ofRepo(e.Repo), nexusKey.String(e.Nexus), attempts.Int(attempt))...)
}

const attempts = attribute.Key("nexusgate.attempt")

// ofRepo names a repository by the forge's id: its name may be somebody's.
func ofRepo(r gate.Repo) []attribute.KeyValue {
	return []attribute.KeyValue{semconv.VCSProviderNameKey.String(string(r.Forge)), attribute.String("nexusgate.repository.id", strconv.FormatInt(r.ID, 10))}
}

// Request begins the span of one request to a forge, where it is part of a trace, and returns what ends it, with the
// status of the answer or the error in its place. Of the address only the host is told: the rest names people and
// branches.
func (t *Tracer) Request(ctx context.Context, operation, method string, to *url.URL) (ended func(code int, err error)) {
	if t == nil || !trace.SpanContextFromContext(ctx).IsValid() {
		return func(int, error) {}
	}
	about := []attribute.KeyValue{
		semconv.HTTPRequestMethodKey.String(method), semconv.ServerAddress(to.Hostname()), semconv.ServerPort(port(to)),
		attribute.String("nexusgate.operation", operation),
	}
	span := t.start(ctx, trace.SpanKindClient, method+" "+operation, about...)
	return func(code int, err error) {
		if err == nil {
			span.span.SetAttributes(semconv.HTTPResponseStatusCode(code))
			if code >= http.StatusBadRequest {
				span.span.SetStatus(codes.Error, "")
				span.span.SetAttributes(semconv.ErrorTypeKey.String(strconv.Itoa(code)))
			}
		}
		span.End(err)
	}
}

func port(of *url.URL) int {
	if n, err := strconv.Atoi(of.Port()); err == nil {
		return n
	}
	if of.Scheme == "https" {
		return 443
	}
	return 80
}
