package notify

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	sent     *prometheus.CounterVec
	refused  *prometheus.CounterVec
	attempts *prometheus.CounterVec
	failing  *prometheus.GaugeVec
	delay    *prometheus.HistogramVec
	beats    *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "nezuban_notify_" + name, Help: help}, labels)
	}
	m := &metrics{
		sent:     counter("sent_total", "Notices that a receiver took, alone or in a digest.", "channel", "kind"),
		refused:  counter("refused_total", "Notices given up for good.", "channel"),
		attempts: counter("attempts_total", "Messages tried, by what became of them: taken, failed (tried again) or refused.", "channel", "result"),
		beats:    counter("heartbeats_total", "Heartbeats, by what became of them.", "heartbeat", "result"),
		failing: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "nezuban_notify_channel_failing", Help: "1 while a channel has had no success for two minutes.",
		}, []string{"channel"}),
		delay: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "nezuban_notify_delay_seconds", Help: "From a notice's due time until its receiver took it.",
			Buckets: []float64{0.1, 0.5, 1, 2, 5, 15, 60, 300, 1800},
		}, []string{"channel"}),
	}
	reg.MustRegister(m.sent, m.refused, m.attempts, m.failing, m.delay, m.beats)
	return m
}
