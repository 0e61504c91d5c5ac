package main

import (
	"context"
	"slices"
	"sync"

	"nezuban/collectors"
	"nezuban/internal/alarm"
	"nezuban/internal/config"
	"nezuban/internal/facility"
)

// A polling is what the engines were told to poll: the devices of the inventory
// without those whose polling a person has stopped.
type polling struct {
	woken chan struct{} // size 1: an alarm or a suppression changed

	mu    sync.Mutex // protects what follows; held while the engines are told
	site  *config.Site
	stops []alarm.Suppression
	told  map[string][]collectors.Target // by kind of engine
}

func newPolling() *polling {
	return &polling{woken: make(chan struct{}, 1), told: map[string][]collectors.Target{}}
}

// wake says that a stop may have begun or ended. It never blocks.
func (p *polling) wake() {
	select {
	case p.woken <- struct{}{}:
	default:
	}
}

// followStops tells table and engines of stops that begin and end, until ctx ends.
func (d *daemon) followStops(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-d.polling.woken:
		}
		d.tellEngines(ctx, nil)
	}
}

// tellEngines tells every engine what it is to poll otherwise than it was told
// before; the first time all of it. The table hears of stops first: it judges no
// device that is not polled. site is a new inventory, which the table has; nil: the
// one before.
func (d *daemon) tellEngines(ctx context.Context, site *config.Site) {
	p := d.polling
	p.mu.Lock()
	defer p.mu.Unlock()
	stops := d.ops.Stops()
	if site == nil && slices.EqualFunc(stops, p.stops, sameStop) {
		return
	}
	if site != nil {
		p.site = site
	}
	if p.site == nil {
		return // nothing is polled yet
	}
	d.logStops(p.stops, stops)
	p.stops = stops
	d.table.SetStops(stops)
	for kind, ch := range d.changes {
		want := polled(targetsOf(p.site, kind), stops)
		before, told := p.told[kind]
		c := difference(before, want)
		if told && len(c.Set)+len(c.Remove) == 0 {
			continue
		}
		select {
		case ch <- c:
			p.told[kind] = want
		case <-ctx.Done():
			return
		}
	}
}

func sameStop(a, b alarm.Suppression) bool { return a.ID == b.ID && a.Revision == b.Revision }

// polled are the targets without the devices that are stopped.
func polled(targets []collectors.Target, stops []alarm.Suppression) []collectors.Target {
	out := make([]collectors.Target, 0, len(targets))
	for _, t := range targets {
		if !slices.ContainsFunc(stops, func(x alarm.Suppression) bool { return x.Scope.Device == t.Device.ID }) {
			out = append(out, t)
		}
	}
	return out
}

func (d *daemon) logStops(before, now []alarm.Suppression) {
	for _, x := range now {
		if !slices.ContainsFunc(before, func(y alarm.Suppression) bool { return sameStop(x, y) }) {
			d.log.Warn("polling is stopped", "device", string(x.Scope.Device), "id", x.ID, "by", x.By, "until", x.Until)
		}
	}
	for _, x := range before {
		if !slices.ContainsFunc(now, func(y alarm.Suppression) bool { return y.Scope.Device == x.Scope.Device }) {
			d.log.Info("polling goes on", "device", string(x.Scope.Device), "id", x.ID)
		}
	}
}

// sight is what the rules see of a device; false: nobody polls it, or the table is
// not made yet.
func (d *daemon) sight(id facility.DeviceID) (alarm.Sight, bool) {
	if d.table == nil {
		return alarm.Sight{}, false
	}
	return d.table.Sight(id)
}
