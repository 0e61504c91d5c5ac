package snmp

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unique"

	"nezuban/collectors"
	"nezuban/collectors/profile"
	"nezuban/internal/facility"
)

// maxPoints is the most points one device may have.
const maxPoints = 2000

// plan is what the profiles become on one device.
type plan struct {
	points   []facility.Point
	items    []item // parallel to points
	present  classes
	excluded map[facility.PointID]bool // exist on the device but are not wanted
	barred   [][]check                 // conditions of excluded points that did not hold
	problems []string
	kind     string // facility.Kinds; "" unknown
	category string
	size     sizing
	cached   map[classes][][]string
	values   map[string]int  // size of each instance when last seen
	lacking  map[string]bool // instances that were not there, or could not be given, when last asked; each would cost a request
	failing  map[string]int  // instances that could not be given, by times in a row
}

// item is how one point is read: which instances, and how they become a value.
type item struct {
	q       *profile.Quantity
	class   facility.Class
	sources []string // the raw value; several with q.Aggregate
	row     string   // appended to the operand columns; "" for scalars
	valid   []check
	contact *contact
	known   bool // the instance existed at discovery
}

// check is a condition on one instance.
type check struct {
	oid  string
	cond *profile.Condition
}

// contact is a bound contact input.
type contact struct {
	table      *profile.Contact
	oid        string
	normalOID  string // "" where the device names no normal state
	normalOpen *bool  // from the binding; nil: as the device says
}

// compiler makes a plan of what discovery found.
type compiler struct {
	target collectors.Target
	found  *found
	refuse func(cause string)
	plan   *plan
	seen   map[facility.PointID]bool
	own    map[string]*profile.Quantity // instance → how a maker's own profile reads it
	common bool                         // the profile at work is generic
	full   bool
}

// compile makes the device's plan. Quantities of earlier profiles win over the
// same point of later ones, and what a maker's own profile reads of an object no
// generic one reads again; alternates fill what nothing else gave.
func compile(target collectors.Target, f *found, refuse func(cause string)) *plan {
	c := &compiler{target: target, found: f, refuse: refuse, seen: map[facility.PointID]bool{}, own: map[string]*profile.Quantity{},
		plan: &plan{excluded: map[facility.PointID]bool{}, cached: map[classes][][]string{}, values: map[string]int{}, lacking: map[string]bool{}, failing: map[string]int{},
			size: sizing{varbinds: f.limits.MaxVarbinds}}}
	c.bindings()
	for _, p := range f.profiles {
		c.common = p.Generic
		for _, alternate := range []bool{false, true} {
			for i := range p.Points {
				if p.Points[i].Alternate == alternate {
					c.scalar(&p.Points[i])
				}
			}
			for i := range p.Tables {
				c.table(p, &p.Tables[i], alternate)
			}
		}
	}
	for i := range c.plan.points {
		c.plan.present |= classOf(c.plan.points[i].Class)
	}
	c.remember()
	c.plan.problems = append(c.plan.problems, f.problems...)
	c.plan.kind, c.plan.category = f.kind()
	return c.plan
}

// shared is a string that equal ones of other devices share: a fleet has few models
// and many devices.
func shared(s string) string { return unique.Make(s).Value() }

// share makes a point's strings shared, but for its id.
func share(p *facility.Point, it *item) {
	for i, s := range it.sources {
		it.sources[i] = shared(s)
	}
	it.row, p.Name, p.OID = shared(it.row), shared(p.Name), shared(p.OID)
	for i := range it.valid {
		it.valid[i].oid = shared(it.valid[i].oid)
	}
	for i := range p.Labels {
		p.Labels[i].Value = shared(p.Labels[i].Value)
	}
}

// remember keeps how large the answers to what is polled were.
func (c *compiler) remember() {
	keep := func(oids ...string) {
		for _, oid := range oids {
			if v, ok := c.found.values[oid]; ok {
				c.plan.values[shared(oid)] = v.size()
			}
		}
	}
	keep(oidSysUpTime, oidSysName, oidSysLocation)
	for i := range c.plan.items {
		keep(c.plan.items[i].oids()...)
	}
}

func (c *compiler) problem(format string, args ...any) {
	if len(c.plan.problems) < 50 {
		c.plan.problems = append(c.plan.problems, fmt.Sprintf(format, args...))
	}
}

// scalar plans one entry of a profile's points.
func (c *compiler) scalar(q *profile.Quantity) {
	if _, ok := c.found.instance(q.OID, ""); !ok {
		return
	}
	c.add(q, item{q: q, sources: []string{q.OID}, known: true}, slices.Clone(q.Labels), q.Name, nil)
}

