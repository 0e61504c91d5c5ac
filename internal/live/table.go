package live

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

const (
	maxAhead  = 60 * time.Second // of our clock; a stamp beyond it is refused
	maxPoints = 2000             // of one device

	maxNewcomers   = 2 * maxPoints // points of one device that were not listed before, in newcomerWindow
	newcomerWindow = 24 * time.Hour
)

type standingKey struct {
	rule   string
	device facility.DeviceID
	point  facility.PointID
}

// A Table is the latest reading of every point and what follows from it.
type Table struct {
	o       Options
	metrics *metrics
	started time.Time

	snapshot atomic.Pointer[Snapshot]
	changed  chan struct{} // size 1: something is to be shown
	urgent   chan struct{} // size 1: show it without waiting
	commit   chan struct{} // size 1: changes wait
	backfill chan struct{} // size 1: accounts wait for their past
	modelled chan struct{} // size 1: the models have something to evaluate

	supply  atomic.Pointer[supply] // what feeds what, as of the last configuration
	grouped memo[alarm.Grouping]   // of the one goroutine that publishes
	gone    memo[map[string]bool]  // the same

	modeller modeller

	mu       sync.Mutex // protects everything below
	devices  map[facility.DeviceID]*device
	order    []*device     // all of devices, sorted by id
	views    []*DeviceView // of order, as of the last snapshot; nil: all are to be made
	outdated []*device     // whose views are not those of views
	rules    map[string]*alarm.Rule
	ruleSet  []*alarm.Rule
	targets  []*target
	active   map[standingKey]string     // level of every condition that is on, also where nothing watches it now
	saved    map[string]json.RawMessage // accounts of the program before us, not taken up yet
	known    map[string]facility.Point  // of saved accounts, by key
	waiting  []*entry                   // accounts that wait for their past
	records  Facts                      // what targets know that is no reading

	groups      map[string]*groupIndex // that rules speak of
	hasGroups   bool
	groupsStale bool // points came or went

	queue    []alarm.Change
	reminded map[string]int  // revision of the standing alarms at which they were annunciated again
	rate     []time.Duration // monotonic moments of the annunciations of the last ten minutes
	offset   time.Duration   // wall clock less monotonic clock
	steps    uint64
	stepAt   time.Time
	stepBy   time.Duration
	stepMono time.Duration
	ranMono  time.Duration // when we last were seen to run
	woke     bool          // we stood still once
	wokeMono time.Duration // the end of the last pause that counts

	pausedMono time.Duration // the end of the last pause that people are told of

	models      *modelSet
	facts       facts
	moved       []*point      // bound points that have something new to tell the models
	due         bool          // the models' readings are due
	owed        bool          // history did not get the last ones
	emitted     time.Duration // monotonic: when all of them were last taken
	expected    map[facility.DeviceID][]facility.Point
	stops       map[facility.DeviceID]*alarm.Suppression // polling stops in force
	unaccounted bool                                     // targets do not get the models' readings that are being taken

	found    []int32 // places of the points whose readings are being taken; kept for its memory
	watched  uint64  // changes of what is watched, counted
	number   uint64
	readings uint64
	points   int
	oldest   facility.Tick

	subsMu sync.Mutex // protects subs
	subs   map[chan struct{}]struct{}
}

// New returns a Table of the site's devices. Conditions go on from the alarms
// that stand at the committer. Call Restore before the first batch, and Run.
func New(o Options) *Table {
	o.fill()
	now, mono := o.Clock.Now(), o.Clock.Mono()
	t := &Table{
		o: o, metrics: newMetrics(o.Registerer), started: now,
		changed: make(chan struct{}, 1), urgent: make(chan struct{}, 1),
		commit: make(chan struct{}, 1), backfill: make(chan struct{}, 1), modelled: make(chan struct{}, 1),
		devices: map[facility.DeviceID]*device{}, saved: map[string]json.RawMessage{}, known: map[string]facility.Point{},
		offset: offsetOf(now, mono), ranMono: mono, stepMono: mono, subs: map[chan struct{}]struct{}{},
	}
	t.active = map[standingKey]string{}
	for _, a := range o.Committer.Standing() {
		if a.Active {
			t.active[standingKey{a.Rule, a.Device, a.Point}] = a.Level
		}
	}
	t.mu.Lock()
	t.configure(Config{Rules: o.Rules, Targets: o.Targets, Versions: o.Versions, Devices: o.Devices, Models: o.Models, Expected: o.Expected})
	t.mu.Unlock()
	t.publish()
	o.Registerer.MustRegister(targetCollector{t}, stopCollector{t})
	return t
}

// Accept takes one batch; it implements the collectors' Sink. A refused batch is
// counted and the error says why. Neither disk nor history delays it.
func (t *Table) Accept(b facility.Batch) error {
	now, mono := t.o.Clock.Now(), t.o.Clock.Mono()
	t.mu.Lock()
	d, ok := t.devices[b.Device]
	if !ok || d.model {
		t.refuseUnknown(b)
		t.mu.Unlock()
		return fmt.Errorf("accept batch of %s: the device is not in the inventory", b.Device)
	}
	t.checkClock(now, mono)
	t.checkPause(now, mono)
	limit := facility.TickOf(now.Add(maxAhead))
	if b.Tick > limit {
		t.refuse(d, facility.RefusedFuture, max(1, len(b.Readings)))
		t.touch(d)
		t.mu.Unlock()
		return fmt.Errorf("accept batch of %s: stamp %s is more than %v ahead of our clock", b.Device, b.Tick.Time().Format(time.RFC3339), maxAhead)
	}
	points := t.takeBatch(d, &b, limit, now, mono)
	t.mu.Unlock()
	if len(b.Readings) > 0 {
		t.o.History.Write(b, points)
	}
	return nil
}

