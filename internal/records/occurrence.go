package records

import (
	"context"
	"fmt"
	"strings"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

const timeLayout = time.RFC3339Nano

// StandingEvents returns every event of the occurrences that have not ended, in
// the order of writing: what an alarm.Book is rebuilt from.
func (s *Store) StandingEvents(ctx context.Context) ([]alarm.Event, error) {
	return s.events(ctx, "read standing alarms", `SELECT e.alarm_id, e.body FROM alarm_event e
		JOIN alarm_occurrence o ON o.alarm_id = e.alarm_id WHERE o.ended_at IS NULL ORDER BY e.seq`)
}

// Events returns the events of one alarm, the oldest first; none where the alarm
// is not known.
func (s *Store) Events(ctx context.Context, alarmID string) ([]alarm.Event, error) {
	return s.events(ctx, "read events of "+alarmID,
		`SELECT alarm_id, body FROM alarm_event WHERE alarm_id = ? ORDER BY revision`, alarmID)
}

// EventsBetween returns the events whose time lies in [from, to), by time.
func (s *Store) EventsBetween(ctx context.Context, from, to time.Time) ([]alarm.Event, error) {
	return s.events(ctx, "read events of a period",
		`SELECT alarm_id, body FROM alarm_event WHERE at >= ? AND at < ? ORDER BY at, seq`, from.UnixNano(), to.UnixNano())
}

func (s *Store) events(ctx context.Context, what, q string, args ...any) ([]alarm.Event, error) {
	var out []alarm.Event
	err := s.bodies(ctx, q, args, func(id, body string) error {
		e, err := decodeEvent(id, body)
		out = append(out, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return out, nil
}

func (s *Store) bodies(ctx context.Context, q string, args []any, each func(id, body string) error) error {
	rows, err := s.query(ctx, q, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, body string
		if err := rows.Scan(&id, &body); err != nil {
			return err
		}
		if err := each(id, body); err != nil {
			return err
		}
	}
	return rows.Err()
}

// StandingAt returns the occurrences as they were at an instant: those raised
// before it and not ended before it, folded from their events before it.
func (s *Store) StandingAt(ctx context.Context, at time.Time) ([]alarm.Occurrence, error) {
	ns := at.UnixNano()
	events, err := s.events(ctx, "read alarms standing at "+at.UTC().Format(timeLayout),
		`SELECT e.alarm_id, e.body FROM alarm_event e JOIN alarm_occurrence o ON o.alarm_id = e.alarm_id
		WHERE o.raised_at < ? AND (o.ended_at IS NULL OR o.ended_at >= ?) AND e.at < ?
		ORDER BY o.raised_at, e.alarm_id, e.revision`, ns, ns, ns)
	if err != nil {
		return nil, err
	}
	var out []alarm.Occurrence
	for _, e := range events {
		if n := len(out); n > 0 && out[n-1].ID == e.AlarmID {
			if out[n-1], err = out[n-1].Apply(e); err != nil {
				return nil, fmt.Errorf("fold %s: %w: %w", e.AlarmID, ErrDamaged, err)
			}
			continue
		}
		o, err := alarm.Occurrence{}.Apply(e)
		if err != nil {
			return nil, fmt.Errorf("fold %s: %w: %w", e.AlarmID, ErrDamaged, err)
		}
		out = append(out, o)
	}
	return out, nil
}

// A Filter chooses occurrences; the zero value chooses all.
type Filter struct {
	From, To time.Time           // those that stood at some time in [From, To); zero: no bound
	Standing bool                // only those that have not ended
	IDs      []string            // any of these
	Devices  []facility.DeviceID // any of these
	Rule     string
	Priority facility.Priority
	Limit    int // the newest so many; 0 all
}

// Occurrences returns the chosen occurrences as they are now, the newest first.
func (s *Store) Occurrences(ctx context.Context, f Filter) ([]alarm.Occurrence, error) {
	where, args := f.where()
	q := `SELECT alarm_id, body FROM alarm_occurrence WHERE ` + where + ` ORDER BY raised_at DESC, alarm_id DESC`
	if f.Limit > 0 {
		q += ` LIMIT ?`
		args = append(args, f.Limit)
	}
	var out []alarm.Occurrence
	err := s.bodies(ctx, q, args, func(id, body string) error {
		o, err := decodeOccurrence(id, body)
		out = append(out, o)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read alarms: %w", err)
	}
	return out, nil
}

func (f Filter) where() (string, []any) {
	terms, args := []string{"1 = 1"}, []any{}
	add := func(term string, values ...any) {
		terms, args = append(terms, term), append(args, values...)
	}
	if !f.From.IsZero() {
		add("(ended_at IS NULL OR ended_at >= ?)", f.From.UnixNano())
	}
	if !f.To.IsZero() {
		add("raised_at < ?", f.To.UnixNano())
	}
	if f.Standing {
		add("ended_at IS NULL")
	}
	if f.Rule != "" {
		add("rule = ?", f.Rule)
	}
	if f.Priority != 0 {
		add("priority = ?", int(f.Priority))
	}
	var ids, devices []any
	for _, id := range f.IDs {
		ids = append(ids, id)
	}
	for _, d := range f.Devices {
		devices = append(devices, string(d))
	}
	for column, values := range map[string][]any{"alarm_id": ids, "device": devices} {
		if len(values) > 0 {
			add(column+" IN (?"+strings.Repeat(",?", len(values)-1)+")", values...)
		}
	}
	return strings.Join(terms, " AND "), args
}
