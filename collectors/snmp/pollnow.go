package snmp

import (
	"context"
	"slices"
	"sync"
	"time"

	"nezuban/internal/facility"
)

// bells wake devices before their time.
type bells struct {
	mu sync.Mutex // protects what follows
	of map[facility.DeviceID]*device
}

func (b *bells) hang(d *device) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.of == nil {
		b.of = map[facility.DeviceID]*device{}
	}
	b.of[d.t.Device.ID] = d
}

func (b *bells) take(id facility.DeviceID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.of, id)
}

// PollNow asks for one round of the device at once, between those of its
// schedule, which stays as it is. Requests that come while one waits are one. It
// returns false where the engine has no such device, and never blocks. Who calls
// it limits how often: a trap must not decide how busy a device is.
//
// The round reads fast and normal points, stamped with the second in which it
// begins; no two rounds of a device have the same stamp, so it may begin up to a
// second later. A device that does not answer it is none the worse for that: only
// scheduled rounds count as failed.
func (e *Engine) PollNow(id facility.DeviceID) bool {
	e.bells.mu.Lock()
	defer e.bells.mu.Unlock()
	d, ok := e.bells.of[id]
	if !ok {
		return false
	}
	select {
	case d.bell <- struct{}{}:
	default:
	}
	d.call()
	return true
}

// rung reports whether a round was asked for since the last time.
func (d *device) rung() bool {
	select {
	case <-d.bell:
		return true
	default:
		return false
	}
}

// unscheduled does a round that somebody asked for. It reports whether the
// scheduled one comes first.
func (d *device) unscheduled(ctx context.Context) (scheduledFirst bool) {
	now := d.e.clk.Now()
	if last := d.stamped; facility.TickOf(now) <= last {
		free := (last + 1).Time()
		if !free.Before(d.at.Truncate(time.Second)) {
			return true
		}
		if d.e.clk.Sleep(ctx, free.Sub(now)) != nil {
			return true
		}
		now = d.e.clk.Now()
	}
	if facility.TickOf(now) >= facility.TickOf(d.at) {
		return true
	}
	if d.plan == nil {
		d.nextProbe = time.Time{} // it lives: it need not wait to be identified
		return true
	}
	due := classOf(facility.Fast) | classOf(facility.Normal)
	if d.health.ConsecFailed >= unreachableAfter {
		if d.probe(ctx) != nil {
			return false
		}
		due = allClasses
	}
	readings, err := d.read(ctx, due)
	if readings == nil || ctx.Err() != nil {
		if err != nil {
			d.hangUp() // the scheduled round begins with a fresh socket
		}
		return false
	}
	if err != nil { // what was not answered is not held against it
		readings = slices.DeleteFunc(readings, func(r facility.Reading) bool { return r.Quality != facility.Good })
	}
	d.deliver(now, readings)
	return false
}
