// Package agent is an SNMP agent: it answers GET, GETNEXT and GETBULK over UDP
// from a view whose values are computed at the moment they are asked for.
//
// It speaks v2c (RFC 3416 over RFC 1901 framing) and v3 (RFC 3412) with the
// user-based security model (RFC 3414), HMAC-192-SHA-256 authentication
// (RFC 7860, 24 octets) and AES-128-CFB privacy (RFC 3826). Requests of another
// version, of another community, or that do not parse are dropped without an
// answer, as real agents do. A SET is answered with notWritable: nothing can be
// changed here.
//
// # What a caller may rely on
//
// Answers never exceed the size limit: a GET or GETNEXT that would is answered
// with tooBig, a GETBULK is cut. The variables of one answer are read under one
// hold of Options.Lock, so they show one moment. [Server.Handle] is free of I/O
// and never panics, whatever the bytes.
//
// # What this package does not do
//
// It sends no traps, keeps no boot counter on disk (the caller passes one) and
// knows nothing of what the objects mean.
package agent
