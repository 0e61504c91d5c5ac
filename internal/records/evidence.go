package records

import (
	"bytes"
	"database/sql"
	"encoding/json"

	"nezuban/internal/alarm"
)

// evidence is one table of events that the audit chain binds, and the index that
// must be their fold.
type evidence struct {
	of     string // for findings: "alarm events"
	events string // table
	index  string // table
	id     string // column
	lookup *sql.Stmt
	right  *int64        // events that agree with the chain
	begin  func() folder // a new fold
}

// folder folds the events of one object.
type folder interface {
	fold(id, body string) error
	is(index string) bool // whether an index row says the same
}

// prepare finds the tables that there are: a store of an earlier schema has not
// all of them.
func (v *verifier) prepare() error {
	v.kept = map[string]*evidence{}
	for part, k := range map[string]*evidence{
		"alarm": {of: "alarm events", events: "alarm_event", index: "alarm_occurrence", id: "alarm_id",
			right: &v.report.Events, begin: func() folder { return &occurrenceFold{} }},
		"suppression": {of: "events of suppressions", events: "suppression_event", index: "suppression", id: "suppression_id",
			right: &v.report.Suppressions, begin: func() folder { return &suppressionFold{} }},
		"target": {of: "entries about targets", events: "target_event", id: "object", right: &v.report.Targets},
	} {
		var there int
		if err := v.conn.QueryRowContext(v.ctx, `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?`, k.events).Scan(&there); err != nil {
			return err
		}
		if there == 0 {
			continue
		}
		var err error
		k.lookup, err = v.conn.PrepareContext(v.ctx, `SELECT body FROM `+k.events+` WHERE `+k.id+` = ? AND revision = ?`)
		if err != nil {
			return err
		}
		v.kept[part] = k
	}
	return nil
}

// folds checks that there is no event without an entry, no event without a row
// of the index, and that the index is the fold of the events.
func (v *verifier) folds(k *evidence) error {
	if k.index == "" { // nothing is folded beside the entries
		return v.unaudited(k)
	}
	var events, orphans int64
	if err := v.conn.QueryRowContext(v.ctx, `SELECT count(*), coalesce(sum(i.`+k.id+` IS NULL), 0) FROM `+k.events+` e
		LEFT JOIN `+k.index+` i ON i.`+k.id+` = e.`+k.id).Scan(&events, &orphans); err != nil {
		return err
	}
	if events > *k.right && v.report.OK() {
		v.find("", 0, "%d %s have no audit entry", events-*k.right, k.of)
	}
	if orphans > 0 {
		v.find("", 0, "%d %s are missing from the index over them", orphans, k.of)
	}
	rows, err := v.conn.QueryContext(v.ctx, `SELECT i.`+k.id+`, i.body, coalesce(e.body, '') FROM `+k.index+` i
		LEFT JOIN `+k.events+` e ON e.`+k.id+` = i.`+k.id+` ORDER BY i.`+k.id+`, e.revision`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var id, index string
	var folded folder
	compare := func() {
		if id != "" && !folded.is(index) {
			v.find("", 0, "the state kept of %s does not follow from its events", id)
		}
	}
	for rows.Next() {
		var rowID, rowIndex, event string
		if err := rows.Scan(&rowID, &rowIndex, &event); err != nil {
			return err
		}
		if rowID != id {
			compare()
			id, index, folded = rowID, rowIndex, k.begin()
		}
		if err := folded.fold(rowID, event); err != nil {
			v.find("", 0, "%v", err)
		}
	}
	compare()
	return rows.Err()
}

// unaudited finds entries without an audit entry.
func (v *verifier) unaudited(k *evidence) error {
	var events int64
	if err := v.conn.QueryRowContext(v.ctx, `SELECT count(*) FROM `+k.events).Scan(&events); err != nil {
		return err
	}
	if events > *k.right && v.report.OK() {
		v.find("", 0, "%d %s have no audit entry", events-*k.right, k.of)
	}
	return nil
}

type occurrenceFold struct{ now alarm.Occurrence }

func (f *occurrenceFold) fold(id, body string) error {
	e, err := decodeEvent(id, body)
	if err == nil {
		f.now, err = f.now.Apply(e)
	}
	return err
}

func (f *occurrenceFold) is(index string) bool { return says(f.now, index) }

type suppressionFold struct{ now alarm.Suppression }

func (f *suppressionFold) fold(id, body string) error {
	e, err := decodeSuppressionEvent(id, body)
	if err == nil {
		f.now, err = f.now.Apply(e)
	}
	return err
}

func (f *suppressionFold) is(index string) bool { return says(f.now, index) }

// says reports whether an index row says of a fold what its events say. A row
// that an earlier release wrote lacks the fields that came later; it is judged by
// those it has.
func says(folded any, index string) bool {
	raw, err := json.Marshal(folded)
	var want, have map[string]json.RawMessage
	if err != nil || json.Unmarshal(raw, &want) != nil || json.Unmarshal([]byte(index), &have) != nil || len(have) == 0 {
		return false
	}
	for field, value := range have {
		if !bytes.Equal(want[field], value) {
			return false
		}
	}
	return true
}
