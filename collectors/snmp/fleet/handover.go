package fleet

import (
	"sync"
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
	spare    sync.Pool // of *[]facility.Reading that no round is using
}

// batch is what a member keeps for its hand-over.
type batch struct {
	device   facility.DeviceID
	ids      []facility.PointID
	readings *[]facility.Reading // nil until the round brings something
	health   facility.Health
}

// introduce tells the sink of a member's points.
func (h *handover) introduce(m *member) error {
	if h.sink == nil {
		return nil
	}
	points := h.points(m.index)
	for i := range points {
		m.batch.ids = append(m.batch.ids, points[i].ID)
	}
	m.batch.device = points[0].Device
	tick := facility.TickOf(time.Now())
	return h.sink.Accept(facility.Batch{Device: points[0].Device, Tick: tick, Points: points, Health: facility.Health{Interval: h.interval}})
}

func (h *handover) set(m *member, at int, value float64) {
	if h.sink == nil {
		return
	}
	r := &h.open(&m.batch)[at]
	r.Value, r.Quality = value, facility.Good
}

// open begins a batch in which everything is missing.
func (h *handover) open(b *batch) []facility.Reading {
	if b.readings != nil {
		return *b.readings
	}
	spare, ok := h.spare.Get().(*[]facility.Reading)
	if !ok || cap(*spare) < len(b.ids) {
		spare = new([]facility.Reading)
		*spare = make([]facility.Reading, len(b.ids))
	}
	b.readings = spare
	list := (*spare)[:len(b.ids)]
	for i, id := range b.ids {
		list[i] = facility.Reading{Point: id}
	}
	*spare = list
	return list
}

// done hands the round's batch over.
func (h *handover) done(m *member, r lean.Result) {
	if h.sink == nil {
		return
	}
	b := &m.batch
	readings := h.open(b)
	tick := facility.TickOf(h.epoch.Add(r.Due))
	for i := range readings {
		readings[i].Tick = tick
	}
	h.account(b, r)
	if h.sink.Accept(facility.Batch{Device: b.device, Tick: tick, Readings: readings, Health: b.health}) != nil {
		m.f.count.refused.Add(1)
	}
	h.spare.Put(b.readings)
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
