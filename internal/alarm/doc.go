// Package alarm is the ISA-18.2 life cycle of alarms as pure functions.
//
// # From a reading to an alarm
//
// A [Rule] watches points. [Rule.Next] takes the [Condition] of one rule at one
// point and the next [Sample], applies deadband and delays, and says whether the
// condition changed; [Rule.NextAge] does the same for rules that watch the
// absence of data. A [Change] is handed to an [Occurrence], which decides the
// [Event]; an occurrence is the fold of its events and of nothing else. A [Book]
// holds the occurrences that stand.
//
// # Time
//
// Delays of limit and state rules count in the ticks of the samples: a delay
// ends at the first sample at or after its start plus the delay. The age of data
// counts on a monotonic clock that the caller passes. Nothing here reads a clock.
//
// # Absence
//
// A sample that is not known, or whose state the profile cannot name or judge,
// freezes the condition: it neither raises nor clears. Time without data never
// counts towards an off-delay.
//
// # What this package does not do
//
// It writes nothing, sends nothing and checks no role. It is not safe for
// concurrent use; who holds a Book locks it.
package alarm
