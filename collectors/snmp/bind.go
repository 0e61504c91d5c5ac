package snmp

import (
	"slices"

	"nezuban/collectors"
	"nezuban/collectors/profile"
	"nezuban/internal/facility"
)

// bound reports whether a binding of the table's own kind takes the row for itself.
func (c *compiler) bound(t *profile.Table, row string) bool {
	if t.Input != "contact" && t.Input != "analogue" {
		return false
	}
	input := c.inputOf(t, row)
	return slices.ContainsFunc(c.target.Bindings, func(b collectors.Binding) bool { return b.Kind == t.Input && b.Input == input })
}

// bindings plans the points of all bindings. An input that the device does not
// show is planned all the same: a bound detector that nobody can see is missing,
// never absent.
func (c *compiler) bindings() {
	for _, b := range c.target.Bindings {
		if b.Kind == "sensor" {
			c.unseen(&b)
			continue
		}
		t := c.inputTable(b)
		if t == nil {
			c.problem("input %s: no profile of this device has %s inputs", b.Input, b.Kind)
			continue
		}
		metric, ok := facility.LookupMetric(b.Metric)
		if !ok {
			c.problem("input %s: unknown metric %q", b.Input, b.Metric)
			continue
		}
		row := c.rowOf(t, b.Input)
		q, it := analogueInput(t, b, metric), item{row: row}
		if t.Input == "contact" {
			q, it = contactInput(t, b, metric)
			it.row = row
			it.contact.oid = t.Contact.OID + "." + row
			if t.Contact.NormalOID != "" {
				it.contact.normalOID = t.Contact.NormalOID + "." + row
			}
		}
		it.q, it.sources = q, []string{q.OID + "." + row}
		_, it.known = c.found.instance(q.OID, row)
		if !it.known {
			c.problem("input %s: the device has no such %s input", b.Input, b.Kind)
		}
		labels := bindingLabels(b)
		if !c.add(q, it, labels, b.Name, t.ValidIf) {
			labels = append(labels, facility.Label{Name: "input", Value: b.Input})
			c.add(q, it, labels, b.Name, t.ValidIf)
		}
	}
}

func (c *compiler) inputTable(b collectors.Binding) *profile.Table {
	for _, p := range c.found.profiles {
		for i := range p.Tables {
			if p.Tables[i].Input == b.Kind {
				return &p.Tables[i]
			}
		}
	}
	return nil
}

// rowOf finds the row whose label `input` is the binding's.
func (c *compiler) rowOf(t *profile.Table, input string) string {
	for _, row := range c.found.columns[t.Columns[0].OID] {
		if c.inputOf(t, row) == input {
			return row
		}
	}
	return input
}

func bindingLabels(b collectors.Binding) []facility.Label {
	var out []facility.Label
	for name, value := range b.Labels {
		out = append(out, facility.Label{Name: name, Value: value})
	}
	if b.Zone != "" {
		out = append(out, facility.Label{Name: "zone", Value: b.Zone})
	}
	return out
}

// analogueInput is the quantity of a bound analogue input: the device's raw
// number by the binding's own scale.
func analogueInput(t *profile.Table, b collectors.Binding, m facility.Metric) *profile.Quantity {
	scale := b.Scale
	if scale == 0 {
		scale = 1
	}
	return &profile.Quantity{Metric: m, Class: m.Class, OID: t.Columns[0].OID, Scale: scale, Offset: b.Offset}
}

// contactInput is the quantity of a bound contact: 0 normal, 1 active. Where the
// binding names no normal state the device's own judgement holds, and closed
// where it has none.
func contactInput(t *profile.Table, b collectors.Binding, m facility.Metric) (*profile.Quantity, item) {
	ct := &contact{table: t.Contact}
	if b.Normal != "" || t.Contact.NormalOID == "" {
		open := b.Normal == "open"
		ct.normalOpen = &open
	}
	q := &profile.Quantity{Metric: m, Class: m.Class, OID: t.Contact.OID, Scale: 1, States: profile.ContactStates(m.Name)}
	return q, item{contact: ct}
}
