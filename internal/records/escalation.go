package records

import (
	"context"
	"fmt"
	"time"
)

// An Escalation is the deadline at which the next step of an alarm's chain falls
// due while nobody acknowledges. There is at most one for each alarm.
type Escalation struct {
	AlarmID  string
	Step     int       // that falls due
	Due      time.Time // by our clock
	Since    time.Time // when the deadline was set, by our clock: later than now means that the clock went back
	Revision int       // of the occurrence that began the chain
}

// SetEscalation keeps an alarm's next deadline, in place of the one before.
func (tx *Tx) SetEscalation(e Escalation) error {
	_, err := tx.exec(`INSERT INTO escalation (alarm_id, step, due, since, revision) VALUES (?,?,?,?,?)
		ON CONFLICT (alarm_id) DO UPDATE SET step = excluded.step, due = excluded.due, since = excluded.since, revision = excluded.revision`,
		e.AlarmID, e.Step, e.Due.UnixNano(), e.Since.UnixNano(), e.Revision)
	if err != nil {
		return fmt.Errorf("set escalation of %s: %w", e.AlarmID, err)
	}
	return nil
}

// EndEscalation takes an alarm's deadline away; none is no error.
func (tx *Tx) EndEscalation(alarmID string) error {
	if _, err := tx.exec(`DELETE FROM escalation WHERE alarm_id = ?`, alarmID); err != nil {
		return fmt.Errorf("end escalation of %s: %w", alarmID, err)
	}
	return nil
}

// Escalations returns every deadline, the earliest first.
func (s *Store) Escalations(ctx context.Context) ([]Escalation, error) {
	rows, err := s.query(ctx, `SELECT alarm_id, step, due, since, revision FROM escalation ORDER BY due, alarm_id`)
	if err != nil {
		return nil, fmt.Errorf("read escalations: %w", err)
	}
	defer rows.Close()
	var out []Escalation
	for rows.Next() {
		var e Escalation
		var due, since int64
		if err := rows.Scan(&e.AlarmID, &e.Step, &due, &since, &e.Revision); err != nil {
			return nil, fmt.Errorf("read escalations: %w", err)
		}
		e.Due, e.Since = time.Unix(0, due).UTC(), time.Unix(0, since).UTC()
		out = append(out, e)
	}
	return out, rows.Err()
}
