-- +goose Up
CREATE TABLE alarm_event (
	seq      INTEGER PRIMARY KEY AUTOINCREMENT, -- order of writing
	alarm_id TEXT    NOT NULL,
	revision INTEGER NOT NULL,
	at       INTEGER NOT NULL,                  -- ns since 1970, UTC
	body     TEXT    NOT NULL,                  -- the event as JSON; everything else is taken from it
	UNIQUE (alarm_id, revision)
) STRICT;
CREATE INDEX alarm_event_at ON alarm_event (at, seq);

-- The fold of each occurrence: an index over alarm_event, never the truth.
CREATE TABLE alarm_occurrence (
	alarm_id  TEXT    PRIMARY KEY,
	revision  INTEGER NOT NULL,
	rule      TEXT    NOT NULL,
	device    TEXT    NOT NULL,
	priority  INTEGER NOT NULL,
	raised_at INTEGER NOT NULL,
	ended_at  INTEGER,                          -- NULL while it stands
	body      TEXT    NOT NULL                  -- the occurrence as JSON
) STRICT, WITHOUT ROWID;
CREATE INDEX alarm_occurrence_standing ON alarm_occurrence (alarm_id) WHERE ended_at IS NULL;
CREATE INDEX alarm_occurrence_raised ON alarm_occurrence (raised_at);
CREATE INDEX alarm_occurrence_ended ON alarm_occurrence (ended_at);

CREATE TABLE alarm_sequence (
	id   INTEGER PRIMARY KEY CHECK (id = 1),
	next INTEGER NOT NULL                       -- every number from here on is free
) STRICT;
INSERT INTO alarm_sequence (id, next) VALUES (1, 1);

CREATE TABLE audit (
	node       TEXT    NOT NULL,
	seq        INTEGER NOT NULL,
	at         INTEGER NOT NULL,                -- ns since 1970, UTC
	actor_kind TEXT    NOT NULL,
	actor_id   TEXT    NOT NULL,
	action     TEXT    NOT NULL,
	object     TEXT    NOT NULL,
	detail     TEXT    NOT NULL,
	prev       TEXT    NOT NULL,
	sum        TEXT    NOT NULL,
	PRIMARY KEY (node, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_checkpoint (
	node     TEXT    NOT NULL,
	size     INTEGER NOT NULL,                  -- entries covered
	at       INTEGER NOT NULL,
	note     TEXT    NOT NULL,                  -- the signed note
	frontier BLOB    NOT NULL,                  -- right edge of the tree, to go on from here
	PRIMARY KEY (node, size)
) STRICT, WITHOUT ROWID;

CREATE TABLE preference (
	person TEXT NOT NULL,
	name   TEXT NOT NULL,
	value  TEXT NOT NULL,
	PRIMARY KEY (person, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE account_checkpoint (
	id   INTEGER PRIMARY KEY CHECK (id = 1),
	at   INTEGER NOT NULL,
	body BLOB    NOT NULL
) STRICT;

CREATE TABLE entity_seen (
	entity TEXT PRIMARY KEY,                    -- device or point id
	at     INTEGER NOT NULL                     -- first seen, ns since 1970, UTC
) STRICT, WITHOUT ROWID;

CREATE TRIGGER alarm_event_no_update BEFORE UPDATE ON alarm_event
BEGIN SELECT RAISE(ABORT, 'alarm_event is append only'); END;
CREATE TRIGGER alarm_event_no_delete BEFORE DELETE ON alarm_event
BEGIN SELECT RAISE(ABORT, 'alarm_event is append only'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append only'); END;
CREATE TRIGGER audit_checkpoint_no_update BEFORE UPDATE ON audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is append only'); END;
CREATE TRIGGER audit_checkpoint_no_delete BEFORE DELETE ON audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is append only'); END;