// add plans one point unless it is there already, excluded or not fitted. It
// reports whether the id was free.
func (c *compiler) add(q *profile.Quantity, it item, labels []facility.Label, name string, tableValid []profile.Condition) bool {
	p := facility.Point{Device: c.target.Device.ID, Metric: q.Metric.Name, Labels: labels, Name: name, Class: q.Class,
		Interval: c.target.Intervals.Of(q.Class), States: q.States}
	p.ID = facility.MakePointID(p.Device, p.Metric, p.Labels)
	if len(it.sources) > 0 {
		p.OID = it.sources[0]
	}
	if c.seen[p.ID] {
		return false
	}
	if it.known && c.common && again(c.own[p.OID], q) {
		return true
	}
	it.class = q.Class
	for _, list := range [][]profile.Condition{tableValid, q.ValidIf} {
		for i := range list {
			it.valid = append(it.valid, check{oid: profile.At(list[i].OID, it.row), cond: &list[i]})
		}
	}
	if !c.found.holds(q.Where, it.row) {
		c.bar(q, it.row)
		c.plan.excluded[p.ID] = true
		return true
	}
	if it.known && it.notFitted(c.found.values) {
		c.plan.excluded[p.ID] = true
		return true
	}
	if len(c.plan.points) >= maxPoints {
		if !c.full {
			c.full = true
			c.refuse(facility.RefusedPoints)
			c.problem("more than %d points; the rest is left out", maxPoints)
		}
		return true
	}
	c.seen[p.ID] = true
	if !c.common {
		c.own[p.OID] = q
	}
	delete(c.plan.excluded, p.ID)
	share(&p, &it)
	c.plan.points = append(c.plan.points, p)
	c.plan.items = append(c.plan.items, it)
	return true
}

// again reports whether q takes from an object what own took already: the
// same quantity by another name, as a maker's optics are currents to a standard.
func again(own, q *profile.Quantity) bool {
	if own == nil || own.Metric.Unit != q.Metric.Unit || own.Aggregate+q.Aggregate != "" || !sameReading(own, q) {
		return false
	}
	return q.Metric.Unit != facility.UnitState || own.Metric.Name == q.Metric.Name
}

// sameReading reports whether two quantities take the same part of an answer:
// bits, words and numbers in a text are different ones.
func sameReading(a, b *profile.Quantity) bool {
	picks := a.Pick == nil && b.Pick == nil || a.Pick != nil && b.Pick != nil && *a.Pick == *b.Pick
	patterns := a.Pattern == nil && b.Pattern == nil || a.Pattern != nil && b.Pattern != nil && a.Pattern.String() == b.Pattern.String()
	return picks && patterns
}

// bar remembers which conditions keep a point out of the plan.
func (c *compiler) bar(q *profile.Quantity, row string) {
	var out []check
	for i := range q.Where {
		if !c.found.holds(q.Where[i:i+1], row) {
			out = append(out, check{oid: profile.At(q.Where[i].OID, row), cond: &q.Where[i]})
		}
	}
	c.plan.barred = append(c.plan.barred, out)
}

// unbarred reports whether values show that a point is wanted now that was not at
// discovery: a port has been opened.
func (p *plan) unbarred(values map[string]variable) bool {
	return slices.ContainsFunc(p.barred, func(list []check) bool {
		return !slices.ContainsFunc(list, func(c check) bool {
			v, there := values[c.oid]
			return !there || !v.exists() || !c.cond.Holds(strings.TrimSpace(v.raw()))
		})
	})
}

// table plans the rows of one table.
func (c *compiler) table(p *profile.Profile, t *profile.Table, alternate bool) {
	rows := c.rows(t)
	labels := c.rowLabels(t, rows)
	for i := range t.Columns {
		q := &t.Columns[i]
		if q.Alternate != alternate {
			continue
		}
		if q.Aggregate != "" {
			c.aggregate(t, q, rows)
			continue
		}
		var first string
		for _, row := range rows {
			if _, ok := c.found.instance(q.OID, row); !ok || !wanted(t, q.Rows, row) {
				continue
			}
			own := append(slices.Clone(labels[row]), q.Labels...)
			name := c.rowName(t, q, row)
			if b := c.sensor(t, row); b != nil {
				own, name = c.sensorLabels(b, own), cmp.Or(b.Name, name)
			}
			it := item{q: q, sources: []string{q.OID + "." + row}, row: row, known: true}
			free := c.add(q, it, own, name, t.ValidIf)
			if !free && first != "" && !alternate && len(labels[row]) == 0 {
				c.problem("%s, %s: row %s is the same point as row %s and is left out", p.Name, t.Name, row, first)
			}
			if free && first == "" {
				first = row
			}
		}
	}
}

