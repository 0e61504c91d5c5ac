// Package lean polls many SNMP v1 and v2c devices with few goroutines: requests
// that were encoded once, one unconnected UDP socket a loop, answers decoded where
// they lie.
//
// # Who does what
//
// A [Pool] has one [Loop] a core and address family. A loop owns its socket, its
// timer wheel and its devices; nothing is shared between loops. Each device has a
// [Client], which says what to ask, is called back with decoded [Slot]s, and names
// the moment of its next round. All calls of a client come from its loop's
// goroutine, one at a time, and must not block. What a client cannot do in passing
// (discovery, an answer that needs another kind of request) it does elsewhere: it
// leaves the loop, and joins it again with [Pool.Join].
//
// # Time
//
// All times are real time since [Pool.Now] began, whatever clock the rest of the
// program lives by. The wheel has slots of 50 ms and never fires early: a round
// starts at most one slot, or a hundredth of its interval up to 100 ms, after its
// moment, unless the loop is behind.
//
// # One request at a time
//
// A device has one request outstanding. Its id is 01 in two bits, the device's
// place in the loop in 16 and a generation in 14, so that its shortest BER form
// has always four bytes. A reply counts only if id, generation and source are
// those of the request outstanding; anything else is counted by kind and read no
// further. The time-out follows the device's round trips (0.3 to 5 s, and never
// more than [Config.Timeout] or a third of the interval), with one retry. A reply
// to the first try raises the estimate and is dropped.
//
// # What holds nobody up
//
// Requests younger than 60 ms fill the window, which is as large as the receive
// buffer that the kernel granted; silent devices hold no place in it. After two
// rounds without an answer a device gets one probe instead of its plan, at its
// interval, twice, four times, up to [Config.MaxBackoff]; one answer brings the
// plan back at once. Where most devices of a group are silent, 16 of them are
// probed and the others wait for one of these to answer.
//
// # What it never does
//
// The walker takes an answer whole or refuses it: another order, another OID, a
// type it does not know, an error status, a length that does not fit, and the bytes
// go to [Client.Surprise] as they came. It never guesses.
package lean
