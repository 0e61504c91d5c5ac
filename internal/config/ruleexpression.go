package config

import (
	"fmt"
	"regexp"
	"strings"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// expression reads the condition of a calculated definition and checks the
// metrics and states it speaks of.
func (l *loader) expression(d *definition) {
	y := &d.y
	if y.Expression.V == "" {
		if y.Has("group") && y.Type.V != string(alarm.Calculated) {
			l.add(y.near(y.Key("group")), "group belongs to rules of type calculated", "for a deviation write reference: {mean: true, group: NAME}")
		}
		return
	}
	compiled, err := alarm.CompileExpression(y.Expression.V, y.Group.V)
	if err != nil {
		what, _ := strings.CutPrefix(err.Error(), "compile ")
		l.add(y.near(y.Expression.Place), strings.Join(strings.Fields(what), " "), "")
		d.rule.Expression = &alarm.Expression{Source: y.Expression.V, Group: y.Group.V} // one mistake is enough
		return
	}
	d.rule.Expression = compiled
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
