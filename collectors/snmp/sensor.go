package snmp

import (
	"slices"

	"nezuban/collectors"
	"nezuban/collectors/profile"
	"nezuban/internal/facility"
)

// sensor finds the binding of kind sensor that names a row; nil where none does.
// One that names a metric goes before one that names none.
func (c *compiler) sensor(t *profile.Table, row string) *collectors.Binding {
	if !t.HoldsSensors() {
		return nil
	}
	input := c.inputOf(t, row)
	var found *collectors.Binding
	for i := range c.target.Bindings {
		b := &c.target.Bindings[i]
		if b.Kind != "sensor" || b.Input != input || !senses(t, b.Metric) {
			continue
		}
		if found == nil || found.Metric == "" {
			found = b
		}
	}
	return found
}

// senses reports whether a column of the table measures the metric; "" stands
// for any.
func senses(t *profile.Table, metric string) bool {
	return metric == "" || slices.ContainsFunc(t.Columns, func(q profile.Quantity) bool { return q.Metric.Name == metric })
}

// sensorLabels puts the binding's labels beside the row's own, which stay: they
// keep two rows apart.
func (c *compiler) sensorLabels(b *collectors.Binding, own []facility.Label) []facility.Label {
	for _, l := range bindingLabels(*b) {
		if !slices.ContainsFunc(own, func(o facility.Label) bool { return o.Name == l.Name }) {
			own = append(own, l)
		} else {
			c.problem("sensor %s: label %s is the device's own; the binding's %q is left out", b.Input, l.Name, l.Value)
		}
	}
	return own
}

// unseen plans a bound sensor that the device does not show, or shows as absent:
// it is missing, never absent, and reads once the device has it.
func (c *compiler) unseen(b *collectors.Binding) {
	of := ""
	if b.Metric != "" {
		of = " of " + b.Metric
	}
	t := c.sensorTable(b)
	if t == nil {
		c.problem("sensor %s: no profile of this device has sensors%s", b.Input, of)
		return
	}
	if c.shows(b) {
		return
	}
	c.problem("sensor %s: the device has no such sensor%s", b.Input, of)
	q := t.Columns[max(0, slices.IndexFunc(t.Columns, func(q profile.Quantity) bool { return q.Metric.Name == b.Metric }))]
	q.Where = nil
	row := c.rowOf(t, b.Input)
	labels := c.sensorLabels(b, append(c.indexLabels(t, row), q.Labels...))
	it := item{q: &q, sources: []string{q.OID + "." + row}, row: row}
	c.add(&q, it, labels, b.Name, slices.Concat(t.Where, t.ValidIf))
}

// shows reports whether a row of the device is the bound sensor.
func (c *compiler) shows(b *collectors.Binding) bool {
	for _, p := range c.found.profiles {
		for i := range p.Tables {
			t := &p.Tables[i]
			if !t.HoldsSensors() || !senses(t, b.Metric) {
				continue
			}
			if slices.ContainsFunc(c.rows(t), func(row string) bool { return c.inputOf(t, row) == b.Input }) {
				return true
			}
		}
	}
	return false
}

// sensorTable is the table in which a bound sensor belongs: one of sensors, else
// one of analogue inputs.
func (c *compiler) sensorTable(b *collectors.Binding) *profile.Table {
	for _, input := range []string{"sensor", "analogue"} {
		for _, p := range c.found.profiles {
			for i := range p.Tables {
				if t := &p.Tables[i]; t.Input == input && senses(t, b.Metric) {
					return t
				}
			}
		}
	}
	return nil
}
