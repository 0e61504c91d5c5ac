package live

import (
	"slices"
	"strings"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// A groupIndex is what rules ask of the points of one group.
type groupIndex struct {
	byMetric map[string][]*point
	means    map[string][]*point // by rule: what it watches, for the mean
	maxAge   time.Duration       // the longest of its points
	dirty    bool                // a point of it got a reading since the last evaluation
}

// atPoints reports whether a calculated rule stands at the points that its
// selector matches; else it stands at the device.
func atPoints(r *alarm.Rule) bool {
	for _, term := range strings.FieldsFunc(r.Select.String(), func(c rune) bool { return c == ',' || c == ' ' || c == '\t' }) {
		if strings.HasPrefix(term, "metric") || strings.HasPrefix(term, "zone") || strings.HasPrefix(term, "label.") {
			return true
		}
	}
	return false
}

// suits reports whether a rule can watch a point of the kind, and computed that
// it needs other points for it.
func suits(r *alarm.Rule, isState bool) (watches, computed bool) {
	switch r.Type {
	case alarm.Limit, alarm.Rate:
		return !isState, false
	case alarm.State:
		return isState, false
	case alarm.NoData:
		return !r.WholeDevice(), false
	case alarm.EventOnly:
		limits := r.LowLow != nil || r.Low != nil || r.High != nil || r.HighHigh != nil
		return limits != isState, false
	case alarm.Deviation:
		return !isState, true
	case alarm.Calculated:
		return atPoints(r), true
	}
	return false, false
}

// indexComputed finds out which rules are computed anew after a reading of which
// point.
func (t *Table) indexComputed(d *device) {
	d.byMetric, d.grouped, d.dirty = nil, nil, nil
	t.groupsStale = t.groupsStale || t.hasGroups
	all := slices.Clone(d.computed)
	for _, p := range d.points {
		if len(p.of.reacts) > 0 {
			p.of.reacts = nil
		}
		all = append(all, p.of.computed...)
	}
	if len(all) == 0 {
		return
	}
	d.byMetric = map[string][]*point{}
	for _, p := range d.points {
		d.byMetric[p.info.Metric] = append(d.byMetric[p.info.Metric], p)
	}
	for _, w := range all {
		w.dirty, w.maxAge = false, 0
		if e := w.rule.Expression; e != nil && e.Group != "" {
			d.grouped = append(d.grouped, w)
			continue
		}
		for _, metric := range asks(w.rule) {
			for _, p := range d.byMetric[metric] {
				w.after(p)
			}
		}
		if w.point != nil {
			w.after(w.point)
		}
	}
}

// asks are the metrics of its own device that a rule computes from, besides the
// point at which it stands.
func asks(r *alarm.Rule) []string {
	switch {
	case r.Type == alarm.Calculated && r.Expression != nil:
		return r.Expression.Metrics
	case r.Reference.Metric != "":
		return []string{r.Reference.Metric}
	}
	return nil
}

// after makes w computed after each reading of p.
func (w *watch) after(p *point) {
	if !slices.Contains(p.of.reacts, w) {
		p.own().reacts = append(p.of.reacts, w)
		w.maxAge = max(w.maxAge, p.maxAge)
	}
}

// stir marks what is to be computed after a reading of p.
func (d *device) stir(p *point) {
	for _, w := range p.of.reacts {
		if !w.dirty {
			w.dirty = true
			d.dirty = append(d.dirty, w)
		}
	}
	for _, g := range p.of.groups {
		g.dirty = true
	}
}

// computeDevice computes what a batch has stirred: each rule once, after all
// readings of the batch are in.
func (t *Table) computeDevice(d *device, tick facility.Tick, mono time.Duration) {
	for _, w := range d.dirty {
		w.dirty = false
		src := sources{byMetric: d.byMetric, mono: mono}
		if w.rule.Type == alarm.Deviation && w.rule.Reference.Mean {
			src.only = t.mean(d, w)
		}
		t.compute(d, w, tick, w.maxAge, src)
	}
	d.dirty = d.dirty[:0]
}

// mean are the points over which a rule takes its mean; none for a point outside
// the group that the rule names. Without a name it is those of the same device.
func (t *Table) mean(d *device, w *watch) []*point {
	none := []*point{}
	if name := w.rule.Reference.Group; name != "" {
		g := t.groups[name]
		if g == nil || w.point == nil || !slices.Contains(w.point.of.groups, g) {
			return none
		}
		return g.means[w.rule.ID]
	}
	own := none
	for _, p := range d.points {
		if slices.ContainsFunc(p.of.computed, func(x *watch) bool { return x.rule == w.rule }) {
			own = append(own, p)
		}
	}
	return own
}

// compute asks a rule whether its condition holds now.
func (t *Table) compute(d *device, w *watch, tick facility.Tick, maxAge time.Duration, src sources) {
	s := alarm.Sample{Tick: tick, Known: true, MaxAge: maxAge}
	var at *facility.Point
	if p := w.point; p != nil {
		if !p.fresh(src.mono) {
			return
		}
		s.Value, s.State, s.Point, at = p.value, p.stateOf(), p.info, p.info
	}
	var ch *alarm.Change
	if w.cond, ch = w.rule.NextFrom(w.cond, s, src); ch != nil {
		ch.Locate(&d.info, at)
		t.enqueue(ch, src.mono)
		t.outdate(d)
	}
}

// computeGroups computes the rules over groups of devices, once a second those
// that a reading has stirred.
func (t *Table) computeGroups(now time.Time, mono time.Duration) {
	if !t.hasGroups {
		return
	}
	if t.groupsStale {
		t.indexGroups()
	}
	for _, d := range t.order {
		for _, w := range d.grouped {
			if g := t.groups[w.rule.Expression.Group]; g != nil && g.dirty {
				t.compute(d, w, facility.TickOf(now), g.maxAge, sources{byMetric: g.byMetric, mono: mono})
			}
		}
	}
	for _, g := range t.groups {
		g.dirty = false
	}
}

// groupOf is the group of devices that a rule computes from; "" none.
func groupOf(r *alarm.Rule) string {
	switch {
	case r.Type != alarm.Calculated && r.Type != alarm.Deviation:
		return ""
	case r.Expression != nil:
		return r.Expression.Group
	}
	return r.Reference.Group
}

// nameGroups finds the groups that rules speak of.
func (t *Table) nameGroups() {
	t.groups = map[string]*groupIndex{}
	for _, r := range t.ruleSet {
		if name := groupOf(r); name != "" {
			t.groups[name] = &groupIndex{}
		}
	}
	t.hasGroups, t.groupsStale = len(t.groups) > 0, true
}

// indexGroups finds the points of each group that rules speak of.
func (t *Table) indexGroups() {
	t.groupsStale = false
	for _, g := range t.groups {
		*g = groupIndex{byMetric: map[string][]*point{}, means: map[string][]*point{}, dirty: true}
	}
	for _, d := range t.order {
		for _, p := range d.points {
			if len(p.of.groups) > 0 {
				p.of.groups = nil
			}
			for _, name := range facility.PointAttributes(&d.info, p.info)("group") {
				if g := t.groups[name]; g != nil && !slices.Contains(p.of.groups, g) {
					g.take(p)
					p.own().groups = append(p.of.groups, g)
				}
			}
		}
	}
}

func (g *groupIndex) take(p *point) {
	g.byMetric[p.info.Metric] = append(g.byMetric[p.info.Metric], p)
	g.maxAge = max(g.maxAge, p.maxAge)
	for _, w := range p.of.computed {
		if w.rule.Reference.Mean {
			g.means[w.rule.ID] = append(g.means[w.rule.ID], p)
		}
	}
}
