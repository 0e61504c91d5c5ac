package ops

import "time"

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

// The operations (each checks roles, writes the event and the audit entry in one
// transaction, wakes):
//
//	Shelve(ctx, p, ShelveRequest) (alarm.Suppression, error)                  operator, shift-lead
//	Unshelve(ctx, p, id string, revision int, reason string) (…)              operator, shift-lead
//	TakeOutOfService(ctx, p, ServiceRequest) (alarm.Suppression, error)       shift-lead
//	ReturnToService(ctx, p, id string, revision int, reason string) (…)       shift-lead
//	Approve(ctx, p, id string, revision int, comment string) (…)              operator, shift-lead; never who asked
//	Decline(ctx, p, id string, revision int, comment string) (…)              the same
//	SetCause(ctx, p, alarmID string, revision int, cause, comment string) (alarm.Occurrence, error)   shift-lead; cause "" takes it back
//	Assign(ctx, p, alarmID string, revision int, owner, comment string) (alarm.Occurrence, error)     operator, shift-lead
//	Note(ctx, p, alarmID string, revision int, comment string) (alarm.Occurrence, error)              operator, shift-lead, manager
//	CloseUnwatched(ctx, p, alarmID string, revision int, comment string) (alarm.Occurrence, error)    shift-lead; only what nothing evaluates
//	Preview(filter string) []alarm.Occurrence                                 what a filter would cover now
//	Suppressions() []alarm.Suppression                                        in force, waiting, over for less than 24 h
