package metrics

import (
	"context"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// How long the queues may take to be counted, and how many findings of a Nexus are shown.
const (
	countFor     = 5 * time.Second
	findingsSize = 5000
)

// standings is the collector over the read side. It holds nothing but descriptions, and so no lock.
type standings struct {
	source Source
	descs  map[string]*prometheus.Desc
}

func newStandings(src Source) standings {
	s := standings{source: src, descs: make(map[string]*prometheus.Desc)}
	for _, name := range [...]string{
		"increment_done", "increment_number", "increment_last_done_timestamp_seconds", "component_done",
		"component_landed_timestamp_seconds", "findings", "exceptions_active", "exception_end_timestamp_seconds", "dependencies_open",
		"sprint_done_increments", "sprint_start_timestamp_seconds", "sprint_end_timestamp_seconds",
		"store_up", "inbox_pending", "inbox_pending_since_timestamp_seconds", "reports_owed", "reports_owed_since_timestamp_seconds",
		"errands_owed", "errands_owed_since_timestamp_seconds", "reports_untaken", "reports_untaken_since_timestamp_seconds",
		"component_heard_timestamp_seconds", "component_silent", "hooks_disabled", "missed_deliveries_total",
		"missed_delivery_lag_seconds", "sweep_requests_total", "sweep_timestamp_seconds", "sweep_partial_repositories",
		"redeliveries_total", "redeliveries_awaited", "releases_alarming",
	} {
		m := documented(name)
		s.descs[name] = prometheus.NewDesc(m.Name, m.Help, m.Labels, nil)
	}
	return s
}

// Describe says what can be collected.
func (s standings) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range s.descs {
		ch <- d
	}
}

// Collect reads how everything stands now.
func (s standings) Collect(ch chan<- prometheus.Metric) {
	s.queues(ch)
	s.redelivered(ch)
	seen := make(map[string]bool)
	for _, standing := range s.source.Standings() {
		if standing.Definition == nil || seen[standing.Definition.Name] {
			continue // a series twice would spoil the whole scrape
		}
		seen[standing.Definition.Name] = true
		s.nexus(ch, standing)
		s.hearing(ch, standing)
	}
}

// queues leaves sizes out when they cannot be counted: absent is alerted on, a wrong 0 is not.
func (s standings) queues(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), countFor)
	defer cancel()
	c, err := s.source.Counts(ctx)
	s.gauge(ch, "store_up", yes(err == nil))
	if err != nil {
		return
	}
	s.gauge(ch, "inbox_pending", float64(c.Pending))
	s.moment(ch, "inbox_pending_since_timestamp_seconds", c.PendingSince)
	s.gauge(ch, "reports_owed", float64(c.Owed))
	s.moment(ch, "reports_owed_since_timestamp_seconds", c.OwedSince)
	s.gauge(ch, "errands_owed", float64(c.Errands))
	s.moment(ch, "errands_owed_since_timestamp_seconds", c.ErrandsSince)
	untaken, err := s.source.Untaken(ctx)
	if err != nil {
		return
	}
	for _, u := range untaken {
		s.gauge(ch, "reports_untaken", float64(u.Reports), forge(string(u.Forge)))
		s.gauge(ch, "reports_untaken_since_timestamp_seconds", seconds(u.Since), forge(string(u.Forge)))
	}
}

func (s standings) nexus(ch chan<- prometheus.Metric, st gate.Standing) {
	name := st.Definition.Name
	s.gauge(ch, "increment_done", done(st, st.HeadSays), name)
	s.gauge(ch, "increment_number", float64(st.Head.Number), name)
	if st.LastDone.Number > 0 {
		s.moment(ch, "increment_last_done_timestamp_seconds", st.LastDone.DoneAt, name)
	}
	if st.Sprint.Number > 0 {
		s.gauge(ch, "sprint_done_increments", float64(st.Sprint.Done), name)
		s.moment(ch, "sprint_start_timestamp_seconds", st.Sprint.Start, name)
		s.moment(ch, "sprint_end_timestamp_seconds", st.Sprint.End, name)
	}
	for _, d := range st.Dependencies {
		s.gauge(ch, "dependencies_open", float64(d.Open), name, d.From, d.To)
	}
	seen := make(map[string]bool)
	for _, c := range st.Components {
		if !seen[c.Name] {
			s.gauge(ch, "component_done", done(st, c.Says), name, c.Team, c.Name)
			s.moment(ch, "component_landed_timestamp_seconds", c.Since, name, c.Team, c.Name)
		}
		seen[c.Name] = true
	}
	s.findings(ch, name, st.HeadSays.Findings)
	s.exceptions(ch, name, st.HeadSays.Findings)
	s.ends(ch, name, st.Exceptions)
	if st.Definition.Release.Watched {
		s.releases(ch, st)
	}
}

