package records

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
)

// eventActions are the audit actions of the kinds of events.
var eventActions = map[alarm.EventKind]string{
	alarm.Raised:       "alarm.raise",
	alarm.CameBack:     "alarm.come_back",
	alarm.Returned:     "alarm.return",
	alarm.Acknowledged: "alarm.acknowledge",
	alarm.ResetDone:    "alarm.reset",
	alarm.Realarmed:    "alarm.realarm",

	alarm.Suppressed:       "alarm.suppress",
	alarm.SuppressionEnded: "alarm.end_suppression",
	alarm.CauseSet:         "alarm.set_cause",
	alarm.Assigned:         "alarm.assign",
	alarm.Noted:            "alarm.note",
	alarm.Closed:           "alarm.close",
}

// eventDetail is the detail of an event's audit entry. Digest binds the event.
type eventDetail struct {
	Digest   string            `json:"event"` // hex SHA-256 of the event's JSON as kept
	Revision int               `json:"revision"`
	Rule     string            `json:"rule"`
	Device   facility.DeviceID `json:"device"`
	Point    facility.PointID  `json:"point,omitempty"`
	Priority facility.Priority `json:"priority"`
	At       string            `json:"at"`
	Comment  string            `json:"comment,omitempty"`
	Cause    string            `json:"cause,omitempty"`
	Owner    string            `json:"owner,omitempty"`
	Held     string            `json:"held,omitempty"`
}

func digest(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// AppendEvent keeps one event together with its audit entry. The event must
// follow from those kept before: otherwise, and where its revision is taken, the
// answer is ErrConflict; ErrExists where exactly this event is kept already.
func (tx *Tx) AppendEvent(e alarm.Event) (duty.AuditEntry, error) {
	entry, err := tx.appendEvent(e)
	if err != nil {
		return duty.AuditEntry{}, fmt.Errorf("append event %s revision %d (%s): %w", e.AlarmID, e.Revision, e.Kind, err)
	}
	return entry, nil
}

func (tx *Tx) appendEvent(e alarm.Event) (duty.AuditEntry, error) {
	raw, err := json.Marshal(e)
	if err != nil {
		return duty.AuditEntry{}, fmt.Errorf("%w: %w", ErrConflict, err)
	}
	body := string(raw)
	before, err := tx.occurrence(e.AlarmID)
	if err != nil {
		return duty.AuditEntry{}, err
	}
	after, err := before.Apply(e)
	if err != nil {
		return duty.AuditEntry{}, tx.whyNot(e, body, err)
	}
	if _, err := tx.exec(`INSERT INTO alarm_event (alarm_id, revision, at, body) VALUES (?,?,?,?)`,
		e.AlarmID, e.Revision, e.At.UnixNano(), body); err != nil {
		return duty.AuditEntry{}, err
	}
	if err := tx.putOccurrence(after); err != nil {
		return duty.AuditEntry{}, err
	}
	kind, id, _ := strings.Cut(e.Actor, ":")
	action := eventActions[e.Kind]
	if action == "" {
		action = "alarm." + string(e.Kind)
	}
	return tx.AppendAudit(duty.Actor{Kind: kind, ID: id}, action, e.AlarmID, eventDetail{
		Digest: digest(body), Revision: e.Revision, Rule: e.Rule, Device: e.Device, Point: e.Point,
		Priority: e.Priority, At: e.At.UTC().Format(timeLayout), Comment: e.Comment,
		Cause: e.Cause, Owner: e.Owner, Held: e.Held,
	})
}

// whyNot tells an event that is kept already from one that contradicts.
func (tx *Tx) whyNot(e alarm.Event, body string, refused error) error {
	var kept string
	err := tx.queryRow(`SELECT body FROM alarm_event WHERE alarm_id = ? AND revision = ?`, e.AlarmID, e.Revision).Scan(&kept)
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

func (tx *Tx) occurrence(id string) (alarm.Occurrence, error) {
	var body string
	err := tx.queryRow(`SELECT body FROM alarm_occurrence WHERE alarm_id = ?`, id).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return alarm.Occurrence{}, nil
	}
	if err != nil {
		return alarm.Occurrence{}, err
	}
	return decodeOccurrence(id, body)
}

func (tx *Tx) putOccurrence(o alarm.Occurrence) error {
	body, err := json.Marshal(o)
	if err != nil {
		return err
	}
	var ended sql.NullInt64
	if !o.EndedAt.IsZero() {
		ended = sql.NullInt64{Int64: o.EndedAt.UnixNano(), Valid: true}
	}
	_, err = tx.exec(`INSERT INTO alarm_occurrence (alarm_id, revision, rule, device, priority, raised_at, ended_at, body)
		VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (alarm_id) DO UPDATE SET revision = excluded.revision,
		rule = excluded.rule, device = excluded.device, priority = excluded.priority,
		raised_at = excluded.raised_at, ended_at = excluded.ended_at, body = excluded.body`,
		o.ID, o.Revision, o.Rule, string(o.Device), int(o.Priority), o.RaisedAt.UnixNano(), ended, string(body))
	return err
}

func decodeOccurrence(id, body string) (alarm.Occurrence, error) {
	var o alarm.Occurrence
	if err := json.Unmarshal([]byte(body), &o); err != nil {
		return o, fmt.Errorf("occurrence %s: %w: %w", id, ErrDamaged, err)
	}
	return o, nil
}

func decodeEvent(id, body string) (alarm.Event, error) {
	var e alarm.Event
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		return e, fmt.Errorf("event of %s: %w: %w", id, ErrDamaged, err)
	}
	return e, nil
}
