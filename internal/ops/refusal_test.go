package ops

import (
	"testing"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
)

func TestWhyAnAlarmCannotBeChanged(t *testing.T) {
	on := alarm.Occurrence{ID: "ALM-1", Revision: 1, Active: true}
	latched := alarm.Occurrence{ID: "ALM-2", Revision: 1, Active: true, IsAcked: true, IsLatched: true, Latching: true}
	waits := latched
	waits.Active, waits.IsAcked = false, false
	fire := on
	fire.Class = alarm.LifeSafety
	tests := []struct {
		name    string
		o       alarm.Occurrence
		command alarm.EventKind
		want    duty.Why
	}{
		{"one that has ended", alarm.Occurrence{IsAcked: true}, alarm.Noted, duty.HasEnded},
		{"acknowledged twice", latched, alarm.Acknowledged, duty.NothingToAck},
		{"reset while it is on", latched, alarm.ResetDone, duty.StillActive},
		{"reset before the acknowledgement", waits, alarm.ResetDone, duty.AckFirst},
		{"reset of what does not latch", on, alarm.ResetDone, duty.NotLatched},
		{"a fire as a consequence", fire, alarm.CauseSet, duty.StandsAlone},
		{"the same cause", on, alarm.CauseSet, duty.SameCause},
		{"the same owner", on, alarm.Assigned, duty.SameOwner},
	}
	for _, tt := range tests {
		if got := whyNot(tt.o, tt.command); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// What people can meet is called the same by the package that decides and by the
// one that they read it from.
func TestEverySuppressionRefusedHasItsReason(t *testing.T) {
	for _, c := range []alarm.SuppressionCode{
		alarm.LifeSafetyScope, alarm.NoReason, alarm.NoChange, alarm.NoReview, alarm.NoEnd, alarm.TooLong, alarm.BadScope,
		alarm.SamePerson, alarm.NotWaiting, alarm.IsOver, alarm.Twice,
	} {
		if got := why(refusal("shelve", &alarm.SuppressionError{Code: c})); got != duty.Why(c) {
			t.Errorf("%s is refused for %q", c, got)
		}
	}
	if got := why(refusal("shelve", &alarm.SuppressionError{Code: alarm.Disorder})); got != "" {
		t.Errorf("a mistake of a program has the reason %q", got)
	}
}
