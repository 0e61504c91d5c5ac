-- +goose Up
-- What was recorded about quality targets: definitions, exclusions, obligations
-- done, events, closed and signed windows.
CREATE TABLE target_event (
	seq      INTEGER PRIMARY KEY AUTOINCREMENT, -- order of writing
	object   TEXT    NOT NULL,                  -- EXC-000001, target:NAME, window:NAME/FROM …
	revision INTEGER NOT NULL,
	at       INTEGER NOT NULL,                  -- ns since 1970, UTC
	body     TEXT    NOT NULL,                  -- the entry as JSON; everything else is taken from it
	UNIQUE (object, revision)
) STRICT;

CREATE TRIGGER target_event_no_update BEFORE UPDATE ON target_event
BEGIN SELECT RAISE(ABORT, 'target_event is append only'); END;
CREATE TRIGGER target_event_no_delete BEFORE DELETE ON target_event
BEGIN SELECT RAISE(ABORT, 'target_event is append only'); END;
