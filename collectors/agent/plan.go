package agent

import (
	"math"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"nezuban/collectors/profile"
	"nezuban/internal/facility"
	"nezuban/internal/text"
)

const (
	maxPoints     = 2000 // of one device (faults.md, row 14)
	maxLabelText  = 128  // bytes of one label value
	maxNameText   = 128
	maxIdentText  = 255            // RFC 1213's DisplayString bound, used for every description
	forgetMissing = 24 * time.Hour // a point not shown for so long is no point
)

// plan holds a device's points and what must be remembered between scrapes. It
// is used by one goroutine.
type plan struct {
	device   facility.DeviceID
	interval time.Duration
	forced   []*profile.AgentProfile // nil: those whose family the endpoint shows
	profiles []*profile.AgentProfile
	wanted   map[string]bool // families

	points  []*planned
	byID    map[facility.PointID]*planned
	changed bool // since the list was last handed over
	refused map[string]uint64
	before  counters
	at      time.Duration // monotone; when before was taken
	applied []string
	ident   facility.Identity
}

type planned struct {
	point  facility.Point
	missed int // rounds in a row without it
	seen   bool
}

// counters are the values of series of which shares are taken, by family and
// series.
type counters map[string]map[uint64]float64

func newPlan(id facility.DeviceID, interval time.Duration, library, forced []*profile.AgentProfile) *plan {
	p := &plan{device: id, interval: interval, forced: forced, profiles: library,
		wanted: map[string]bool{}, byID: map[facility.PointID]*planned{}, refused: map[string]uint64{}}
	if forced != nil {
		p.profiles = forced
	}
	for _, prof := range p.profiles {
		for _, f := range prof.Families() {
			p.wanted[f] = f != ""
		}
	}
	return p
}

func (p *plan) want(family string) bool { return p.wanted[family] }

func (p *plan) count(cause string) { p.refused[cause]++ }

// missing is a round without an answer: every point, no value.
func (p *plan) missing(tick facility.Tick) []facility.Reading {
	out := make([]facility.Reading, len(p.points))
	for i, one := range p.points {
		out[i] = facility.Reading{Point: one.point.ID, Tick: tick}
	}
	return out
}

// read turns a scrape into readings. now is monotone time.
func (p *plan) read(e exposition, tick facility.Tick, now time.Duration) []facility.Reading {
	r := &reading{plan: p, e: e, tick: tick, after: counters{}}
	if p.before != nil && now-p.at <= facility.MaxAge(p.interval) {
		r.before = p.before
	}
	var applied []string
	for _, prof := range p.profiles {
		if p.forced == nil && len(e[prof.Match]) == 0 {
			continue
		}
		applied = append(applied, prof.Name)
		p.identify(prof, e)
		for i := range prof.Points {
			r.entry(&prof.Points[i])
		}
	}
	p.applied = applied
	p.before, p.at = r.after, now
	return r.finish()
}

// reading is one scrape under way.
type reading struct {
	*plan
	e      exposition
	tick   facility.Tick
	before counters // nil: nothing to compare with
	after  counters
	out    []facility.Reading
}

// finish adds the points that this scrape did not show and forgets those that
// have not been shown for a day.
func (r *reading) finish() []facility.Reading {
	kept := r.points[:0]
	for _, one := range r.points {
		if one.seen {
			one.seen, one.missed = false, 0
			kept = append(kept, one)
			continue
		}
		one.missed++
		if time.Duration(one.missed)*r.interval > forgetMissing {
			delete(r.byID, one.point.ID)
			r.changed = true
			continue
		}
		kept = append(kept, one)
		r.out = append(r.out, facility.Reading{Point: one.point.ID, Tick: r.tick})
	}
	clear(r.points[len(kept):])
	r.plan.points = kept
	return r.out
}

// entry makes the readings of one entry of a profile.
func (r *reading) entry(q *profile.AgentPoint) {
	if q.Form == profile.FormShare {
		r.shares(q)
		return
	}
	var with map[uint64]float64
	if q.With != "" {
		with = make(map[uint64]float64, len(r.e[q.With]))
		for _, w := range r.e[q.With] {
			with[place(w.labels)] = w.value
		}
	}
	for _, one := range r.e[q.Of] {
		if !chosen(q.Where, one.labels) {
			continue
		}
		v, ok := one.value, true
		if q.With != "" {
			var other float64
			if other, ok = with[place(one.labels)]; !ok {
				continue // half of it is not shown
			}
			v, ok = combine(q.Form, v, other)
		}
		if ok {
			r.emit(q, one.labels, v)
		}
	}
}

// combine is the arithmetic of a ratio or a difference; a ratio to zero has no
// value.
func combine(form profile.AgentForm, v, other float64) (float64, bool) {
	if form == profile.FormDifference {
		return v - other, true
	}
	return v / other, other != 0
}

// share adds up the increases of one point's series.
type share struct {
	like        labels.Labels // the first of its series, for the labels
	part, whole float64
	broken      bool // a series fell: reset
}

