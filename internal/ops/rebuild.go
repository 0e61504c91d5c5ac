package ops

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/live"
)

// rebuild brings back from the records everything that a stop must not lose.
func (s *Service) rebuild(ctx context.Context) error {
	now := s.clock.Now()
	s.arrange(s.o.Positions())
	events, err := s.store.StandingEvents(ctx)
	if err != nil {
		return err
	}
	heard := map[string]time.Time{} // when each was annunciated last, held back or not
	for _, e := range events {
		if err := s.book.Apply(e); err != nil {
			return err
		}
		o, _ := s.book.Get(e.AlarmID)
		s.remember(e, o)
		if annunciates(e) {
			heard[e.AlarmID] = e.At
		}
	}
	if err := s.rebuildSuppressions(ctx, now, heard); err != nil {
		return err
	}
	if err := s.rebuildDeadlines(ctx, now); err != nil {
		return err
	}
	if err := s.rebuildHappenings(ctx); err != nil {
		return err
	}
	languages, err := s.store.Preferences(ctx, languagePreference)
	if err != nil {
		return err
	}
	s.language = languages
	s.parents = parentsOf(s.o.Rules())
	s.shown = nil
	return nil
}

// remember keeps the indexes over the book: which rules have active alarms, and
// what is owed an annunciation. The caller holds mu.
func (s *Service) remember(e alarm.Event, o alarm.Occurrence) {
	if o.Active && o.EndedAt.IsZero() {
		if s.active[o.Rule] == nil {
			s.active[o.Rule] = map[string]bool{}
		}
		s.active[o.Rule][o.ID] = true
	} else {
		delete(s.active[o.Rule], o.ID)
	}
	switch {
	case e.Held != "":
		s.silent[o.ID] = true
	case annunciates(e) || o.State() != alarm.Unack:
		delete(s.silent, o.ID)
	}
}

// rebuildSuppressions also finds the alarms whose suppression ended without their
// being annunciated after it: the program stopped between the two.
func (s *Service) rebuildSuppressions(ctx context.Context, now time.Time, heard map[string]time.Time) error {
	since := now.Add(-overShown)
	events, err := s.store.SuppressionEvents(ctx, since)
	if err != nil {
		return err
	}
	earliest := now
	for _, e := range events {
		if err := s.sups.Apply(e); err != nil {
			return err
		}
		s.lasting(e, now)
		if e.At.Before(earliest) {
			earliest = e.At
		}
	}
	last, err := s.store.LastSuppression(ctx)
	if err != nil {
		return err
	}
	s.lastSup = suppressionNumber(last)
	if len(events) == 0 {
		return nil
	}
	held, err := s.store.HeldSince(ctx, earliest)
	if err != nil {
		return err
	}
	for id, n := range held {
		for range n {
			s.sups.Count(alarm.Event{Kind: alarm.Raised, Held: id})
		}
	}
	s.owe(events, heard)
	return nil
}

// owe marks what stood, unacknowledged, when a suppression over it ended, and was
// not annunciated since.
func (s *Service) owe(events []alarm.SuppressionEvent, heard map[string]time.Time) {
	was := alarm.NewSuppressions()
	was.Device = s.o.Attributes
	for _, e := range events {
		if e.Kind == alarm.Ended || e.Kind == alarm.Expired {
			for _, o := range s.book.Standing() {
				if o.State() == alarm.Unack && was.Covers(e.ID, o) && heard[o.ID].Before(e.At) {
					s.silent[o.ID] = true
				}
			}
		}
		if err := was.Apply(e); err != nil {
			s.log.Error("rebuild suppressions", "suppression", e.ID, "err", err)
		}
	}
}

func (s *Service) rebuildDeadlines(ctx context.Context, now time.Time) error {
	list, err := s.store.Escalations(ctx)
	if err != nil {
		return err
	}
	for _, e := range list {
		s.deadlines[e.AlarmID] = deadline{e, s.clock.Mono() + e.Due.Sub(now)}
	}
	quiet, err := s.store.Cancelled(ctx, groupedUnder)
	if err != nil {
		return err
	}
	for _, id := range quiet {
		s.quieted[id] = true
	}
	return nil
}

// happeningsWithin is among how many of the newest audit entries the latest
// happenings are looked for at the start.
const happeningsWithin = 5000

func (s *Service) rebuildHappenings(ctx context.Context) error {
	head, _, err := s.store.AuditHead(ctx)
	if err != nil {
		return err
	}
	for from := max(head-happeningsWithin+1, 1); from <= head; from += auditReadLimit {
		entries, err := s.store.Audit(ctx, from, auditReadLimit)
		if err != nil {
			return err
		}
		for _, e := range entries {
			var h live.Happening
			if (e.Action == "event.on" || e.Action == "event.off") && json.Unmarshal([]byte(e.Detail), &h) == nil {
				s.happenings = append(s.happenings, h)
			}
		}
	}
	if n := len(s.happenings) - keepHappenings; n > 0 {
		s.happenings = slices.Delete(s.happenings, 0, n)
	}
	return nil
}
