// Package alarm is the ISA-18.2 life cycle of alarms as pure functions.
//
// # From a reading to an alarm
//
// A [Rule] watches points. [Rule.Next] takes the [Condition] of one rule at one
// point and the next [Sample], applies deadband and delays, and says whether the
// condition changed; [Rule.NextFrom] does the same for rules that compute from
// other points, [Rule.NextAge] for rules that watch the absence of data. A
// [Change] is handed to an [Occurrence], which decides the [Event]; an occurrence
// is the fold of its events and of nothing else. A [Book] holds the occurrences
// that stand. Changes of rules of type event are no alarms: a Book refuses them.
//
// # Holding alarms back
//
// There are three ways and no others. A shelving ends by itself; out of service
// ends by hand and has a change number and a review date; both are
// [Suppression] records, the fold of their own events, kept in [Suppressions].
// Suppression by design follows from a rule: [DesignCauses] says where it must
// be in force. The base machine keeps running underneath all three, and
// [Occurrence.Shown] says what a line shows. Holding back a P1 takes two people.
// Nothing holds back an alarm of class life safety: every decision refuses it,
// and so does the fold.
//
// # What alarms mean together
//
// [GroupByCause] and [Place] are functions of the records and of what feeds
// what: whatever order they are read in, the same alarm is in the same place,
// and in exactly one.
//
// # How much people bear
//
// A [Meter] counts for one operator position as things happen; [Measure] counts
// a period from the events, exactly, each figure with its occurrences. Proposals
// are made and never applied.
//
// # Time
//
// Delays and windows of rules count in the ticks of the samples: a delay ends at
// the first sample at or after its start plus the delay. The age of data and the
// rates of a Meter count on a monotonic clock that the caller passes. The ends of
// suppressions are wall times. Nothing here reads a clock.
//
// # Absence
//
// A sample that is not known, or whose state the profile cannot name or judge,
// freezes the condition: it neither raises nor clears. So does an expression or
// a reference that lacks what it needs. Time without data never counts towards
// an off-delay.
//
// # What this package does not do
//
// It writes nothing, sends nothing and checks no role. It is not safe for
// concurrent use; who holds a Book, Suppressions or a Meter locks them.
package alarm