// rows are the indexes of a table that its conditions let through and no binding
// has taken, in order.
func (c *compiler) rows(t *profile.Table) []string {
	var out []string
	for i := range t.Columns {
		out = append(out, c.found.columns[t.Columns[i].OID]...)
	}
	slices.SortFunc(out, compareOID)
	out = slices.Compact(out)
	return slices.DeleteFunc(out, func(row string) bool {
		return !wanted(t, t.Rows, row) || !c.found.holds(t.Where, row) || c.bound(t, row)
	})
}

// aggregate plans one point over all rows.
func (c *compiler) aggregate(t *profile.Table, q *profile.Quantity, rows []string) {
	it := item{q: q, known: true}
	for _, row := range rows {
		if _, ok := c.found.instance(q.OID, row); ok && wanted(t, q.Rows, row) {
			it.sources = append(it.sources, q.OID+"."+row)
		}
	}
	if len(it.sources) > 0 {
		c.add(q, it, slices.Clone(q.Labels), q.Name, nil)
	}
}

func (c *compiler) rowName(t *profile.Table, q *profile.Quantity, row string) string {
	if t.NameOID != "" {
		if v, ok := c.found.instance(t.NameOID, row); ok && v.kind == kindBytes {
			if name := clean(string(v.bytes), maxName, c.refuse); name != "" {
				return name
			}
		}
	}
	return q.Name
}

// rowLabels gives each row its labels from index and columns; texts that are
// empty or double give way to the index.
func (c *compiler) rowLabels(t *profile.Table, rows []string) map[string][]facility.Label {
	out := make(map[string][]facility.Label, len(rows))
	for _, row := range rows {
		out[row] = c.indexLabels(t, row)
	}
	for _, l := range t.Labels {
		texts, uses := map[string]string{}, map[string]int{}
		for _, row := range rows {
			texts[row] = c.lookup(l, row)
			uses[texts[row]]++
		}
		for _, row := range rows {
			s := texts[row]
			switch {
			case s == "":
				s = row
			case uses[s] > 1:
				s += " (" + row + ")"
			}
			out[row] = append(out[row], facility.Label{Name: l.Name, Value: c.called(t, l.Name, s)})
		}
	}
	return out
}

func (c *compiler) lookup(l profile.ColumnLabel, row string) string {
	for _, oid := range l.OIDs {
		if v, ok := c.found.instance(oid, row); ok {
			if s := clean(v.raw(), maxName, c.refuse); s != "" {
				return s
			}
		}
	}
	return ""
}

func (c *compiler) called(t *profile.Table, label, raw string) string {
	if s, ok := t.LabelValues[label][raw]; ok {
		return s
	}
	return raw
}

// indexLabels splits the row's index over the table's labels; the last one takes
// what is left.
func (c *compiler) indexLabels(t *profile.Table, row string) []facility.Label {
	var out []facility.Label
	for i, part := range indexParts(t, row) {
		if name := t.Index[i]; !strings.HasPrefix(name, "_") {
			out = append(out, facility.Label{Name: name, Value: c.called(t, name, part)})
		}
	}
	return out
}

// indexParts splits a row's index into the table's parts; the last one takes what
// is left.
func indexParts(t *profile.Table, row string) []string {
	return strings.SplitN(row, ".", len(t.Index))
}

// wanted reports whether the row's index is one that rows asks for.
func wanted(t *profile.Table, rows map[string][]string, row string) bool {
	if rows == nil {
		return true
	}
	parts := indexParts(t, row)
	for i, name := range t.Index {
		if list, asked := rows[name]; asked && (i >= len(parts) || !slices.Contains(list, parts[i])) {
			return false
		}
	}
	return true
}

// inputOf is the label of a row by which bindings name it.
func (c *compiler) inputOf(t *profile.Table, row string) string {
	for _, l := range c.indexLabels(t, row) {
		if l.Name == t.InputLabel() {
			return l.Value
		}
	}
	return ""
}

// keep adds the points of an earlier plan that this one no longer has: they stay
// in the list and are missing. Points that the profile excludes now are dropped.
func (p *plan) keep(old *plan) {
	if old == nil {
		return
	}
	have := map[facility.PointID]bool{}
	for i := range p.points {
		have[p.points[i].ID] = true
	}
	for i := range old.points {
		pt := old.points[i]
		if have[pt.ID] || p.excluded[pt.ID] || len(p.points) >= maxPoints {
			continue
		}
		it := old.items[i]
		it.known = false
		p.points, p.items = append(p.points, pt), append(p.items, it)
		p.present |= classOf(pt.Class)
	}
}
