package snmp

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/collectors"
	"nezuban/collectors/profile"
	"nezuban/collectors/snmp/lean"
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
	crew    *crew
	keys    keyring
	pool    atomic.Pointer[lean.Pool] // while it runs
	answers shelf
	spare   sync.Pool // of *[]facility.Reading that no batch is using
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
	e := &Engine{lib: lib, clk: clk, log: log, opt: opt, metrics: collectors.NewMetrics("snmp", reg, log),
		crew: newCrew()}
	registerFigures(reg, &e.pool, log)
	return e
}

// Run polls until ctx ends and then returns nil, all goroutines ended. A target
// that changes nothing is left running, with all it has learned.
func (e *Engine) Run(ctx context.Context, changes <-chan collectors.Change, sink collectors.Sink) error {
	devices := map[facility.DeviceID]*device{}
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	pool := lean.NewPool(lean.Options{Log: e.log})
	e.pool.Store(pool)
	wg.Go(func() { pool.Run(ctx) })
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
				if d, ok := devices[t.Device.ID]; ok {
					if reflect.DeepEqual(d.t, t) {
						continue
					}
					e.remove(devices, t.Device.ID)
				}
				d := newDevice(e, t, sink)
				if err := d.start(ctx, &wg, pool); err != nil && ctx.Err() == nil {
					return fmt.Errorf("poll %s: %w", t.Device.ID, err)
				}
				devices[t.Device.ID] = d
				e.bells.hang(d)
			}
		}
	}
}

// remove takes a device out and waits for it, so that a new one never hands over
// in between; what it waits for follows its context, so the wait is short.
func (e *Engine) remove(devices map[facility.DeviceID]*device, id facility.DeviceID) {
	d, ok := devices[id]
	if !ok {
		return
	}
	d.remove()
	delete(devices, id)
	e.bells.take(id)
	e.engines.forget(id)
	e.metrics.Forget(id)
}
