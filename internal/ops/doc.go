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
//	acknowledge        operator, shift-lead
//	reset              shift-lead
//	set language       anybody the site knows, for themselves
//	log in, log out    anybody the site knows
//	read the audit     auditor, manager, admin
//
// # Changes of the evaluation
//
// [Service.Commit] applies the change to the book at once and never waits for a
// disk: an alarm is on every console even while records cannot be written. What
// comes of one Commit is one transaction; transactions are written in order by
// [Service.Run], which retries each second for as long as it takes. Until Run
// runs, Commit writes by itself. While changes wait, commands about alarms are
// refused as unavailable, since their order in the chain would be a lie.
//
// Waiting changes live in memory: a daemon killed while the disk is full loses
// the events that were never written. The evaluation raises again after the
// restart what still stands.
//
// # Numbers of alarms
//
// ALM-000123 comes from a sequence in the records. A block is set aside ahead of
// need, so numbers stay unique while records cannot be written and after kill -9;
// a restart without clean stop leaves a gap.
package ops
