package trace_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
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

// What a delivery costs where traces are off and where they are on, and what part that is of keeping it on disk, which
// is the least that is done with one. Sending is done beside it, and nobody waits for it.
func BenchmarkADelivery(b *testing.B) {
	taking := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	b.Cleanup(taking.Close)
	b.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", taking.URL)
	kept, err := store.Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "nexusgate.db"), time.Now)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := kept.Close(); err != nil {
			b.Error(err)
		}
	})
	for name, env := range map[string]environment{"off": {}, "on": {"OTEL_EXPORTER_OTLP_ENDPOINT": taking.URL}} {
		b.Run(name, func(b *testing.B) {
			tracer, err := trace.New(b.Context(), env.get, "1", slog.New(slog.DiscardHandler))
			if err != nil {
				b.Fatal(err)
			}
			var tracing, keeping time.Duration
			for n := 0; b.Loop(); n++ {
				began := time.Now()
				for range 100 { // a clock is read in the time that one takes
					delivered(b, tracer)
				}
				traced := time.Now()
				d := told
				d.ID = ""
				if _, err := kept.Keep(b.Context(), d); err != nil {
					b.Fatal(err)
				}
				tracing, keeping = tracing+traced.Sub(began)/100, keeping+time.Since(traced)
			}
			b.ReportMetric(float64(tracing.Nanoseconds())/float64(b.N), "ns/delivery")
			b.ReportMetric(float64(tracing)/float64(keeping), "of-keeping")
		})
	}
}
