package records

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	commits    prometheus.Histogram
	failures   prometheus.Counter
	entries    prometheus.Gauge
	checkpoint prometheus.Gauge
	reserve    prometheus.Gauge
	writable   prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		commits: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "nezuban_records_commit_seconds", Help: "Time from the begin of a transaction to its being durable.",
			Buckets: []float64{.0002, .0005, .001, .002, .005, .01, .02, .05, .1, .5, 1, 5},
		}),
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "nezuban_records_failed_commits_total", Help: "Transactions that were not kept.",
		}),
		entries: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "nezuban_audit_entries", Help: "Entries of this node's audit chain.",
		}),
		checkpoint: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "nezuban_audit_checkpoint_timestamp_seconds", Help: "When the audit chain was last signed, seconds since 1970; 0 never.",
		}),
		reserve: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "nezuban_records_reserve_bytes", Help: "Space held back for records on a full disk.",
		}),
		writable: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "nezuban_records_writable", Help: "1 while records can be written.",
		}),
	}
	m.writable.Set(1)
	if reg != nil {
		reg.MustRegister(m.commits, m.failures, m.entries, m.checkpoint, m.reserve, m.writable)
	}
	return m
}

func (m *metrics) commit(took time.Duration, err error) {
	if err != nil {
		m.failures.Inc()
		return
	}
	m.commits.Observe(took.Seconds())
}

func (m *metrics) chain(seq int64) { m.entries.Set(float64(seq)) }

func (m *metrics) setState(state string) {
	m.writable.Set(0)
	if state == StateOK {
		m.writable.Set(1)
	}
}
