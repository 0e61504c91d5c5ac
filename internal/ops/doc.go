// Package ops is the one place where anything changes: what may be done, by
// whom, and that it is kept.
//
// # Commands of people
//
// Each goes the same way: the roles are checked, then the input, then the state;
// then the change and its audit entry become durable in one transaction; only
// then does the book of alarms show it and the wake-up is called. A command that
// returns nil is on disk. A command that is not carried out returns a
// [duty.Refusal] with a code, and nothing has changed. Who may do what:
//
//	acknowledge, assign        operator, shift-lead
//	note                       operator, shift-lead, manager
//	reset, set cause, close    shift-lead
//	shelve, unshelve           operator, shift-lead
//	out of service, and back   shift-lead
//	stop polling, and resume   shift-lead
//	approve, decline           operator, shift-lead; never who asked
//	test notice                shift-lead, manager, admin
//	set language               anybody the site knows, for themselves
//	log in, log out            anybody the site knows
//	read the audit             auditor, manager, admin
//
// A command about one object (alarm, suppression) is written behind everything
// that waits about this object and in front of everything else that waits. The
// audit chain is the order of writing: two entries about different objects may
// stand in another order than their events came about in.
//
// # Changes of the evaluation
//
// [Service.Commit] applies the change to the book at once and never waits for a
// disk: an alarm is on every console even while records cannot be written. An
// event is written in one transaction with its audit entry, its notices and its
// part of the escalation; at most 200 of them share a transaction, so that a
// command does not wait behind a storm. [Service.Run] writes them in order and
// retries each second for as long as it takes. Until Run runs, Commit writes by
// itself. While the records cannot be written, commands are refused as
// unavailable.
//
// Waiting changes live in memory: a daemon killed while the disk is full loses
// the events that were never written. The evaluation raises again after the
// restart what still stands.
//
// A change of a rule of type event is an audit entry, event.on or event.off, and
// no alarm. The latest 200 are remembered; after a start those among the newest
// 5,000 audit entries.
//
// # Holding alarms back
//
// Shelvings, out-of-service records and suppression by design are decided by
// internal/alarm; here they are kept and put into force. Nothing holds back an
// alarm of class life safety; a P1 takes a second person, who has ten minutes. At
// most ten alarms of an operator position are shelved at once; one that is shelved
// anew, for longer, counts once. An alarm that was held back, and is active and
// unacknowledged when that ends, is annunciated then: whatever ended it, and also
// where the program was down or was killed in between. A parent that is itself
// shelved still suppresses by design; one out of service does not.
//
// # Polling stops
//
// A polling stop is a record like these with the same second person, and holds
// nothing back: the collectors leave the device alone and its absence is not
// judged ([Service.Stops]). It lasts a day at most. It is refused for a device that
// protects life, and ends within a second where the device turns out to, or where
// a P1 rule comes to watch it and nobody approved.
//
// # Who is told
//
// A [Planner] says who is to be told; what it says is kept with the transition. A
// notice stays when it is cancelled, with the reason:
//
//   - its alarm was acknowledged, or, other than a P1, returned to normal before it
//     was sent;
//   - its alarm is held back;
//   - its alarm turned out to be the consequence of another. It is told after all,
//     as a re-alarm, when the alarm stands for itself again.
//
// Notices of life safety are never cancelled. Who was not told of an alarm is not
// told of its acknowledgement, return or end. While the records cannot be written
// people are told from memory.
//
// The next step of an escalation is a row with a deadline. An acknowledgement
// ends the chain, and so does a return to normal, except of a P1. What is held
// back or stands behind its cause waits with the step that is due. Overdue steps
// are taken at once after a start, and each once.
//
// # Time
//
// Deadlines and ends are wall times that are kept, and count on the monotonic
// clock as well while the program runs: what comes first holds. A deadline that
// was set in the future is due at once, since the clock must have gone back.
//
// # Numbers of alarms
//
// ALM-000123 comes from a sequence in the records. A block is set aside ahead of
// need, so numbers stay unique while records cannot be written and after kill -9;
// a restart without clean stop leaves a gap.
package ops
