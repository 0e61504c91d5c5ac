package snmp

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"nezuban/collectors"
	"nezuban/collectors/snmp/lean"
)

// An owner says who has a device: a loop, a goroutine of its own, or nobody any
// more.
type owner struct {
	stop context.CancelFunc // ends what the goroutine does
	work func(due bool)     // starts the goroutine; due: a round is to be done
	done chan struct{}      // closed once nobody has the device

	mu      sync.Mutex // protects the rest
	loop    *lean.Loop // nil: the goroutine has it
	removed bool
}

// firstSpread is the real time over which the first rounds of a fleet are spread.
const firstSpread = 2 * time.Second

// start gives the device to a loop, which calls it when its first round is due.
func (d *device) start(ctx context.Context, wg *sync.WaitGroup, pool *lean.Pool) error {
	ctx, stop := context.WithCancel(ctx)
	d.pool = pool
	d.own.stop, d.own.done = stop, make(chan struct{})
	d.own.work = func(due bool) { wg.Go(func() { d.turn(ctx, due) }) }
	at := pool.Now() + collectors.Phase(d.t.Device.ID, firstSpread)
	d.at, d.due = d.e.clk.Now(), allClasses
	d.own.mu.Lock()
	defer d.own.mu.Unlock()
	loop, err := pool.Join(string(d.t.Device.ID), d, lean.Config{Interval: d.e.clk.Real(d.interval())}, at)
	d.own.loop = loop
	return err
}

// remove takes the device from whoever has it, and waits until nobody does.
func (d *device) remove() {
	d.own.stop()
	d.own.mu.Lock()
	d.own.removed = true
	loop := d.own.loop
	d.own.mu.Unlock()
	if loop != nil {
		loop.Leave(d)
	}
	<-d.own.done
}

// leaveLoop is called in the loop; the device goes on in a goroutine of its own.
func (d *device) leaveLoop(due bool) {
	d.own.mu.Lock()
	d.own.loop = nil
	removed := d.own.removed
	d.own.mu.Unlock()
	if removed {
		close(d.own.done)
		return
	}
	d.own.work(due)
}

// Called gives the device to a goroutine of its own, between two rounds.
func (d *device) Called() { d.leaveLoop(false) }

// call takes the device out of its loop, where it is in one, because its bell was
// rung. Its goroutine listens before it gives the device back.
func (d *device) call() {
	d.own.mu.Lock()
	defer d.own.mu.Unlock()
	if d.own.loop != nil {
		d.own.loop.Call(d)
	}
}

// Gone says that the loop no longer has the device, nor has anybody else.
func (d *device) Gone() { close(d.own.done) }

// turn does the slow way what is to be done and gives the device back to a loop.
func (d *device) turn(ctx context.Context, due bool) {
	if d.first() {
		d.at = d.e.clk.Now()
	}
	if !due || d.mayAsk(d.at) {
		if leave, err := d.e.crew.enter(ctx, d.health.ConsecFailed >= unreachableAfter); err == nil {
			d.slowRound(ctx, due)
			leave()
		}
	} else {
		d.slowRound(ctx, due)
	}
	for !d.joinLoop(ctx) {
		if d.rung() {
			d.unscheduled(ctx)
			d.rest()
			continue
		}
		if d.real.sleep(ctx, time.Second) != nil {
			continue // the next try ends it
		}
	}
}

// first reports whether the device has had no round yet.
func (d *device) first() bool { return d.health.Rounds == 0 }

// joinLoop gives the device to a loop, or to nobody once it is removed; false
// where it cannot, or its bell was rung, and is to try again.
func (d *device) joinLoop(ctx context.Context) bool {
	d.own.mu.Lock()
	defer d.own.mu.Unlock()
	if d.own.removed || ctx.Err() != nil {
		d.hangUp()
		close(d.own.done)
		return true
	}
	if len(d.bell) > 0 {
		return false
	}
	loop, err := d.pool.Join(string(d.t.Device.ID), d, d.config(), d.moment())
	if err != nil {
		d.log.Error("device cannot be scheduled; its rounds wait", "err", err)
		d.lean.address = netip.AddrPort{} // perhaps without a socket of its address family
		return false
	}
	d.own.loop = loop
	return true
}
