package ops

import (
	"context"
	"errors"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/records"
)

// An item is what is written whole or not at all: one event with everything that
// hangs on it. Items about one object are written in the order in which they came
// about.
type item struct {
	object      string // alarm, suppression; "" nothing depends on the order
	event       *alarm.Event
	suppression *alarm.SuppressionEvent
	note        *note
	cancel      string                  // why the alarm's notices that wait are cancelled; "" they are not
	notices     []duty.Notice           // to be told
	deadline    deadline                // next step of the escalation; zero: unchanged
	ends        bool                    // the escalation ends
	attempt     *attempt                // at a notice
	at          time.Time               // when it came about, by our clock
	extra       func(*records.Tx) error // anything else; nil nothing
}

// A note is an audit entry without an event.
type note struct {
	actor          duty.Actor
	action, object string
	detail         any
}

// maxTogether bounds the items of one transaction: so long does a person's
// command wait for what the evaluation brought.
const maxTogether = 200

// enqueue puts items at the end of what waits and sees to their being written.
func (s *Service) enqueue(ctx context.Context, items ...*item) {
	if len(items) == 0 {
		return
	}
	s.mu.Lock()
	s.pending = append(s.pending, items...)
	running := s.running
	s.mu.Unlock()
	s.written(ctx, running)
}

func (s *Service) written(ctx context.Context, running bool) {
	if running {
		s.kickOff()
		return
	}
	if err := s.flush(ctx); err != nil {
		s.log.Warn("changes wait to be written", "pending", s.Pending(), "err", err)
	}
}

func (s *Service) kickOff() {
	select {
	case s.kick <- struct{}{}:
	default:
	}
}

// flush writes everything that waits, in order, in chunks. Between two chunks a
// person's command has its turn.
func (s *Service) flush(ctx context.Context) error {
	for {
		s.writing.Lock()
		more, err := s.writeChunk(context.WithoutCancel(ctx)) // what waits is nobody's request any more
		s.writing.Unlock()
		if err != nil || !more {
			return err
		}
	}
}

// flushLocked is flush for who holds writing.
func (s *Service) flushLocked(ctx context.Context) error {
	for {
		more, err := s.writeChunk(context.WithoutCancel(ctx))
		if err != nil || !more {
			return err
		}
	}
}

// writeChunk writes the oldest items that wait and reports whether others do.
// The caller holds writing.
func (s *Service) writeChunk(ctx context.Context) (more bool, err error) {
	defer func() { s.wrote(err) }()
	if err := s.reserveNumbers(ctx); err != nil {
		return false, err
	}
	s.mu.Lock()
	chunk := s.pending[:min(len(s.pending), maxTogether):min(len(s.pending), maxTogether)]
	next := s.numbers.beyond()
	s.mu.Unlock()
	if len(chunk) == 0 {
		return false, nil
	}
	if err := s.writeAny(ctx, chunk, next); err != nil {
		return false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done(chunk)
	s.pending = s.pending[len(chunk):]
	if len(s.pending) == 0 {
		s.pending = nil
	}
	return len(s.pending) > 0, nil
}

// writeAny writes items together, and where one of them can never be kept, one by
// one.
func (s *Service) writeAny(ctx context.Context, items []*item, next int64) error {
	err := s.write(ctx, items, next)
	if errors.Is(err, records.ErrConflict) || errors.Is(err, records.ErrExists) {
		return s.writeSingly(ctx, items, next)
	}
	return err
}

// wrote remembers why the last try to write failed; nil after a success.
func (s *Service) wrote(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failure = err
}

// done is what follows from items that are written. The caller holds mu.
func (s *Service) done(items []*item) {
	for _, it := range items {
		if it.attempt != nil {
			delete(s.tried, it.attempt.id)
		}
	}
}

// overtake writes a person's command: first what waits about the objects that it
// is about, in one transaction with it, and nothing else that waits. The caller
// holds writing.
func (s *Service) overtake(ctx context.Context, own ...*item) (err error) {
	defer func() { s.wrote(err) }()
	ctx = context.WithoutCancel(ctx)
	s.mu.Lock()
	before := s.waitingFor(own)
	next := s.numbers.beyond()
	s.mu.Unlock()
	if len(before) > 0 {
		err = s.write(ctx, append(before, own...), next)
		if errors.Is(err, records.ErrConflict) || errors.Is(err, records.ErrExists) {
			err = s.writeSingly(ctx, before, next)
			if err == nil {
				s.drop(before)
				before = nil
				err = s.write(ctx, own, next)
			}
		}
	} else {
		err = s.write(ctx, own, next)
	}
	if err != nil {
		return err
	}
	s.drop(before)
	return nil
}

// waitingFor are the items that wait about the objects of others. The caller
// holds mu.
func (s *Service) waitingFor(own []*item) []*item {
	objects := map[string]bool{}
	for _, it := range own {
		objects[it.object] = it.object != ""
	}
	var out []*item
	for _, it := range s.pending {
		if objects[it.object] {
			out = append(out, it)
		}
	}
	return out
}

// drop takes items that are written out of what waits.
func (s *Service) drop(items []*item) {
	if len(items) == 0 {
		return
	}
	written := map[*item]bool{}
	for _, it := range items {
		written[it] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done(items)
	var left []*item
	for _, it := range s.pending {
		if !written[it] {
			left = append(left, it)
		}
	}
	s.pending = left
}

// write keeps items in one transaction. Next is the first free alarm number
// where the sequence must follow, 0 where it need not.
func (s *Service) write(ctx context.Context, items []*item, next int64) error {
	return s.store.Tx(ctx, func(tx *records.Tx) error {
		for _, it := range items {
			if err := s.writeItem(tx, it); err != nil {
				return err
			}
		}
		if next > 0 {
			return tx.UsedAlarmNumbers(next)
		}
		return nil
	})
}

func (s *Service) writeItem(tx *records.Tx, it *item) error {
	if it.event != nil {
		if _, err := tx.AppendEvent(*it.event); err != nil {
			return err
		}
	}
	if it.suppression != nil {
		if _, err := tx.AppendSuppression(*it.suppression); err != nil {
			return err
		}
	}
	if n := it.note; n != nil {
		if _, err := tx.AppendAudit(n.actor, n.action, n.object, n.detail); err != nil {
			return err
		}
	}
	if it.extra != nil {
		if err := it.extra(tx); err != nil {
			return err
		}
	}
	return s.writeNotices(tx, it)
}

// writeSingly gets past an event that can never be kept: one kept already is
// skipped, one that contradicts the records is set down in the audit instead,
// whole, and people are told of it all the same. Everything else is written.
func (s *Service) writeSingly(ctx context.Context, items []*item, next int64) error {
	for _, it := range items {
		err := s.write(ctx, []*item{it}, next)
		if errors.Is(err, records.ErrConflict) {
			s.log.Error("an event contradicts the records", "object", it.object, "err", err)
			s.metrics.conflicts.Inc()
			instead := *it
			instead.event, instead.suppression = nil, nil
			instead.note = &note{duty.Actor{Kind: "system", ID: "ops"}, "records.conflict", it.object,
				map[string]any{"event": it.event, "suppression": it.suppression, "reason": err.Error()}}
			err = s.write(ctx, []*item{&instead}, next)
		}
		if err != nil && !errors.Is(err, records.ErrExists) {
			return err
		}
	}
	return nil
}