// Point returns what is known of a point, vanished ones included.
func (t *Table) Point(id facility.PointID) (facility.Point, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if d := t.devices[id.Device()]; d != nil {
		if p := d.byID[id]; p != nil {
			return *p.info, true
		}
	}
	return facility.Point{}, false
}

// takeBatch takes what the guard lets through and leaves that in b. It returns
// the device's points, for history. The caller holds mu.
func (t *Table) takeBatch(d *device, b *facility.Batch, limit facility.Tick, now time.Time, mono time.Duration) map[facility.PointID]*facility.Point {
	t.describe(d, b, mono)
	b.Readings = t.guard(d, b.Readings, limit)
	good := 0
	for i := range b.Readings {
		if t.take(d, t.found[i], &b.Readings[i], now, mono) {
			good++
		}
	}
	t.readings += uint64(good)
	t.metrics.readings.Add(float64(good))
	t.computeDevice(d, b.Tick, mono)
	t.evaluateAges(d, now, mono)
	d.findOldest(mono)
	t.touch(d)
	if d.shown { // its next view is made with all at hand, unless batches come faster than snapshots
		d.shown = false
		d.viewed()
	}

	t.metrics.batches.Inc()
	return d.described
}

// describe takes what a batch says of the device itself.
func (t *Table) describe(d *device, b *facility.Batch, mono time.Duration) {
	refused := d.health.Refused
	d.health, d.batchMono, d.hasBatch = b.Health, mono, true
	if d.health.Refused = refused; !maps.Equal(refused, b.Health.Refused) {
		d.health.Refused = maps.Clone(b.Health.Refused) // the engine goes on counting in its own
	}
	if b.Identity != nil {
		d.identity = *b.Identity
	}
	if b.Points != nil {
		t.setPoints(d, b.Points, mono)
		d.listed = true
	}
}

// guard returns the readings that may be taken, and leaves their points in
// t.found. The engine's slice is left as it is.
func (t *Table) guard(d *device, readings []facility.Reading, limit facility.Tick) []facility.Reading {
	if len(readings) > maxPoints && !d.model { // ours are bounded by what the site wrote down
		t.refuse(d, facility.RefusedPoints, len(readings)-maxPoints)
		readings = readings[:maxPoints]
	}
	t.found, d.next = t.found[:0], 0
	for i := range readings {
		place := d.find(readings[i].Point)
		if d.fault(place, &readings[i], limit) != "" {
			return t.cleaned(d, readings, i, limit)
		}
		t.found = append(t.found, place)
	}
	return readings
}

const staleOrder = "out_of_order" // counted by its own metric, not a fault of the device

// fault is why a reading cannot be taken as it is; "" where it can.
func (d *device) fault(place int32, r *facility.Reading, limit facility.Tick) string {
	switch {
	case place < 0 && d.capped:
		return facility.RefusedPoints
	case place < 0, r.Tick <= 0:
		return facility.RefusedMalformed
	case r.Tick > limit:
		return facility.RefusedFuture
	case r.Tick < d.measured[place].lastTick:
		return staleOrder
	case r.Quality == facility.Good && r.Value-r.Value != 0: // NaN or infinite
		return facility.RefusedNotANumber
	}
	return ""
}

func (t *Table) cleaned(d *device, readings []facility.Reading, from int, limit facility.Tick) []facility.Reading {
	kept := slices.Clone(readings[:from])
	for _, r := range readings[from:] {
		place := d.find(r.Point)
		switch cause := d.fault(place, &r, limit); cause {
		case "":
			kept, t.found = append(kept, r), append(t.found, place)
		case staleOrder:
			t.metrics.outOfOrder.Inc()
		case facility.RefusedNotANumber:
			t.refuse(d, cause, 1)
			kept, t.found = append(kept, facility.Reading{Point: r.Point, Tick: r.Tick, Quality: facility.Missing}), append(t.found, place)
		default:
			t.refuse(d, cause, 1)
		}
	}
	return kept
}

// touch marks a device as changed.
func (t *Table) touch(d *device) {
	t.outdate(d)
	wake(t.changed)
}

// outdate makes the next snapshot look at a device anew.
func (t *Table) outdate(d *device) {
	d.view = nil
	if !d.outdated {
		d.outdated = true
		t.outdated = append(t.outdated, d)
	}
}

// enqueue hands a change to the committer.
func (t *Table) enqueue(c *alarm.Change, mono time.Duration) {
	t.queue = append(t.queue, *c)
	key := standingKey{c.Rule.ID, c.Device, c.Point}
	if c.Active {
		t.active[key] = c.Level
		if c.Rule.Type != alarm.EventOnly {
			t.rate = append(t.rate, mono)
		}
	} else {
		delete(t.active, key)
	}
	t.metrics.changes.Inc()
	wake(t.commit)
}

func wake(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}
