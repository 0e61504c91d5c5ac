package alarm

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// State is the derived state of the base machine. An occurrence without events
// and one that ended are both normal.
func (o Occurrence) State() BaseState {
	switch {
	case o.Revision == 0 || !o.EndedAt.IsZero():
		return Norm
	case o.Active && o.IsAcked:
		return Acked
	case o.Active:
		return Unack
	case o.IsLatched && o.IsAcked:
		return Latched
	case o.IsLatched:
		return LatUn
	case o.IsAcked:
		return Norm
	}
	return RtnUn
}

// A TransitionError is a command or condition that the base machine has no
// transition for.
type TransitionError struct {
	AlarmID string
	From    BaseState
	Command EventKind
	Reason  string // what stands in the way; English, for logs and scripts
}

func (e *TransitionError) Error() string {
	return fmt.Sprintf("alarm %s: %s in state %s: %s", e.AlarmID, e.Command, e.From, e.Reason)
}

func (o Occurrence) refuse(command EventKind, reason string) error {
	return &TransitionError{AlarmID: o.ID, From: o.State(), Command: command, Reason: reason}
}

// allowed says why a kind of event cannot follow; "" where it can. It is the
// transition table, and the only copy of it.
func (o Occurrence) allowed(kind EventKind) string {
	from := o.State()
	switch kind {
	case Raised:
		return unless(o.Revision == 0, "this occurrence was raised before; a new one needs a new id")
	case CameBack:
		return unless(from == RtnUn || from == LatUn || from == Latched, "the condition had not gone off, or the occurrence has ended")
	case Returned:
		return unless(o.Active && from != Norm, "the condition is not on")
	case Acknowledged:
		return unless(from == Unack || from == RtnUn || from == LatUn, "there is nothing to acknowledge")
	case ResetDone:
		return o.resettable(from)
	case Realarmed:
		return unless(from == Acked || from == Unack, "the condition is not on")
	case Suppressed, CauseSet:
		switch {
		case from == Norm:
			return "it does not stand"
		case o.Class == LifeSafety:
			return "an alarm of class life_safety stands for itself: it is never suppressed and never another alarm's consequence"
		case kind == Suppressed && o.Design != "":
			return "it is suppressed by design already, by " + o.Design
		}
		return ""
	case SuppressionEnded:
		return unless(o.Design != "" && from != Norm, "it is not suppressed by design")
	case Assigned, Noted, Closed:
		return unless(from != Norm, "it does not stand")
	}
	return "unknown kind of event"
}

func (o Occurrence) resettable(from BaseState) string {
	switch {
	case from == Latched || from == LatUn && o.ResetAck:
		return ""
	case from == LatUn:
		return "acknowledge it before the reset"
	case o.Active && o.IsLatched:
		return "the condition is still on; reset after it has returned to normal"
	}
	return "it is not latched"
}

func unless(ok bool, reason string) string {
	if ok {
		return ""
	}
	return reason
}

// Acknowledge decides what an acknowledgement by actor ("person:ID") brings.
// It never changes the condition.
func (o Occurrence) Acknowledge(actor, comment string, at time.Time) (Event, error) {
	return o.personal(Acknowledged, actor, comment, at)
}

// Reset decides what the reset of a latched alarm by actor brings. It needs the
// condition off and, unless the definition lets reset imply it, an
// acknowledgement before.
func (o Occurrence) Reset(actor, comment string, at time.Time) (Event, error) {
	return o.personal(ResetDone, actor, comment, at)
}

// personal is an event of its own kind with nothing changed but actor and comment.
func (o Occurrence) personal(kind EventKind, actor, comment string, at time.Time) (Event, error) {
	if reason := o.allowed(kind); reason != "" {
		return Event{}, o.refuse(kind, reason)
	}
	if actor == "" {
		return Event{}, o.refuse(kind, "nobody is named as its actor")
	}
	e := o.event(kind, at)
	e.Actor, e.Comment = actor, comment
	return e, nil
}

// ConditionOn decides what a condition that went on brings: a new occurrence
// where o has only an ID, the same one again where it had returned, a re-alarm
// where it is on and the change brings news: a re-alarm after an acknowledgement,
// another level, a graver priority. A condition that is on without news is
// refused.
func (o Occurrence) ConditionOn(c Change) (Event, error) {
	kind := CameBack
	switch from := o.State(); {
	case o.Revision == 0:
		kind = Raised
	case o.Active && (c.Realarm && (from == Acked || c.Level != o.Level) || c.Priority != 0 && c.Priority < o.Priority):
		kind = Realarmed
	}
	if reason := o.allowed(kind); reason != "" {
		return Event{}, o.refuse(kind, reason)
	}
	if o.ID == "" {
		return Event{}, o.refuse(kind, "the new occurrence has no id")
	}
	return o.conditional(kind, c), nil
}

// ConditionOff decides what a condition that went off brings.
func (o Occurrence) ConditionOff(c Change) (Event, error) {
	if reason := o.allowed(Returned); reason != "" {
		return Event{}, o.refuse(Returned, reason)
	}
	return o.conditional(Returned, c), nil
}

