package metrics

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/nexusgate/nexusgate/gate"
)

// hearing shows how well a Nexus hears. What its sweeps came to is left out when it cannot be read.
func (s standings) hearing(ch chan<- prometheus.Metric, st gate.Standing) {
	ctx, cancel := context.WithTimeout(context.Background(), countFor)
	defer cancel()
	name := st.Definition.Name
	h, err := s.source.Hearing(ctx, name)
	seen := make(map[string]bool)
	for _, c := range st.Components {
		if seen[c.Name] {
			continue
		}
		seen[c.Name] = true
		s.moment(ch, "component_heard_timestamp_seconds", c.Heard, name, c.Team, c.Name)
		s.gauge(ch, "component_silent", yes(c.Silent), name, c.Team, c.Name)
		if err == nil {
			s.gauge(ch, "hooks_disabled", float64(len(h.Of(c.Component).Hooks)), name, c.Team, c.Name)
		}
	}
	if err == nil {
		s.sweeps(ch, h, name)
		s.headsHeard(ch, h, st)
	}
}

// headsHeard has the count of missed landings begin at 0 for each forge: what appears with its first event
// has no rate from which to tell of it.
func (s standings) headsHeard(ch chan<- prometheus.Metric, h gate.Hearing, st gate.Standing) {
	const landing = "head"
	told := make(map[string]bool)
	for _, m := range h.Sum {
		told[string(m.Forge)] = told[string(m.Forge)] || m.Event == landing
	}
	for _, c := range st.Components {
		if !told[c.Forge] {
			told[c.Forge] = true
			s.counter(ch, "missed_deliveries_total", 0, st.Definition.Name, c.Forge, landing)
		}
	}
}

func (s standings) sweeps(ch chan<- prometheus.Metric, h gate.Hearing, name string) {
	if !h.Sweep.Ended.IsZero() {
		s.moment(ch, "sweep_timestamp_seconds", h.Sweep.Ended, name)
		s.gauge(ch, "sweep_partial_repositories", float64(h.Sweep.Partial), name)
	}
	for _, spent := range h.Spent {
		s.counter(ch, "sweep_requests_total", float64(spent.Requests-spent.Unchanged), name, string(spent.Forge), "answered")
		s.counter(ch, "sweep_requests_total", float64(spent.Unchanged), name, string(spent.Forge), "unchanged")
	}
	var timed int64
	var sum float64
	upto := map[float64]uint64{}
	for _, m := range h.Sum {
		s.counter(ch, "missed_deliveries_total", float64(m.Count), name, string(m.Forge), m.Event)
		timed, sum = timed+m.Timed, sum+m.Lag.Seconds()
		for i, bound := range gate.LagBounds {
			upto[bound.Seconds()] += uint64(max(m.Upto[i], 0))
		}
	}
	if len(h.Sum) > 0 {
		ch <- prometheus.MustNewConstHistogram(s.descs["missed_delivery_lag_seconds"], uint64(max(timed, 0)), sum, upto, name)
	}
}

func (s standings) redelivered(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), countFor)
	defer cancel()
	r, ours := s.source.Redelivered(ctx)
	if !ours {
		return
	}
	s.counter(ch, "redeliveries_total", float64(r.Asked), "asked")
	s.counter(ch, "redeliveries_total", float64(r.Came), "came")
	s.counter(ch, "redeliveries_total", float64(r.GivenUp), "given-up")
	s.gauge(ch, "redeliveries_awaited", float64(r.Waiting))
}

func yes(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