// releases counts those whose alarm stands, 0 too: a component that is not there is not watched.
func (s standings) releases(ch chan<- prometheus.Metric, st gate.Standing) {
	alarms := make(map[string]int)
	for _, c := range st.Components {
		alarms[c.Name] = 0
	}
	for _, r := range st.Releases {
		for _, component := range r.Judged.Components {
			if _, stands := alarms[component]; stands && r.Judged.Alarm {
				alarms[component]++
			}
		}
	}
	for component, n := range alarms {
		s.gauge(ch, "releases_alarming", float64(n), st.Definition.Name, component)
	}
}

// place is what findings are counted by.
type place struct{ team, component, criterion, state string }

func (s standings) findings(ch chan<- prometheus.Metric, nexus string, findings []gate.Finding) {
	counts := make(map[place]int)
	for _, f := range findings {
		p := place{f.Team, f.Component, f.Criterion, string(f.State)}
		if f.Level != definition.Advisory && (counts[p] > 0 || len(counts) < findingsSize) {
			counts[p]++
		}
	}
	for p, n := range counts {
		s.gauge(ch, "findings", float64(n), nexus, p.team, p.component, p.criterion, p.state)
	}
}

// leave is what findings under exceptions are counted by.
type leave struct{ team, criterion string }

func (s standings) exceptions(ch chan<- prometheus.Metric, nexus string, findings []gate.Finding) {
	counts := make(map[leave]int)
	for _, f := range findings {
		l := leave{f.Team, f.Criterion}
		if f.Exception != "" && (counts[l] > 0 || len(counts) < findingsSize) {
			counts[l]++
		}
	}
	for l, n := range counts {
		s.gauge(ch, "exceptions_active", float64(n), nexus, l.team, l.criterion)
	}
}

// exceptionsSize is how many exceptions of a Nexus are shown.
const exceptionsSize = 500

// ends shows when the exceptions end that something rests on. When one ends that nothing rests on, nothing changes.
func (s standings) ends(ch chan<- prometheus.Metric, nexus string, all []gate.ExceptionStanding) {
	seen := make(map[string]bool)
	for _, e := range all {
		if len(e.Uses) > 0 && !seen[e.ID] && len(seen) < exceptionsSize {
			seen[e.ID] = true
			s.moment(ch, "exception_end_timestamp_seconds", e.Until, nexus, e.Criterion, e.ID)
		}
	}
}

// moment shows when something was, and nothing where it was not.
func (s standings) moment(ch chan<- prometheus.Metric, name string, t time.Time, labels ...string) {
	if !t.IsZero() {
		s.gauge(ch, name, seconds(t), labels...)
	}
}

func (s standings) gauge(ch chan<- prometheus.Metric, name string, value float64, labels ...string) {
	s.send(ch, prometheus.GaugeValue, name, value, labels)
}

// counter sends a count that is kept elsewhere, and goes on over a restart.
func (s standings) counter(ch chan<- prometheus.Metric, name string, value float64, labels ...string) {
	s.send(ch, prometheus.CounterValue, name, value, labels)
}

func (s standings) send(ch chan<- prometheus.Metric, kind prometheus.ValueType, name string, value float64, labels []string) {
	for i := range labels {
		labels[i] = strings.ToValidUTF8(labels[i], "\uFFFD")
	}
	m, err := prometheus.NewConstMetric(s.descs[name], kind, value, labels...)
	if err != nil {
		m = prometheus.NewInvalidMetric(s.descs[name], err)
	}
	ch <- m
}

// done is 1 for what may go out: done, and under no exception unless the release rule allows for it.
func done(st gate.Standing, v gate.Verdict) float64 {
	if v.Releases(st.Definition.Release) {
		return 1
	}
	return 0
}

func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }
