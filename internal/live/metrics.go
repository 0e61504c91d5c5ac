package live

import (
	"github.com/prometheus/client_golang/prometheus"

	"nezuban/internal/facility"
)

type metrics struct {
	batches    prometheus.Counter
	readings   prometheus.Counter
	outOfOrder prometheus.Counter
	changes    prometheus.Counter
	clockSteps prometheus.Counter
	pauses     prometheus.Counter
	snapshots  prometheus.Counter
	refused    *prometheus.CounterVec
	models     *prometheus.CounterVec
	checkpoint prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer) *metrics {
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
		reg.MustRegister(c)
		return c
	}
	m := &metrics{
		batches:    counter("nezuban_live_batches_total", "Batches taken into the live table."),
		readings:   counter("nezuban_live_readings_total", "Good readings taken into the live table."),
		outOfOrder: counter("nezuban_live_out_of_order_total", "Readings left out because a newer one of their point was taken before."),
		changes:    counter("nezuban_live_alarm_changes_total", "Changes of alarm conditions handed to the committer."),
		clockSteps: counter("nezuban_live_clock_steps_total", "Steps of our own wall clock by more than 5 s."),
		pauses:     counter("nezuban_live_pauses_total", "Times this program itself stood still for more than 5 s."),
		snapshots:  counter("nezuban_live_snapshots_total", "Snapshots made for consoles."),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "nezuban_live_refused_total", Help: "Readings refused by the guard, by device and cause.",
		}, []string{"device", "cause"}),
	}
	m.models = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "nezuban_live_model_evaluations_total", Help: "Evaluations of the facility's models: power, fire, cooling.",
	}, []string{"model"})
	m.checkpoint = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "nezuban_live_checkpoint_bytes", Help: "Size of the last checkpoint of targets' accounts.",
	})
	reg.MustRegister(m.refused, m.models, m.checkpoint)
	return m
}

// refuse counts n readings of a device that were refused.
func (t *Table) refuse(d *device, cause string, n int) {
	if n <= 0 {
		return
	}
	d.refused[cause] += uint64(n)
	t.metrics.refused.WithLabelValues(string(d.info.ID), cause).Add(float64(n))
}

// refuseUnknown counts a batch of a device that is not in the inventory. Its
// name is not a label: it comes from outside the inventory.
func (t *Table) refuseUnknown(b facility.Batch) {
	t.metrics.refused.WithLabelValues("", "unknown_device").Add(float64(len(b.Readings)))
}
