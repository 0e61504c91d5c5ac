package snmp

import (
	"log/slog"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/internal/facility"
)

// metrics shows every device's health under the names all engines use, told
// apart by the label engine.
type metrics struct {
	lateness, roundTrip, timeouts, rounds, refused, lost, skipped, discoveries *prometheus.Desc

	mu      sync.Mutex // protects devices
	devices map[facility.DeviceID]account
}

// account is what is shown of one device.
type account struct {
	health      facility.Health // its map is never changed after it is handed over
	lost        uint64          // batches nobody took
	skipped     uint64          // rounds that did not happen because one before took too long
	discoveries uint64
}

// newMetrics registers with reg; the words are those of the other engines,
// because a metric has one help text.
func newMetrics(reg prometheus.Registerer, log *slog.Logger) *metrics {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("nezuban_collector_"+name, help, append([]string{"device"}, labels...), nil)
	}
	m := &metrics{
		lateness:    desc("lateness_seconds", "Start of the last round after its scheduled moment."),
		roundTrip:   desc("roundtrip_seconds", "Time of the last answered request."),
		timeouts:    desc("timeouts_total", "Requests without an answer in time."),
		rounds:      desc("rounds_total", "Rounds of polling."),
		refused:     desc("refused_total", "Readings or answers refused, by cause.", "cause"),
		lost:        desc("batches_lost_total", "Batches nobody took."),
		skipped:     desc("skipped_total", "Rounds skipped because one before took too long."),
		discoveries: desc("discoveries_total", "Times the device's points were discovered."),
		devices:     map[facility.DeviceID]account{},
	}
	if reg != nil {
		if err := prometheus.WrapRegistererWith(prometheus.Labels{"engine": "snmp"}, reg).Register(m); err != nil {
			log.Error("register collector metrics", "engine", "snmp", "err", err) // polling matters more
		}
	}
	return m
}

// Describe implements prometheus.Collector.
func (m *metrics) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.lateness, m.roundTrip, m.timeouts, m.rounds, m.refused, m.lost, m.skipped, m.discoveries} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (m *metrics) Collect(ch chan<- prometheus.Metric) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, a := range m.devices {
		dev := string(id)
		counter := func(d *prometheus.Desc, n uint64, labels ...string) {
			ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), append([]string{dev}, labels...)...)
		}
		ch <- prometheus.MustNewConstMetric(m.lateness, prometheus.GaugeValue, a.health.Lateness.Seconds(), dev)
		if !a.health.LastAnswer.IsZero() {
			ch <- prometheus.MustNewConstMetric(m.roundTrip, prometheus.GaugeValue, a.health.RoundTrip.Seconds(), dev)
		}
		counter(m.timeouts, a.health.Timeouts)
		counter(m.rounds, a.health.Rounds)
		for cause, n := range a.health.Refused {
			counter(m.refused, n, cause)
		}
		counter(m.lost, a.lost)
		counter(m.skipped, a.skipped)
		counter(m.discoveries, a.discoveries)
	}
}

func (m *metrics) observe(id facility.DeviceID, a account) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.devices[id] = a
}

func (m *metrics) forget(id facility.DeviceID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.devices, id)
}
