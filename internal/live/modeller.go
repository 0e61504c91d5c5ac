package live

import (
	"context"
	"sync"
	"time"

	"nezuban/internal/facility"
	"nezuban/internal/topology"
	"nezuban/internal/topology/cooling"
	"nezuban/internal/topology/fire"
)

// modelRest is the least real time between two evaluations of the models.
const modelRest = 250 * time.Millisecond

// A modeller evaluates the models outside the table's lock: a one-line of ten
// thousand nodes holds up no reading.
type modeller struct {
	mu      sync.Mutex                          // protects everything below; taken before the table's, never after it
	set     *modelSet                           // that the rest belongs to
	values  map[facility.PointID]topology.Point // what bound points say; absent: unknown
	facts   facts
	rounds  uint64
	written facility.Tick // of the last readings that history got
}

// A modelJob is what is to be evaluated.
type modelJob struct {
	set   *modelSet
	kinds modelKind // of which points moved
	due   bool      // readings are due although nothing changed
}

// move marks a bound point as having something new to tell. The caller holds mu.
func (t *Table) move(p *point) {
	if !p.moved {
		p.moved = true
		t.moved = append(t.moved, p)
	}
	wake(t.modelled)
}

// bindPoints finds out which points of a device tell about a model.
func (t *Table) bindPoints(d *device) {
	d.bound = nil
	for _, p := range d.points {
		if p.models = t.models.bound[p.info.ID]; p.models != 0 {
			p.busy = true
			d.bound = append(d.bound, p)
			t.move(p)
		}
	}
}

// ageModels lets the models know of bound points whose data became old, and of
// readings that are due.
func (t *Table) ageModels(mono time.Duration) {
	for _, d := range t.devices {
		for _, p := range d.bound {
			if p.told && !p.fresh(mono) {
				t.move(p)
			}
		}
	}
	if t.models.kinds != 0 && (t.owed || mono-t.emitted >= modelInterval) {
		t.due = true
		wake(t.modelled)
	}
}

// tells is what the point says to the models now.
func (p *point) tells(mono time.Duration) topology.Point {
	p.moved, p.told = false, !p.dropped && p.fresh(mono)
	said := p.lastGood != 0 && !p.dropped
	if !said {
		return topology.Point{}
	}
	return topology.Point{Value: p.value, State: p.stateOf().Name, Known: p.told, Was: !p.told}
}

// modelLoop evaluates the models whenever something that they speak of changed.
func (t *Table) modelLoop(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.modelled:
		}
		t.evaluateModels()
		timer := time.NewTimer(modelRest)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// evaluateModels evaluates what changed and takes the results as readings.
func (t *Table) evaluateModels() {
	m := &t.modeller
	m.mu.Lock()
	defer m.mu.Unlock()
	job := t.modelJob(m)
	if job.kinds == 0 && !job.due {
		return
	}
	read := func(id facility.PointID) topology.Point { return m.values[id] }
	now := t.o.Clock.Now()
	set := job.set.set
	if job.kinds&powerKind != 0 {
		m.facts.graph, m.facts.inputs = set.OneLine, set.OneLine.Inputs(read)
		m.facts.power = set.OneLine.Evaluate(m.facts.inputs)
		t.metrics.models.WithLabelValues("power").Inc()
	}
	if job.kinds&fireKind != 0 || job.due && len(set.Fire) > 0 { // permits end by themselves
		m.facts.fire = fire.Evaluate(set.Fire, read, now)
		t.metrics.models.WithLabelValues("fire").Inc()
	}
	if job.kinds&coolingKind != 0 {
		m.facts.cooling = cooling.Evaluate(set.Cooling, read)
		t.metrics.models.WithLabelValues("cooling").Inc()
	}
	t.takeModels(m, job)
}

// modelJob takes what moved since the last time.
func (t *Table) modelJob(m *modeller) modelJob {
	t.mu.Lock()
	defer t.mu.Unlock()
	mono := t.o.Clock.Mono()
	job := modelJob{set: t.models, due: t.due}
	if m.set != t.models {
		m.set, m.values, m.facts = t.models, map[facility.PointID]topology.Point{}, facts{}
		job.kinds = t.models.kinds
	}
	for _, p := range t.moved {
		job.kinds |= p.models
		if v := p.tells(mono); v.Known || v.Was {
			m.values[p.info.ID] = v
		} else {
			delete(m.values, p.info.ID)
		}
	}
	t.moved, t.due = nil, false
	return job
}

// takeModels shows the results, and takes them as readings of the models'
// devices, so that rules, targets and history use them like any other. Results
// of a configuration that is over are dropped.
func (t *Table) takeModels(m *modeller, job modelJob) {
	now, mono := t.o.Clock.Now(), t.o.Clock.Mono()
	tick := facility.TickOf(now)
	limit := facility.TickOf(now.Add(maxAhead))
	m.rounds++
	var batches []facility.Batch
	var points []map[facility.PointID]*facility.Point
	t.mu.Lock()
	if t.models != job.set {
		t.mu.Unlock()
		return
	}
	t.checkClock(now, mono)
	t.facts = m.facts
	// History has room for one sample of a series a second: what came after it in
	// the same second is handed over again in the next, to targets as to history.
	again := tick == m.written
	t.unaccounted = again
	for _, md := range modelDevices {
		d := t.devices[md.id]
		if d == nil || !d.model || job.kinds&md.kind == 0 && !job.due {
			continue
		}
		b := facility.Batch{Device: md.id, Tick: tick, Readings: m.results(job.set, md.kind, tick),
			Health: facility.Health{Reachable: true, LastAnswer: now, Interval: modelInterval, Rounds: m.rounds}}
		points = append(points, t.takeBatch(d, &b, limit, now, mono))
		batches = append(batches, b)
	}
	t.unaccounted = false
	t.owed = again
	if job.due {
		t.emitted = mono
	}
	t.mu.Unlock()
	if again {
		return
	}
	m.written = tick
	for i, b := range batches {
		t.o.History.Write(b, points[i])
	}
}

func (m *modeller) results(set *modelSet, kind modelKind, tick facility.Tick) []facility.Reading {
	switch kind {
	case powerKind:
		return set.power.read(m.facts.power, tick)
	case fireKind:
		return fireReadings(set.results[facility.FireModel], m.facts.fire, tick)
	default:
		return coolingReadings(set.results[facility.CoolingModel], m.facts.cooling, tick)
	}
}
