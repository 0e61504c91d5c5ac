package agent

import (
	"log/slog"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/internal/facility"
)

// metrics shows every device's health under the names all engines use, told
// apart by the label engine.
type metrics struct {
	lateness, roundTrip, timeouts, rounds, refused, batches *prometheus.Desc

	mu      sync.Mutex // protects the rest
	devices map[facility.DeviceID]facility.Health
	notHeld map[facility.DeviceID]uint64
}

func newMetrics(reg prometheus.Registerer, log *slog.Logger) *metrics {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("nezuban_collector_"+name, help, append([]string{"device"}, labels...), nil)
	}
	m := &metrics{
		lateness:  desc("lateness_seconds", "Start of the last round after its scheduled moment."),
		roundTrip: desc("roundtrip_seconds", "Time of the last answered request."),
		timeouts:  desc("timeouts_total", "Requests without an answer in time."),
		rounds:    desc("rounds_total", "Rounds of polling."),
		refused:   desc("refused_total", "Readings or answers refused, by cause.", "cause"),
		batches:   desc("batches_lost_total", "Batches nobody took."),
		devices:   map[facility.DeviceID]facility.Health{},
		notHeld:   map[facility.DeviceID]uint64{},
	}
	if reg != nil {
		if err := prometheus.WrapRegistererWith(prometheus.Labels{"engine": "agent"}, reg).Register(m); err != nil {
			log.Error("register collector metrics", "engine", "agent", "err", err) // polling matters more
		}
	}
	return m
}

// Describe implements prometheus.Collector.
func (m *metrics) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.lateness, m.roundTrip, m.timeouts, m.rounds, m.refused, m.batches} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (m *metrics) Collect(ch chan<- prometheus.Metric) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, h := range m.devices {
		dev := string(id)
		ch <- prometheus.MustNewConstMetric(m.lateness, prometheus.GaugeValue, h.Lateness.Seconds(), dev)
		if !h.LastAnswer.IsZero() {
			ch <- prometheus.MustNewConstMetric(m.roundTrip, prometheus.GaugeValue, h.RoundTrip.Seconds(), dev)
		}
		ch <- prometheus.MustNewConstMetric(m.timeouts, prometheus.CounterValue, float64(h.Timeouts), dev)
		ch <- prometheus.MustNewConstMetric(m.rounds, prometheus.CounterValue, float64(h.Rounds), dev)
		for cause, n := range h.Refused {
			ch <- prometheus.MustNewConstMetric(m.refused, prometheus.CounterValue, float64(n), dev, cause)
		}
		ch <- prometheus.MustNewConstMetric(m.batches, prometheus.CounterValue, float64(m.notHeld[id]), dev)
	}
}

// observe keeps a device's health; its map of refusals must not change any more.
func (m *metrics) observe(id facility.DeviceID, h *facility.Health) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.devices[id] = *h
}

func (m *metrics) lost(id facility.DeviceID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.notHeld[id]++
}

func (m *metrics) forget(id facility.DeviceID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.devices, id)
	delete(m.notHeld, id)
}
