package sla

import (
	"math"
	"slices"
	"time"

	"nezuban/internal/facility"
)

// An Entity is one thing a target is judged on: a point, a load group, an area,
// with what was recorded of it.
type Entity struct {
	ID          string // point id, or whatever names it
	DisplayName string
	Since       int64         // in service from, Unix seconds; 0: always
	Until       int64         // decommissioned; 0: in service
	MaxAge      time.Duration // of the point; a target's own wins
	States      []facility.State
	Samples     []Sample // in the order of their arrival; may begin before the window

	Events      []Event      // of kinds latency, count, zero, and freshness of an event
	Obligations []Obligation // of kind due
	// Feed is when the source of the events was known to be alive; nil with Silent
	// false: always, as for what nezuban records itself.
	Feed   []Interval
	Silent bool // the source was never alive
}

// class is what one sample says.
type class uint8

const (
	unknown class = iota
	good
	bad
)

// A span is what one sample says until when: first up to turn, then after it up
// to end. Unknown time after end is nobody's.
type span struct {
	first, after class
	turn, end    int64
}

// says is what a sample says by itself, before the next one. A new kind of
// seconds is its own file and one line here.
func (t *Target) says(s Sample, maxAge int64, states []facility.State) span {
	end := s.At + maxAge
	switch {
	case t.Kind == KindState && t.State != nil:
		return span{first: t.State.class(s.Value, states), turn: end, end: end}
	case t.Kind == KindRange && t.Range != nil:
		return span{first: t.Range.class(s.Value), turn: end, end: end}
	case t.Kind == KindCoverage && t.Coverage != nil:
		return span{first: good, turn: end, end: end}
	case t.Kind == KindRedundancy && t.Redundancy != nil:
		return span{first: t.Redundancy.class(s, states), turn: end, end: end}
	case t.Kind == KindFreshness && t.Freshness != nil:
		return t.Freshness.span(s, maxAge)
	case t.Kind == KindRatioValue && t.RatioValue != nil && isNumber(s.Value):
		return span{first: good, turn: end, end: end}
	}
	return span{turn: end, end: end}
}

func isNumber(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// maxAge in whole seconds.
func (t *Target) maxAge(e *Entity) int64 {
	if t.Kind == KindFreshness && t.Freshness != nil && t.Freshness.Metric == "" {
		return forever
	}
	if t.MaxAge > 0 {
		return int64(t.MaxAge / time.Second)
	}
	return int64(e.MaxAge / time.Second)
}

// forever is later than any window, and far from overflow.
const forever = int64(1) << 40

// unreachableBad reports whether unanswered polls of a live collector are bad.
func (t *Target) unreachableBad() bool {
	switch {
	case t.Kind == KindCoverage:
		return true
	case t.State != nil && t.Kind == KindState:
		return t.State.UnreachableBad
	case t.Range != nil && t.Kind == KindRange:
		return t.Range.UnreachableBad
	}
	return false
}

// ordered returns the samples sorted by stamp, those with the same stamp in the
// order of their arrival, without copying where they are in order already.
func ordered(samples []Sample) []Sample {
	compare := func(a, b Sample) int {
		switch {
		case a.At < b.At:
			return -1
		case a.At > b.At:
			return 1
		}
		return 0
	}
	if slices.IsSortedFunc(samples, compare) {
		return samples
	}
	out := slices.Clone(samples)
	slices.SortStableFunc(out, compare)
	return out
}

// service is the entity's time in service within [from, to).
func (t *Target) service(e *Entity, first, from, to int64) []Interval {
	return Normalize([]Interval{t.serving(e, first, from, to)})
}

// serving is the same as one interval; empty where To is not after From. The
// entity of a freshness target comes into service with its first success, or when
// that was due.
func (t *Target) serving(e *Entity, first, from, to int64) Interval {
	since, until := e.Since, e.Until
	if until == 0 {
		until = math.MaxInt64
	}
	if t.Kind == KindFreshness && t.Freshness != nil && since > 0 {
		since = t.Freshness.begin(since, first)
	}
	return Interval{max(from, since), min(to, until)}
}

// folded is the entity's time by its samples alone, before service, exclusions
// and window; values are weighed in [from, to).
func (t *Target) folded(e *Entity, from, to int64) *fold {
	f := newFold(t, e)
	f.from, f.to = from, max(to, from, 1)
	for _, s := range ordered(t.samples(e)) {
		f.add(s)
	}
	f.settle(forever)
	return f
}

// samples are what the entity was measured by: of a freshness by events, these.
func (t *Target) samples(e *Entity) []Sample {
	if t.Kind == KindFreshness && t.Freshness != nil && t.Freshness.Metric == "" {
		return t.Freshness.successes(e.Events)
	}
	return e.Samples
}
