package config

import (
	"fmt"
	"slices"

	"nezuban/internal/config/strict"
	"nezuban/internal/facility"
	"nezuban/sla"
)

// indicator reads what is measured; false where it cannot be judged any further.
func (l *loader) indicator(s *specYAML, t *sla.Target) bool {
	i := &s.Indicator
	kind := i.Kind.V
	switch {
	case kind == "":
		l.add(i.Node.Place().Or(s.Node.Place()), "indicator.kind is missing", strict.Suggest("", targetKinds))
		return false
	case slices.Contains(laterKinds, kind):
		l.add(i.Kind.Place, fmt.Sprintf("targets of kind %s are not computed yet", kind), "this version knows state and range")
		return false
	case !slices.Contains(targetKinds, kind):
		l.add(i.Kind.Place, fmt.Sprintf("indicator kind %q is not known", kind), strict.Suggest(kind, append(slices.Clone(targetKinds), laterKinds...)))
		return false
	}
	for _, block := range append(slices.Clone(targetKinds), laterKinds...) {
		if block != kind && i.Has(block) {
			l.add(i.Key(block), fmt.Sprintf("block %s does not belong to an indicator of kind %s", block, kind), "keep exactly one block, named like the kind")
		}
	}
	if !i.Has(kind) {
		l.add(i.Kind.Place, fmt.Sprintf("the indicator has no block %s", kind), fmt.Sprintf("add %s: {metric: …}", kind))
		return false
	}
	t.Kind = sla.Kind(kind)
	if kind == "state" {
		return l.stateIndicator(&i.State, t)
	}
	return l.rangeIndicator(&i.Range, t)
}

func (l *loader) stateIndicator(y *stateIndicatorYAML, t *sla.Target) bool {
	m, ok := l.metric(y.Metric, y.Node.Place())
	if !ok {
		return false
	}
	if m.Unit != facility.UnitState {
		l.add(y.Metric.Place, fmt.Sprintf("%s is a number in %s and has no states", m.Name, m.Unit), "use kind: range")
		return false
	}
	l.stateNames(y.Good, m.Name)
	t.State = &sla.StateIndicator{Metric: m.Name}
	for _, g := range y.Good {
		t.State.Good = append(t.State.Good, g.V)
	}
	return true
}

func (l *loader) rangeIndicator(y *rangeIndicatorYAML, t *sla.Target) bool {
	m, ok := l.metric(y.Metric, y.Node.Place())
	if !ok {
		return false
	}
	switch {
	case m.Unit == facility.UnitState:
		l.add(y.Metric.Place, fmt.Sprintf("%s is a state and has no range", m.Name), "use kind: state")
		return false
	case y.Min == nil && y.Max == nil:
		l.add(y.Node.Place(), "the range has neither min nor max", "give at least one, in the metric's base unit")
	case y.Min != nil && y.Max != nil && *y.Min >= *y.Max:
		l.add(y.At("min"), fmt.Sprintf("min %g is not below max %g", *y.Min, *y.Max), "")
	}
	if y.Unit.V != "" && y.Unit.V != string(m.Unit) {
		l.add(y.Unit.Place, fmt.Sprintf("%s is in %s, not in %q", m.Name, m.Unit, y.Unit.V), "write the limits in that unit: 80 % of a ratio is 0.8")
	}
	t.Range = &sla.RangeIndicator{Metric: m.Name, Min: y.Min, Max: y.Max}
	return true
}

func (l *loader) metric(s strict.Str, block strict.Place) (facility.Metric, bool) {
	if s.V == "" {
		l.add(block, "the indicator names no metric", "`nezuban metrics` prints them all")
		return facility.Metric{}, false
	}
	m, ok := facility.LookupMetric(s.V)
	if !ok {
		l.add(s.Place, fmt.Sprintf("metric %q is not known", s.V), suggestMetric(s.V))
	}
	return m, ok
}

func targetMetric(t *sla.Target) string {
	if t.State != nil {
		return t.State.Metric
	}
	if t.Range != nil {
		return t.Range.Metric
	}
	return ""
}