// shares makes the readings of a share: increase of the part over increase of
// the whole.
func (r *reading) shares(q *profile.AgentPoint) {
	if r.after[q.Of] == nil {
		r.after[q.Of] = make(map[uint64]float64, len(r.e[q.Of]))
	}
	before := r.before[q.Of]
	var order []string
	sums := map[string]*share{}
	for _, one := range r.e[q.Of] {
		if !chosen(q.Where, one.labels) {
			continue
		}
		key := place(one.labels)
		r.after[q.Of][key] = one.value
		group := groupOf(q, one.labels)
		s := sums[group]
		if s == nil {
			s = &share{like: one.labels}
			sums[group] = s
			order = append(order, group)
		}
		was, known := before[key]
		if !known {
			continue
		}
		d := one.value - was
		if !(d >= 0) { // NaN too
			s.broken = true
		}
		s.whole += d
		if chosen(q.Part, one.labels) {
			s.part += d
		}
	}
	for _, group := range order {
		if s := sums[group]; !s.broken && s.whole > 0 {
			r.emit(q, s.like, s.part/s.whole)
		}
	}
}

func groupOf(q *profile.AgentPoint, ls labels.Labels) string {
	key := ""
	for _, l := range q.Labels {
		key += l.Text.Fill(ls.Get) + "\x00"
	}
	return key
}

// place identifies a series within its family.
func place(ls labels.Labels) uint64 {
	h, _ := ls.HashWithoutLabels(nil, "__name__")
	return h
}

func chosen(where []profile.LabelMatch, ls labels.Labels) bool {
	return !slices.ContainsFunc(where, func(m profile.LabelMatch) bool { return !m.Holds(ls.Get(m.Label)) })
}

// emit makes one reading of a value, or counts why it is none.
func (r *reading) emit(q *profile.AgentPoint, ls labels.Labels, v float64) {
	one := r.point(q, ls)
	if one == nil || one.seen {
		return
	}
	if q.Complement {
		if v = 1 - v; v < 0 || v > 1 { // more than the whole, or less than nothing, is no share
			r.count(facility.RefusedRange)
			return
		}
	}
	v = v*q.Scale + q.Offset
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		r.count(facility.RefusedNotANumber)
		return
	case q.Range != nil && (v < q.Range[0] || v > q.Range[1]), !q.Metric.Unit.Possible(v):
		r.count(facility.RefusedRange)
		return
	}
	one.seen = true
	r.out = append(r.out, facility.Reading{Point: one.point.ID, Tick: r.tick, Value: v, Quality: facility.Good})
}

// point finds or plans the point of a series; nil where it must be refused.
func (r *reading) point(q *profile.AgentPoint, ls labels.Labels) *planned {
	labels := make([]facility.Label, 0, len(q.Labels))
	for _, l := range q.Labels {
		value, ch := text.Clean(l.Text.Fill(ls.Get), maxLabelText)
		if ch.Truncated { // two long ones might become one
			r.count(facility.RefusedTooLong)
			return nil
		}
		if ch.Controls {
			r.count(facility.RefusedControl)
		}
		labels = append(labels, facility.Label{Name: l.Name, Value: value})
	}
	id := facility.MakePointID(r.device, q.Metric.Name, labels)
	if one := r.byID[id]; one != nil {
		return one
	}
	if len(r.plan.points) >= maxPoints {
		r.count(facility.RefusedPoints)
		return nil
	}
	one := &planned{point: facility.Point{ID: id, Device: r.device, Metric: q.Metric.Name, Labels: labels,
		Name: r.name(q, ls), Class: q.Class, Interval: r.interval, States: q.States}}
	r.plan.points = append(r.plan.points, one)
	r.byID[id] = one
	r.changed = true
	return one
}

// name is what the endpoint calls the point, "" where it does not.
func (r *reading) name(q *profile.AgentPoint, ls labels.Labels) string {
	for _, one := range r.e[q.Name.Family] {
		if !slices.ContainsFunc(q.Name.By, func(l string) bool { return one.labels.Get(l) != ls.Get(l) }) {
			return r.clean(one.labels.Get(q.Name.Label), maxNameText)
		}
	}
	return ""
}

// clean sanitises a text that may be cut.
func (p *plan) clean(s string, limit int) string {
	out, ch := text.Clean(s, limit)
	if ch.Truncated {
		p.count(facility.RefusedTooLong)
	}
	if ch.Controls {
		p.count(facility.RefusedControl)
	}
	return out
}

// identify takes the endpoint's description of itself.
func (p *plan) identify(prof *profile.AgentProfile, e exposition) {
	for _, f := range []struct {
		into *string
		from profile.AgentText
	}{
		{&p.ident.SysName, prof.Identity.SysName}, {&p.ident.SysDescr, prof.Identity.SysDescr},
		{&p.ident.Vendor, prof.Identity.Vendor}, {&p.ident.Model, prof.Identity.Model}, {&p.ident.Serial, prof.Identity.Serial},
	} {
		if rows := e[f.from.Family]; f.from.Family != "" && len(rows) > 0 {
			*f.into = p.clean(f.from.Text.Fill(rows[0].labels.Get), maxIdentText)
		}
	}
}
