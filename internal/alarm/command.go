package alarm

import (
	"fmt"
	"slices"
	"time"
)

// HeldByDesign is what Event.Held says of an annunciation that a rule's parent
// kept back.
const HeldByDesign = "design"

// Suppress decides what it brings that cause, which stands, suppresses o by
// design under r, the rule of o. Suppressing a P1 takes two people: the
// approvers of the rule's revision.
func (o Occurrence) Suppress(r *Rule, cause Occurrence, at time.Time) (Event, error) {
	switch {
	case r == nil || r.ID != o.Rule || !slices.Contains(r.SuppressWhen, cause.Rule):
		return Event{}, o.refuse(Suppressed, fmt.Sprintf("its rule does not name %s in suppress_when", cause.Rule))
	case !cause.Active:
		return Event{}, o.refuse(Suppressed, cause.ID+" is not active")
	case !r.mayHideP1(o):
		return Event{}, o.refuse(Suppressed, "its rule has not the two approvers that a P1 needs")
	}
	return o.amend(Suppressed, "rule:"+r.ID, "", at, func(e *Event) { e.Cause = cause.ID })
}

// EndSuppression decides what it brings that the cause of a suppression by
// design has ended.
func (o Occurrence) EndSuppression(at time.Time) (Event, error) {
	return o.amend(SuppressionEnded, "rule:"+o.Rule, "", at, func(e *Event) { e.Cause = o.Design })
}

// Realarm decides what it brings that an alarm that is on is to be annunciated
// again though its condition brings no news: a group has grown since its root
// was acknowledged, or what held an unacknowledged alarm back has ended. The end
// of a suppression never undoes an acknowledgement, so who calls leaves
// acknowledged alarms alone then.
func (o Occurrence) Realarm(actor, comment string, at time.Time) (Event, error) {
	return o.amend(Realarmed, actor, comment, at, func(e *Event) {
		if o.Design != "" && o.Class != LifeSafety {
			e.Held = HeldByDesign
		}
	})
}

// SetCause decides what it brings that a person names another alarm as the
// cause, which then wins over the supply until the occurrence ends; "" takes
// that back.
func (o Occurrence) SetCause(cause, actor, comment string, at time.Time) (Event, error) {
	if cause == o.CauseSet {
		return Event{}, o.refuse(CauseSet, "that is what is set already")
	}
	return o.amend(CauseSet, actor, comment, at, func(e *Event) { e.Cause = cause })
}

// Assign decides what it brings that a person (owner, an id) owns the alarm from
// now on; "" nobody.
func (o Occurrence) Assign(owner, actor, comment string, at time.Time) (Event, error) {
	if owner == o.Owner {
		return Event{}, o.refuse(Assigned, "it is assigned so already")
	}
	return o.amend(Assigned, actor, comment, at, func(e *Event) { e.Owner = owner })
}

// Note decides what a person's remark brings. It changes nothing else.
func (o Occurrence) Note(actor, comment string, at time.Time) (Event, error) {
	return o.amend(Noted, actor, comment, at, nil)
}

// Close decides the end of an occurrence that nothing evaluates any more, since
// its rule, device or point is gone. Whether that is so, who calls must know;
// the condition has not been seen to go off, so ReturnedAt stays as it is.
func (o Occurrence) Close(actor, comment string, at time.Time) (Event, error) {
	return o.amend(Closed, actor, comment, at, nil)
}

// amend makes an event that leaves the base machine alone, with fill's part.
func (o Occurrence) amend(kind EventKind, actor, comment string, at time.Time, fill func(*Event)) (Event, error) {
	e, err := o.personal(kind, actor, comment, at)
	if err != nil {
		return e, err
	}
	if fill != nil {
		fill(&e)
	}
	if reason := lacks(e); reason != "" {
		return Event{}, o.refuse(kind, reason)
	}
	return e, nil
}

// Shown is the state that a line shows: out of service before suppressed by
// design before shelved before the base state, which keeps running underneath.
// An alarm of class life safety always shows its base state.
func (o Occurrence) Shown() BaseState {
	base := o.State()
	switch {
	case base == Norm || o.Class == LifeSafety:
		return base
	case o.Service != nil:
		return ShownOutOfService
	case o.Design != "":
		return ShownSuppressed
	case o.Shelve != nil:
		return ShownShelved
	}
	return base
}

// IsSuppressed reports whether any of the three ways holds the alarm back now.
func (o Occurrence) IsSuppressed() bool {
	s := o.Shown()
	return s == ShownShelved || s == ShownSuppressed || s == ShownOutOfService
}
