// Package fleet polls a uniform fleet, the same instances of every device, to
// measure what polling costs. It is the lean loop with nothing behind it, or with
// a sink that takes what a whole program would: no discovery, no profiles.
//
// A reading counts once, if it arrived with a number, in time. Text and exceptions
// are no readings. Rounds that came due before the end and were not done are
// counted, by cause.
package fleet
