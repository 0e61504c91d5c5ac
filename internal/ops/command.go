package ops

import (
	"context"
	"errors"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/records"
	"nezuban/internal/text"
)

// maxComment is the longest comment, in bytes: some 300 characters of Japanese.
const maxComment = 1000

// command is one command of a person about one alarm.
type command struct {
	name     string // for metrics and logs
	roles    []duty.Role
	needs    string // who may, for the refusal
	decide   func(o alarm.Occurrence, actor, comment string) (alarm.Event, error)
	person   duty.Person
	id       string
	revision int
	comment  string
}

// Acknowledge says that a person has seen an alarm and does something about it.
// It needs the operator's or the shift lead's role and a comment. Revision is
// the one the person saw: a newer one is refused as outdated; 0 takes the newest.
// It returns the occurrence as it is then.
func (s *Service) Acknowledge(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Occurrence, error) {
	return s.do(ctx, command{
		name: "acknowledge", roles: []duty.Role{duty.Operator, duty.ShiftLead}, needs: "operator or shift-lead",
		decide: func(o alarm.Occurrence, actor, comment string) (alarm.Event, error) {
			return o.Acknowledge(actor, comment, s.clock.Now())
		},
		person: p, id: id, revision: revision, comment: comment,
	})
}

// Reset ends a latched alarm whose condition is gone. It needs the shift lead's
// role and a comment; revision as in Acknowledge.
func (s *Service) Reset(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Occurrence, error) {
	return s.do(ctx, command{
		name: "reset", roles: []duty.Role{duty.ShiftLead}, needs: "shift-lead",
		decide: func(o alarm.Occurrence, actor, comment string) (alarm.Event, error) {
			return o.Reset(actor, comment, s.clock.Now())
		},
		person: p, id: id, revision: revision, comment: comment,
	})
}

func (s *Service) do(ctx context.Context, c command) (alarm.Occurrence, error) {
	o, err := s.carryOut(ctx, c)
	s.metrics.command(c.name, err)
	s.wake() // also after a refusal: the evaluation may have been put off for it
	if err != nil {
		s.log.Info("command refused", "command", c.name, "alarm", c.id, "person", c.person.ID, "err", err)
		return alarm.Occurrence{}, err
	}
	return o, nil
}

func (s *Service) carryOut(ctx context.Context, c command) (alarm.Occurrence, error) {
	if !s.may(c.person, c.roles...) {
		return alarm.Occurrence{}, duty.Refuse(duty.NotAllowed, "%s %s: needs the role %s", c.name, c.id, c.needs)
	}
	comment, changed := text.Clean(c.comment, maxComment)
	switch {
	case changed.Truncated:
		return alarm.Occurrence{}, duty.Refuse(duty.Invalid, "%s %s: the comment is longer than %d bytes", c.name, c.id, maxComment)
	case comment == "":
		return alarm.Occurrence{}, duty.Refuse(duty.Incomplete, "%s %s: a comment is required", c.name, c.id)
	case c.revision < 0:
		return alarm.Occurrence{}, duty.Refuse(duty.Invalid, "%s %s: revision %d", c.name, c.id, c.revision)
	}
	c.comment = comment
	s.writing.Lock()
	defer s.writing.Unlock()
	e, err := s.begin(c)
	if err != nil {
		return alarm.Occurrence{}, err
	}
	// what the evaluation brought before, perhaps of this very alarm, comes first
	if err = s.flushLocked(ctx); err == nil {
		err = s.store.Tx(ctx, func(tx *records.Tx) error {
			_, err := tx.AppendEvent(e)
			return err
		})
	}
	return s.end(ctx, c, e, err)
}

// may says whether a person has one of the roles now. A person without an id may
// nothing.
func (s *Service) may(p duty.Person, roles ...duty.Role) bool {
	if p.ID == "" || !p.Has(roles...) {
		return false
	}
	if s.current == nil {
		return true
	}
	now, there := s.current(p.ID)
	return there && now.Has(roles...)
}

// begin decides the event and puts the evaluation's changes of this alarm off.
func (s *Service) begin(c command) (alarm.Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.book.Get(c.id)
	if !ok {
		return alarm.Event{}, duty.Refuse(duty.NotFound, "%s: no alarm %q stands or ended lately", c.name, c.id)
	}
	if c.revision != 0 && c.revision != o.Revision {
		return alarm.Event{}, duty.Refuse(duty.Outdated, "%s %s: revision %d is out of date, it is at %d now (%s)", c.name, c.id, c.revision, o.Revision, o.State())
	}
	e, err := c.decide(o, "person:"+c.person.ID, c.comment)
	var refused *alarm.TransitionError
	if errors.As(err, &refused) {
		return e, duty.Refuse(duty.WrongState, "%s", refused)
	}
	if err != nil {
		return e, err
	}
	s.inFlight = c.id
	return e, nil
}

// end applies what was written, and the changes that were put off meanwhile.
func (s *Service) end(ctx context.Context, c command, e alarm.Event, written error) (alarm.Occurrence, error) {
	s.mu.Lock()
	if written == nil {
		written = s.book.Apply(e)
	}
	if written == nil {
		s.metrics.events.WithLabelValues(string(e.Kind)).Inc()
	}
	o, _ := s.book.Get(c.id)
	late := s.deferred
	s.inFlight, s.deferred = "", nil
	events := s.decide(late)
	if len(events) > 0 {
		s.pending = append(s.pending, batch{events: events})
	}
	s.mu.Unlock()
	if len(events) > 0 {
		s.afterCommand(ctx)
	}
	if written != nil {
		return o, duty.Refuse(duty.Unavailable, "%s %s: %v", c.name, c.id, written)
	}
	return o, nil
}

// afterCommand sees to what the evaluation brought meanwhile. The caller holds
// writing.
func (s *Service) afterCommand(ctx context.Context) {
	if err := s.flushLocked(ctx); err != nil {
		s.log.Warn("changes wait to be written", "pending", s.Pending(), "err", err)
	}
}
