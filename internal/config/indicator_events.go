package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"nezuban/internal/config/strict"
	"nezuban/internal/facility"
	"nezuban/sla"
)

// alarmEvents are what nezuban makes of its own alarms; any other name is one of
// events that people or programs record.
var alarmEvents = []string{sla.AlarmRaised, sla.AlarmAcknowledged, sla.AlarmReturned, sla.AlarmEnded}

func (l *loader) where(s strict.Str, key string) sla.Where {
	w, err := sla.ParseWhere(s.V)
	if err != nil {
		l.add(s.Place, key+": "+err.Error(), `for example "verified=true"`)
	}
	return w
}

// event reads the name of an event: words with dots, such as backup.completed.
func (l *loader) event(s strict.Str, block strict.Place, key string) bool {
	switch {
	case s.V == "":
		l.add(block, "the indicator names no event: "+key+" is missing", "for example "+key+": alarm.raised")
		return false
	case !eventName.MatchString(s.V):
		l.add(s.Place, fmt.Sprintf("event %q: want lower-case words with dots between them", s.V), "for example backup.completed")
		return false
	case len(s.V) > 6 && s.V[:6] == "alarm.":
		l.oneOf(s, s.V, key, alarmEvents)
	}
	return true
}

func (l *loader) freshnessIndicator(y *freshnessIndicatorYAML, t *sla.Target) bool {
	f := &sla.FreshnessIndicator{MaxAge: y.MaxAge, Where: l.where(y.Where, "where")}
	if y.MaxAge < time.Second {
		l.add(y.At("maxAge"), "freshness needs a maxAge: how old the last success may be", "for example maxAge: 26h")
	}
	switch {
	case y.Event.V != "" && y.Metric.V != "":
		l.add(y.At("metric"), "freshness is told by an event or by a metric, not by both", "remove one")
		return false
	case y.Metric.V != "":
		m, ok := l.metric(y.Metric, y.Node.Place())
		if ok && m.Unit != "" && m.Unit != facility.UnitSeconds {
			l.add(y.Metric.Place, fmt.Sprintf("%s is in %s; freshness needs the age of the last success, or its Unix time where the metric's name ends in _time_seconds", m.Name, m.Unit), "for example backup_last_success_time_seconds")
			ok = false
		}
		f.Metric, f.Stamp = m.Name, strings.HasSuffix(m.Name, "_time_seconds")
		if y.Where.V != "" {
			l.add(y.Where.Place, "where picks events; a metric has none", "remove where")
		}
		t.Freshness = f
		return ok
	}
	f.Event = y.Event.V
	t.Freshness = f
	return l.event(y.Event, y.Node.Place(), "event")
}

func (l *loader) latencyIndicator(y *latencyIndicatorYAML, t *sla.Target) bool {
	ok := l.event(y.From, y.Node.Place(), "from")
	ok = l.event(y.To, y.Node.Place(), "to") && ok
	if y.Within <= 0 {
		l.add(y.At("within"), "latency needs a time within which to follows from", "for example within: 2m")
	}
	l.oneOf(y.Attribute, pick(y.Attribute.V, "start"), "attribute", []string{"start"})
	l.oneOf(y.Open, pick(y.Open.V, "bad-after-limit"), "open", []string{"bad-after-limit"})
	t.Latency = &sla.LatencyIndicator{From: y.From.V, To: y.To.V, Within: y.Within, Where: l.where(y.Where, "where"), Ignore: l.where(y.Ignore, "ignore")}
	return ok
}

func (l *loader) countIndicator(y *countIndicatorYAML, t *sla.Target) bool {
	if y.Good.V == "" {
		l.add(y.At("good"), "count needs good: which of the events are good ones", `for example good: "result=ok"`)
	}
	t.Count = &sla.CountIndicator{Event: y.Event.V, Good: l.where(y.Good, "good"), Where: l.where(y.Where, "where"), Ignore: l.where(y.Ignore, "ignore")}
	return l.event(y.Event, y.Node.Place(), "event")
}

func (l *loader) zeroIndicator(y *zeroIndicatorYAML, t *sla.Target) bool {
	t.Zero = &sla.ZeroIndicator{Event: y.Event.V, Where: l.where(y.Where, "where"), Ignore: l.where(y.Ignore, "ignore")}
	return l.event(y.Event, y.Node.Place(), "event")
}

func (l *loader) dueIndicator(y *dueIndicatorYAML, t *sla.Target) bool {
	d := &sla.DueIndicator{Record: y.Record.V, Grace: y.Grace, Evidence: y.Evidence.V != "optional", Basis: sla.DueBasis(pick(y.Basis.V, string(sla.FromDueDate)))}
	l.oneOf(y.Evidence, pick(y.Evidence.V, "required"), "evidence", []string{"required", "optional"})
	l.oneOf(y.Basis, string(d.Basis), "basis", []string{string(sla.FromDueDate), string(sla.FromDoneDate)})
	if y.Record.V == "" {
		l.add(y.Node.Place(), "due names no record", "for example record: inspection")
	}
	for name, step := range y.Types {
		s, err := parseStep(step)
		if err != nil {
			l.add(y.At("types"), fmt.Sprintf("types.%s: %v", name, err), "for example types: {kiki: 6M, sogo: 1Y}")
			continue
		}
		if d.Types == nil {
			d.Types = map[string]sla.Step{}
		}
		d.Types[name] = s
	}
	t.Due = d
	return true
}

// parseStep reads a calendar period: "6M", "1Y", "2w", "30d".
func parseStep(s string) (sla.Step, error) {
	if len(s) < 2 {
		return sla.Step{}, fmt.Errorf("%q is no period; write a number and d, w, M or Y", s)
	}
	n, err := strconv.Atoi(s[:len(s)-1])
	if err != nil || n < 1 || n > 1200 {
		return sla.Step{}, fmt.Errorf("%q is no period; write a number and d, w, M or Y", s)
	}
	switch s[len(s)-1] {
	case 'd':
		return sla.Step{Days: n}, nil
	case 'w':
		return sla.Step{Days: 7 * n}, nil
	case 'M':
		return sla.Step{Months: n}, nil
	case 'Y':
		return sla.Step{Months: 12 * n}, nil
	case 'b':
		return sla.Step{}, fmt.Errorf("business days need the site's business-day calendar, which this version does not read")
	}
	return sla.Step{}, fmt.Errorf("%q is no period; write a number and d, w, M or Y", s)
}
