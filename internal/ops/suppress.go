package ops

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/text"
)

// A ShelveRequest asks for one alarm, or all that a filter matches, not to be
// annunciated for a while.
type ShelveRequest struct {
	AlarmID  string // one standing alarm …
	Revision int    // … as the person saw it; 0 the newest
	Filter   string // … or a selector over alarms
	For      time.Duration
	Reason   string
}

// A ServiceRequest takes one alarm, or all that a filter matches, out of service.
type ServiceRequest struct {
	AlarmID  string
	Revision int
	Filter   string
	Change   string    // number of the change
	Review   time.Time // when it is looked at again
	Reason   string
}

// maxChange bounds the number of a change, in bytes.
const maxChange = 100

// Shelve holds the annunciations of one standing alarm back, or of all that a
// filter matches, now or while it lasts. It needs the operator's or the shift
// lead's role and a reason; how long at most follows from the priority and the
// rule. What would hold back a P1 waits for a second person. A shelving of the
// same alarm or filter that is in force ends in its favour. Alarms of class life
// safety are refused.
func (s *Service) Shelve(ctx context.Context, p duty.Person, r ShelveRequest) (alarm.Suppression, error) {
	now := s.clock.Now()
	return s.begin(ctx, beginning{
		name: "shelve", person: p, roles: []duty.Role{duty.Operator, duty.ShiftLead}, needs: "operator or shift-lead",
		alarm: r.AlarmID, revision: r.Revision, filter: r.Filter,
		request: alarm.SuppressionRequest{Type: alarm.Shelving, By: p.ID, Reason: r.Reason, Until: now.Add(r.For), At: now},
	})
}

// TakeOutOfService holds one standing alarm back, or all that a filter matches,
// until somebody returns it. It needs the shift lead's role, a reason, the number
// of a change and a review date. P1 and life safety as with Shelve.
func (s *Service) TakeOutOfService(ctx context.Context, p duty.Person, r ServiceRequest) (alarm.Suppression, error) {
	return s.begin(ctx, beginning{
		name: "take_out_of_service", person: p, roles: []duty.Role{duty.ShiftLead}, needs: "shift-lead",
		alarm: r.AlarmID, revision: r.Revision, filter: r.Filter,
		request: alarm.SuppressionRequest{Type: alarm.OutOfService, By: p.ID, Reason: r.Reason, Change: r.Change, Until: r.Review, At: s.clock.Now()},
	})
}

// A beginning is the request of a suppression.
type beginning struct {
	name     string
	person   duty.Person
	roles    []duty.Role
	needs    string
	alarm    string
	revision int
	filter   string
	device   facility.DeviceID // of a polling stop
	request  alarm.SuppressionRequest
}

func (s *Service) begin(ctx context.Context, b beginning) (u alarm.Suppression, err error) {
	defer func() { s.told(b.name, b.alarm+b.filter+string(b.device), b.person, err) }()
	if !s.may(b.person, b.roles...) {
		return u, duty.Refuse(duty.NotAllowed, "%s: needs the role %s", b.name, b.needs)
	}
	if b.request.Reason, err = s.comment(b.name, b.request.Reason); err != nil {
		return u, err
	}
	change, changed := text.Clean(b.request.Change, maxChange)
	if b.request.Change = change; changed.Truncated {
		return u, duty.Refuse(duty.Invalid, "%s: the number of the change is longer than %d bytes", b.name, maxChange)
	}
	if err := s.sight(&b); err != nil {
		return u, err
	}
	rules := s.o.Rules()
	positions := s.o.Positions()
	s.writing.Lock()
	defer s.writing.Unlock()
	events, err := s.requested(b, rules, positions)
	if err != nil {
		return u, err
	}
	return s.putSuppression(ctx, b.name, events)
}

