package snmp

import (
	"log/slog"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/collectors/snmp/lean"
)

// figures shows what the loops count, of all of them together.
type figures struct {
	pool       *atomic.Pointer[lean.Pool] // nil while the engine does not run
	datagrams  *prometheus.Desc
	dropped    *prometheus.Desc
	buffer     *prometheus.Desc
	inFlight   *prometheus.Desc
	steadyDevs *prometheus.Desc
}

func registerFigures(reg prometheus.Registerer, pool *atomic.Pointer[lean.Pool], log *slog.Logger) {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("nezuban_snmp_"+name, help, labels, nil)
	}
	f := &figures{pool: pool,
		datagrams:  desc("datagrams_total", "Datagrams of the fast loops, by what they were.", "kind"),
		dropped:    desc("kernel_drops_total", "Answers that the kernel threw away because a receive buffer was full; they look like slow devices. Raise net.core.rmem_max."),
		buffer:     desc("receive_buffer_bytes", "Receive buffers of the fast loops, as the kernel granted them."),
		inFlight:   desc("window_requests", "Young requests that the fast loops send at most before they wait for answers."),
		steadyDevs: desc("loop_devices", "Devices that the fast loops have; the others are spoken to one by one."),
	}
	if reg == nil {
		return
	}
	if err := reg.Register(f); err != nil {
		log.Error("register loop metrics", "err", err) // polling matters more
	}
}

// Describe implements prometheus.Collector.
func (f *figures) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{f.datagrams, f.dropped, f.buffer, f.inFlight, f.steadyDevs} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (f *figures) Collect(ch chan<- prometheus.Metric) {
	p := f.pool.Load()
	if p == nil {
		return
	}
	loops := p.Loops()
	sum := func(of func(*lean.Figures) *atomic.Uint64) (n float64) {
		for _, l := range loops {
			n += float64(of(&l.Figures).Load())
		}
		return n
	}
	for kind, of := range map[string]func(*lean.Figures) *atomic.Uint64{
		"sent":         func(x *lean.Figures) *atomic.Uint64 { return &x.Sent },
		"answer":       func(x *lean.Figures) *atomic.Uint64 { return &x.Answers },
		"surprise":     func(x *lean.Figures) *atomic.Uint64 { return &x.Surprises },
		"late":         func(x *lean.Figures) *atomic.Uint64 { return &x.Late },
		"duplicate":    func(x *lean.Figures) *atomic.Uint64 { return &x.Duplicates },
		"unknown_id":   func(x *lean.Figures) *atomic.Uint64 { return &x.UnknownID },
		"wrong_source": func(x *lean.Figures) *atomic.Uint64 { return &x.WrongSource },
		"socket_error": func(x *lean.Figures) *atomic.Uint64 { return &x.Errors },
	} {
		ch <- prometheus.MustNewConstMetric(f.datagrams, prometheus.CounterValue, sum(of), kind)
	}
	ch <- prometheus.MustNewConstMetric(f.dropped, prometheus.CounterValue, sum(func(x *lean.Figures) *atomic.Uint64 { return &x.Dropped }))
	gauge := func(d *prometheus.Desc, of func(*lean.Figures) *atomic.Uint64) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, sum(of))
	}
	gauge(f.buffer, func(x *lean.Figures) *atomic.Uint64 { return &x.Buffer })
	gauge(f.inFlight, func(x *lean.Figures) *atomic.Uint64 { return &x.Window })
	gauge(f.steadyDevs, func(x *lean.Figures) *atomic.Uint64 { return &x.Devices })
}

// Dropped is how many answers the kernel has thrown away because a receive buffer
// was full.
func (e *Engine) Dropped() (n uint64) {
	if p := e.pool.Load(); p != nil {
		for _, l := range p.Loops() {
			n += l.Figures.Dropped.Load()
		}
	}
	return n
}
