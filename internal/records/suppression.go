package records

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
)

// suppressionActions are the audit actions of the kinds of events.
var suppressionActions = map[alarm.SuppressionEventKind]string{
	alarm.Requested: "suppression.request",
	alarm.Began:     "suppression.begin",
	alarm.Ended:     "suppression.end",
	alarm.Expired:   "suppression.expire",
}

// suppressionDetail is the detail of the audit entry of a suppression's event.
// Digest binds the event.
type suppressionDetail struct {
	Digest   string                `json:"event"` // hex SHA-256 of the event's JSON as kept
	Revision int                   `json:"revision"`
	Type     alarm.SuppressionKind `json:"type,omitempty"`
	Rule     string                `json:"rule,omitempty"`
	Device   facility.DeviceID     `json:"device,omitempty"`
	Point    facility.PointID      `json:"point,omitempty"`
	Filter   string                `json:"filter,omitempty"`
	Until    string                `json:"until,omitempty"`
	Change   string                `json:"change,omitempty"`
	At       string                `json:"at"`
	Reason   string                `json:"reason,omitempty"`
}

// AppendSuppression keeps one event of a suppression together with its audit
// entry. ErrConflict and ErrExists as with AppendEvent.
func (tx *Tx) AppendSuppression(e alarm.SuppressionEvent) (duty.AuditEntry, error) {
	entry, err := tx.appendSuppression(e)
	if err != nil {
		return duty.AuditEntry{}, fmt.Errorf("append suppression %s revision %d (%s): %w", e.ID, e.Revision, e.Kind, err)
	}
	return entry, nil
}

func (tx *Tx) appendSuppression(e alarm.SuppressionEvent) (duty.AuditEntry, error) {
	raw, err := json.Marshal(e)
	if err != nil {
		return duty.AuditEntry{}, fmt.Errorf("%w: %w", ErrConflict, err)
	}
	body := string(raw)
	before, err := tx.suppression(e.ID)
	if err != nil {
		return duty.AuditEntry{}, err
	}
	after, err := before.Apply(e)
	if err != nil {
		return duty.AuditEntry{}, tx.whyNoSuppression(e, body, err)
	}
	if _, err := tx.exec(`INSERT INTO suppression_event (suppression_id, revision, at, body) VALUES (?,?,?,?)`,
		e.ID, e.Revision, e.At.UnixNano(), body); err != nil {
		return duty.AuditEntry{}, err
	}
	if err := tx.putSuppression(after); err != nil {
		return duty.AuditEntry{}, err
	}
	kind, id, _ := strings.Cut(e.Actor, ":")
	action := suppressionActions[e.Kind]
	if action == "" {
		action = "suppression." + string(e.Kind)
	}
	d := suppressionDetail{
		Digest: digest(body), Revision: e.Revision, Type: e.Type, Rule: e.Scope.Rule, Device: e.Scope.Device, Point: e.Scope.Point,
		Filter: e.Scope.Filter, Change: e.Change, At: e.At.UTC().Format(timeLayout), Reason: e.Reason,
	}
	if !e.Until.IsZero() {
		d.Until = e.Until.UTC().Format(timeLayout)
	}
	return tx.AppendAudit(duty.Actor{Kind: kind, ID: id}, action, e.ID, d)
}

func (tx *Tx) whyNoSuppression(e alarm.SuppressionEvent, body string, refused error) error {
	var kept string
	err := tx.queryRow(`SELECT body FROM suppression_event WHERE suppression_id = ? AND revision = ?`, e.ID, e.Revision).Scan(&kept)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%w: %w", ErrConflict, refused)
	case err != nil:
		return err
	case kept == body:
		return ErrExists
	}
	return fmt.Errorf("%w: revision %d is another event", ErrConflict, e.Revision)
}

func (tx *Tx) suppression(id string) (alarm.Suppression, error) {
	var body string
	err := tx.queryRow(`SELECT body FROM suppression WHERE suppression_id = ?`, id).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return alarm.Suppression{}, nil
	}
	if err != nil {
		return alarm.Suppression{}, err
	}
	return decodeSuppression(id, body)
}

