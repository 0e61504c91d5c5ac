package sla

import (
	"slices"
	"strings"
	"time"
)

// A Subject is a thing that targets of events and obligations speak of and that
// no collector polls: a customer area, a fire system, a plan.
type Subject struct {
	ID    string
	Name  string
	Attrs map[string]string // kind, groups joined by ';', labels
	Since int64             // in service from, Unix seconds; 0: always
	Until int64             // 0: in service
}

// Picks reports whether a target is judged on a subject.
func (t *Target) Picks(s *Subject) bool {
	return t.Select.Match(func(key string) []string {
		if key == "device" {
			return []string{s.ID}
		}
		v := s.Attrs[strings.TrimPrefix(key, "label.")]
		if v == "" {
			return nil
		}
		return strings.Split(v, ";")
	})
}

// EntityOf is a subject as an entity, with what was recorded of it up to asOf.
func (t *Target) EntityOf(s *Subject, b *Book, events []Event, obligations []Obligation, asOf int64) Entity {
	e := Entity{ID: s.ID, DisplayName: s.Name, Since: s.Since, Until: s.Until}
	for _, ev := range events {
		if ev.Entity == s.ID {
			e.Events = append(e.Events, ev)
		}
	}
	e.Obligations = b.Obligations(t, s, obligations, asOf)
	return e
}

// Recorded makes the entities of a target that no collector measures: of events
// and obligations. Events of latency, count and zero make one entity where they
// are pooled, and one for each that they name where each is judged.
func (t *Target) Recorded(b *Book, subjects []Subject, events []Event, obligations []Obligation, asOf int64) []Entity {
	if t.Kind == KindDue || t.Kind == KindFreshness {
		var out []Entity
		for i := range subjects {
			if t.Picks(&subjects[i]) {
				out = append(out, t.EntityOf(&subjects[i], b, events, obligations, asOf))
			}
		}
		return out
	}
	if t.Combine != Each {
		return []Entity{{Events: events}}
	}
	byID := map[string]*Entity{}
	var out []*Entity
	for i := range events {
		e := &events[i]
		if e.Entity == "" || !t.picks(e) {
			continue
		}
		if byID[e.Entity] == nil {
			byID[e.Entity] = &Entity{ID: e.Entity}
			out = append(out, byID[e.Entity])
		}
		byID[e.Entity].Events = append(byID[e.Entity].Events, *e)
	}
	list := make([]Entity, len(out))
	for i, e := range out {
		list[i] = *e
	}
	return list
}

// horizon is how far recurring obligations are written ahead.
const horizon = 400 * 24 * time.Hour

// series adds to obligations the ones that recur: each type's first due date, and
// a step after the other until the horizon. An obligation that is given keeps
// what was recorded of it.
func (i *DueIndicator) series(given []Obligation, asOf int64, zone *time.Location) []Obligation {
	out := slices.Clone(given)
	last := time.Unix(asOf, 0).In(zone).Add(horizon).Format(time.DateOnly)
	for name, step := range i.Types {
		var mine []Obligation
		for _, o := range given {
			if o.Type == name {
				mine = append(mine, o)
			}
		}
		if len(mine) == 0 {
			continue // the first due date is the site's to say
		}
		slices.SortFunc(mine, func(a, b Obligation) int { return strings.Compare(a.Due, b.Due) })
		out = append(out, i.following(mine, step, last, zone)...)
	}
	return out
}

// following are the obligations after the given ones.
func (i *DueIndicator) following(mine []Obligation, step Step, last string, zone *time.Location) []Obligation {
	var out []Obligation
	first, err := time.Parse(time.DateOnly, mine[0].Due)
	if err != nil {
		return nil
	}
	o := mine[0]
	for range 10_000 { // bounds a daily obligation of 27 years
		due, err := time.Parse(time.DateOnly, o.Due)
		if err != nil {
			return out
		}
		var done time.Time
		if o.Done != 0 {
			y, m, d := time.Unix(o.Done, 0).In(zone).Date()
			done = time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
		}
		next := step.NextDue(first, due, i.Basis, done).Format(time.DateOnly)
		if next > last || i.Basis == FromDoneDate && o.Done == 0 {
			return out
		}
		if k := slices.IndexFunc(mine, func(x Obligation) bool { return x.Due == next }); k >= 0 {
			o = mine[k]
			continue
		}
		o = Obligation{ID: ObligationID(o.Record, o.Type, o.Entity, next), Entity: o.Entity, Record: o.Record, Type: o.Type, Due: next}
		out = append(out, o)
	}
	return out
}

// ObligationID names an obligation.
func ObligationID(record, kind, entity, due string) string {
	parts := []string{record}
	for _, p := range []string{kind, entity, due} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, "/")
}
