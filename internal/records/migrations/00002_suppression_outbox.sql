-- +goose Up
CREATE TABLE suppression_event (
	seq            INTEGER PRIMARY KEY AUTOINCREMENT, -- order of writing
	suppression_id TEXT    NOT NULL,
	revision       INTEGER NOT NULL,
	at             INTEGER NOT NULL,                  -- ns since 1970, UTC
	body           TEXT    NOT NULL,                  -- the event as JSON; everything else is taken from it
	UNIQUE (suppression_id, revision)
) STRICT;

-- The fold of each suppression: an index over suppression_event, never the truth.
CREATE TABLE suppression (
	suppression_id TEXT    PRIMARY KEY,
	revision       INTEGER NOT NULL,
	state          TEXT    NOT NULL,                  -- waiting, in_force, over
	requested_at   INTEGER NOT NULL,
	ended_at       INTEGER,                           -- NULL until it is over
	body           TEXT    NOT NULL                   -- the suppression as JSON
) STRICT, WITHOUT ROWID;
CREATE INDEX suppression_open ON suppression (suppression_id) WHERE ended_at IS NULL;
CREATE INDEX suppression_ended ON suppression (ended_at);

-- Messages to people and systems, written with the transition that caused them.
CREATE TABLE outbox (
	seq        INTEGER PRIMARY KEY AUTOINCREMENT,     -- order of writing
	id         TEXT    NOT NULL UNIQUE,               -- of the notice; stays the same over retries
	alarm_id   TEXT    NOT NULL,                      -- '' for a test or a digest
	transition INTEGER NOT NULL,
	step       INTEGER NOT NULL,
	kind       TEXT    NOT NULL,
	priority   INTEGER NOT NULL,
	channel    TEXT    NOT NULL,
	target     TEXT    NOT NULL,
	fire       INTEGER NOT NULL,
	drill      INTEGER NOT NULL,
	body       TEXT    NOT NULL,
	state      TEXT    NOT NULL,                      -- due, sent, failed, cancelled
	due        INTEGER NOT NULL,                      -- not before, ns since 1970
	next       INTEGER NOT NULL,                      -- next attempt
	touched    INTEGER NOT NULL,                      -- last change of this row, by our clock
	attempts   INTEGER NOT NULL,
	sent_at    INTEGER,
	last_error TEXT    NOT NULL                       -- of the last attempt, or why it was cancelled
) STRICT;
CREATE INDEX outbox_due ON outbox (channel, seq) WHERE state = 'due';
CREATE INDEX outbox_alarm ON outbox (alarm_id, channel, target, seq) WHERE alarm_id <> '';
CREATE INDEX outbox_failed ON outbox (touched) WHERE state = 'failed';

-- When the next step of an alarm's escalation falls due.
CREATE TABLE escalation (
	alarm_id TEXT    PRIMARY KEY,
	step     INTEGER NOT NULL,
	due      INTEGER NOT NULL,                        -- ns since 1970
	since    INTEGER NOT NULL,                        -- when this row was written, by our clock
	revision INTEGER NOT NULL                         -- of the occurrence that began the chain
) STRICT, WITHOUT ROWID;

CREATE TRIGGER suppression_event_no_update BEFORE UPDATE ON suppression_event
BEGIN SELECT RAISE(ABORT, 'suppression_event is append only'); END;
CREATE TRIGGER suppression_event_no_delete BEFORE DELETE ON suppression_event
BEGIN SELECT RAISE(ABORT, 'suppression_event is append only'); END;
CREATE TRIGGER outbox_no_delete BEFORE DELETE ON outbox
BEGIN SELECT RAISE(ABORT, 'a notice is never deleted'); END;
CREATE TRIGGER outbox_message_stays BEFORE UPDATE OF seq, id, alarm_id, transition, step, kind, priority, channel, target, fire, drill, body ON outbox
BEGIN SELECT RAISE(ABORT, 'what a notice says never changes'); END;
