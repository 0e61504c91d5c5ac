package snmp

import (
	"math"
	"slices"
	"strings"

	"nezuban/collectors/profile"
	"nezuban/internal/facility"
)

// read turns answers into the point's value. Without a value, cause says why it
// was refused, or is "" where the device has none.
func (it *item) read(values map[string]variable) (value float64, ok bool, cause string) {
	for _, c := range it.valid {
		v, there := values[c.oid]
		if !there || !c.cond.Holds(strings.TrimSpace(v.raw())) {
			return 0, false, ""
		}
	}
	if it.contact != nil {
		return it.contact.read(values)
	}
	raw, ok, cause := it.raw(values)
	if !ok {
		return 0, false, cause
	}
	if it.q.StateIf != nil && it.holds(&it.q.StateIf.Condition, values) {
		return it.q.StateIf.Value, true, ""
	}
	return it.scaled(raw, values)
}

// raw is the device's own number: one instance, or the aggregate of several.
func (it *item) raw(values map[string]variable) (float64, bool, string) {
	all := make([]float64, 0, 4) // stays on the stack for all but aggregates
	for _, oid := range it.sources {
		v, there := values[oid]
		if !there || !v.exists() {
			if it.q.Aggregate == "" {
				return 0, false, ""
			}
			continue
		}
		f, fitted, cause := measured(it.q, &v)
		if !fitted {
			if it.q.Aggregate == "" {
				return 0, false, ""
			}
			continue
		}
		if cause == "" && it.q.Range != nil && (f < it.q.Range[0] || f > it.q.Range[1]) {
			cause = facility.RefusedRange
		}
		if cause != "" {
			return 0, false, cause
		}
		all = append(all, f)
	}
	if len(all) == 0 {
		return 0, false, ""
	}
	return aggregate(it.q.Aggregate, all), true, ""
}

func aggregate(how string, all []float64) float64 {
	sum := 0.0
	for _, f := range all {
		sum += f
	}
	switch how {
	case "sum":
		return sum
	case "mean":
		return sum / float64(len(all))
	case "max":
		return slices.Max(all)
	case "min":
		return slices.Min(all)
	case "count":
		return float64(len(all))
	}
	return all[0]
}

// scaled applies the profile's formula, see package profile.
func (it *item) scaled(f float64, values map[string]variable) (float64, bool, string) {
	q, missing, cause := it.q, false, ""
	operand := func(column string) float64 {
		x, ok, why := it.operand(column, values)
		if !ok {
			missing, cause = true, why
		}
		return x
	}
	for _, column := range q.Add {
		f += operand(column)
	}
	if q.MultiplyBy != "" {
		f *= operand(q.MultiplyBy)
	}
	if q.DivideBy != nil {
		x := 0.0
		for _, column := range q.DivideBy {
			x += operand(column)
		}
		missing = missing || x == 0 // nothing to have a share of
		f /= x
	}
	f = times(f, q.Scale)
	power := 0.0
	for _, p := range q.Powers {
		power += (operand(p.OID) + p.Plus) * p.Times
	}
	if power < -30 || power > 30 {
		return 0, false, facility.RefusedRange
	}
	if power != 0 {
		f = times(f, math.Pow(10, power))
	}
	if q.ScaleBy != nil {
		v := values[profile.At(q.ScaleBy.OID, it.row)]
		factor, listed := q.ScaleBy.Factors[strings.TrimSpace(v.raw())]
		missing = missing || !listed
		f = times(f, factor)
	}
	if missing {
		return 0, false, cause
	}
	f += q.Offset
	if q.Complement {
		if f = 1 - f; f < 0 || f > 1 { // more than the whole, or less than nothing, is no share
			return 0, false, facility.RefusedRange
		}
	}
	if it.isFahrenheit(values) {
		f = (f - 32) * 5 / 9
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, false, facility.RefusedNotANumber
	}
	if !q.Metric.Unit.Possible(f) {
		return 0, false, facility.RefusedRange
	}
	return f, true, ""
}

// times multiplies so that 271 by 0.1 is 27.1: a scale that is one over a whole
// number divides.
func times(f, scale float64) float64 {
	if inverse := math.Round(1 / scale); scale != 0 && inverse > 1 && math.Abs(scale*inverse-1) < 1e-12 {
		return f / inverse
	}
	return f * scale
}

func (it *item) operand(reference string, values map[string]variable) (float64, bool, string) {
	v, there := values[profile.At(reference, it.row)]
	if !there || !v.exists() {
		return 0, false, ""
	}
	f, cause := v.number(it.q.InString)
	return f, cause == "", cause
}

func (it *item) isFahrenheit(values map[string]variable) bool {
	c := it.q.FahrenheitIf
	if c == nil {
		return it.q.Fahrenheit
	}
	return it.holds(c, values)
}

// holds reports whether a condition holds for the item's row.
func (it *item) holds(c *profile.Condition, values map[string]variable) bool {
	v := values[profile.At(c.OID, it.row)]
	return c.Holds(strings.TrimSpace(v.raw()))
}

// notFitted reports whether the device says at discovery that it has no such
// part: a raw value of the profile's list, or a share of nothing.
func (it *item) notFitted(values map[string]variable) bool {
	if it.q == nil || it.contact != nil || it.q.Aggregate != "" {
		return false
	}
	v := values[it.sources[0]]
	if _, fitted, _ := measured(it.q, &v); !fitted {
		return true
	}
	if it.q.DivideBy != nil {
		whole := 0.0
		for _, column := range it.q.DivideBy {
			f, ok, _ := it.operand(column, values)
			if !ok {
				return true
			}
			whole += f
		}
		return whole == 0
	}
	return slices.ContainsFunc(it.q.Add, func(column string) bool { _, ok, _ := it.operand(column, values); return !ok })
}

// read tells whether the bound contact is normal (0) or active (1); a state that
// says neither open nor closed is no reading.
func (c *contact) read(values map[string]variable) (float64, bool, string) {
	v, there := values[c.oid]
	if !there || !v.exists() {
		return 0, false, ""
	}
	state, cause := v.number(false)
	if cause != "" {
		return 0, false, cause
	}
	deviceOpen, deviceKnows := c.deviceNormal(values)
	var open bool
	switch s := int64(state); {
	case slices.Contains(c.table.Open, s):
		open = true
	case slices.Contains(c.table.Closed, s):
	case slices.Contains(c.table.Normal, s), slices.Contains(c.table.Alarm, s):
		if !deviceKnows {
			// Neither open nor closed is known, only the device's own judgement; it
			// stands where the binding asks for nothing else.
			if c.normalOpen != nil {
				return 0, false, ""
			}
			return active(slices.Contains(c.table.Alarm, s)), true, ""
		}
		open = deviceOpen != slices.Contains(c.table.Alarm, s)
	default:
		return 0, false, ""
	}
	normal := deviceOpen
	switch {
	case c.normalOpen != nil:
		normal = *c.normalOpen
	case !deviceKnows:
		normal = false
	}
	return active(open != normal), true, ""
}

func active(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// deviceNormal is the state the device itself calls normal.
func (c *contact) deviceNormal(values map[string]variable) (open, known bool) {
	v, there := values[c.normalOID]
	if c.normalOID == "" || !there {
		return false, false
	}
	f, cause := v.number(false)
	switch n := int64(f); {
	case cause != "":
	case slices.Contains(c.table.NormalOpen, n):
		return true, true
	case slices.Contains(c.table.NormalClosed, n):
		return false, true
	}
	return false, false
}
