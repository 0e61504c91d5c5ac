package snmp

import (
	"context"
	"log/slog"
	"reflect"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/collectors"
	"nezuban/collectors/profile"
	"nezuban/internal/clock"
	"nezuban/internal/facility"
)

// Options of the engine; zero fields are the defaults.
type Options struct {
	Timeout    time.Duration // real time one request waits for its answer; 2 s
	Rediscover time.Duration // how often a device's points are discovered anew; 24 h
}

// DefaultTimeout is how long a request waits where the target says nothing.
const DefaultTimeout = 2 * time.Second

// An Engine polls all devices of the inventory that speak SNMP.
type Engine struct {
	lib     *profile.Library
	clk     clock.Clock
	log     *slog.Logger
	opt     Options
	metrics *collectors.Metrics
	bells   bells
	engines engineIDs
}

var _ collectors.Engine = (*Engine)(nil)

// New makes an engine; reg may be nil.
func New(lib *profile.Library, clk clock.Clock, reg prometheus.Registerer, log *slog.Logger, opt Options) *Engine {
	if opt.Timeout <= 0 {
		opt.Timeout = DefaultTimeout
	}
	if opt.Rediscover <= 0 {
		opt.Rediscover = 24 * time.Hour
	}
	return &Engine{lib: lib, clk: clk, log: log, opt: opt, metrics: collectors.NewMetrics("snmp", reg, log)}
}

// running is one device's goroutine.
type running struct {
	target collectors.Target
	stop   context.CancelFunc
	done   chan struct{}
}

// Run polls until ctx ends and then returns nil, all goroutines ended. A target
// that changes nothing is left running, with all it has learned.
func (e *Engine) Run(ctx context.Context, changes <-chan collectors.Change, sink collectors.Sink) error {
	devices := map[facility.DeviceID]*running{}
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		select {
		case <-ctx.Done():
			return nil
		case c, open := <-changes:
			if !open {
				changes = nil
				continue
			}
			for _, id := range c.Remove {
				e.remove(devices, id)
			}
			for _, t := range c.Set {
				if r, ok := devices[t.Device.ID]; ok {
					if reflect.DeepEqual(r.target, t) {
						continue
					}
					e.remove(devices, t.Device.ID)
				}
				devices[t.Device.ID] = e.start(ctx, &wg, t, sink)
			}
		}
	}
}

func (e *Engine) start(ctx context.Context, wg *sync.WaitGroup, t collectors.Target, sink collectors.Sink) *running {
	ctx, stop := context.WithCancel(ctx)
	r := &running{target: t, stop: stop, done: make(chan struct{})}
	d := newDevice(e, t, sink)
	d.bell = e.bells.hang(t.Device.ID)
	wg.Go(func() {
		defer close(r.done)
		d.run(ctx)
	})
	return r
}

// remove ends a device's goroutine and waits for it, so that a new one never
// hands over in between; its sockets follow its context, so the wait is short.
func (e *Engine) remove(devices map[facility.DeviceID]*running, id facility.DeviceID) {
	r, ok := devices[id]
	if !ok {
		return
	}
	r.stop()
	<-r.done
	delete(devices, id)
	e.bells.take(id)
	e.engines.forget(id)
	e.metrics.Forget(id)
}
