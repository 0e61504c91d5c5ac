package reports

import (
	"strconv"
	"strings"

	"nezuban/internal/facility"
	"nezuban/internal/i18n"
)

// eventReading is the value that a condition brought; what persons do brings
// none.
func (w *writer) eventReading(s *Story, e StoryStep) string {
	switch e.Kind {
	case "acknowledged", "reset":
		return ""
	case "returned":
		if facility.Unit(e.Unit) == facility.UnitState {
			return "" // the level is that of the alarm; the number alone says nothing
		}
		return w.value(s.Metric, e.Value, "", e.Unit)
	}
	return w.reading(s.Metric, e.Level, e.Value, e.Limit, e.Unit)
}

// reading is what brought an alarm: a state in words, or a value with its limit.
// The model keeps the codes and the metric whose words they are.
func (w *writer) reading(metric, level, value, limit, unit string) string {
	if word, ok := w.word.Level[level]; ok {
		level = word
	} else if facility.Unit(unit) == facility.UnitState {
		return w.word.StateWord(metric, level)
	}
	if facility.Unit(unit) == facility.UnitState || value == "" {
		return level
	}
	if facility.Unit(unit) == facility.UnitCount {
		return w.value(metric, value, limit, unit)
	}
	return strings.TrimSpace(level + " " + w.value(metric, value, limit, unit))
}

// value writes a base-unit decimal, and its limit on the same scale where there
// is one. A count says what it counts; a limit below one means "any at all" and
// is not said.
func (w *writer) value(metric, value, limit, unit string) string {
	v, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return ""
	}
	u := facility.Unit(unit)
	l, err := strconv.ParseFloat(limit, 64)
	if has := err == nil && (u != facility.UnitCount || l >= 1); has {
		scale := i18n.ScaleOfAll(u, v, l)
		return w.counted(metric, u) + scale.Format(v) + " (" + w.t.Alarms.Limit + " " + scale.Format(l) + ")"
	}
	return w.counted(metric, u) + i18n.ScaleOf(u, v).Format(v)
}

// counted names what a count counts; other units speak for themselves.
func (w *writer) counted(metric string, u facility.Unit) string {
	m, ok := facility.LookupMetric(metric)
	if !ok || u != facility.UnitCount {
		return ""
	}
	return facility.Text{En: m.Short, Ja: m.HelpJa}.In(w.lang) + " "
}
