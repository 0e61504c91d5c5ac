package ops

import (
	"context"
	"errors"
	"strconv"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/text"
)

// maxComment is the longest comment, in bytes: some 300 characters of Japanese.
const maxComment = 1000

// command is one command of a person about one alarm.
type command struct {
	name     string // for metrics and logs
	roles    []duty.Role
	needs    string // who may, for the refusal
	decide   func(o alarm.Occurrence, actor, comment string, now time.Time) (alarm.Event, error)
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
		decide: alarm.Occurrence.Acknowledge, person: p, id: id, revision: revision, comment: comment,
	})
}

// Reset ends a latched alarm whose condition is gone. It needs the shift lead's
// role and a comment; revision as in Acknowledge.
func (s *Service) Reset(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Occurrence, error) {
	return s.do(ctx, command{
		name: "reset", roles: []duty.Role{duty.ShiftLead}, needs: "shift-lead",
		decide: alarm.Occurrence.Reset, person: p, id: id, revision: revision, comment: comment,
	})
}

// SetCause names another standing alarm as the cause of this one, which then wins
// over the supply until the occurrence ends; "" takes that back. It needs the
// shift lead's role and a comment.
func (s *Service) SetCause(ctx context.Context, p duty.Person, id string, revision int, cause, comment string) (alarm.Occurrence, error) {
	return s.do(ctx, command{
		name: "set_cause", roles: []duty.Role{duty.ShiftLead}, needs: "shift-lead",
		decide: func(o alarm.Occurrence, actor, comment string, now time.Time) (alarm.Event, error) {
			if cause == id {
				return alarm.Event{}, duty.RefuseFor(duty.WrongState, duty.OwnCause, "", "set_cause %s: an alarm is not its own cause", id)
			}
			if c, ok := s.book.Get(cause); cause != "" && (!ok || c.State() == alarm.Norm) {
				return alarm.Event{}, duty.RefuseFor(duty.NotFound, duty.NoSuchCause, cause, "set_cause %s: no alarm %q stands", id, cause)
			}
			return o.SetCause(cause, actor, comment, now)
		},
		person: p, id: id, revision: revision, comment: comment,
	})
}

// Assign says whose an alarm is from now on; owner "" nobody's. It needs the
// operator's or the shift lead's role and a comment.
func (s *Service) Assign(ctx context.Context, p duty.Person, id string, revision int, owner, comment string) (alarm.Occurrence, error) {
	known := owner == "" || s.current == nil
	if !known {
		_, known = s.current(owner)
	}
	return s.do(ctx, command{
		name: "assign", roles: []duty.Role{duty.Operator, duty.ShiftLead}, needs: "operator or shift-lead",
		decide: func(o alarm.Occurrence, actor, comment string, now time.Time) (alarm.Event, error) {
			if !known {
				return alarm.Event{}, duty.RefuseFor(duty.NotFound, duty.NoSuchPerson, owner, "assign %s: people.yaml has nobody of the id %q", id, owner)
			}
			return o.Assign(owner, actor, comment, now)
		},
		person: p, id: id, revision: revision, comment: comment,
	})
}

// Note adds a remark to a standing alarm and changes nothing else. It needs the
// operator's, the shift lead's or the manager's role.
func (s *Service) Note(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Occurrence, error) {
	return s.do(ctx, command{
		name: "note", roles: []duty.Role{duty.Operator, duty.ShiftLead, duty.Manager}, needs: "operator, shift-lead or manager",
		decide: alarm.Occurrence.Note, person: p, id: id, revision: revision, comment: comment,
	})
}

// CloseUnwatched ends an alarm that nothing evaluates any more: its rule, device
// or point is gone, so it would never return to normal. It needs the shift lead's
// role and a comment.
func (s *Service) CloseUnwatched(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Occurrence, error) {
	unwatched := s.o.Unwatched(id)
	return s.do(ctx, command{
		name: "close", roles: []duty.Role{duty.ShiftLead}, needs: "shift-lead",
		decide: func(o alarm.Occurrence, actor, comment string, now time.Time) (alarm.Event, error) {
			if !unwatched && o.State() != alarm.Norm {
				return alarm.Event{}, duty.RefuseFor(duty.WrongState, duty.StillWatched, "", "close %s: it is still evaluated and ends by itself", id)
			}
			return o.Close(actor, comment, now)
		},
		person: p, id: id, revision: revision, comment: comment,
	})
}