func (o Occurrence) conditional(kind EventKind, c Change) Event {
	e := o.event(kind, c.At)
	e.Actor = "rule:" + c.Rule.ID
	e.Value, e.HasValue = c.Value, c.HasValue
	if kind == Returned {
		return e // what it returned from stays as it was raised
	}
	e.Rule, e.RuleRev = c.Rule.ID, c.Rule.Revision
	e.Device, e.Point = c.Device, c.Point
	e.Place, e.Category, e.Zone = c.Place, c.Category, c.Zone
	e.Priority, e.Class, e.Effect = c.Rule.Priority(), c.Rule.Class, c.Rule.Effect
	if c.Priority != 0 {
		e.Priority = min(e.Priority, c.Priority)
	}
	if o.Revision > 0 && o.Rule == c.Rule.ID && o.RuleRev == c.Rule.Revision {
		e.Priority = min(e.Priority, o.Priority)
	}
	e.Latching = c.Rule.Latching || c.Rule.FireAlarm
	e.ResetAck = c.Rule.ResetImpliesAck
	e.Name, e.Unit = c.Name, c.Unit
	e.Level, e.Limit, e.HasLimit = c.Level, c.Limit, c.HasLimit
	if o.Design != "" && e.Class != LifeSafety {
		e.Held = HeldByDesign
	}
	return e
}

// event is the next event of o with everything as it stands.
func (o Occurrence) event(kind EventKind, at time.Time) Event {
	return Event{
		AlarmID: o.ID, Revision: o.Revision + 1, Kind: kind, At: at.UTC(),
		Rule: o.Rule, RuleRev: o.RuleRev, Device: o.Device, Point: o.Point,
		Place: o.Place, Category: o.Category, Zone: o.Zone,
		Priority: o.Priority, Class: o.Class, Effect: o.Effect, Latching: o.Latching, ResetAck: o.ResetAck,
		Name: o.Name, Level: o.Level, Value: o.Value, HasValue: o.HasValue,
		Limit: o.Limit, HasLimit: o.HasLimit, Unit: o.Unit,
	}
}

// Apply folds one event into the occurrence and returns what it is then. It
// refuses what the transition table does not have, an event of another alarm, a
// revision that does not follow, and an event without actor or time; o itself
// never changes.
func (o Occurrence) Apply(e Event) (Occurrence, error) {
	switch {
	case o.ID != "" && e.AlarmID != o.ID:
		return o, o.refuse(e.Kind, "the event belongs to "+e.AlarmID)
	case e.AlarmID == "":
		return o, o.refuse(e.Kind, "the event names no alarm")
	case e.Revision != o.Revision+1:
		return o, o.refuse(e.Kind, fmt.Sprintf("revision %d does not follow %d", e.Revision, o.Revision))
	case e.Actor == "" || e.At.IsZero():
		return o, o.refuse(e.Kind, "the event lacks its actor or its time")
	}
	if reason := cmp.Or(o.allowed(e.Kind), lacks(e)); reason != "" {
		return o, o.refuse(e.Kind, reason)
	}
	o.ID, o.Revision = e.AlarmID, e.Revision
	return o.fold(e), nil
}

// lacks says what an event of its kind must have and has not.
func lacks(e Event) string {
	switch {
	case e.Held != "" && e.Class == LifeSafety:
		return "nothing holds back an alarm of class life_safety"
	case e.Kind == Suppressed && e.Cause == "":
		return "it does not name the alarm that suppresses it"
	case (e.Kind == Suppressed || e.Kind == CauseSet) && e.Cause == e.AlarmID:
		return "no alarm is its own cause"
	case (e.Kind == Noted || e.Kind == Closed) && strings.TrimSpace(e.Comment) == "":
		return "it needs a comment"
	}
	return ""
}

func (o Occurrence) fold(e Event) Occurrence {
	switch e.Kind {
	case Raised, CameBack, Realarmed:
		o = o.wentOn(e)
	case Returned:
		o.Active, o.ReturnedAt = false, e.At
	case Acknowledged:
		o.IsAcked, o.AckedAt, o.Comment = true, e.At, e.Comment
		o.AckedBy = strings.TrimPrefix(e.Actor, "person:")
	case ResetDone:
		o.IsLatched, o.IsAcked = false, true
	case Suppressed:
		o.Design, o.DesignAt = e.Cause, e.At
	case SuppressionEnded:
		o.Design, o.DesignAt = "", time.Time{}
	case CauseSet:
		o.CauseSet = e.Cause
	case Assigned:
		o.Owner = e.Owner
	case Noted:
		o.Notes++
	case Closed:
		o.Active, o.EndedAt = false, e.At
	}
	if !o.Active && o.IsAcked && !o.IsLatched && o.EndedAt.IsZero() {
		o.EndedAt = e.At
	}
	return o
}

// wentOn folds an event that leaves the occurrence active and unacknowledged.
// An acknowledgement given before is not in force any more; its event stays.
func (o Occurrence) wentOn(e Event) Occurrence {
	o.Rule, o.RuleRev, o.Device, o.Point = e.Rule, e.RuleRev, e.Device, e.Point
	o.Place, o.Category, o.Zone = e.Place, e.Category, e.Zone
	o.Priority, o.Class, o.Name, o.Unit = e.Priority, e.Class, e.Name, e.Unit
	o.Level, o.Value, o.HasValue = e.Level, e.Value, e.HasValue
	o.Limit, o.HasLimit = e.Limit, e.HasLimit
	o.Effect, o.Latching, o.ResetAck = e.Effect, e.Latching, e.ResetAck
	o.Active, o.IsAcked = true, false
	o.IsLatched = o.IsLatched || e.Latching
	o.AckedAt, o.AckedBy, o.Comment = time.Time{}, "", ""
	o.ReturnedAt = time.Time{}
	if e.Kind == Raised {
		o.RaisedAt = e.At
	}
	if e.Kind != Realarmed {
		o.Count++
		o.OnAt = e.At
	}
	if e.Held != "" {
		o.HeldBack++
	}
	return o
}

// RealarmDue reports whether an acknowledged alarm that is still on has stood
// longer than its rule's re-alarm time. now is on the clock that stamped AckedAt.
func (o Occurrence) RealarmDue(r *Rule, now time.Time) bool {
	return r.Realarm > 0 && o.State() == Acked && now.Sub(o.AckedAt) >= r.Realarm
}
