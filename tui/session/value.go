package session

import (
	"slices"
	"strconv"
	"strings"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/live"
	"nezuban/internal/text"
)

// AlarmValue is what an operator can use of an alarm in one cell: that nothing
// watches it, when it returned, the value at the last transition against its
// limit ("28.1>27.0 C"), the state it is about, or, of a computed condition, what
// its point reads now; "" where there is nothing of the kind.
func (c *Context) AlarmValue(o *alarm.Occurrence) string {
	switch {
	case c.Unwatched(o):
		return "? " + c.T.Alarms.NotWatched
	case !o.Active && !o.ReturnedAt.IsZero():
		return c.T.Alarms.Returned + " " + c.Short(o.ReturnedAt)
	case o.Level == alarm.LevelTrue:
		now, _ := c.reading(o)
		return now
	case !o.HasValue || o.Level == alarm.LevelNoData:
		return c.Clean(i18n.Word(c.T.Level, o.Level))
	case o.Unit == facility.UnitState:
		return c.stateOf(o)
	case !o.HasLimit:
		return i18n.ScaleOf(o.Unit, o.Value).Format(o.Value)
	}
	scale := i18n.ScaleOfAll(o.Unit, o.Value, o.Limit)
	sign := ">"
	if strings.HasPrefix(o.Level, "low") {
		sign = "<"
	}
	if scale.Suffix == "" {
		return scale.Number(o.Value) + sign + scale.Number(o.Limit)
	}
	return scale.Number(o.Value) + sign + scale.Number(o.Limit) + " " + scale.Suffix
}

// stateOf is the state that the alarm is about. Where its point is by now in
// another state that the alarm is about as well, it is that one.
func (c *Context) stateOf(o *alarm.Occurrence) string {
	metric, code := "", o.Level
	if p := c.Point(o.Point); p != nil {
		metric = p.Point.Metric
		if now, ok := p.Point.State(p.Value); ok && p.Freshness(c.Now).Known() && !p.Vanished {
			if r := c.Snapshot.Rules[o.Rule]; r != nil && (slices.Contains(r.States, now.Name) || len(r.States) == 0 && now.Severity >= r.MinSeverity) {
				code = now.Name
			}
		}
	}
	return c.Clean(c.T.StateWord(metric, code))
}

// AlarmReading is what the alarm's point reads now, or how old the last reading
// is; "" for an alarm without a point and where AlarmValue says it already.
func (c *Context) AlarmReading(o *alarm.Occurrence) string {
	if c.Unwatched(o) {
		return ""
	}
	now, age := c.reading(o)
	if age != "" {
		return "? " + age
	}
	if now == c.AlarmValue(o) {
		return ""
	}
	return now
}

// reading is the present value of an alarm's point, or the age of its last one
// where that no longer counts.
func (c *Context) reading(o *alarm.Occurrence) (now, age string) {
	if o.Point == "" {
		return "", ""
	}
	p := c.Point(o.Point)
	switch {
	case p == nil || p.Vanished:
		return "", ""
	case !p.Freshness(c.Now).Known():
		if p.LastGood == 0 {
			return "", c.T.Frame.AgoNever
		}
		return "", c.Age(p.LastGood.Time())
	}
	return c.PointValue(p), ""
}

// PointValue is a reading in the reader's words: a state's name or a number with
// its unit.
func (c *Context) PointValue(p *live.PointView) string {
	m, _ := facility.LookupMetric(p.Point.Metric)
	if m.Unit != facility.UnitState && len(p.Point.States) == 0 {
		return i18n.FormatUnit(m.Unit, p.Value, c.T.Lang)
	}
	s, ok := p.Point.State(p.Value)
	if !ok {
		return strconv.FormatFloat(p.Value, 'f', -1, 64)
	}
	name, _ := text.Clean(c.T.StateWord(p.Point.Metric, s.Name), 60)
	return name
}

// Deadline says within what time somebody has to have acted and, of an alarm
// that is on, until when that is or was; "" where the rule says nothing.
func (c *Context) Deadline(o *alarm.Occurrence) string {
	r := c.Snapshot.Rules[o.Rule]
	if r == nil || r.TimeToRespond <= 0 {
		return ""
	}
	within := i18n.FormatDuration(r.TimeToRespond)
	if !o.Active || o.RaisedAt.IsZero() {
		return c.T.Alarms.Within + " " + within
	}
	at := o.RaisedAt.Add(r.TimeToRespond)
	return c.T.Alarms.ByWhen(within, c.Short(at), c.Now.After(at))
}
