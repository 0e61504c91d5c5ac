package ops

import (
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
)

// A Planner says who is told of a transition and when the next step of its
// escalation is due. It is pure; internal/notify has one.
type Planner interface {
	// Transition returns the notices that an event brings at once, and the moment at
	// which step 1 falls due where nobody acts; zero: the event begins no escalation.
	Transition(o alarm.Occurrence, e alarm.Event, now time.Time) (notices []duty.Notice, next time.Time)
	// Step returns the notices of an escalation step that has fallen due, and the
	// moment of the next one; zero: it was the last.
	Step(o alarm.Occurrence, step int, now time.Time) (notices []duty.Notice, next time.Time)
}
