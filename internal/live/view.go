package live

import (
	"maps"
	"math"
	"slices"
	"time"

	"nezuban/internal/alarm"
	"nezuban/sla"
)

const rateWindow = 10 * time.Minute

// Snapshot returns the newest snapshot; never nil.
func (t *Table) Snapshot() *Snapshot { return t.snapshot.Load() }

// Notify asks for a new snapshot at once; for changes made elsewhere, such as an
// acknowledgement. It never blocks.
func (t *Table) Notify() { wake(t.urgent) }

// Subscribe returns a channel that is woken after a new snapshot. It holds one
// wake-up; who is slow misses snapshots, never delays them. cancel ends it.
func (t *Table) Subscribe() (woken <-chan struct{}, cancel func()) {
	ch := make(chan struct{}, 1)
	t.subsMu.Lock()
	t.subs[ch] = struct{}{}
	t.subsMu.Unlock()
	return ch, func() {
		t.subsMu.Lock()
		delete(t.subs, ch)
		t.subsMu.Unlock()
	}
}

// publish makes a snapshot and wakes the subscribers. One goroutine calls it.
// Committer and stores are asked, and alarms grouped, before the table is locked.
func (t *Table) publish() {
	standing, stores, figures := t.o.Committer.Standing(), t.o.Stores(), t.o.Figures()
	t.mu.Lock()
	rules, watched := t.rules, t.watched // both change with the models too
	t.mu.Unlock()
	grouping := t.grouped.of(standing, watched, func(list []alarm.Occurrence) alarm.Grouping {
		return alarm.GroupByCause(list, rules, t.supply.Load())
	})
	t.mu.Lock()
	s := t.build(standing, stores)
	s.Unwatched = t.gone.of(standing, watched, t.unwatched)
	t.mu.Unlock()
	s.Grouping = grouping
	s.take(figures)
	t.snapshot.Store(s)
	t.metrics.snapshots.Inc()
	t.subsMu.Lock()
	defer t.subsMu.Unlock()
	for ch := range t.subs {
		wake(ch)
	}
}

// take puts in what who keeps the alarms counts of them.
func (s *Snapshot) take(f Figures) {
	s.Suppressions, s.Floods, s.Nuisances, s.Happenings = f.Suppressions, f.Floods, f.Nuisances, f.Happenings
	s.Positions, s.Notify = f.Positions, f.Notify
	if len(f.Floods) > 0 {
		s.RatePer10Min = 0
		for _, flood := range f.Floods {
			s.RatePer10Min = max(s.RatePer10Min, flood.Rate)
		}
	}
}

func (t *Table) build(standing []alarm.Occurrence, stores Stores) *Snapshot {
	t.number++
	s := &Snapshot{
		Number: t.number, At: t.o.Clock.Now(), Version: t.o.Version, Started: t.started, Site: t.o.Site,
		Devices: t.allViews(), Standing: standing, Rules: t.rules, Stores: stores,
		Targets:       make([]sla.Result, 0, len(t.targets)),
		ReadingsTotal: t.readings, Points: t.points, RatePer10Min: t.recent(),
		ClockSteps: t.steps, LastClockStep: t.stepAt, ClockStepBy: t.stepBy,
		Power: t.facts.power, Graph: t.facts.graph, Inputs: t.facts.inputs, Fire: t.facts.fire, Cooling: t.facts.cooling,
	}
	if t.oldest != 0 {
		s.OldestSample = t.oldest.Time()
	}
	for _, tg := range t.targets {
		s.Targets = append(s.Targets, tg.results...)
	}
	return s
}

// allViews are the views of all devices; only those that changed are looked at.
func (t *Table) allViews() []*DeviceView {
	if t.views == nil {
		t.views, t.outdated = make([]*DeviceView, len(t.order)), slices.Clone(t.order)
	}
	for _, d := range t.outdated {
		t.views[d.row] = d.viewed()
		d.shown, d.outdated = true, false
	}
	t.outdated = t.outdated[:0]
	return slices.Clone(t.views)
}

// recent is the number of annunciations in the last ten minutes.
func (t *Table) recent() int {
	from := t.o.Clock.Mono() - rateWindow
	i := 0
	for i < len(t.rate) && t.rate[i] < from {
		i++
	}
	t.rate = t.rate[i:]
	return len(t.rate)
}

// unwatched are the ids of standing alarms that nothing evaluates any more: the
// rule, the device or the point is gone. nil where there is none.
func (t *Table) unwatched(standing []alarm.Occurrence) map[string]bool {
	var gone map[string]bool
	for i := range standing {
		o := &standing[i]
		if t.watches(o) {
			continue
		}
		if gone == nil {
			gone = map[string]bool{}
		}
		gone[o.ID] = true
	}
	return gone
}

// A memo remembers what was made of a list of standing alarms until the list or
// the version changes. The list is compared by identity: who hands it out never
// modifies it.
type memo[T any] struct {
	standing []alarm.Occurrence
	version  uint64
	has      bool
	value    T
}

func (m *memo[T]) of(standing []alarm.Occurrence, version uint64, make func([]alarm.Occurrence) T) T {
	if !m.has || m.version != version || !identical(m.standing, standing) {
		m.standing, m.version, m.has, m.value = standing, version, true, make(standing)
	}
	return m.value
}

// identical reports whether two lists are the same memory.
func identical(a, b []alarm.Occurrence) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

func (t *Table) watches(o *alarm.Occurrence) bool {
	if o.Device == SelfDevice {
		return t.rules[o.Rule] != nil
	}
	d := t.devices[o.Device]
	if t.rules[o.Rule] == nil || d == nil {
		return false
	}
	if o.Point == "" {
		return d.watchesWhole(o.Rule)
	}
	if !d.listed && !d.model { // its points are not known yet
		return true
	}
	p := d.byID[o.Point]
	if p == nil || p.vanished {
		return false
	}
	for _, list := range [][]*watch{p.of.watches, p.of.ages, p.of.computed} {
		for _, w := range list {
			if w.rule.ID == o.Rule {
				return true
			}
		}
	}
	return false
}

// viewed is the device's part of a snapshot, made anew only after a change.
func (d *device) viewed() *DeviceView {
	if d.view != nil {
		return d.view
	}
	v := &DeviceView{Device: d.info, Identity: d.identity, Health: d.health, Stop: d.stop, points: d.pointViews()}
	if len(d.refused) > 0 {
		v.Refused = maps.Clone(d.refused)
	}
	d.view = v
	return v
}

// findOldest finds the oldest last good stamp among the points that are not
// stale; 0 where there is none.
func (t *Table) findOldest(mono time.Duration) {
	t.oldest = 0
	for _, d := range t.order {
		if mono > d.goesOld {
			d.findOldest(mono)
		}
		if d.oldest != 0 && (t.oldest == 0 || d.oldest < t.oldest) {
			t.oldest = d.oldest
		}
	}
}

// findOldest does so for one device, and finds out until when that holds if
// nothing comes meanwhile.
func (d *device) findOldest(mono time.Duration) {
	d.oldest, d.goesOld = 0, math.MaxInt64
	for i := range d.measured {
		m := &d.measured[i]
		if !m.fresh(mono) {
			continue
		}
		d.goesOld = min(d.goesOld, m.goodMono+m.maxAge)
		if d.oldest == 0 || m.lastGood < d.oldest {
			d.oldest = m.lastGood
		}
	}
}
