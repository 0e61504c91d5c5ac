package fleet

import (
	"slices"
	"time"

	"nezuban/collectors/snmp/lean"
)

// A member is one device of the fleet.
type member struct {
	f       *Fleet
	index   int
	plan    *plan // of the round in hand
	probing bool
	good    int // readings of the round in hand
	batch   batch
}

// lateAfter is when a round counts as late, as a share of the interval.
const lateAfter = 10

// Round asks for everything.
func (m *member) Round(at lean.Moment, probe bool) []*lean.Request {
	m.good, m.probing = 0, probe
	if probe {
		return m.f.probe
	}
	m.plan = m.f.plan.Load()
	return m.plan.requests
}

// Answer counts the numbers, which are readings.
func (m *member) Answer(i int, slots []lean.Slot, packet []byte) lean.Verdict {
	if m.probing {
		return lean.Continue
	}
	m.f.learn(m.plan, i, len(packet))
	if m.f.library {
		numbers, _ := lean.Numbers(packet)
		m.good += max(0, len(numbers)-max(0, 1-i)*m.f.first)
		return lean.Continue
	}
	at := m.placeOf(i)
	for _, s := range slots {
		if v, ok := s.Float64(); ok && at >= 0 {
			m.take(at, v)
		}
		at++
	}
	return lean.Continue
}

// take takes one reading: that of the instance at a place of the list.
func (m *member) take(at int, value float64) {
	m.good++
	m.f.out.set(m, at, value)
}

// placeOf is where the first varbind of request i stands among the instances.
func (m *member) placeOf(i int) int {
	at := -m.f.first
	for _, r := range m.plan.requests[:i] {
		at += r.Varbinds()
	}
	return at
}

// Surprise reads what the walker does not.
func (m *member) Surprise(_ int, packet []byte) lean.Verdict {
	m.f.count.surprises.Add(1)
	numbers, err := lean.Numbers(packet)
	if err != nil || m.probing {
		m.f.shrink(m.plan, err)
		return lean.Continue
	}
	for _, n := range numbers {
		if at := slices.Index(m.f.o.OIDs, n.OID); at >= 0 {
			m.take(at, n.Value)
		}
	}
	return lean.Continue
}

// Done accounts for the round.
func (m *member) Done(r lean.Result) (next time.Duration, stay bool) {
	c := &m.f.count
	c.rounds.Add(1)
	c.readings.Add(uint64(m.good))
	if f := m.f.o.Faulty; f == nil || !f(m.index) {
		m.account(r)
	} else {
		c.faulty.Add(1)
	}
	m.f.out.done(m, r)
	m.good = 0
	return m.next(r.Due)
}

// account counts what became of a round.
func (m *member) account(r lean.Result) {
	c := &m.f.count
	c.timeouts.Add(uint64(r.Timeouts))
	switch r.Outcome {
	case lean.Unreachable, lean.SiteSilent:
		c.unasked.Add(1)
	case lean.Silent:
		c.silent.Add(1)
	case lean.Whole, lean.Broken:
	default:
		c.shortened.Add(1)
	}
	c.lateness.Add(r.Now - r.Due)
	if r.Now-r.Due > m.f.o.Interval/lateAfter {
		c.late.Add(1)
	}
	if r.Answered > 0 {
		c.trip.Add(r.Trip)
	}
	if m.f.o.AtOnce {
		m.f.swept(r.Due)
	}
}

// swept notes that one more device of a sweep is done.
func (f *Fleet) swept(due time.Duration) {
	longest := &f.sweeps[min(int((due-f.started)/f.o.Interval), len(f.sweeps)-1)]
	took := uint64(f.pool.Now() - due)
	for before := longest.Load(); took > before && !longest.CompareAndSwap(before, took); before = longest.Load() {
	}
}

// next is the round after the one due at `last`. Those that are over are skipped.
func (m *member) next(last time.Duration) (at time.Duration, stay bool) {
	interval := m.f.o.Interval
	at = last + interval
	for now := m.f.pool.Now(); at+interval <= now && at < m.f.end; at += interval {
		m.f.count.skipped.Add(1)
	}
	if at >= m.f.end {
		m.f.left.Done()
		return 0, false
	}
	return at, true
}

// Gone is called when the run is broken off.
func (m *member) Gone() { m.f.left.Done() }

// Called is for others: nobody calls a member.
func (m *member) Called() { m.f.left.Done() }
