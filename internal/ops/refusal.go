package ops

import (
	"errors"
	"slices"
	"strings"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
)

// refusal turns why a suppression was refused into a code and a reason. What
// people can meet is called the same in both packages.
func refusal(name string, err error) error {
	var e *alarm.SuppressionError
	if !errors.As(err, &e) {
		return err
	}
	code := duty.WrongState
	switch e.Code {
	case alarm.NoReason, alarm.NoChange, alarm.NoReview, alarm.NoEnd:
		code = duty.Incomplete
	case alarm.TooLong, alarm.StopTooLong, alarm.BadScope:
		code = duty.Invalid
	case alarm.SamePerson, alarm.LifeSafetyScope, alarm.LifeSafetyPoints:
		code = duty.NotAllowed
	}
	why, arg := duty.Why(e.Code), ""
	if !slices.Contains(duty.Whys, why) { // a mistake of a program: nobody's to read
		why = ""
	}
	switch e.Code {
	case alarm.TooLong, alarm.StopTooLong:
		arg = e.Cap.String()
	case alarm.LifeSafetyPoints:
		arg = strings.Join(e.Zones, ", ")
	}
	return duty.RefuseFor(code, why, arg, "%s: %s", name, strings.TrimSpace(e.ID+" "+e.Detail))
}

// notNow turns what the base machine refused about an alarm into a code and a
// reason.
func notNow(o alarm.Occurrence, e *alarm.TransitionError) error {
	return duty.RefuseFor(duty.WrongState, whyNot(o, e.Command), "", "%s", e)
}

func whyNot(o alarm.Occurrence, command alarm.EventKind) duty.Why {
	state := o.State()
	switch {
	case state == alarm.Norm:
		return duty.HasEnded
	case command == alarm.Acknowledged:
		return duty.NothingToAck
	case command == alarm.ResetDone && state == alarm.LatUn:
		return duty.AckFirst
	case command == alarm.ResetDone && o.Active && o.IsLatched:
		return duty.StillActive
	case command == alarm.ResetDone:
		return duty.NotLatched
	case command == alarm.CauseSet && o.Class == alarm.LifeSafety:
		return duty.StandsAlone
	case command == alarm.CauseSet:
		return duty.SameCause
	case command == alarm.Assigned:
		return duty.SameOwner
	}
	return ""
}
