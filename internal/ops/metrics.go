package ops

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/internal/duty"
)

type metrics struct {
	events    *prometheus.CounterVec
	commands  *prometheus.CounterVec
	ignored   prometheus.Counter
	conflicts prometheus.Counter
	steps     prometheus.Counter
	notices   *prometheus.GaugeVec
}

func newMetrics(reg prometheus.Registerer, pending func() int) *metrics {
	m := &metrics{
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "nezuban_alarm_events_total", Help: "Transitions of alarms.",
		}, []string{"kind"}),
		commands: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "nezuban_commands_total", Help: "Commands of people; outcome is ok, error or the code of the refusal.",
		}, []string{"command", "outcome"}),
		ignored: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "nezuban_alarm_changes_ignored_total", Help: "Changes of conditions that the base machine had no transition for.",
		}),
		conflicts: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "nezuban_records_conflicts_total", Help: "Events that contradicted the records and were set down in the audit instead.",
		}),
	}
	m.steps = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "nezuban_escalation_steps_total", Help: "Steps of escalations that were taken.",
	})
	m.notices = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "nezuban_notices", Help: "Notices in the outbox: due, and failed for good in the last 24 hours.",
	}, []string{"state"})
	waiting := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "nezuban_records_pending_changes", Help: "Changes that wait to be written.",
	}, func() float64 { return float64(pending()) })
	if reg != nil {
		reg.MustRegister(m.events, m.commands, m.ignored, m.conflicts, m.steps, m.notices, waiting)
	}
	return m
}

func (m *metrics) command(name string, err error) {
	outcome := "ok"
	var refusal *duty.Refusal
	switch {
	case errors.As(err, &refusal):
		outcome = string(refusal.Code)
	case err != nil:
		outcome = "error"
	}
	m.commands.WithLabelValues(name, outcome).Inc()
}