func (tx *Tx) putSuppression(u alarm.Suppression) error {
	body, err := json.Marshal(u)
	if err != nil {
		return err
	}
	var ended sql.NullInt64
	if !u.EndedAt.IsZero() {
		ended = sql.NullInt64{Int64: u.EndedAt.UnixNano(), Valid: true}
	}
	_, err = tx.exec(`INSERT INTO suppression (suppression_id, revision, state, requested_at, ended_at, body)
		VALUES (?,?,?,?,?,?) ON CONFLICT (suppression_id) DO UPDATE SET revision = excluded.revision,
		state = excluded.state, requested_at = excluded.requested_at, ended_at = excluded.ended_at, body = excluded.body`,
		u.ID, u.Revision, string(u.State), u.At.UnixNano(), ended, string(body))
	return err
}

func decodeSuppression(id, body string) (alarm.Suppression, error) {
	var u alarm.Suppression
	if err := json.Unmarshal([]byte(body), &u); err != nil {
		return u, fmt.Errorf("suppression %s: %w: %w", id, ErrDamaged, err)
	}
	return u, nil
}

func decodeSuppressionEvent(id, body string) (alarm.SuppressionEvent, error) {
	var e alarm.SuppressionEvent
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		return e, fmt.Errorf("event of %s: %w: %w", id, ErrDamaged, err)
	}
	return e, nil
}

// SuppressionEvents returns every event of the suppressions that are not over,
// or were not at since, in the order of writing: what the fold is rebuilt from.
func (s *Store) SuppressionEvents(ctx context.Context, since time.Time) ([]alarm.SuppressionEvent, error) {
	return s.suppressionEvents(ctx, `SELECT e.suppression_id, e.body FROM suppression_event e
		JOIN suppression u ON u.suppression_id = e.suppression_id
		WHERE u.ended_at IS NULL OR u.ended_at >= ? ORDER BY e.seq`, since.UnixNano())
}

// SuppressionEventsBetween returns the events of suppressions whose time lies in
// [from, to), by time.
func (s *Store) SuppressionEventsBetween(ctx context.Context, from, to time.Time) ([]alarm.SuppressionEvent, error) {
	return s.suppressionEvents(ctx, `SELECT suppression_id, body FROM suppression_event
		WHERE at >= ? AND at < ? ORDER BY at, seq`, from.UnixNano(), to.UnixNano())
}

func (s *Store) suppressionEvents(ctx context.Context, q string, args ...any) ([]alarm.SuppressionEvent, error) {
	var out []alarm.SuppressionEvent
	err := s.bodies(ctx, q, args, func(id, body string) error {
		e, err := decodeSuppressionEvent(id, body)
		out = append(out, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read suppressions: %w", err)
	}
	return out, nil
}

// LastSuppression is the greatest id of a suppression, "" where there was none.
func (s *Store) LastSuppression(ctx context.Context) (id string, err error) {
	err = s.queryRow(ctx, `SELECT coalesce((SELECT suppression_id FROM suppression
		ORDER BY length(suppression_id) DESC, suppression_id DESC LIMIT 1), '')`).Scan(&id)
	if err != nil {
		return "", fmt.Errorf("read the newest suppression: %w", err)
	}
	return id, nil
}

// HeldSince counts the annunciations that each suppression has kept back, among
// the alarm events whose time is not before since.
func (s *Store) HeldSince(ctx context.Context, since time.Time) (map[string]int, error) {
	rows, err := s.query(ctx, `SELECT json_extract(body, '$.held') AS held, count(*) FROM alarm_event
		WHERE at >= ? AND held LIKE 'SUP-%' GROUP BY held`, since.UnixNano())
	if err != nil {
		return nil, fmt.Errorf("count annunciations kept back: %w", err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var id string
		var n int
		if err := rows.Scan(&id, &n); err != nil {
			return nil, fmt.Errorf("count annunciations kept back: %w", err)
		}
		out[id] = n
	}
	return out, rows.Err()
}
