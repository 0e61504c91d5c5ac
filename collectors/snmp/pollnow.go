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
	mu   sync.Mutex // protects what follows
	ring map[facility.DeviceID]chan struct{}
}

// hang gives a device its bell; rung before it listens is not lost.
func (b *bells) hang(id facility.DeviceID) <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ring == nil {
		b.ring = map[facility.DeviceID]chan struct{}{}
	}
	c := make(chan struct{}, 1)
	b.ring[id] = c
	return c
}

func (b *bells) take(id facility.DeviceID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.ring, id)
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
	c, ok := e.bells.ring[id]
	if !ok {
		return false
	}
	select {
	case c <- struct{}{}:
	default:
	}
	return true
}

// pause waits until the next round is due, and does the rounds asked for in
// between.
func (d *device) pause(ctx context.Context) error {
	for {
		waiting, wake := context.WithCancel(ctx)
		stop := make(chan struct{})
		rung := make(chan bool, 1)
		go func() {
			select {
			case <-d.bell:
				wake()
				rung <- true
			case <-stop:
				rung <- false
			}
		}()
		err := d.e.clk.Sleep(waiting, d.at.Sub(d.e.clk.Now()))
		close(stop)
		called := <-rung
		wake()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !called {
			return err
		}
		if d.unscheduled(ctx) {
			return ctx.Err() // the scheduled round is due within the second: it answers
		}
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
