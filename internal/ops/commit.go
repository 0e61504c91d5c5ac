package ops

import (
	"context"
	"errors"
	"math"

	"nezuban/internal/alarm"
)

// Commit takes the evaluation's changes. The book shows them at once; what comes
// of them is kept in one transaction, or waits until that is possible. Changes
// that the base machine has no transition for are counted and left out.
func (s *Service) Commit(ctx context.Context, changes []alarm.Change) {
	if len(changes) == 0 {
		return
	}
	s.mu.Lock()
	events := s.decide(changes)
	if len(events) > 0 {
		s.pending = append(s.pending, batch{events: events})
	}
	running := s.running
	s.mu.Unlock()
	if len(events) == 0 {
		return
	}
	s.written(ctx, running)
	s.wake()
}

// decide applies changes to the book and returns their events. The caller holds
// mu. Changes of an alarm that a command is being written for are put off until
// that is done.
func (s *Service) decide(changes []alarm.Change) []alarm.Event {
	var events []alarm.Event
	for _, c := range changes {
		if s.inFlight != "" {
			if o, ok := s.book.Find(c.Rule.ID, c.Device, c.Point); ok && o.ID == s.inFlight {
				s.deferred = append(s.deferred, c)
				continue
			}
		}
		if e, ok := s.decideOne(c); ok {
			events = append(events, e)
		}
	}
	return events
}

func (s *Service) decideOne(c alarm.Change) (alarm.Event, bool) {
	if unwritable(c.Value) {
		c.Value, c.HasValue = 0, false
	}
	if unwritable(c.Limit) {
		c.Limit, c.HasLimit = 0, false
	}
	e, err := s.book.Decide(c, s.newID)
	if err == nil {
		err = s.book.Apply(e)
	}
	var refused *alarm.TransitionError
	switch {
	case errors.As(err, &refused):
		s.metrics.ignored.Inc()
		s.log.Debug("change of a condition left out", "rule", c.Rule.ID, "device", c.Device, "point", c.Point, "err", err)
		return e, false
	case err != nil:
		s.metrics.ignored.Inc()
		s.log.Error("change of a condition", "rule", c.Rule.ID, "device", c.Device, "point", c.Point, "err", err)
		return e, false
	}
	s.metrics.events.WithLabelValues(string(e.Kind)).Inc()
	return e, true
}

// unwritable values have no form in JSON; the guard lets none through.
func unwritable(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }
