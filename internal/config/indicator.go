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
	case !slices.Contains(targetKinds, kind):
		l.add(i.Kind.Place, fmt.Sprintf("indicator kind %q is not known", kind), strict.Suggest(kind, targetKinds))
		return false
	}
	for _, block := range targetKinds {
		if block != kind && i.Has(block) {
			l.add(i.Key(block), fmt.Sprintf("block %s does not belong to an indicator of kind %s", block, kind), "keep exactly one block, named like the kind")
		}
	}
	if !i.Has(kind) && kind != "coverage" && kind != "redundancy" {
		l.add(i.Kind.Place, fmt.Sprintf("the indicator has no block %s", kind), fmt.Sprintf("add %s: {…}; docs/targets.md has one example of each kind", kind))
		return false
	}
	t.Kind = sla.Kind(kind)
	switch t.Kind {
	case sla.KindState:
		return l.stateIndicator(&i.State, t)
	case sla.KindRange:
		return l.rangeIndicator(&i.Range, t)
	case sla.KindRedundancy:
		return l.redundancyIndicator(&i.Redundancy, t)
	case sla.KindCoverage:
		return l.coverageIndicator(&i.Coverage, t)
	case sla.KindRatioValue:
		return l.ratioIndicator(&i.RatioValue, t)
	case sla.KindFreshness:
		return l.freshnessIndicator(&i.Freshness, t)
	case sla.KindLatency:
		return l.latencyIndicator(&i.Latency, t)
	case sla.KindCount:
		return l.countIndicator(&i.Count, t)
	case sla.KindZero:
		return l.zeroIndicator(&i.Zero, t)
	}
	return l.dueIndicator(&i.Due, t)
}

func (l *loader) stateIndicator(y *stateIndicatorYAML, t *sla.Target) bool {
	m, ok := l.metric(y.Metric, y.Node.Place())
	if !ok {
		return false
	}
	if m.Unit != facility.UnitState && !l.alone {
		l.add(y.Metric.Place, fmt.Sprintf("%s is a number in %s and has no states", m.Name, m.Unit), "use kind: range")
		return false
	}
	l.targetStates(y.Good, m.Name)
	t.State = &sla.StateIndicator{Metric: m.Name, Good: values(y.Good), UnreachableBad: l.unreachable(y.Unreachable)}
	return true
}

// targetStates checks names of states, unless the target is read without a site.
func (l *loader) targetStates(list []strict.Str, metric string) {
	if !l.alone {
		l.stateNames(list, metric)
	}
}

func (l *loader) unreachable(s strict.Str) bool {
	l.oneOf(s, pick(s.V, "unknown"), "unreachable", []string{"unknown", "bad"})
	return s.V == "bad"
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
	l.baseUnit(y.Unit, m)
	t.Range = &sla.RangeIndicator{Metric: m.Name, Min: y.Min, Max: y.Max, UnreachableBad: l.unreachable(y.Unreachable)}
	return true
}

func (l *loader) baseUnit(s strict.Str, m facility.Metric) {
	if s.V != "" && m.Unit != "" && s.V != string(m.Unit) {
		l.add(s.Place, fmt.Sprintf("%s is in %s, not in %q", m.Name, m.Unit, s.V), "write the limits in that unit: 80 % of a ratio is 0.8")
	}
}

// redundancyMetric is what the one-line tells of each load.
const redundancyMetric = "power_redundancy"

func (l *loader) redundancyIndicator(y *redundancyIndicatorYAML, t *sla.Target) bool {
	if y.Metric.V == "" {
		y.Metric = strict.Str{V: redundancyMetric, Place: y.Node.Place()}
	}
	m, ok := l.metric(y.Metric, y.Node.Place())
	if !ok {
		return false
	}
	if m.Unit != facility.UnitState && !l.alone {
		l.add(y.Metric.Place, fmt.Sprintf("%s is a number in %s and has no states", m.Name, m.Unit), "leave metric out: "+redundancyMetric+" is what the one-line tells")
		return false
	}
	r := &sla.RedundancyIndicator{Metric: m.Name, Good: values(y.Good), Sides: values(y.Sides), Need: max(1, y.Need), Want: y.Want, Require: values(y.Require)}
	if r.Want == 0 {
		r.Want = r.Need + 1
	}
	if y.Need < 0 || r.Want <= r.Need || len(r.Sides) > 0 && r.Want > len(r.Sides) {
		l.add(y.At("want"), fmt.Sprintf("want %d of %d sides with need %d is no redundancy", r.Want, len(r.Sides), r.Need), "for example sides: [a, b], need: 1, want: 2")
	}
	l.targetStates(y.Good, m.Name)
	if y.PeakSumMaxPercent.Raw != "" {
		ppm, err := y.PeakSumMaxPercent.Millionths()
		if err != nil || ppm <= 0 || ppm > 100_000_000 {
			l.add(y.PeakSumMaxPercent.Place, fmt.Sprintf("peakSumMaxPercent %s is no share of a side", y.PeakSumMaxPercent.Raw), "for example 80")
		}
		r.PeakSumMaxPPM = ppm / 100
	}
	for _, w := range y.Require {
		l.oneOf(w, w.V, "require", []string{"output-on", "not-on-bypass", "battery-ok"})
	}
	t.Redundancy = r
	return true
}

func (l *loader) coverageIndicator(y *coverageIndicatorYAML, t *sla.Target) bool {
	t.Coverage = &sla.CoverageIndicator{}
	if y.Metric.V == "" {
		return true
	}
	m, ok := l.metric(y.Metric, y.Node.Place())
	t.Coverage.Metric = m.Name
	return ok
}

func (l *loader) ratioIndicator(y *ratioIndicatorYAML, t *sla.Target) bool {
	m, ok := l.metric(y.Metric, y.Node.Place())
	if !ok {
		return false
	}
	if m.Counter || m.Unit == facility.UnitState {
		l.add(y.Metric.Place, fmt.Sprintf("%s is no quantity that can be compared as it is", m.Name), "")
		return false
	}
	l.baseUnit(y.Unit, m)
	r := &sla.RatioValueIndicator{Metric: m.Name, Statistic: sla.Statistic(pick(y.Statistic.V, "mean"))}
	statistics := []string{}
	for _, s := range sla.Statistics {
		statistics = append(statistics, string(s))
	}
	l.oneOf(y.Statistic, string(r.Statistic), "statistic", statistics)
	l.oneOf(y.Op, pick(y.Op.V, "<="), "op", []string{"<=", ">="})
	r.AtMost = y.Op.V != ">="
	if y.Value.Raw == "" {
		l.add(y.Node.Place(), "ratio-value has no value to compare with", `for example op: "<=", value: 1.4`)
		return false
	}
	micros, err := y.Value.Millionths()
	if err != nil {
		l.add(y.Value.Place, "value: "+err.Error(), "")
	}
	r.LimitMicros = micros
	t.RatioValue = r
	return true
}

func (l *loader) metric(s strict.Str, block strict.Place) (facility.Metric, bool) {
	if s.V == "" {
		l.add(block, "the indicator names no metric", "`nezuban metrics` prints them all")
		return facility.Metric{}, false
	}
	m, ok := facility.LookupMetric(s.V)
	if !ok && l.alone { // a file of samples may hold any
		return facility.Metric{Name: s.V}, true
	}
	if !ok {
		l.add(s.Place, fmt.Sprintf("metric %q is not known", s.V), suggestMetric(s.V))
	}
	return m, ok
}

func targetMetric(t *sla.Target) string { return t.Metric() }