func (s *Service) do(ctx context.Context, c command) (alarm.Occurrence, error) {
	o, err := s.carryOut(ctx, c)
	s.told(c.name, c.id, c.person, err)
	if err != nil {
		return alarm.Occurrence{}, err
	}
	return o, nil
}

// told ends every command: it counts, logs a refusal and wakes. Also after a
// refusal: the evaluation may have been put off for it.
func (s *Service) told(name, object string, p duty.Person, err error) {
	s.metrics.command(name, err)
	s.wake()
	if err != nil {
		s.log.Info("command refused", "command", name, "object", object, "person", p.ID, "err", err)
	}
}

// comment cleans a comment or reason, which every command needs.
func (s *Service) comment(name, raw string) (string, error) {
	comment, changed := text.Clean(raw, maxComment)
	switch {
	case changed.Truncated:
		return "", duty.RefuseFor(duty.Invalid, duty.CommentTooLong, strconv.Itoa(maxComment), "%s: the comment is longer than %d bytes", name, maxComment)
	case comment == "":
		return "", duty.RefuseFor(duty.Incomplete, duty.NoComment, "", "%s: a comment is required", name)
	}
	return comment, nil
}

func (s *Service) carryOut(ctx context.Context, c command) (o alarm.Occurrence, err error) {
	if !s.may(c.person, c.roles...) {
		return o, duty.Refuse(duty.NotAllowed, "%s %s: needs the role %s", c.name, c.id, c.needs)
	}
	if c.comment, err = s.comment(c.name, c.comment); err != nil {
		return o, err
	}
	supply := s.o.Supply()
	s.writing.Lock()
	defer s.writing.Unlock()
	it, err := s.start(c)
	if err != nil {
		return o, err
	}
	return s.end(ctx, c, it, s.overtake(ctx, it), supply)
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

// asSeen is an alarm, refused where the person saw another revision of it. The
// caller holds mu.
func (s *Service) asSeen(name, id string, revision int) (alarm.Occurrence, error) {
	o, ok := s.covered(id)
	switch {
	case revision < 0:
		return o, duty.Refuse(duty.Invalid, "%s %s: revision %d", name, id, revision)
	case !ok:
		return o, duty.Refuse(duty.NotFound, "%s: no alarm %q stands or ended lately", name, id)
	case revision != 0 && revision != o.Revision:
		return o, duty.Refuse(duty.Outdated, "%s %s: revision %d is out of date, it is at %d now (%s)", name, id, revision, o.Revision, o.State())
	}
	return o, nil
}

// start decides the event and puts the evaluation's changes of this alarm off.
func (s *Service) start(c command) (*item, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.asSeen(c.name, c.id, c.revision)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	e, err := c.decide(o, "person:"+c.person.ID, c.comment, now)
	var refused *alarm.TransitionError
	if errors.As(err, &refused) {
		return nil, notNow(o, refused)
	}
	if err != nil {
		return nil, err
	}
	after, err := o.Apply(e)
	if err != nil {
		return nil, err
	}
	s.sups.Cover(&after)
	s.inFlight[c.id] = true
	return s.follow(e, after, now), nil
}

// end applies what was written, and the changes that were put off meanwhile.
func (s *Service) end(ctx context.Context, c command, it *item, written error, supply alarm.Supply) (alarm.Occurrence, error) {
	s.mu.Lock()
	if written == nil {
		written = s.book.Apply(*it.event)
	}
	o, _ := s.covered(c.id)
	if written == nil {
		s.taken(*it.event, o)
		s.schedule(it)
	}
	late := s.deferred
	s.deferred = nil
	delete(s.inFlight, c.id)
	s.pending = append(s.pending, s.decide(late, supply)...)
	running := s.running
	s.mu.Unlock()
	s.afterCommand(ctx, running)
	if written != nil {
		return o, duty.Refuse(duty.Unavailable, "%s %s: %v", c.name, c.id, written)
	}
	return o, nil
}

// afterCommand sees to what waits behind a command. The caller holds writing.
func (s *Service) afterCommand(ctx context.Context, running bool) {
	if running {
		s.kickOff()
		return
	}
	if err := s.flushLocked(ctx); err != nil {
		s.log.Warn("changes wait to be written", "pending", s.Pending(), "err", err)
	}
}
