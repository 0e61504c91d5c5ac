// Package trap receives SNMP traps and informs (v1, v2c, v3).
//
// # What a trap does
//
// It brings an immediate poll of the device that its source address names, or, if
// the address is nobody's, its SNMPv3 engine and user; and it is kept as evidence.
// It never raises or clears anything: v1 and v2c can be forged by anybody who can
// send a datagram, and all of them get lost. What counts is what the device
// answers when it is asked.
//
// # Limits
//
// At most one poll of a device in two seconds; a trap within them brings one at
// their end, so that the last change is read too. 1,000 traps a second are read
// of all senders together, 100 of one device, 50 of all unknown senders together;
// beyond that every hundredth is, and the rest is counted as sampled. Above 20,000
// datagrams a second nobody reads any more until the second is over; what the
// kernel drops then it counts. All limits are in real time, whatever the clock's
// speed. Nothing here is ever waited for by polling, evaluation or the console.
//
// # Evidence
//
// At most 32 varbinds of a trap are kept, each value cut at 256 bytes and
// sanitised; octets that are no text stand in hex. Five traps a second and device
// are kept in the long run, fifty at once; others bring their poll and are
// counted as not kept. An inform is acknowledged once it stands in the queue; one
// that the queue has no room for is not, so its sender tries again.
//
// # SNMPv3
//
// Users are those by which devices of the inventory are polled and those of
// site.yaml. A message must be signed and encrypted at least as its user is. A
// sender's engine boots and time must not run back (RFC 3414, section 3.2);
// informs are checked against our own engine, whose id, boots and time anybody may
// ask for. Keys are made from a pass phrase once and localised for each engine
// that names one of our users.
//
// # Parsing
//
// The decoder is this package's own: bounded, without recursion, and fuzzed. Any
// byte of a datagram may be hostile.
package trap
