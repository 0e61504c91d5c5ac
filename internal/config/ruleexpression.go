package config

import (
	"fmt"
	"regexp"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// expression reads the condition of a calculated definition and checks the
// metrics and states it speaks of.
func (l *loader) expression(d *definition) {
	y := &d.y
	if y.Type.V != string(alarm.Calculated) {
		for _, key := range []string{"expression", "group"} {
			if y.Has(key) {
				l.add(y.near(y.Key(key)), key+" belongs to rules of type calculated", "")
			}
		}
		return
	}
	if y.Expression.V == "" {
		return // the alarm package says that it is missing
	}
	d.rule.Expression = &alarm.Expression{Source: y.Expression.V, Group: y.Group.V}
	for _, call := range expressionCall.FindAllStringSubmatch(y.Expression.V, -1) {
		l.spoken(y, call)
	}
}

// expressionCall finds the calls of an expression's functions, their first
// argument and up to two more.
var expressionCall = regexp.MustCompile(`\b(value|is|known|unknown|sum|mean|min|max|count)\(\s*["']([^"']*)["'](?:\s*,\s*["']([^"']*)["'])?(?:\s*,\s*["']([^"']*)["'])?`)

// spoken checks one call: its metric is known, and a state that it asks for is one
// that profiles or models report.
func (l *loader) spoken(y *ruleYAML, call []string) {
	at, fn, metric := y.near(y.Expression.Place), call[1], call[2]
	m, known := facility.LookupMetric(metric)
	if !known {
		l.add(at, fmt.Sprintf("expression: metric %q is not known", metric), suggestMetric(metric))
		return
	}
	state := m.Unit == facility.UnitState
	switch {
	case fn == "is" && !state:
		l.add(at, fmt.Sprintf("expression: %s is a number in %s and is in no state", m.Name, m.Unit), `compare value("`+m.Name+`")`)
	case fn == "is":
		name := call[3]
		if call[4] != "" {
			name = call[4]
		}
		l.stateName(at, name, m.Name)
	case state && fn != "known" && fn != "unknown" && fn != "count":
		l.add(at, fmt.Sprintf("expression: %s is a state; its number means nothing", m.Name), `write is("`+m.Name+`", "NAME")`)
	}
}
