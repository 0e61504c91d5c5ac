package fleet

import (
	"time"

	"nezuban/collectors"
	"nezuban/collectors/snmp/lean"
	"nezuban/internal/facility"
)

// handover gives what members read to the sink. Without a sink it does nothing.
type handover struct {
	sink     collectors.Sink
	points   func(i int) []facility.Point
	epoch    time.Time // wall clock when the pool's time began
	interval time.Duration
}

// batch is what a member keeps for its hand-over.
type batch struct {
	points   []facility.Point // until the sink has them
	ids      []facility.PointID
	readings []facility.Reading
	health   facility.Health
}

func (h *handover) set(m *member, at int, value float64) {
	if h.sink == nil {
		return
	}
	b := &m.batch
	if b.readings == nil {
		h.open(m)
	}
	b.readings[at].Value, b.readings[at].Quality = value, facility.Good
}

// open begins a batch in which everything is missing.
func (h *handover) open(m *member) {
	b := &m.batch
	if b.ids == nil {
		b.points = h.points(m.index)
		for i := range b.points {
			b.ids = append(b.ids, b.points[i].ID)
		}
	}
	b.readings = make([]facility.Reading, len(b.ids))
	for i, id := range b.ids {
		b.readings[i].Point = id
	}
}

// done hands the round's batch over.
func (h *handover) done(m *member, r lean.Result) {
	if h.sink == nil {
		return
	}
	b := &m.batch
	if b.readings == nil {
		h.open(m)
	}
	tick := facility.TickOf(h.epoch.Add(r.Due))
	for i := range b.readings {
		b.readings[i].Tick = tick
	}
	h.account(b, r)
	out := facility.Batch{Device: facility.DeviceID(m.f.o.Addresses[m.index].String()), Tick: tick, Readings: b.readings, Health: b.health, Points: b.points}
	if h.sink.Accept(out) == nil {
		b.points = nil
	} else {
		m.f.count.refused.Add(1)
	}
	b.readings = nil
}

func (h *handover) account(b *batch, r lean.Result) {
	x := &b.health
	x.Interval, x.Lateness = h.interval, r.Now-r.Due
	x.Rounds++
	x.Timeouts += uint64(r.Timeouts)
	switch {
	case r.Answered > 0:
		x.Reachable, x.ConsecFailed, x.ErrorKind = true, 0, facility.ErrNone
		x.RoundTrip, x.LastAnswer = r.Trip, h.epoch.Add(r.Now)
	case r.Outcome == lean.Silent:
		x.Reachable, x.ErrorKind = false, facility.ErrTimeout
		x.ConsecFailed++
	}
}
