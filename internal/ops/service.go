package ops

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/internal/alarm"
	"nezuban/internal/clock"
	"nezuban/internal/duty"
	"nezuban/internal/records"
)

// Options of a Service.
type Options struct {
	Store      *records.Store
	Clock      clock.Clock
	Log        *slog.Logger
	Registerer prometheus.Registerer
	// Current is the person of that id as the configuration has them now; false
	// where it has nobody of that id any more. A console lasts for hours, and roles
	// taken away meanwhile are gone at once. Nil: the caller's word is taken.
	Current func(id string) (duty.Person, bool)
	// Wake is called after every change, without a lock held; it must not block.
	Wake func()
}

// A Service holds the book of alarms and writes the records. It is safe for
// concurrent use.
type Service struct {
	store   *records.Store
	clock   clock.Clock
	log     *slog.Logger
	metrics *metrics
	wake    func()
	current func(id string) (duty.Person, bool)
	kick    chan struct{} // size 1: there is something to write
	failing bool          // of Run alone: the last try failed

	writing sync.Mutex // held while the store is written; taken before mu, never after it

	mu       sync.Mutex // protects everything below; never held while waiting for a disk
	running  bool       // Run writes what waits
	book     *alarm.Book
	pending  []batch
	failure  error // why the last try to write failed; nil after a success
	numbers  numbers
	inFlight string         // the alarm a person's command is being written for
	deferred []alarm.Change // of that alarm, until the command is done
	language map[string]string
	sessions map[string]Session
}

// New rebuilds the book from the records. Records that cannot be read are no
// error: alarms begin anew then, and RecordsStatus says so.
func New(ctx context.Context, o Options) (*Service, error) {
	s := &Service{
		store: o.Store, clock: o.Clock, log: o.Log, wake: o.Wake, current: o.Current, kick: make(chan struct{}, 1),
		book: alarm.NewBook(), language: map[string]string{}, sessions: map[string]Session{},
	}
	if s.wake == nil {
		s.wake = func() {}
	}
	s.metrics = newMetrics(o.Registerer, s.Pending)
	if err := s.rebuild(ctx); err != nil {
		state, _ := o.Store.Status()
		if state == records.StateOK {
			return nil, fmt.Errorf("rebuild alarms: %w", err)
		}
		s.log.Error("alarms begin anew: records cannot be read", "err", err)
		s.book = alarm.NewBook()
	}
	if err := s.reserveNumbers(ctx); err != nil {
		s.numbers = s.numbersWithout(ctx)
		s.log.Error("reserve alarm numbers", "next", s.numbers.next, "err", err)
	}
	return s, nil
}

func (s *Service) rebuild(ctx context.Context) error {
	events, err := s.store.StandingEvents(ctx)
	if err != nil {
		return err
	}
	for _, e := range events {
		if err := s.book.Apply(e); err != nil {
			return err
		}
	}
	languages, err := s.store.Preferences(ctx, languagePreference)
	if err != nil {
		return err
	}
	s.language = languages
	return nil
}

// Run writes what waits and keeps the store in order, until ctx ends. Then it
// writes once more and gives unused alarm numbers back.
func (s *Service) Run(ctx context.Context) error {
	s.setRunning(true)
	defer s.stop()
	tick := make(chan struct{})
	var ticker sync.WaitGroup
	ticker.Go(func() { s.tick(ctx, tick) })
	defer ticker.Wait()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-s.kick:
			err = s.flush(ctx)
		case <-tick:
			err = errors.Join(s.flush(ctx), s.store.Maintain(ctx))
		}
		s.report(err)
	}
}

// report logs the first of a row of failures, and its end.
func (s *Service) report(err error) {
	switch {
	case err != nil && !s.failing:
		s.log.Warn("records cannot be written; trying again each second", "pending", s.Pending(), "err", err)
	case err == nil && s.failing:
		s.log.Info("records are written again")
	}
	s.failing = err != nil
}

// stop is the orderly end. What still cannot be written is lost with the
// process, and said.
func (s *Service) stop() {
	s.setRunning(false)
	ctx := context.Background()
	if err := s.flush(ctx); err != nil {
		s.log.Error("changes are lost with this process: records cannot be written", "pending", s.Pending(), "err", err)
		return
	}
	s.freeNumbers(ctx)
}

func (s *Service) setRunning(v bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = v
}

// retryEvery is how often writing is tried again.
const retryEvery = time.Second

// tick sends each second of real time, whatever the clock's speed: disks do not
// run faster in a demo.
func (s *Service) tick(ctx context.Context, c chan<- struct{}) {
	perSecond := max(s.clock.Real(time.Second), 1) // real time of one second of the clock's
	every := time.Duration(float64(retryEvery) * float64(time.Second) / float64(perSecond))
	for s.clock.Sleep(ctx, every) == nil {
		select {
		case c <- struct{}{}:
		case <-ctx.Done():
			return
		}
	}
}

// Standing returns every alarm that is not normal, in the book's order. The
// slice is shared and never changes.
func (s *Service) Standing() []alarm.Occurrence {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.book.Standing()
}

