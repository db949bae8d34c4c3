package trace

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/nexusgate/nexusgate/gate"
)

// Step is what one delivery does in the lane of a Nexus, from when it is decoded until it is on record. A nil one is
// part of no trace.
type Step struct {
	whole, part *Span
}

// Step goes on with the trace of a delivery where it is applied.
func (t *Tracer) Step(ctx context.Context, nexus string, d gate.Delivery) *Step {
	if t == nil {
		return nil
	}
	whole := t.start(after(ctx, d.Trace), trace.SpanKindConsumer, "process inbox", append(ofInbox(d), semconv.MessagingOperationName("process"),
		semconv.MessagingOperationTypeProcess, semconv.MessagingMessageID(d.ID), nexusKey.String(nexus))...)
	return &Step{whole: whole, part: whole.within("decode")}
}

const (
	nexusKey   = attribute.Key("nexusgate.nexus")
	outcomeKey = attribute.Key("nexusgate.outcome")
	subjectKey = attribute.Key("nexusgate.subject")
)

// Context is what is done within a step.
func (s *Step) Context(ctx context.Context) context.Context {
	if s == nil {
		return ctx
	}
	return s.whole.Context(ctx)
}

// Decoded ends the decoding, and begins to fold and judge.
func (s *Step) Decoded(err error) {
	if s != nil {
		s.part.End(err)
		s.part = s.whole.within("judge")
	}
}

// Judged ends the judging, says what came of it, and begins to record it.
func (s *Step) Judged(step gate.Step) {
	if s == nil {
		return
	}
	s.whole.span.SetAttributes(attribute.String("nexusgate.delivery.result", string(step.Result)), attribute.Int64("nexusgate.step", step.Seq))
	for _, v := range step.Verdicts {
		s.part.span.AddEvent("verdict", trace.WithAttributes(
			attribute.String("nexusgate.verdict.id", v.ID), outcomeKey.String(string(v.Outcome)), subjectKey.String(string(v.Subject.Kind))))
	}
	s.part.End(nil)
	s.part = s.whole.within("record")
	for _, o := range step.Owed {
		s.part.span.AddEvent("report owed", trace.WithAttributes(
			attribute.String("nexusgate.check", o.Check), outcomeKey.String(string(o.Outcome)), subjectKey.String(string(o.Subject.Kind))))
	}
}

// Recorded ends the step: it is on record, or the lane is another's.
func (s *Step) Recorded(err error) {
	if s != nil {
		s.part.End(err)
		s.whole.End(err)
	}
}
