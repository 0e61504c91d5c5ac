package ops

import (
	"context"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
)

// Unshelve ends a shelving before its time, or takes a request back. It needs the
// operator's or the shift lead's role and a reason. An acknowledgement given
// meanwhile stays.
func (s *Service) Unshelve(ctx context.Context, p duty.Person, id string, revision int, reason string) (alarm.Suppression, error) {
	return s.change(ctx, changing{
		name: "unshelve", person: p, roles: []duty.Role{duty.Operator, duty.ShiftLead}, needs: "operator or shift-lead",
		id: id, revision: revision, reason: reason, kind: alarm.Shelving,
		decide: func(u alarm.Suppression, reason string, now time.Time) (alarm.SuppressionEvent, error) {
			return u.End(p.ID, reason, now)
		},
	})
}

// ReturnToService ends an out-of-service record, or takes its request back. It
// needs the shift lead's role and a reason.
func (s *Service) ReturnToService(ctx context.Context, p duty.Person, id string, revision int, reason string) (alarm.Suppression, error) {
	return s.change(ctx, changing{
		name: "return_to_service", person: p, roles: []duty.Role{duty.ShiftLead}, needs: "shift-lead",
		id: id, revision: revision, reason: reason, kind: alarm.OutOfService,
		decide: func(u alarm.Suppression, reason string, now time.Time) (alarm.SuppressionEvent, error) {
			return u.End(p.ID, reason, now)
		},
	})
}

// Approve is the consent of the second person, never of who asked. It needs the
// operator's or the shift lead's role and a comment.
func (s *Service) Approve(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Suppression, error) {
	return s.change(ctx, changing{
		name: "approve", approves: true, person: p, roles: []duty.Role{duty.Operator, duty.ShiftLead}, needs: "operator or shift-lead",
		id: id, revision: revision, reason: comment,
		decide: func(u alarm.Suppression, comment string, now time.Time) (alarm.SuppressionEvent, error) {
			return u.Approve(p.ID, comment, now)
		},
	})
}

// Decline is the refusal by the second person, never by who asked. It needs the
// operator's or the shift lead's role and a comment.
func (s *Service) Decline(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Suppression, error) {
	return s.change(ctx, changing{
		name: "decline", person: p, roles: []duty.Role{duty.Operator, duty.ShiftLead}, needs: "operator or shift-lead",
		id: id, revision: revision, reason: comment,
		decide: func(u alarm.Suppression, comment string, now time.Time) (alarm.SuppressionEvent, error) {
			return u.Decline(p.ID, comment, now)
		},
	})
}

// changing is a command about a suppression that there is.
type changing struct {
	name     string
	person   duty.Person
	roles    []duty.Role
	needs    string
	id       string
	revision int
	reason   string
	kind     alarm.SuppressionKind // only of this kind; "" any
	approves bool                  // it brings what waits into force
	decide   func(u alarm.Suppression, reason string, now time.Time) (alarm.SuppressionEvent, error)
}

func (s *Service) change(ctx context.Context, c changing) (u alarm.Suppression, err error) {
	defer func() { s.told(c.name, c.id, c.person, err) }()
	if !s.may(c.person, c.roles...) {
		return u, duty.Refuse(duty.NotAllowed, "%s %s: needs the role %s", c.name, c.id, c.needs)
	}
	if c.reason, err = s.comment(c.name, c.reason); err != nil {
		return u, err
	}
	if c.approves {
		if why := s.outgrown()[c.id]; why != "" {
			return u, duty.RefuseFor(duty.NotAllowed, duty.Outgrown, "", "%s %s: %s", c.name, c.id, why)
		}
	}
	positions := s.o.Positions()
	s.writing.Lock()
	defer s.writing.Unlock()
	events, err := s.changed(c, positions)
	if err != nil {
		return u, err
	}
	return s.putSuppression(ctx, c.name, events)
}

func (s *Service) changed(c changing, positions []duty.Position) ([]alarm.SuppressionEvent, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.sups.Get(c.id)
	switch {
	case !ok || c.kind != "" && u.Type != c.kind:
		return nil, duty.Refuse(duty.NotFound, "%s: there is no such suppression as %q, or it ended long ago", c.name, c.id)
	case c.revision < 0:
		return nil, duty.Refuse(duty.Invalid, "%s %s: revision %d", c.name, c.id, c.revision)
	case c.revision != 0 && c.revision != u.Revision:
		return nil, duty.Refuse(duty.Outdated, "%s %s: revision %d is out of date, it is at %d now (%s)", c.name, c.id, c.revision, u.Revision, u.State)
	}
	e, err := c.decide(u, c.reason, s.clock.Now())
	if err != nil {
		return nil, refusal(c.name, err)
	}
	if e.Kind == alarm.Began {
		asked := alarm.SuppressionEvent{ID: u.ID, Revision: 1, Kind: alarm.Requested, At: u.At, Actor: "person:" + u.By,
			Reason: u.Reason, Type: u.Type, Scope: u.Scope, Until: u.Until, Change: u.Change}
		if err := s.room(c.name, asked, s.standing(), positions); err != nil {
			return nil, err
		}
	}
	return s.inPlaceOf(e, u.Type, u.Scope), nil
}
