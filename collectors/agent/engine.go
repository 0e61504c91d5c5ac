package agent

import (
	"context"
	"log/slog"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/collectors"
	"nezuban/collectors/profile"
	"nezuban/internal/clock"
	"nezuban/internal/facility"
)

// An Engine scrapes all agent devices, each in a goroutine of its own. It is a
// collectors.Engine.
type Engine struct {
	lib     *profile.AgentLibrary
	clk     clock.Clock
	log     *slog.Logger
	metrics *collectors.Metrics
}

// New makes an engine; reg may be nil.
func New(lib *profile.AgentLibrary, clk clock.Clock, reg prometheus.Registerer, log *slog.Logger) *Engine {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Engine{lib: lib, clk: clk, log: log, metrics: collectors.NewMetrics("agent", reg, log)}
}

// Run follows the changes and scrapes until ctx ends or, with changes closed,
// until then too. It returns nil.
func (e *Engine) Run(ctx context.Context, changes <-chan collectors.Change, sink collectors.Sink) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	running := map[facility.DeviceID]*runner{}
	for {
		select {
		case <-ctx.Done():
			return nil
		case c, open := <-changes:
			if !open {
				changes = nil // no more changes; go on with what there is
				continue
			}
			for _, id := range c.Remove {
				running[id].stop()
				delete(running, id)
			}
			for _, t := range c.Set {
				old := running[t.Device.ID]
				old.stop()
				running[t.Device.ID] = e.start(ctx, &wg, t, sink)
			}
		}
	}
}

// runner is a device's goroutine.
type runner struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// stop ends it and waits: two goroutines of one device would write its metrics
// and batches in any order. What it waits for is at most the end of one
// hand-over, since a scrape under way is cut off.
func (r *runner) stop() {
	if r == nil {
		return
	}
	r.cancel()
	<-r.done
}

func (e *Engine) start(ctx context.Context, wg *sync.WaitGroup, t collectors.Target, sink collectors.Sink) *runner {
	ctx, cancel := context.WithCancel(ctx)
	r := &runner{cancel: cancel, done: make(chan struct{})}
	d := newDevice(t, e.lib, e, sink)
	wg.Go(func() {
		defer close(r.done)
		d.run(ctx)
	})
	return r
}