// requested decides the events of a request: its own, and the end of the one that
// it takes the place of.
func (s *Service) requested(b beginning, rules map[string]*alarm.Rule, positions []duty.Position) ([]alarm.SuppressionEvent, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	scope, err := s.scope(b)
	if err != nil {
		return nil, err
	}
	b.request.Scope, b.request.ID = scope, fmt.Sprintf("SUP-%06d", s.lastSup+1)
	standing := s.standing()
	e, err := s.sups.Request(b.request, standing, rules)
	if err != nil {
		return nil, refusal(b.name, err)
	}
	if err := s.room(b.name, e, standing, positions); err != nil {
		return nil, err
	}
	return s.inPlaceOf(e, e.Type, scope), nil
}

// scope is what a request means. The caller holds mu.
func (s *Service) scope(b beginning) (alarm.Scope, error) {
	switch {
	case b.request.Type == alarm.PollingStop:
		return alarm.Scope{Device: b.device, Name: facility.Text{En: string(b.device), Ja: string(b.device)}}, nil
	case (b.alarm == "") == (b.filter == ""):
		return alarm.Scope{}, duty.Refuse(duty.Incomplete, "%s: name one alarm, or a filter", b.name)
	case b.filter != "":
		filter, _ := text.Clean(b.filter, maxComment)
		return alarm.Scope{Filter: filter, Name: facility.Text{En: filter, Ja: filter}}, nil
	}
	o, err := s.asSeen(b.name, b.alarm, b.revision)
	if err != nil {
		return alarm.Scope{}, err
	}
	if o.State() == alarm.Norm {
		return alarm.Scope{}, duty.RefuseFor(duty.WrongState, duty.HasEnded, "", "%s %s: it has ended", b.name, b.alarm)
	}
	return alarm.Scope{Rule: o.Rule, Device: o.Device, Point: o.Point, Name: o.Name}, nil
}

// room refuses a shelving that would bring a position above its number of
// shelved alarms. The caller holds mu.
func (s *Service) room(name string, e alarm.SuppressionEvent, standing []alarm.Occurrence, positions []duty.Position) error {
	if e.Type != alarm.Shelving {
		return nil
	}
	trial := alarm.NewSuppressions()
	trial.Device = s.sups.Device
	first := e
	first.Kind, first.Revision = alarm.Began, 1
	if err := trial.Apply(first); err != nil {
		return refusal(name, err)
	}
	if e.Kind == alarm.Requested { // only an approved one reaches a P1
		approved := alarm.SuppressionEvent{ID: e.ID, Revision: 2, Kind: alarm.Began, At: e.At, Actor: "person:?"}
		trial = alarm.NewSuppressions()
		trial.Device = s.sups.Device
		if err := errors.Join(trial.Apply(e), trial.Apply(approved)); err != nil {
			return refusal(name, err)
		}
	}
	open := make([]alarm.Occurrence, 0, len(standing)) // what is not shelved yet
	for _, o := range standing {
		if o.Shelve == nil {
			open = append(open, o)
		}
	}
	for _, position := range positions {
		more := trial.Shelved(open, position.Filter)
		if more == 0 || s.shelvedAlready(e.Scope) {
			continue
		}
		if have := s.sups.Shelved(standing, position.Filter); have+more > alarm.MaxShelvedAtOnce {
			return duty.RefuseFor(duty.WrongState, duty.ShelvedEnough, strconv.Itoa(alarm.MaxShelvedAtOnce), "%s: position %s has %d alarms shelved, and this would shelve %d more; at most %d at once",
				name, position.ID, have, more, alarm.MaxShelvedAtOnce)
		}
	}
	return nil
}

// shelvedAlready reports whether one alarm is shelved so already: a new shelving
// takes its place. The caller holds mu.
func (s *Service) shelvedAlready(scope alarm.Scope) bool {
	for _, u := range s.sups.List(nil, s.clock.Now()) {
		if u.State == alarm.InForce && u.Type == alarm.Shelving && scope.Filter == "" && sameScope(u.Scope, scope) {
			return true
		}
	}
	return false
}

