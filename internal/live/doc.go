// Package live holds the table of latest readings and the evaluation loop.
//
// # A batch's way
//
// [Table.Accept] takes a batch from an engine. The guard refuses what cannot be
// (a stamp more than 60 s ahead of our clock, an unknown device or point, more
// than 2,000 points a device), turns what is not a number into Missing, and
// counts all of it by device and cause. Then the table, the rules over these
// points and the targets take the readings at once, with nothing slow in the
// way: changes of alarms wait in a queue for the committer, the batch goes to
// history without waiting.
//
// # Rules that compute
//
// Deviation and calculated rules see all readings of a batch before they are
// asked, each once a batch and only where a point that they speak of had a
// reading. Rules over a group of devices are asked once a second at most. Data
// past its maximum age is unknown to all of them.
//
// # Models
//
// The one-line, the fire zones and the cooling rooms are evaluated in a goroutine
// of their own, outside the lock, when a point that they speak of changed or grew
// old, four times a second at most. Their results are readings of the devices
// power-model, fire-model and cooling-model, every 10 s also without a change: to
// rules, targets and history they are points like any other. What cannot be told
// is a reading of quality Missing. The same models say what lies behind what
// ([Table.Supply]); by that the standing alarms of a [Snapshot] are grouped.
//
// # Time
//
// Delays of limit and state rules count in ticks. The age of data counts on the
// monotonic clock, so that a step of the wall clock raises and clears nothing. A
// step of more than 5 s is noticed, counted, shown, and alarmed where a rule for
// it is given; after a step back readings are taken again at once.
//
// # Absence
//
// A device that does not answer is one alarm of the whole device; the points
// behind it raise none of their own. Those that protect life are one more alarm,
// of the gravest priority, which names their zones (RuleFireNotSeen), also for a
// device that has not answered since the program started; where the site has no
// such rule, each has its own. When four fifths of all devices are silent, that is
// one alarm of the site (RuleSite). A point
// that a device stops listing stays, goes stale and is accounted as unknown
// until the site is reloaded or the program restarted. After a restart the points
// that matter to alarms and targets are known from the checkpoint before the device has answered. An
// alarm whose rule, device or point is not watched any more stays standing and
// is marked: nothing clears by absence.
//
// # Polling stops
//
// While a person has stopped the polling of a device ([Table.SetStops]) its
// conditions stay as they are: what stands goes on standing, its absence raises
// nothing and returns nothing, its values grow old and are unknown to rules,
// models and targets then. After the stop it has the time of a device that just
// became known. A device that protects life is judged all the same.
//
// # Concurrency
//
// All methods of Table may be called by many goroutines. A Snapshot is immutable
// and shares what has not changed with the one before it.
package live
