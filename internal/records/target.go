package records

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/sla"
)

// targetDetail is the detail of the audit entry of something recorded about
// targets. Digest binds the entry.
type targetDetail struct {
	Digest   string `json:"event"` // hex SHA-256 of the entry's JSON as kept
	Revision int    `json:"revision"`
	At       string `json:"at"`
	Comment  string `json:"comment,omitempty"`
	Figures  string `json:"figures,omitempty"` // digest of a closed window's inputs
}

// AppendTarget keeps one entry about targets together with its audit entry. The
// caller has folded it into its book; a revision that is taken is ErrConflict.
func (tx *Tx) AppendTarget(e sla.Entry) error {
	raw, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("append %s of %s: %w: %w", e.Kind, e.Object, ErrConflict, err)
	}
	body := string(raw)
	var taken int
	if err := tx.queryRow(`SELECT count(*) FROM target_event WHERE object = ? AND revision >= ?`, e.Object, e.Revision).Scan(&taken); err != nil {
		return fmt.Errorf("append %s of %s: %w", e.Kind, e.Object, err)
	}
	if taken > 0 {
		return fmt.Errorf("append %s of %s: revision %d is taken: %w", e.Kind, e.Object, e.Revision, ErrConflict)
	}
	at := time.Unix(e.At, 0)
	if _, err := tx.exec(`INSERT INTO target_event (object, revision, at, body) VALUES (?,?,?,?)`, e.Object, e.Revision, at.UnixNano(), body); err != nil {
		return fmt.Errorf("append %s of %s: %w", e.Kind, e.Object, err)
	}
	kind, id, both := strings.Cut(e.Actor, ":")
	if !both {
		kind, id = "person", e.Actor
	}
	d := targetDetail{Digest: digest(body), Revision: e.Revision, At: at.UTC().Format(timeLayout), Comment: e.Comment}
	if e.Closing != nil {
		d.Figures = e.Closing.Digest
	}
	_, err = tx.AppendAudit(duty.Actor{Kind: kind, ID: id}, "target."+string(e.Kind), e.Object, d)
	return err
}

// TargetEntries returns what was recorded about targets after a place in the
// order of writing, and the place of the last.
func (s *Store) TargetEntries(ctx context.Context, after int64) (list []sla.Entry, last int64, err error) {
	last = after
	rows, err := s.query(ctx, `SELECT seq, object, body FROM target_event WHERE seq > ? ORDER BY seq`, after)
	if err != nil {
		return nil, last, fmt.Errorf("read what was recorded about targets: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var object, body string
		if err := rows.Scan(&last, &object, &body); err != nil {
			return nil, after, fmt.Errorf("read what was recorded about targets: %w", err)
		}
		var e sla.Entry
		if err := json.Unmarshal([]byte(body), &e); err != nil {
			return nil, after, fmt.Errorf("entry of %s: %w: %w", object, ErrDamaged, err)
		}
		list = append(list, e)
	}
	return list, last, rows.Err()
}

// EventsAfter returns at most limit alarm events after a place in the order of
// writing, of those whose time is not before since, and the place of the last.
func (s *Store) EventsAfter(ctx context.Context, after int64, since time.Time, limit int) (list []alarm.Event, last int64, err error) {
	last = after
	rows, err := s.query(ctx, `SELECT seq, alarm_id, body FROM alarm_event WHERE seq > ? AND at >= ? ORDER BY seq LIMIT ?`, after, since.UnixNano(), limit)
	if err != nil {
		return nil, last, fmt.Errorf("read new events: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, body string
		if err := rows.Scan(&last, &id, &body); err != nil {
			return nil, after, fmt.Errorf("read new events: %w", err)
		}
		e, err := decodeEvent(id, body)
		if err != nil {
			return nil, after, err
		}
		list = append(list, e)
	}
	return list, last, rows.Err()
}
