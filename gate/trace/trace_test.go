package trace_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/trace"
)

// environment is what is set of it.
type environment map[string]string

func (e environment) get(name string) string { return e[name] }

func TestTracesAreOffUnlessTheStandardVariablesAskForThem(t *testing.T) {
	t.Parallel()
	const at = "http://127.0.0.1:4318"
	for name, c := range map[string]struct {
		env    environment
		wanted bool
		fault  string
	}{
		"nothing is set":               {environment{}, false, ""},
		"an endpoint":                  {environment{"OTEL_EXPORTER_OTLP_ENDPOINT": at}, true, ""},
		"one for traces":               {environment{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": at}, true, ""},
		"the exporter":                 {environment{"OTEL_TRACES_EXPORTER": "otlp"}, true, ""},
		"the exporter is none":         {environment{"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": at}, false, ""},
		"all is disabled":              {environment{"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": at}, false, ""},
		"another exporter":             {environment{"OTEL_TRACES_EXPORTER": "zipkin"}, false, "give otlp"},
		"another protocol":             {environment{"OTEL_EXPORTER_OTLP_ENDPOINT": at, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, false, "give http/protobuf"},
		"another protocol for metrics": {environment{"OTEL_EXPORTER_OTLP_ENDPOINT": at, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf"}, true, ""},
		"a share":                      {environment{"OTEL_EXPORTER_OTLP_ENDPOINT": at, "OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.1"}, true, ""},
		"more than all":                {environment{"OTEL_EXPORTER_OTLP_ENDPOINT": at, "OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "7"}, true, "from 0 to 1"},
		"an unknown sampler":           {environment{"OTEL_EXPORTER_OTLP_ENDPOINT": at, "OTEL_TRACES_SAMPLER": "xray"}, true, "OTEL_TRACES_SAMPLER"},
	} {
		wanted, err := trace.Wanted(c.env.get)
		if wanted != c.wanted || (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%s: wanted %v, %v", name, wanted, err)
		}
	}
}

func TestATracerThatIsOffDoesNothing(t *testing.T) {
	t.Parallel()
	off, err := trace.New(t.Context(), environment{}.get, "1", slog.New(slog.DiscardHandler))
	if err != nil || off != nil {
		t.Fatal(off, err)
	}
	said := httptest.NewRecorder()
	off.Receipt("/webhook/github", http.NotFoundHandler()).ServeHTTP(said, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil))
	if text := delivered(t, off); text != "" || said.Code != http.StatusNotFound {
		t.Errorf("what is off traces %q, and answers %d", text, said.Code)
	}
	if err := off.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// A delivery, and what comes of it.
var (
	told = gate.Delivery{ID: "01", Source: gate.FromGitHub, Event: "check_run", Body: make([]byte, 9000)}
	came = gate.Step{Result: gate.Applied, Verdicts: make([]gate.Verdict, 2), Owed: make([]gate.Owed, 1)}
	hub  = &url.URL{Scheme: "https", Host: "api.github.com"}
)

// delivered is all that is told of a delivery, and what it is traced by.
func delivered(t testing.TB, tracer *trace.Tracer) string {
	d := told
	kept := tracer.Keep(t.Context(), d)
	d.Trace = kept.Text()
	kept.Kept(d.ID)
	kept.End(nil)
	step := tracer.Step(t.Context(), "shop", d)
	step.Decoded(nil)
	step.Judged(came)
	step.Recorded(nil)
	sent := tracer.Report(t.Context(), d.Trace, gate.Owed{Check: gate.DoneCheck}, 1)
	tracer.Request(sent.Context(t.Context()), "create_check_run", http.MethodPost, hub)(201, nil)
	sent.End(nil)
	return d.Trace
}

// A delivery costs about nothing where traces are off; on is what it costs where they are kept, and sent beside it.
func BenchmarkADelivery(b *testing.B) {
	taking := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	b.Cleanup(taking.Close)
	b.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", taking.URL)
	b.Setenv("OTEL_BSP_SCHEDULE_DELAY", "600000")
	for name, env := range map[string]environment{"off": {}, "on": {"OTEL_EXPORTER_OTLP_ENDPOINT": taking.URL}} {
		b.Run(name, func(b *testing.B) {
			tracer, err := trace.New(b.Context(), env.get, "1", slog.New(slog.DiscardHandler))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				delivered(b, tracer)
			}
		})
	}
}
