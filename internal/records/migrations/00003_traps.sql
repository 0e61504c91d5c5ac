-- +goose Up
-- What SNMP traps said: kept beside the alarms to be read with them, bounded, and
-- not bound by the audit chain, since anybody who can send a datagram can write one.
CREATE TABLE trap (
	seq    INTEGER PRIMARY KEY AUTOINCREMENT,         -- order of writing
	device TEXT    NOT NULL,
	at     INTEGER NOT NULL,                          -- of receipt, ns since 1970, UTC
	body   TEXT    NOT NULL                           -- the trap as JSON
) STRICT;
CREATE INDEX trap_device ON trap (device, seq);
