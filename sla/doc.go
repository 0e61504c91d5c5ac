// Package sla measures what was promised against what was recorded.
//
// A [Target] is a promise about one quantity over one calendar window: "inlet
// temperature between 18 and 27 °C for 99.5 % of each month". [Score] takes a
// target and what was recorded of its entities and returns a [Result]; an
// [Account] keeps the same sums while samples come in, and [Summarize] makes the
// same Result of them. [Explain] says how a figure came about, each second with
// its source. [Close] freezes a window's figures under a digest.
//
// # Kinds
//
// state, redundancy, range, freshness and coverage count seconds; latency, count,
// zero and due count occurrences; ratio-value compares one number. Each stands in
// the file of its name.
//
// # Time
//
// Instants are Unix seconds, intervals are half open: [from, to). Windows are
// calendar windows in the target's zone (see [Bounds]); a month is never 30 d. A
// leap second is no second of Unix time and is not counted.
//
// # Good, bad, unknown
//
// A sample holds until the next one or until the maximum age, whichever comes
// first; then the time is unknown: counted, printed and never good by absence.
// An unanswered poll (Known false) ends no hold. A state that the profile cannot
// name or judge is an answer, and unknown. Of two samples with one stamp the
// later arrival counts. Precedence: outside service, excluded, bad, good,
// unknown.
//
// # Exclusions
//
// An [Exclusion] counts once another person than its proposer approved it, where
// the target allows its kind, up to the target's cap in each window; with too
// short a notice it is a class of its own. Nothing is ever excluded from a target
// of section fire, from one of 100 %, and from a number (ratio-value).
//
// # Exactness
//
// Seconds are int64, targets integer parts per million, budgets millionths of a
// second; products are taken in 128 bits. No float is compared but a reading
// with the limits of its range. Values of ratio-value are taken to six
// significant digits, and summed as integers.
//
// # What this package does not do
//
// It opens no file and reads no clock: callers pass the samples, the window and
// the instant up to which they know.
package sla
