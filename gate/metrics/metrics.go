package metrics

import (
	"context"
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/nexusgate/nexusgate/gate"
)

// Source is the read side that a scrape shows. All may be called from several scrapes at a time.
type Source interface {
	Standings() []gate.Standing
	Counts(ctx context.Context) (gate.Counts, error)
	// Hearing is what the sweeps of a Nexus came to.
	Hearing(ctx context.Context, nexus string) (gate.Hearing, error)
	// Redelivered is what GitHub was asked to deliver again, where this process asks.
	Redelivered(ctx context.Context) (gate.Redelivered, bool)
	// Untaken is what the forges have not taken when it was sent.
	Untaken(ctx context.Context) ([]gate.Untaken, error)
}

// Metrics are all metrics of one process, in a registry of their own.
type Metrics struct {
	registry   *prometheus.Registry
	deliveries *prometheus.CounterVec
	lag        prometheus.Histogram
	verdicts   *prometheus.CounterVec
	releases   *prometheus.CounterVec
	briefs     *prometheus.CounterVec
	taken      *prometheus.HistogramVec
	requests   *prometheus.CounterVec
	grant      grantVecs
	events     bounded
	operations bounded
}

// New makes the metrics over a read side. The version is what build_info says.
func New(src Source, version string) *Metrics {
	m := &Metrics{
		registry:   prometheus.NewRegistry(),
		deliveries: counter("deliveries_total"),
		lag:        prometheus.NewHistogram(histogram("delivery_lag_seconds", 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 6*3600, 24*3600, 72*3600)),
		verdicts:   counter("verdicts_total"),
		releases:   counter("releases_judged_total"),
		briefs:     counter("briefs_total"),
		taken:      prometheus.NewHistogramVec(histogram("verdict_seconds", 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800), documented("verdict_seconds").Labels),
		requests:   counter("forge_requests_total"),
		grant:      newGrantVecs(),
	}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		newStandings(src), buildInfo(version), m.deliveries, m.lag, m.verdicts, m.releases, m.briefs, m.taken, m.requests,
		m.grant.limit, m.grant.remaining, m.grant.resets)
	return m
}

// Delivered counts a delivery: who brought it ("github"), the forge's word for what it is
// ("check_run") and what became of it ("applied", "duplicate", "refused").
func (m *Metrics) Delivered(source, event, result string) {
	m.deliveries.WithLabelValues(forge(source), m.events.admit(event), m.events.admit(result)).Inc()
}

// Lag records how long an event took from its own time at the forge to us. Clocks differ: less
// than nothing counts as nothing.
func (m *Metrics) Lag(d time.Duration) { m.lag.Observe(max(d, 0).Seconds()) }

// Judged counts a verdict.
func (m *Metrics) Judged(nexus string, o gate.Outcome) { judged(m.verdicts, nexus, o) }

// Released counts what was said of a release.
func (m *Metrics) Released(nexus string, o gate.Outcome) { judged(m.releases, nexus, o) }

// Briefed counts a brief of an event ("daily") that was "sent" by a way ("slack"), "refused" for good, or "missed".
func (m *Metrics) Briefed(nexus, event, by, result string) {
	m.briefs.WithLabelValues(nexus, event, by, result).Inc()
}

func judged(in *prometheus.CounterVec, nexus string, o gate.Outcome) {
	for _, known := range [...]gate.Outcome{gate.Done, gate.NotDone, gate.Awaiting} {
		c := in.WithLabelValues(nexus, string(known)) // all three exist from the first, for rates
		if o == known {
			c.Inc()
		}
	}
}

// ReportTaken records that a forge took a report, that long after the delivery that changed it.
func (m *Metrics) ReportTaken(nexus string, since time.Duration) {
	m.taken.WithLabelValues(nexus).Observe(max(since, 0).Seconds())
}

// Requested counts a request to a forge: what for ("create check") and what it answered ("201", or
// "error" where there was no answer).
func (m *Metrics) Requested(forgeName, operation, code string) {
	m.requests.WithLabelValues(forge(forgeName), m.operations.admit(operation), m.operations.admit(code)).Inc()
}

// Handler serves the scrape. What cannot be read is left out of it, never guessed.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorHandling:       promhttp.ContinueOnError,
		MaxRequestsInFlight: 8,
		Timeout:             10 * time.Second,
	})
}

func counter(name string) *prometheus.CounterVec {
	d := documented(name)
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: d.Name, Help: d.Help}, d.Labels)
}

func gauge(name string) *prometheus.GaugeVec {
	d := documented(name)
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: d.Name, Help: d.Help}, d.Labels)
}

func histogram(name string, buckets ...float64) prometheus.HistogramOpts {
	d := documented(name)
	return prometheus.HistogramOpts{Name: d.Name, Help: d.Help, Buckets: buckets}
}

func buildInfo(version string) prometheus.Collector {
	g := gauge("build_info")
	g.WithLabelValues(version, runtime.Version()).Set(1)
	return g
}
