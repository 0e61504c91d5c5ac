package collectors

import (
	"log/slog"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/internal/facility"
)

// An Account is what is shown of one device's polling.
type Account struct {
	Health      facility.Health // its map is not changed after it is handed over
	Lost        uint64          // batches nobody took
	Skipped     uint64          // rounds that did not happen because one before took too long
	Late        uint64          // rounds that began more than a tenth of the interval after their moment
	Shortened   uint64          // rounds that ended before everything was asked or answered
	Unasked     uint64          // rounds in which the device was not asked because it is unreachable
	SiteSilent  uint64          // the same because most devices behind its gateway are silent
	Discoveries uint64          // times the device's points were discovered
}

// Metrics shows every device's account under names that all engines share, told
// apart by the label engine: nezuban_collector_lateness_seconds{engine, device}
// and so on.
type Metrics struct {
	lateness, roundTrip, timeouts, rounds, refused, lost, skipped, late, shortened, unasked, discoveries *prometheus.Desc

	mu      sync.Mutex // protects devices
	devices map[facility.DeviceID]Account
}

// NewMetrics registers the engine's metrics with reg, which may be nil.
func NewMetrics(engine string, reg prometheus.Registerer, log *slog.Logger) *Metrics {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("nezuban_collector_"+name, help, append([]string{"device"}, labels...), nil)
	}
	m := &Metrics{
		lateness:    desc("lateness_seconds", "Start of the last round after its scheduled moment."),
		roundTrip:   desc("roundtrip_seconds", "Time of the last answered request."),
		timeouts:    desc("timeouts_total", "Requests without an answer in time."),
		rounds:      desc("rounds_total", "Rounds of polling."),
		refused:     desc("refused_total", "Readings or answers refused, by cause.", "cause"),
		lost:        desc("batches_lost_total", "Batches nobody took."),
		skipped:     desc("skipped_total", "Rounds skipped because one before took too long."),
		late:        desc("rounds_late_total", "Rounds that began more than a tenth of the interval after their moment."),
		shortened:   desc("rounds_shortened_total", "Rounds that ended before everything was asked or answered."),
		unasked:     desc("rounds_unasked_total", "Rounds in which the device was not asked, by cause: it is unreachable, or most devices of its site are silent.", "cause"),
		discoveries: desc("discoveries_total", "Times the device's points were discovered."),
		devices:     map[facility.DeviceID]Account{},
	}
	if reg != nil {
		if err := prometheus.WrapRegistererWith(prometheus.Labels{"engine": engine}, reg).Register(m); err != nil {
			log.Error("register collector metrics", "engine", engine, "err", err) // polling matters more
		}
	}
	return m
}

// Describe implements prometheus.Collector.
func (m *Metrics) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.lateness, m.roundTrip, m.timeouts, m.rounds, m.refused, m.lost, m.skipped, m.late, m.shortened, m.unasked, m.discoveries} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (m *Metrics) Collect(ch chan<- prometheus.Metric) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, a := range m.devices {
		dev := string(id)
		counter := func(d *prometheus.Desc, n uint64, labels ...string) {
			ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), append([]string{dev}, labels...)...)
		}
		ch <- prometheus.MustNewConstMetric(m.lateness, prometheus.GaugeValue, a.Health.Lateness.Seconds(), dev)
		if !a.Health.LastAnswer.IsZero() {
			ch <- prometheus.MustNewConstMetric(m.roundTrip, prometheus.GaugeValue, a.Health.RoundTrip.Seconds(), dev)
		}
		counter(m.timeouts, a.Health.Timeouts)
		counter(m.rounds, a.Health.Rounds)
		for cause, n := range a.Health.Refused {
			counter(m.refused, n, cause)
		}
		counter(m.lost, a.Lost)
		counter(m.skipped, a.Skipped)
		counter(m.late, a.Late)
		counter(m.shortened, a.Shortened)
		counter(m.unasked, a.Unasked, "unreachable")
		counter(m.unasked, a.SiteSilent, "site_silent")
		counter(m.discoveries, a.Discoveries)
	}
}

// Observe keeps a device's newest account.
func (m *Metrics) Observe(id facility.DeviceID, a Account) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.devices[id] = a
}

// Of returns a device's newest account; false where there is none.
func (m *Metrics) Of(id facility.DeviceID) (Account, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.devices[id]
	return a, ok
}

// Forget drops a device that left the inventory.
func (m *Metrics) Forget(id facility.DeviceID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.devices, id)
}
