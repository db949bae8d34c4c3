package metrics

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// grantVecs are what the forges grant, as they last said.
type grantVecs struct {
	limit, remaining, resets *prometheus.GaugeVec
	installations            *bounded
}

func newGrantVecs() grantVecs {
	return grantVecs{
		limit: gauge("forge_requests_limit"), remaining: gauge("forge_requests_remaining"),
		resets: gauge("forge_requests_reset_timestamp_seconds"), installations: &bounded{},
	}
}

// Granted records how many requests a forge grants, how many of them are left, and when all are granted
// anew (zero: the forge does not tell). The installation is GitHub's id of it, 0 on GitLab.
func (m *Metrics) Granted(forgeName string, installation int64, limit, remaining int, resets time.Time) {
	whose := ""
	if installation != 0 {
		whose = m.grant.installations.admit(strconv.FormatInt(installation, 10))
	}
	m.grant.limit.WithLabelValues(forge(forgeName), whose).Set(float64(limit))
	m.grant.remaining.WithLabelValues(forge(forgeName), whose).Set(float64(remaining))
	if !resets.IsZero() {
		m.grant.resets.WithLabelValues(forge(forgeName), whose).Set(seconds(resets))
	}
}
