// Package sshd serves the console over SSH, and holds the client that
// `nezuban console` is.
//
// # Who may in
//
// Public keys only: Authorize maps a key to a person, at the handshake and once
// more when the session begins. There are no passwords and no anonymous
// sessions; the login name is ignored. Commands, subsystems and forwarding are
// refused; a session without a terminal gets a sentence and a non-zero exit.
//
// # What a session may cost
//
// The number of sessions is limited in all and for each person, their age too.
// An idle session goes on watching but can change nothing any more. A write that
// has not returned in 30 s closes the connection. A session never waits for
// another: each has its own program, pulls its own snapshots and writes to its
// own connection.
//
// # Record
//
// Login and logout are recorded through Sessions, with the key's fingerprint,
// the address and why it ended. Where the login cannot be recorded the session
// only watches: in trouble, seeing is what people need most.
package sshd
