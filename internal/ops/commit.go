package ops

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/live"
)

// maxDecided is how many changes are decided before others have their turn.
const maxDecided = 100

// Commit takes the evaluation's changes. The book shows them at once; what comes
// of them is kept, each event with its audit entry and its notices in one
// transaction, or waits until that is possible. Changes that the base machine has
// no transition for are counted and left out. One goroutine calls Commit.
func (s *Service) Commit(ctx context.Context, changes []alarm.Change) {
	if len(changes) == 0 {
		return
	}
	supply, any, parents := s.o.Supply(), false, false
	running := false
	for chunk := range slices.Chunk(changes, maxDecided) {
		s.mu.Lock()
		items := s.decide(chunk, supply)
		s.pending = append(s.pending, items...)
		running = s.running
		any = any || len(items) > 0
		parents = parents || s.movedParents(items)
		s.mu.Unlock()
	}
	if !any {
		return
	}
	s.written(ctx, running)
	if parents {
		s.settle(ctx, s.o.Rules(), supply, s.clock.Now())
	}
	s.wake()
}

// movedParents reports whether items tell of alarms that suppress others by
// design. The caller holds mu.
func (s *Service) movedParents(items []*item) bool {
	return slices.ContainsFunc(items, func(it *item) bool { return it.event != nil && s.parents[it.event.Rule] })
}

// decide applies changes to the book and returns what is to be written. The
// caller holds mu. Changes of an alarm that a command is being written for are
// put off until that is done.
func (s *Service) decide(changes []alarm.Change, supply alarm.Supply) []*item {
	var items []*item
	now := s.clock.Now()
	for _, c := range changes {
		if c.Rule.Type == alarm.EventOnly {
			items = append(items, s.happened(c, now)...)
			continue
		}
		if len(s.inFlight) > 0 {
			if o, ok := s.book.Find(c.Rule.ID, c.Device, c.Point); ok && s.inFlight[o.ID] {
				s.deferred = append(s.deferred, c)
				continue
			}
		}
		items = append(items, s.decideOne(c, supply, now)...)
	}
	return items
}

func (s *Service) decideOne(c alarm.Change, supply alarm.Supply, now time.Time) []*item {
	if unwritable(c.Value) {
		c.Value, c.HasValue = 0, false
	}
	if unwritable(c.Limit) {
		c.Limit, c.HasLimit = 0, false
	}
	e, err := s.book.Decide(c, s.newID)
	var cause alarm.Occurrence
	if err == nil {
		if e.Kind == alarm.Raised {
			cause = s.causeOf(c, e, supply)
		}
		if cause.ID != "" {
			e.Held = alarm.HeldByDesign
		}
		e = s.sups.Hold(e)
	}
	var it *item
	if err == nil {
		it, err = s.take(e, now)
	}
	var refused *alarm.TransitionError
	switch {
	case errors.As(err, &refused):
		s.metrics.ignored.Inc()
		s.log.Debug("change of a condition left out", "rule", c.Rule.ID, "device", c.Device, "point", c.Point, "err", err)
		return nil
	case err != nil:
		s.metrics.ignored.Inc()
		s.log.Error("change of a condition", "rule", c.Rule.ID, "device", c.Device, "point", c.Point, "err", err)
		return nil
	}
	items := []*item{it}
	if cause.ID != "" {
		o, _ := s.book.Get(e.AlarmID)
		e, err := o.Suppress(c.Rule, cause, now)
		items = s.decided(items, e, err, now)
		s.silent[o.ID] = true
	}
	return items
}

// causeOf is the alarm that suppresses a new one by design from its beginning;
// one without an id: none does.
func (s *Service) causeOf(c alarm.Change, e alarm.Event, supply alarm.Supply) alarm.Occurrence {
	if len(c.Rule.SuppressWhen) == 0 {
		return alarm.Occurrence{}
	}
	o, err := alarm.Occurrence{}.Apply(e)
	if err != nil {
		return alarm.Occurrence{}
	}
	family := []alarm.Occurrence{o}
	for _, parent := range c.Rule.SuppressWhen {
		for id := range s.active[parent] {
			if p, ok := s.covered(id); ok {
				family = append(family, p)
			}
		}
	}
	if len(family) == 1 {
		return alarm.Occurrence{}
	}
	causes := alarm.DesignCauses(family, map[string]*alarm.Rule{c.Rule.ID: c.Rule}, supply)
	cause, _ := s.book.Get(causes[o.ID])
	return cause
}

