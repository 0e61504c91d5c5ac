package history

import (
	"github.com/prometheus/client_golang/prometheus"
)

// Causes for which a sample is given up; values of the label cause.
const (
	dropOverflow  = "hold_limit"    // history was away for longer than could be held
	dropRefused   = "refused"       // history refused this sample (4xx)
	dropUnknown   = "unknown_point" // a reading of a point nobody described
	dropNotNumber = "not_a_number"
)

type clientMetrics struct {
	accepted prometheus.Counter
	dropped  *prometheus.CounterVec
	requests *prometheus.CounterVec
}

func newClientMetrics(reg prometheus.Registerer, c *Client) *clientMetrics {
	m := &clientMetrics{
		accepted: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "nezuban_history_samples_accepted_total", Help: "Samples that history has stored."}),
		dropped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "nezuban_history_samples_dropped_total", Help: "Samples given up, by cause."}, []string{"cause"}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "nezuban_history_write_requests_total", Help: "Write requests to history, by outcome."}, []string{"outcome"}),
	}
	for _, cause := range []string{dropOverflow, dropRefused, dropUnknown, dropNotNumber} {
		m.dropped.WithLabelValues(cause)
	}
	held := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "nezuban_history_samples_held", Help: "Samples waiting in the daemon for history."},
		func() float64 { return float64(c.queue.held()) })
	lag := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "nezuban_history_lag_seconds", Help: "Age of the oldest sample being delivered; 0 when none is."}, c.lag)
	if reg != nil {
		reg.MustRegister(m.accepted, m.dropped, m.requests, held, lag)
	}
	return m
}

func (c *Client) lag() float64 {
	at := c.oldest.Load()
	if at == 0 {
		return 0
	}
	return max(0, float64(c.clk.Now().UnixMilli()-at)/1000)
}
