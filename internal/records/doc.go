// Package records keeps what must never be lost: the events of alarms and of
// suppressions, the outbox, the deadlines of escalations and the audit chain, in
// one SQLite file, written by one process at a time.
//
// # What a caller may rely on
//
// A nil error from [Store.Tx] means that the change is on disk (write-ahead log,
// synchronous=FULL) and survives kill -9 of the process. A change is there whole
// or not at all: the event and its audit entry are one transaction. Events and
// audit entries are append only; triggers refuse UPDATE and DELETE. An alarm is
// the fold of its events, and so is a suppression; the tables of occurrences and
// of suppressions beside them are indexes that can be computed anew and that
// [Verify] compares.
//
// A notice is never deleted and what it says never changes; only what became of
// it does. Notices and deadlines are no evidence by themselves: the chain tells of
// the events and steps that brought them.
//
// # The audit chain
//
// Every change is an entry bound to the entry before it. An entry's sum is the
// SHA-256 over these fields, in this order, each written as a netstring
// (decimal length, ':', the bytes, ','):
//
//	"nezuban audit v1", node, seq (decimal), at (RFC 3339 with nanoseconds, UTC),
//	actor kind, actor id, action, object, detail, sum of the entry before (hex)
//
// The detail is JSON with sorted keys and without spaces. The entry of an event
// of an alarm or of a suppression carries the SHA-256 of the event's JSON, so the
// chain covers events too.
//
// A chain alone does not show that its end was cut off. Each hour, and when the
// store is closed, the chain's head is signed: a Merkle tree (RFC 6962) whose
// leaves are the hex sums, its head written as a signed note (Ed25519) to the
// table audit_checkpoint, to checkpoints.txt beside the store and, where one is
// configured, to a second directory that the daemon's user should only be able
// to append to. The note's text is
//
//	nezuban/<node>/audit
//	<number of entries>
//	<tree head, base64>
//	at <RFC 3339>
//
// The key lies in keys/audit.key (mode 0600), the public keys of all times in
// keys/audit.pub, one a line. Whoever can write the whole data directory can
// forge everything in it: keep audit.pub, or the second directory, elsewhere and
// give them to verify.
//
// # Full disk
//
// A reserve file beside the store holds space back. When SQLite reports a full
// disk, a part of it is released and the transaction is tried again; when
// nothing is left the store says read_only until a transaction succeeds. The
// reserve is built up again when space is back.
//
// # Damage
//
// Open runs quick_check. A damaged file is opened for reading only; every write
// answers [ErrDamaged] and the state says what to do. Damage found later has the
// same effect.
//
// # Schemas
//
// Schema 1 has alarms and audit; schema 2 adds suppressions, outbox and deadlines;
// schema 3 adds what traps said; schema 4 what is recorded about quality targets.
// Open migrates upwards. An earlier release opens a
// file of a later schema for reading only and says so: to go back, restore the
// backup taken before the upgrade. Nothing changes its meaning from one to the next.
//
// # What this package does not do
//
// It decides nothing: who may change what is internal/ops. kill -9 is tested;
// power loss is not, so nothing is promised about it here.
package records
