package main_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	collected "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/nexusgate/nexusgate/gate"
)

// collector takes traces over HTTP, as an OpenTelemetry Collector does.
type collector struct {
	*httptest.Server
	t       *testing.T
	service string // that the spans are of

	mu   sync.Mutex
	came []*spans.Span
	text strings.Builder // all that was told, as JSON
}

func newCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{t: t}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

// ServeHTTP takes what is exported.
func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			c.t.Error(err)
			return
		}
		body = unzipped
	}
	text, err := io.ReadAll(body)
	var told collected.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(text, &told)
	}
	if err != nil || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" {
		c.t.Errorf("%s %s: %v", r.URL.Path, r.Header, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, of := range told.GetResourceSpans() {
		c.service = value(of.GetResource().GetAttributes(), "service.name")
		for _, scope := range of.GetScopeSpans() {
			c.came = append(c.came, scope.GetSpans()...)
		}
	}
	c.text.WriteString(told.String())
	w.Header().Set("Content-Type", "application/x-protobuf")
}

// find is the first span of a name that has an attribute, in a trace or, for "", in any.
func (c *collector) find(of, name, attribute, is string) *spans.Span {
	if all := c.all(of, name, attribute, is); len(all) > 0 {
		return all[0]
	}
	return nil
}

func (c *collector) all(of, name, attribute, is string) (found []*spans.Span) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.came {
		if s.GetName() == name && (of == "" || traceOf(s) == of) && value(s.GetAttributes(), attribute) == is {
			found = append(found, s)
		}
	}
	return found
}

// names are those of the spans of a trace, and connected says whether each but the first has its parent there.
func (c *collector) names(of string) (names []string, connected bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ids, all := map[string]bool{"": true}, map[string]bool{}
	for _, s := range c.came {
		ids[string(s.GetSpanId())] = true
	}
	connected = true
	for _, s := range c.came {
		if traceOf(s) == of {
			all[s.GetName()], connected = true, connected && ids[string(s.GetParentSpanId())]
		}
	}
	return slices.Sorted(maps.Keys(all)), connected
}

func traceOf(s *spans.Span) string { return hex.EncodeToString(s.GetTraceId()) }

func value(of []*common.KeyValue, key string) string {
	for _, a := range of {
		if a.GetKey() == key {
			if n, is := a.GetValue().GetValue().(*common.AnyValue_IntValue); is {
				return string(must(json.Marshal(n.IntValue)))
			}
			return a.GetValue().GetStringValue()
		}
	}
	return ""
}

func must(text []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return text
}

// traced is the shop's service as a process of its own, which tells a collector.
func traced(h *house, to *collector) *killing {
	h.env["OTEL_EXPORTER_OTLP_ENDPOINT"], h.env["OTEL_BSP_SCHEDULE_DELAY"] = to.URL, "20"
	h.env["NEXUSGATE_LOG_FORMAT"] = "json"
	return &killing{house: h}
}

// begin runs the service, and points GitHub's webhooks at it.
func (k *killing) begin(ctx context.Context) *child {
	k.t.Helper()
	c := k.spawn(ctx)
	root := c.ready()
	k.hub.Hook(root+"/webhook/github", hubSecret)
	k.lab.Hook(root+"/webhook/gitlab", labToken, "")
	return c
}

func TestATraceGoesOnFromReceiptToReportThoughTheServiceIsKilledInBetween(t *testing.T) {
	t.Parallel()
	to, h := newCollector(t), furnish(t, shop)
	h.hub.Fail("create_check_run", http.StatusInternalServerError, nil, 1000)
	k := traced(h, to)
	first := k.begin(t.Context())
	h.eventually("every component has a head", func() bool { return len(to.all("", "process inbox", "nexusgate.delivery.event", "head")) == 3 })
	change := propose(h.cart, "guest")
	var begun *spans.Span
	h.eventually("the report is tried", func() bool {
		begun = to.find("", "report "+gate.DoneCheck, "vcs.ref.head.revision", change.Head())
		return begun != nil
	})
	first.kill()
	h.hub.Heal()
	second := k.begin(t.Context())
	h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	of := traceOf(begun)
	h.eventually("the same trace tells that the report is taken", func() bool {
		return to.find(of, "POST create_check_run", "http.response.status_code", "201") != nil
	})
	second.end()

	root, step := to.find(of, "POST /webhook/github", "http.response.status_code", "202"), to.find(of, "process inbox", "nexusgate.nexus", "shop")
	if root == nil || len(root.GetParentSpanId()) != 0 || root.GetKind() != spans.Span_SPAN_KIND_SERVER || step == nil {
		t.Fatalf("the trace begins with %v, and goes on with %v", root, step)
	}
	names, connected := to.names(of)
	for _, want := range []string{"keep inbox", "decode", "judge", "record", "read change", "GET read_change_files"} {
		if !slices.Contains(names, want) {
			t.Errorf("the trace lacks %q: %q", want, names)
		}
	}
	if !connected || to.service != "nexusgate" {
		t.Errorf("the spans of %s do not hang together: %q", to.service, names)
	}
	secrets := map[string]string{"a webhook's secret": hubSecret, "a hook's token": labToken, "GitLab's token": h.lab.Token(), "a person": `"ana"`, "a branch": "guest", "a repository": "cart-api"}
	silent(t, "the traces", to.text.String(), secrets)
	tellsOf(t, first.err, "a report was not taken; it stays owed", of)
}

// tellsOf holds that a line of a log tells of a trace and of a delivery.
func tellsOf(t *testing.T, file, line, trace string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for one := range bytes.Lines(text) {
		var fields struct {
			Msg, Delivery string
			Trace         string `json:"trace_id"`
		}
		if err := json.Unmarshal(one, &fields); err != nil {
			t.Fatalf("%v: %s", err, one)
		}
		if fields.Msg == line && fields.Trace == trace && len(fields.Delivery) == 32 {
			return
		}
	}
	t.Errorf("no line says %q of a delivery of trace %s:\n%s", line, trace, text)
}

func TestAReplyDoesNotWaitForACollectorNorDoesTheEnd(t *testing.T) {
	t.Parallel()
	h := furnish(t, shop)
	silence := make(chan struct{})
	deaf := &collector{t: t, Server: httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-silence:
		case <-r.Context().Done():
		}
	}))}
	t.Cleanup(deaf.Close)
	t.Cleanup(func() { close(silence) })
	service := traced(h, deaf).begin(t.Context())
	change := propose(h.cart, "guest")
	h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	service.end()
}