func sameScope(a, b alarm.Scope) bool {
	return a.Rule == b.Rule && a.Device == b.Device && a.Point == b.Point && a.Filter == b.Filter
}

// inPlaceOf adds to an event that brings a suppression into force the end of
// those of the same kind and scope. The caller holds mu.
func (s *Service) inPlaceOf(e alarm.SuppressionEvent, kind alarm.SuppressionKind, scope alarm.Scope) []alarm.SuppressionEvent {
	events := []alarm.SuppressionEvent{e}
	if e.Kind != alarm.Began {
		return events
	}
	for _, u := range s.sups.List(nil, s.clock.Now()) {
		if u.ID == e.ID || u.State != alarm.InForce || u.Type != kind || !sameScope(u.Scope, scope) {
			continue
		}
		end, err := u.End(strings.TrimPrefix(e.Actor, "person:"), e.ID+" takes its place", e.At)
		if err == nil {
			events = append(events, end)
		}
	}
	return events
}

// putSuppression keeps the events of suppressions, the first of which is that of
// the command, and brings them into force. The caller holds writing.
func (s *Service) putSuppression(ctx context.Context, name string, events []alarm.SuppressionEvent) (alarm.Suppression, error) {
	now := s.clock.Now()
	var items []*item
	for i := range events {
		items = append(items, &item{object: events[i].ID, suppression: &events[i], at: now})
	}
	s.fly(events, true)
	err := s.overtake(ctx, items...)
	s.fly(events, false)
	if err != nil {
		return alarm.Suppression{}, duty.Refuse(duty.Unavailable, "%s %s: %v", name, events[0].ID, err)
	}
	s.mu.Lock()
	s.markHeld()
	for _, e := range events {
		if err := s.sups.Apply(e); err != nil {
			s.log.Error("a suppression that is kept does not follow", "suppression", e.ID, "err", err)
		}
		s.lasting(e, now)
		s.lastSup = max(s.lastSup, suppressionNumber(e.ID))
	}
	s.shown = nil
	standing := s.standing()
	u, _ := s.sups.Get(events[0].ID)
	for _, o := range standing {
		if o.Shelve != nil && o.Shelve.ID == u.ID || o.Service != nil && o.Service.ID == u.ID {
			u.Matches++
		}
	}
	items = append(s.hush(now), s.annunciate(now)...)
	s.pending = append(s.pending, items...)
	running := s.running
	s.mu.Unlock()
	s.afterCommand(ctx, running)
	return u, nil
}

// fly marks suppressions as being written: time does not end them meanwhile.
func (s *Service) fly(events []alarm.SuppressionEvent, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range events {
		if on {
			s.inFlight[e.ID] = true
		} else {
			delete(s.inFlight, e.ID)
		}
	}
}

// Preview returns the standing alarms that a filter would cover, without those of
// class life safety, which nothing holds back; nil where it cannot be read.
func (s *Service) Preview(filter string) []alarm.Occurrence {
	sel, err := facility.ParseSelector(filter)
	if err != nil || strings.TrimSpace(filter) == "" {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []alarm.Occurrence
	for _, o := range s.standing() {
		if o.Class != alarm.LifeSafety && sel.Match(o.Attributes(s.device(o))) {
			out = append(out, o)
		}
	}
	return out
}

func (s *Service) device(o alarm.Occurrence) facility.Attributes {
	if s.o.Attributes == nil {
		return nil
	}
	return s.o.Attributes(o.Device)
}

// overShown is for how long suppressions that are over are listed.
const overShown = 24 * time.Hour

// Suppressions returns those in force, those that wait and those over for less
// than a day, the newest first.
func (s *Service) Suppressions() []alarm.Suppression {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sups.List(s.standing(), s.clock.Now().Add(-overShown))
}

func suppressionNumber(id string) (n int64) {
	_, _ = fmt.Sscanf(id, "SUP-%d", &n) // another form counts as none
	return n
}
