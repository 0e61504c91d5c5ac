package snmp

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"nezuban/collectors"
	"nezuban/collectors/snmp/lean"
	"nezuban/internal/facility"
	"nezuban/internal/text"
)

// device polls one target. Everything in it belongs to whoever has the device, see
// owner: its loop or a goroutine of its own.
type device struct {
	own    owner
	pool   *lean.Pool
	lean   steady
	e      *Engine
	t      collectors.Target
	sink   collectors.Sink
	log    *slog.Logger
	real   realTime
	pace   *pacer
	s      session
	plan   *plan
	up     uptime
	speaks dialect
	health facility.Health

	counters  map[facility.PointID]*counter
	restarted time.Duration // when a restart was seen last, on our monotonic clock
	registers bool          // counters are read as the device has them

	shown collectors.Account

	at  time.Time // the next round
	due classes   // and what is due then

	bell    chan struct{} // a round is asked for at once
	stamped facility.Tick // of the last batch

	identity     facility.Identity
	sendPoints   bool
	sendIdentity bool
	lostBefore   uint64 // timeouts of sessions closed before
	carry        classes
	shrunk       time.Duration // when its requests were halved last, on our monotonic clock
	silentLarge  int           // rounds in a row in which a large request stayed without answer

	overrun      overrun
	resting      *resting // nil: the next session begins anew
	failedProbes int
	nextProbe    time.Time // zero: not backing off

	discovered   time.Time
	rediscover   bool
	notBefore    time.Time // of the next rediscovery for cause
	refusedByNow map[string]uint64
}

func newDevice(e *Engine, t collectors.Target, sink collectors.Sink) *device {
	real := realTime{e.clk}
	speed := float64(time.Second) / float64(e.clk.Real(time.Second))
	return &device{e: e, t: t, sink: sink, speaks: dialect{v1: t.SNMP.Version == "1"}, bell: make(chan struct{}, 1), real: real, pace: newPacer(real, 0), refusedByNow: map[string]uint64{},
		up:  uptime{slack: time.Duration(speed * float64(time.Second))},
		log: e.log.With("device", string(t.Device.ID))}
}

// pollDue does the round whose time has come while discovery is under way: a
// device with endless tables must not keep its own alarms waiting.
func (d *device) pollDue(ctx context.Context) {
	if d.plan != nil && !d.e.clk.Now().Before(d.at) {
		d.round(ctx)
	}
}

func (d *device) schedule() schedule {
	s := schedule{id: d.t.Device.ID, intervals: d.overrun.stretch(d.t.Intervals)}
	if d.plan != nil {
		s.present = d.plan.present
		for oid := range d.plan.lacking {
			s.present |= classOf(d.plan.lookedFor(oid))
		}
	}
	return s
}

// maxAccounted is how far back skipped rounds are accounted for one by one.
const maxAccounted = 10 * time.Minute

// following returns the next round after the one at `last`. Rounds whose time
// has gone by are reported missing, and their classes join the next one. After a
// step of the wall clock the schedule starts anew from now.
func (d *device) following(last time.Time) (time.Time, classes) {
	s, now := d.schedule(), d.e.clk.Now()
	if now.Sub(last) > maxAccounted || last.Sub(now) > s.fastest() {
		return s.next(now)
	}
	at, due := s.next(last)
	for {
		after, more := s.next(at)
		if after.After(now) {
			return at, due
		}
		d.shown.Skipped++
		d.carry |= due
		d.deliver(at, d.missing(due))
		at, due = after, more
	}
}

// interval is the device's fastest interval, on the clock.
func (d *device) interval() time.Duration { return d.schedule().fastest() }

// timeout is how long one request waits, in real time.
func (d *device) timeout() time.Duration {
	t := d.t.Timeout
	if t <= 0 {
		t = d.e.opt.Timeout
	}
	return max(min(t, d.e.clk.Real(d.interval())/3), 50*time.Millisecond)
}

// roundLimit is how long a whole round may take, in real time.
func (d *device) roundLimit() time.Duration {
	return max(d.e.clk.Real(d.interval())*9/10, 250*time.Millisecond)
}

// refuse counts something refused.
func (d *device) refuse(cause string) { d.refusedByNow[cause]++ }

// missing are Missing readings of every point of the due classes.
func (d *device) missing(due classes) []facility.Reading {
	if d.plan == nil {
		return nil
	}
	out := d.e.readings(len(d.plan.points))
	for i := range d.plan.points {
		if due.has(d.plan.items[i].class) {
			out = append(out, facility.Reading{Point: d.plan.points[i].ID})
		}
	}
	return out
}

// readings is memory for n readings, lent until a batch of them is delivered.
func (e *Engine) readings(n int) []facility.Reading {
	if spare, ok := e.spare.Get().(*[]facility.Reading); ok && cap(*spare) >= n {
		return (*spare)[:0]
	}
	return make([]facility.Reading, 0, n)
}

// deliver hands a batch over and shows the account. The readings are no longer the
// caller's.
func (d *device) deliver(at time.Time, readings []facility.Reading) {
	tick := facility.TickOf(at)
	d.stamped = max(d.stamped, tick)
	for i := range readings {
		readings[i].Tick = tick
	}
	d.health.Interval = d.interval()
	d.health.Protocol = d.speaks.protocol(d.t.SNMP.Version)
	d.health.Timeouts = d.lostBefore
	if d.s != nil {
		d.health.Timeouts += d.s.timeouts()
	}
	h := d.health
	if len(d.refusedByNow) > 0 {
		h.Refused = maps.Clone(d.refusedByNow)
	}
	b := facility.Batch{Device: d.t.Device.ID, Tick: tick, Readings: readings, Health: h}
	if d.sendPoints && d.plan != nil {
		b.Points = slices.Clone(d.plan.points)
	}
	if d.sendIdentity {
		id := d.identity
		b.Identity = &id
	}
	if err := d.sink.Accept(b); err != nil {
		d.shown.Lost++
		d.log.Warn("batch not taken", "tick", int64(tick), "err", err)
	} else {
		d.sendPoints, d.sendIdentity = false, false
	}
	if cap(readings) > 0 {
		d.e.spare.Put(&readings)
	}
	d.shown.Health = h
	d.e.metrics.Observe(d.t.Device.ID, d.shown)
}

// failed notes why a round was not whole.
func (d *device) failed(err error) {
	kind := KindOf(err)
	if errors.Is(err, errMalformed) {
		d.refuse(facility.RefusedMalformed)
	}
	if d.health.ErrorKind != kind {
		d.log.Warn("round not whole", "kind", string(kind), "err", err)
	}
	d.health.ErrorKind = kind
	d.health.LastError, _ = text.Clean(err.Error(), 300)
}

// answered notes that the device answered something.
func (d *device) answered() {
	if d.health.ConsecFailed >= unreachableAfter {
		d.log.Info("device answers again", "failed_rounds", d.health.ConsecFailed)
	}
	d.health.Reachable = true
	d.health.LastAnswer = d.e.clk.Now()
	if d.s != nil { // else the loop knows
		d.health.RoundTrip = d.s.roundTrip()
	}
	d.health.ConsecFailed, d.failedProbes, d.nextProbe = 0, 0, time.Time{}
}

// hangUp closes the session and keeps its account.
func (d *device) hangUp() {
	if d.s == nil {
		return
	}
	d.lostBefore += d.s.timeouts()
	if err := d.s.close(); err != nil {
		d.log.Debug("close socket", "err", err)
	}
	d.s = nil
}
