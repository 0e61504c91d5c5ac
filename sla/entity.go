package sla

import (
	"math"
	"slices"
	"time"

	"nezuban/internal/facility"
)

// An Entity is one thing a target is judged on: a point, with what was recorded
// of it.
type Entity struct {
	ID          string // point id
	DisplayName string
	Since       int64         // in service from, Unix seconds; 0: always
	Until       int64         // decommissioned; 0: in service
	MaxAge      time.Duration // of the point; a target's own wins
	States      []facility.State
	Samples     []Sample // in the order of their arrival; may begin before the window
}

// class is what one sample says.
type class uint8

const (
	unknown class = iota
	good
	bad
)

// A kind judges samples. A new kind is its own file and one line here.
func (t *Target) judge() func(v float64, states []facility.State) class {
	switch {
	case t.Kind == KindState && t.State != nil:
		return t.State.class
	case t.Kind == KindRange && t.Range != nil:
		return t.Range.class
	}
	return func(float64, []facility.State) class { return unknown }
}

// Metric is the metric that the target's indicator names; "" where it has none.
func (t *Target) Metric() string {
	switch {
	case t.Kind == KindState && t.State != nil:
		return t.State.Metric
	case t.Kind == KindRange && t.Range != nil:
		return t.Range.Metric
	}
	return ""
}

// Matches reports whether a target is judged on a point of a device.
func (t *Target) Matches(d *facility.Device, p *facility.Point) bool {
	return p.Metric == t.Metric() && t.Metric() != "" && t.Select.Match(facility.PointAttributes(d, p))
}

// maxAge in whole seconds.
func (t *Target) maxAge(e *Entity) int64 {
	if t.MaxAge > 0 {
		return int64(t.MaxAge / time.Second)
	}
	return int64(e.MaxAge / time.Second)
}

// sets are the good and the bad seconds of an entity by its samples alone,
// normalised, before service, exclusions and window.
func (t *Target) sets(e *Entity) (goodSet, badSet []Interval) {
	judge, maxAge := t.judge(), t.maxAge(e)
	known := make([]Sample, 0, len(e.Samples))
	for _, s := range e.Samples {
		if s.Known {
			known = append(known, s)
		}
	}
	slices.SortStableFunc(known, func(a, b Sample) int {
		switch {
		case a.At < b.At:
			return -1
		case a.At > b.At:
			return 1
		}
		return 0
	})
	for i, s := range known {
		to := s.At + maxAge
		if i+1 < len(known) {
			to = min(to, known[i+1].At) // of equal stamps all but the last hold nothing
		}
		switch judge(s.Value, e.States) {
		case good:
			goodSet = append(goodSet, Interval{s.At, to})
		case bad:
			badSet = append(badSet, Interval{s.At, to})
		}
	}
	return Normalize(goodSet), Normalize(badSet)
}

// service is the entity's time in service within [from, to).
func (e *Entity) service(from, to int64) []Interval {
	until := e.Until
	if until == 0 {
		until = math.MaxInt64
	}
	return Normalize([]Interval{{max(from, e.Since), min(to, until)}})
}
