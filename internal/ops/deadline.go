package ops

import (
	"context"
	"slices"
	"strings"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/records"
)

// A deadline is when the next step of an alarm's escalation falls due. It is kept
// in the records and counts on the monotonic clock while the program runs.
type deadline struct {
	records.Escalation
	mono time.Duration // when it falls due, whatever becomes of the wall clock
}

// setBack is how far in the future a stamp of ours may lie without the clock
// having been set back.
const setBack = 5 * time.Second

// due reports whether a deadline has passed. One that was set in the future has:
// the clock went back since, so how long it has waited is not known, and late is
// worse than early.
func (d deadline) due(now time.Time, mono time.Duration) bool {
	return !now.Before(d.Due) || mono >= d.mono || d.Since.Sub(now) > setBack
}

func (s *Service) newDeadline(alarmID string, step, revision int, due, now time.Time) deadline {
	return deadline{
		records.Escalation{AlarmID: alarmID, Step: step, Due: due.UTC(), Since: now.UTC(), Revision: revision},
		s.clock.Mono() + due.Sub(now),
	}
}

// escalate takes the steps that have fallen due. An alarm that is held back, or
// that stands in the group of another, waits with its next step until it stands
// for itself again: it is overdue then. The caller holds mu.
func (s *Service) escalate(g alarm.Grouping, now time.Time) (items []*item) {
	mono := s.clock.Mono()
	for id, d := range s.deadlines {
		if !d.due(now, mono) || s.inFlight[id] {
			continue
		}
		o, ok := s.covered(id)
		switch {
		case !ok || !waitsForSomebody(o):
			delete(s.deadlines, id)
			items = append(items, &item{object: id, ends: true, at: now})
			continue
		case o.IsSuppressed() || s.behind(g, o):
			continue
		}
		items = append(items, s.step(o, d, now))
	}
	return items
}

// waitsForSomebody reports whether an alarm's escalation goes on: nobody has
// acknowledged, and its condition is on; a P1 goes on after its return too.
func waitsForSomebody(o alarm.Occurrence) bool {
	switch o.State() {
	case alarm.Unack:
		return true
	case alarm.RtnUn, alarm.LatUn:
		return o.Priority <= facility.P1
	}
	return false
}

// behind reports whether an alarm stands behind the line of another, whose notices
// are its own as well. Life safety never does, and a P1 only behind a P1 that is
// told itself. The caller holds mu.
func (s *Service) behind(g alarm.Grouping, o alarm.Occurrence) bool {
	id, member := g.RootOf[o.ID]
	group, ok := g.Group(id)
	if !member || !ok || o.Class == alarm.LifeSafety || slices.Contains(group.Alone, o.ID) {
		return false
	}
	if o.Priority > facility.P1 {
		return true
	}
	root, ok := s.covered(id)
	return ok && root.Priority <= o.Priority && !root.IsSuppressed()
}

func (s *Service) step(o alarm.Occurrence, d deadline, now time.Time) *item {
	notices, next := s.o.Planner.Step(o, d.Step, now)
	s.metrics.steps.Inc()
	it := &item{object: o.ID, notices: s.completed(notices, o, now), at: now}
	var told []string
	for _, n := range it.notices {
		told = append(told, strings.TrimSuffix(n.Channel+":"+n.Target, ":"))
	}
	it.note = &note{duty.Actor{Kind: "system", ID: "escalation"}, "escalation.step", o.ID,
		map[string]any{"step": d.Step, "told": told, "due": d.Due.Format(time.RFC3339)}}
	if next.IsZero() {
		it.ends = true
		delete(s.deadlines, o.ID)
		return it
	}
	it.deadline = s.newDeadline(o.ID, d.Step+1, d.Revision, next, now)
	s.deadlines[o.ID] = it.deadline
	return it
}

// Tick does what time alone brings: shelvings, stops and requests that are over,
// suppressions by design, annunciations that are owed, steps of escalations. Run
// calls it each second; everything is found from the records, so after a stop it
// is made up for, and nothing is done twice.
func (s *Service) Tick(ctx context.Context) {
	s.ticking.Lock() // what two decide at once would be written in any order
	defer s.ticking.Unlock()
	now := s.clock.Now()
	changed := s.expire(ctx, now)
	rules, supply := s.o.Rules(), s.o.Supply()
	changed = s.settle(ctx, rules, supply, now) || changed
	grouping := s.grouping()
	s.mu.Lock()
	items := s.regroup(grouping, now)
	items = append(items, s.escalate(grouping, now)...)
	items = append(items, s.pace(now)...)
	s.mu.Unlock()
	s.enqueue(ctx, items...)
	s.count(ctx, now)
	if changed || len(items) > 0 {
		s.wake()
	}
}

// expire ends the suppressions whose time is over, by the wall clock or by the
// monotonic one, whichever says so first, and polling stops that cannot go on.
func (s *Service) expire(ctx context.Context, now time.Time) bool {
	grown := s.outgrown()
	s.mu.Lock()
	var items []*item
	for _, e := range s.overdue(now, grown) {
		if s.inFlight[e.ID] {
			continue
		}
		s.markHeld()
		if err := s.sups.Apply(e); err != nil {
			s.log.Error("end a suppression", "suppression", e.ID, "err", err)
			continue
		}
		s.shown = nil
		delete(s.lasts, e.ID)
		items = append(items, &item{object: e.ID, suppression: &e, at: now})
	}
	s.mu.Unlock()
	s.enqueue(ctx, items...)
	return len(items) > 0
}

// overdue are the events that time brings at now, and the ends of the polling
// stops in grown. The caller holds mu.
func (s *Service) overdue(now time.Time, grown map[string]string) []alarm.SuppressionEvent {
	events := s.sups.Due(now)
	isDue := func(id string) bool {
		return slices.ContainsFunc(events, func(e alarm.SuppressionEvent) bool { return e.ID == id })
	}
	for id, why := range grown {
		if u, ok := s.sups.Get(id); ok && u.State != alarm.Over && !isDue(id) {
			events = append(events, u.Resume(why, now))
		}
	}
	mono := s.clock.Mono()
	for id, end := range s.lasts {
		u, ok := s.sups.Get(id)
		if !ok || u.State == alarm.Over {
			delete(s.lasts, id)
			continue
		}
		if mono < end || isDue(id) {
			continue
		}
		for _, e := range s.sups.Due(u.Until) { // as it will be by the clock that was set back
			if e.ID == id {
				e.At = now.UTC()
				events = append(events, e)
			}
		}
	}
	return events
}

// lasting remembers how long a shelving or polling stop lasts on the monotonic
// clock. The caller holds mu.
func (s *Service) lasting(e alarm.SuppressionEvent, now time.Time) {
	if u, ok := s.sups.Get(e.ID); ok && u.State != alarm.Over && u.Type.EndsByItself() && e.Revision == 1 {
		s.lasts[e.ID] = s.clock.Mono() + u.Until.Sub(now)
	}
}
