package trap

import (
	"log/slog"
	"maps"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/internal/facility"
)

// metrics counts for people and for scrapers.
type metrics struct {
	mu      sync.Mutex // protects what follows
	now     facility.TrapStatus
	kernel0 uint32               // as the kernel counted last
	causes  map[[2]string]uint64 // device, cause

	byVersion, unknowns, refusals, samples, pollings, acks, lost, kernelDrops *prometheus.Desc
}

func newMetrics(reg prometheus.Registerer, log *slog.Logger) *metrics {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("nezuban_trap_"+name, help, labels, nil)
	}
	m := &metrics{
		now: facility.TrapStatus{Received: map[string]uint64{"v1": 0, "v2c": 0, "v3": 0, "malformed": 0, "unread": 0}}, causes: map[[2]string]uint64{},
		byVersion:   desc("received_total", "Datagrams on the trap port.", "version"),
		unknowns:    desc("unknown_sender_total", "Datagrams from senders that are nobody of the inventory."),
		refusals:    desc("refused_total", "Traps not taken, by device of the source address (empty: nobody) and cause.", "device", "cause"),
		samples:     desc("sampled_out_total", "Datagrams beyond the limits, counted and not read."),
		pollings:    desc("polls_total", "Polls that traps brought."),
		acks:        desc("informs_acknowledged_total", "Informs acknowledged."),
		lost:        desc("evidence_not_kept_total", "Traps that were read and not kept as evidence."),
		kernelDrops: desc("kernel_dropped_total", "Datagrams that the kernel dropped because nobody read them in time."),
	}
	if reg != nil {
		if err := reg.Register(m); err != nil {
			log.Error("register trap metrics", "err", err)
		}
	}
	return m
}

// Describe implements prometheus.Collector.
func (m *metrics) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.byVersion, m.unknowns, m.refusals, m.samples, m.pollings, m.acks, m.lost, m.kernelDrops} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (m *metrics) Collect(ch chan<- prometheus.Metric) {
	m.mu.Lock()
	defer m.mu.Unlock()
	counter := func(d *prometheus.Desc, n uint64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
	}
	for v, n := range m.now.Received {
		counter(m.byVersion, n, v)
	}
	for k, n := range m.causes {
		counter(m.refusals, n, k[0], k[1])
	}
	counter(m.unknowns, m.now.Unknown)
	counter(m.samples, m.now.Sampled)
	counter(m.pollings, m.now.Polls)
	counter(m.acks, m.now.Acknowledged)
	counter(m.lost, m.now.NotKept)
	counter(m.kernelDrops, m.now.Dropped)
}

func (m *metrics) change(f func(s *facility.TrapStatus)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f(&m.now)
}

func (m *metrics) received(version string) {
	m.change(func(s *facility.TrapStatus) { s.Received[version]++ })
}
func (m *metrics) unknown()         { m.change(func(s *facility.TrapStatus) { s.Unknown++ }) }
func (m *metrics) sampled()         { m.change(func(s *facility.TrapStatus) { s.Sampled++ }) }
func (m *metrics) polled()          { m.change(func(s *facility.TrapStatus) { s.Polls++ }) }
func (m *metrics) acknowledged()    { m.change(func(s *facility.TrapStatus) { s.Acknowledged++ }) }
func (m *metrics) notKept(n uint64) { m.change(func(s *facility.TrapStatus) { s.NotKept += n }) }

// refused counts by the device of the source address; senders of no device are one.
func (m *metrics) refused(device facility.DeviceID, cause string) {
	m.change(func(s *facility.TrapStatus) {
		m.causes[[2]string{string(device), cause}]++
		if cause == "malformed" {
			s.Malformed++
		} else {
			s.Refused++
		}
	})
}

// kernel takes the kernel's own count, which wraps at 2^32.
func (m *metrics) kernel(n uint32) {
	m.change(func(s *facility.TrapStatus) {
		s.Dropped += uint64(n - m.kernel0)
		m.kernel0 = n
	})
}

func (m *metrics) status() facility.TrapStatus {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := m.now
	out.Received = maps.Clone(out.Received)
	return out
}