// take applies one event to the book and to everything that follows it, and
// returns what is to be written. The caller holds mu.
func (s *Service) take(e alarm.Event, now time.Time) (*item, error) {
	if err := s.book.Apply(e); err != nil {
		return nil, err
	}
	o, _ := s.covered(e.AlarmID)
	s.taken(e, o)
	it := s.follow(e, o, now)
	s.schedule(it)
	return it, nil
}

// taken keeps the indexes over the book. The caller holds mu.
func (s *Service) taken(e alarm.Event, o alarm.Occurrence) {
	s.shown = nil
	s.metrics.events.WithLabelValues(string(e.Kind)).Inc()
	s.remember(e, o)
	if annunciates(e) || o.State() != alarm.Unack {
		delete(s.quieted, o.ID)
	}
	s.sups.Count(e)
	for _, d := range s.desks {
		d.meter.Add(e, o, s.device(o), s.clock.Mono())
	}
}

// annunciates reports whether an event is of a kind that is heard unless
// something holds it back.
func annunciates(e alarm.Event) bool {
	return e.Kind == alarm.Raised || e.Kind == alarm.CameBack || e.Kind == alarm.Realarmed
}

// follow is an event with what follows from it: who is told, what need not be
// told any more, how the escalation goes on. O is the occurrence after it.
func (s *Service) follow(e alarm.Event, o alarm.Occurrence, now time.Time) *item {
	it := &item{object: e.AlarmID, event: &e, at: now}
	if e.Kind == alarm.Suppressed {
		it.cancel = "held back: suppressed by design while " + e.Cause + " stands"
		return it
	}
	notices, next := s.o.Planner.Transition(o, e, now)
	it.notices = s.completed(notices, o, now)
	_, underWay := s.deadlines[o.ID]
	switch {
	case e.Kind == alarm.CameBack && e.Held == "" && underWay:
		// an alarm that comes and goes must not put its next step off for ever
	case annunciates(e) && e.Held == "" && !next.IsZero():
		it.deadline = s.newDeadline(o.ID, 1, e.Revision, next, now)
	case annunciates(e) || !waitsForSomebody(o):
		it.ends = true
	}
	switch {
	case e.Kind == alarm.Acknowledged:
		it.cancel = "acknowledged before it was sent"
	case e.Kind == alarm.Returned && o.Priority > facility.P1:
		it.cancel = "returned to normal before it was sent"
	case !o.EndedAt.IsZero():
		it.cancel = "ended before it was sent"
	}
	return it
}

// schedule takes an item's part of the escalation into memory. The caller holds
// mu.
func (s *Service) schedule(it *item) {
	switch {
	case it.ends:
		delete(s.deadlines, it.object)
	case it.deadline.AlarmID != "":
		s.deadlines[it.object] = it.deadline
	}
}

// keepHappenings is how many events that are no alarms are remembered.
const keepHappenings = 200

// happened notes the change of a rule of type event. One that is known already
// is left out: after a start the evaluation tells everything anew. The caller
// holds mu.
func (s *Service) happened(c alarm.Change, now time.Time) []*item {
	h := live.Happening{Rule: c.Rule.ID, At: c.At.UTC(), Device: c.Device, Point: c.Point, Name: c.Name, Level: c.Level, On: c.Active}
	for _, before := range slices.Backward(s.happenings) {
		if before.Rule == h.Rule && before.Device == h.Device && before.Point == h.Point {
			if before.On == h.On && before.Level == h.Level {
				return nil
			}
			break
		}
	}
	s.happenings = append(s.happenings, h)
	if n := len(s.happenings) - keepHappenings; n > 0 {
		s.happenings = slices.Delete(s.happenings, 0, n)
	}
	action := "event.off"
	if c.Active {
		action = "event.on"
	}
	return []*item{{at: now, note: &note{duty.Actor{Kind: "rule", ID: c.Rule.ID}, action, string(c.Device), h}}}
}

// unwritable values have no form in JSON; the guard lets none through.
func unwritable(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }
