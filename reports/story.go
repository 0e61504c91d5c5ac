package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// A life is one occurrence replayed: what it was after each of its events.
type life struct {
	id    string
	steps []moment
}

// moment of a life: an event and the occurrence after it. Conditions carry the
// tick of their reading and persons the time of their key, so a stamp may lie a
// little before the event that it follows; at never runs backwards.
type moment struct {
	event alarm.Event
	after alarm.Occurrence
	at    time.Time
}

// replay folds the events of every occurrence, those after the second of asOf
// left out: printed stamps are whole seconds, and what happened in the same one
// belongs to the report.
func replay(events []alarm.Event, asOf time.Time) ([]life, error) {
	byID := map[string][]alarm.Event{}
	for _, e := range events {
		if e.At.Unix() <= asOf.Unix() {
			byID[e.AlarmID] = append(byID[e.AlarmID], e)
		}
	}
	lives := make([]life, 0, len(byID))
	for id, list := range byID {
		slices.SortFunc(list, func(x, y alarm.Event) int { return cmp.Compare(x.Revision, y.Revision) })
		l := life{id: id}
		var o alarm.Occurrence
		var last time.Time
		for _, e := range list {
			next, err := o.Apply(e)
			if err != nil {
				return nil, fmt.Errorf("replay alarm %s: %w; the records may be damaged: run nezuban verify", id, err)
			}
			if o = next; e.At.After(last) {
				last = e.At
			}
			l.steps = append(l.steps, moment{e, o, last})
		}
		lives = append(lives, l)
	}
	slices.SortFunc(lives, func(x, y life) int {
		return cmp.Or(x.steps[0].at.Compare(y.steps[0].at), cmp.Compare(x.id, y.id))
	})
	return lives, nil
}

// before returns the occurrence as it was just before t.
func (l life) before(t time.Time) alarm.Occurrence {
	var o alarm.Occurrence
	for _, s := range l.steps {
		if !s.at.Before(t) {
			break
		}
		o = s.after
	}
	return o
}

// endState is the occurrence at the end of the period: just before To, or at the
// as-of moment while the period is open.
func (b *builder) endState(l life) alarm.Occurrence {
	if b.in.AsOf.Before(b.in.To) {
		return l.steps[len(l.steps)-1].after
	}
	return l.before(b.in.To)
}

// stood reports whether the occurrence was anything but normal in the period.
func (b *builder) stood(l life) bool {
	if l.before(b.in.From).State() != alarm.Norm {
		return true
	}
	return slices.ContainsFunc(l.steps, func(s moment) bool { return b.when(s.at) == InPeriod })
}

func (b *builder) when(t time.Time) string {
	switch {
	case t.Before(b.in.From):
		return BeforePeriod
	case t.Before(b.in.To):
		return InPeriod
	}
	return AfterPeriod
}

func (b *builder) story(l life) Story {
	first, end := l.steps[0].event, b.endState(l)
	o := end
	if o.Revision == 0 { // raised at the as-of moment itself or later: cannot be, but stay whole
		o = l.steps[0].after
	}
	s := Story{
		ID: line(l.id), Evidence: b.anchor("alarm", l.id), Rule: line(o.Rule), RuleRev: o.RuleRev,
		Priority: int(o.Priority), Class: line(string(o.Class)), Category: line(o.Category), Name: bothOf(o.Name),
		Device: line(string(o.Device)), Point: line(string(o.Point)), Metric: line(metricOf(o)), Place: line(o.Place), Zone: line(o.Zone),
		Level: line(o.Level), Value: decimal(o.Value, o.HasValue), Limit: decimal(o.Limit, o.HasLimit), Unit: string(o.Unit),
		RaisedAt: b.at(first.At), AtEnd: string(end.State()), Count: end.Count,
		Spans: b.spans(l), Events: []StoryStep{},
	}
	for _, step := range l.steps {
		b.tell(&s, step)
	}
	for _, span := range s.Spans {
		seconds := span.To.Unix() - span.From.Unix()
		s.Standing += seconds
		if span.State == string(alarm.Unack) || span.State == string(alarm.Acked) {
			s.Active += seconds
		}
	}
	return s
}

// metricOf is what the point of an occurrence measures. States are words of
// their metric: "active" of a smoke detector is not that of a door.
func metricOf(o alarm.Occurrence) string {
	if o.Point == "" {
		return ""
	}
	series := strings.TrimPrefix(string(o.Point), string(facility.MakePointID(o.Device, "", nil)))
	metric, _, _ := strings.Cut(series, "{")
	return metric
}

// tell adds one event to the story.
func (b *builder) tell(s *Story, m moment) {
	e := m.event
	s.Events = append(s.Events, StoryStep{
		At: b.at(e.At), When: b.when(m.at), Kind: string(e.Kind), Revision: e.Revision, Actor: line(e.Actor),
		Priority: int(e.Priority), State: string(m.after.State()), Level: line(e.Level),
		Value: decimal(e.Value, e.HasValue), Limit: decimal(e.Limit, e.HasLimit), Unit: string(e.Unit), Comment: long(e.Comment),
	})
	switch e.Kind {
	case alarm.Acknowledged:
		s.AckedAt, s.AckedBy, s.Comment = b.at(e.At), personOf(e.Actor), long(e.Comment)
	case alarm.Returned:
		s.Returned = b.at(e.At)
	case alarm.CameBack:
		s.Returned = Moment{}
	}
	if !m.after.EndedAt.IsZero() {
		s.EndedAt = b.at(e.At)
	}
}

// spans cuts the life into stretches of one state within the period.
func (b *builder) spans(l life) []Span {
	list := []Span{}
	add := func(state alarm.BaseState, from, to time.Time) {
		if from.Before(b.in.From) {
			from = b.in.From
		}
		if to.After(b.end) {
			to = b.end
		}
		if state == alarm.Norm || from.Unix() >= to.Unix() {
			return
		}
		if n := len(list); n > 0 && list[n-1].State == string(state) && list[n-1].To.Unix() == from.Unix() {
			list[n-1].To = b.at(to)
			return
		}
		list = append(list, Span{State: string(state), From: b.at(from), To: b.at(to)})
	}
	for i, s := range l.steps {
		until := b.end
		if i+1 < len(l.steps) {
			until = l.steps[i+1].at
		}
		add(s.after.State(), s.at, until)
	}
	return list
}

func personOf(actor string) string { return line(strings.TrimPrefix(actor, "person:")) }

// decimal writes a value in the shortest form that is read back as the same
// number; "" where there is none.
func decimal(v float64, has bool) string {
	if !has || math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
