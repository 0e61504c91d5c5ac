// Package snmp reads devices over SNMP v1, v2c and v3. It only reads: no SET is ever
// encoded here.
//
// # A device's life
//
// A device is identified (one GET of the system group and the instances that
// profiles ask for), its profiles are chosen, the tables they name are walked
// within bounds, and what exists becomes a plan: points and the GETs that read
// them, each reply under about 1,400 bytes. From then on every due class is read
// at its scheduled moment, sysUpTime with the first request. A restart, an
// instance that went away or a day's time causes rediscovery; a point that
// vanished stays in the list and is missing, it is never forgotten in silence.
// Rounds that fall due while a device is discovered anew are done in between.
//
// # Schedule
//
// The scheduled moments are those of [collectors.NextDue] on the clock given to
// [New]; a reading's tick is its scheduled moment in whole seconds. The first
// round of a device starts within two real seconds. A round that overran ticks
// accounts for each of them: the points are reported missing with that tick, and
// the skip is counted.
//
// [Engine.PollNow] adds a round between those of the schedule. It is stamped like
// them, counts neither as a round nor as a failed one, and says nothing where the
// device does not answer.
//
// # Versions
//
// In v1 an instance that is not there fails the whole GET (noSuchName): it is
// dropped and the rest asked again, and it is not asked for again before the next
// slow round. Scalars are discovered by GETNEXT, which names all that is missing in
// one answer. Agents that do not answer GETBULK, repeat themselves or give one row
// are walked by GETNEXT; a v2c agent that answers neither is asked in v1. Each device
// keeps its dialect; facility.Health names it.
//
// # Time-outs
//
// Waiting on sockets is in real time: a request waits as long as the device's round
// trips say (0.3 to 5 s), never longer than the target's time-out (2 s by default)
// or a third of the device's fastest interval converted by the clock, and is
// repeated once; a whole round ends before the next one is due. After two failed rounds the device is unreachable: it then gets one
// cheap GET of sysUpTime at the interval, twice, four times the interval, up to
// 60 s; readings are reported missing at every tick all the same. One answer
// brings the whole plan back at once. No device waits for another.
//
// # What is refused
//
// Replies are bounded in rows, bytes and time, text is sanitised, values that are
// not numbers or out of the profile's range are refused; each is counted by cause
// in [facility.Health] and in nezuban_collector_refused_total.
//
// # Counters
//
// A counter's reading is the sum of what its register counted since the program
// saw it first, added up in 64-bit whole numbers: a 32-bit register that wraps, or
// one that a restart sets back, leaves no dent in it. In the round in which a
// device restarts, or its register falls for another reason, nobody knows what was
// counted: the reading is missing. [Probe] shows the registers as they are.
//
// # Layers inside
//
// owner says who has a device: package lean's loop does the steady rounds of v1 and
// v2c (steady is the device's side of it), a goroutine of its own everything else.
// session speaks to one device the slow way; walk, discover and plan decide what to
// ask; decode turns answers into readings. Only session, quick, errors and steady know the
// SNMP library.
package snmp