// Alarm returns one alarm that stands or ended lately.
func (s *Service) Alarm(id string) (alarm.Occurrence, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.book.Get(id)
}

// Pending is how many changes wait to be written.
func (s *Service) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pendingLocked()
}

func (s *Service) pendingLocked() (n int) {
	for _, b := range s.pending {
		n += len(b.events) + len(b.notes)
	}
	return n
}

// RecordsStatus says how the store does, and how many changes wait. It is never
// ok while changes wait because of a failure.
func (s *Service) RecordsStatus() (state, detail string, pending int) {
	state, detail = s.store.Status()
	s.mu.Lock()
	defer s.mu.Unlock()
	pending = s.pendingLocked()
	if state == records.StateOK && pending > 0 && s.failure != nil {
		return records.StateReadOnly, s.failure.Error(), pending
	}
	return state, detail, pending
}

// A batch is what one call brought; it is written whole.
type batch struct {
	events []alarm.Event
	notes  []note
}

// A note is an audit entry without an event.
type note struct {
	actor          duty.Actor
	action, object string
	detail         any
}

// Record notes something the program did: "daemon.start", "config.reload". It
// never fails: a note that cannot be written waits.
func (s *Service) Record(ctx context.Context, system, action, object string, detail any) {
	s.enqueue(ctx, batch{notes: []note{{duty.Actor{Kind: "system", ID: system}, action, object, detail}}})
}

// enqueue puts a batch at the end of what waits and sees to its being written.
func (s *Service) enqueue(ctx context.Context, b batch) {
	s.mu.Lock()
	s.pending = append(s.pending, b)
	running := s.running
	s.mu.Unlock()
	s.written(ctx, running)
}

func (s *Service) written(ctx context.Context, running bool) {
	if running {
		select {
		case s.kick <- struct{}{}:
		default:
		}
		return
	}
	if err := s.flush(ctx); err != nil {
		s.log.Warn("changes wait to be written", "pending", s.Pending(), "err", err)
	}
}

// flush writes everything that waits, in order.
func (s *Service) flush(ctx context.Context) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.flushLocked(ctx)
}

// maxTogether bounds a transaction made of several batches.
const maxTogether = 500

func (s *Service) flushLocked(ctx context.Context) error {
	err := s.writePending(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failure = err
	return err
}

func (s *Service) writePending(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx) // what waits is nobody's request any more
	if err := s.reserveNumbers(ctx); err != nil {
		return err
	}
	for {
		group, next := s.head()
		if len(group) == 0 {
			return nil
		}
		err := s.write(ctx, group, next)
		if errors.Is(err, records.ErrConflict) || errors.Is(err, records.ErrExists) {
			err = s.writeSingly(ctx, group, next)
		}
		if err != nil {
			return err
		}
		s.mu.Lock()
		s.pending = s.pending[len(group):]
		if len(s.pending) == 0 {
			s.pending = nil
		}
		s.mu.Unlock()
	}
}

// head is the oldest batches that fit in one transaction, and the next free
// alarm number where the sequence must follow.
func (s *Service) head() ([]batch, int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for i, b := range s.pending {
		if n += len(b.events) + len(b.notes); i > 0 && n > maxTogether {
			return s.pending[:i:i], s.numbers.beyond()
		}
	}
	return s.pending[:len(s.pending):len(s.pending)], s.numbers.beyond()
}

func (s *Service) write(ctx context.Context, group []batch, next int64) error {
	return s.store.Tx(ctx, func(tx *records.Tx) error {
		for _, b := range group {
			for _, e := range b.events {
				if _, err := tx.AppendEvent(e); err != nil {
					return err
				}
			}
			for _, n := range b.notes {
				if _, err := tx.AppendAudit(n.actor, n.action, n.object, n.detail); err != nil {
					return err
				}
			}
		}
		if next > 0 {
			return tx.UsedAlarmNumbers(next)
		}
		return nil
	})
}

// writeSingly gets past an event that can never be kept: one kept already is
// skipped, one that contradicts the records is set down in the audit instead,
// whole, and everything else is written.
func (s *Service) writeSingly(ctx context.Context, group []batch, next int64) error {
	for _, b := range group {
		for _, e := range b.events {
			err := s.write(ctx, []batch{{events: []alarm.Event{e}}}, next)
			if errors.Is(err, records.ErrConflict) {
				s.log.Error("an event contradicts the records", "alarm", e.AlarmID, "revision", e.Revision, "err", err)
				s.metrics.conflicts.Inc()
				err = s.write(ctx, []batch{{notes: []note{{
					duty.Actor{Kind: "system", ID: "ops"}, "records.conflict", e.AlarmID,
					map[string]any{"event": e, "reason": err.Error()},
				}}}}, next)
			}
			if err != nil && !errors.Is(err, records.ErrExists) {
				return err
			}
		}
		if len(b.notes) > 0 {
			if err := s.write(ctx, []batch{{notes: b.notes}}, next); err != nil {
				return err
			}
		}
	}
	return nil
}
