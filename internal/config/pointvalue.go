package config

import (
	"fmt"
	"slices"
	"strings"

	"nezuban/internal/facility"
	"nezuban/internal/topology"
)

// number looks up a reference to one measured value in unit; "" where it is not
// given or wrong.
func (l *loader) number(y *pointYAML, key string, owner facility.DeviceID, unit facility.Unit) facility.PointID {
	if !y.given() {
		return ""
	}
	r, ok := l.measured(y, key, owner, unit)
	if !ok {
		return ""
	}
	if y.By.V != "" {
		l.add(y.By.Place, key+": one point is wanted, not one by "+y.By.V, "write labels: {"+y.By.V+": …}")
		return ""
	}
	if len(r.ids) > 1 {
		l.several(y, key, r.ids)
		return ""
	}
	return r.ids[0]
}

// measured looks up a reference to values in unit and refuses what belongs to
// states.
func (l *loader) measured(y *pointYAML, key string, owner facility.DeviceID, unit facility.Unit) (lookedUp, bool) {
	r, ok := l.reference(y, key, owner)
	if !ok {
		return r, false
	}
	if r.metric.Unit != unit {
		l.add(y.Metric.Place, fmt.Sprintf("%s: want a metric in %s; %s is in %s", key, unit, r.metric.Name, r.metric.Unit), "")
		ok = false
	}
	for _, k := range []string{"states", "above"} {
		if y.Has(k) {
			l.add(y.Key(k), fmt.Sprintf("%s: %s belongs to a yes or no; here the value itself counts", key, k), "remove it")
			ok = false
		}
	}
	return r, ok
}

func (l *loader) several(y *pointYAML, key string, ids []facility.PointID) {
	var list []string
	for _, id := range ids {
		list = append(list, string(id))
	}
	l.add(y.At("metric"), fmt.Sprintf("%s: one point is wanted; this means %d: %s", key, len(ids), strings.Join(firstOf(list, 3), ", ")), "add labels: {…} that only one of them has")
}

// byPhase looks up a total, or with `by` one value for each phase.
func (l *loader) byPhase(y *pointYAML, key string, owner facility.DeviceID, unit facility.Unit, phases []int) []facility.PointID {
	if !y.given() {
		return nil
	}
	if y.By.V == "" {
		if id := l.number(y, key, owner, unit); id != "" {
			return []facility.PointID{id}
		}
		return nil
	}
	if y.Labels[y.By.V] != "" {
		l.add(y.By.Place, fmt.Sprintf("%s: label %s is fixed and counted at once", key, y.By.V), "leave it out of labels")
		return nil
	}
	r, ok := l.measured(y, key, owner, unit)
	switch {
	case !ok:
		return nil
	case r.bound:
		l.add(y.By.Place, key+": inputs of a hub have no phases to count", "name one input with labels")
		return nil
	}
	device := owner
	if y.Device.V != "" {
		device = facility.DeviceID(y.Device.V)
	}
	var out []facility.PointID
	for _, phase := range phases {
		labels := append(labelList(y.Labels), facility.Label{Name: y.By.V, Value: fmt.Sprint(phase)})
		out = append(out, facility.MakePointID(device, r.metric.Name, labels))
	}
	return out
}

// yesNo looks up a reference that means yes or no; nil where it is not given or
// wrong.
func (l *loader) yesNo(y *pointYAML, key string, owner facility.DeviceID) *topology.StateBinding {
	if !y.given() {
		return nil
	}
	r, ok := l.reference(y, key, owner)
	if !ok {
		return nil
	}
	if y.By.V != "" {
		l.add(y.By.Place, key+": one point is wanted, not one by "+y.By.V, "write labels: {"+y.By.V+": …}")
		return nil
	}
	if len(r.ids) > 1 {
		l.several(y, key, r.ids)
		return nil
	}
	b := &topology.StateBinding{Point: r.ids[0], Above: y.Above}
	if r.metric.Unit != facility.UnitState {
		return l.threshold(y, key, r.metric, b)
	}
	if y.Above != nil {
		l.add(y.At("above"), fmt.Sprintf("%s: %s is a state and has no above", key, r.metric.Name), "write states: […]")
		return nil
	}
	if len(y.States) == 0 && r.bound && slices.Contains(contactMetrics, r.metric.Name) {
		b.States = []string{"active"} // what a contact says beside normal
		return b
	}
	if len(y.States) == 0 {
		l.add(y.Node.Place(), fmt.Sprintf("%s: say which states of %s mean yes", key, r.metric.Name), "known: "+strings.Join(l.known.states[r.metric.Name], ", "))
		return nil
	}
	l.stateNames(y.States, r.metric.Name)
	for _, s := range y.States {
		b.States = append(b.States, s.V)
	}
	return b
}

func (l *loader) threshold(y *pointYAML, key string, m facility.Metric, b *topology.StateBinding) *topology.StateBinding {
	switch {
	case len(y.States) > 0:
		l.add(y.At("states"), fmt.Sprintf("%s: %s is a number in %s and has no states", key, m.Name, m.Unit), "write above: the value from which on it means yes")
		return nil
	case y.Above == nil:
		l.add(y.Node.Place(), fmt.Sprintf("%s: say from which value of %s on it means yes", key, m.Name), "add above: …")
		return nil
	}
	return b
}
