package records

import (
	"context"
	"encoding/json"
	"fmt"

	"nezuban/internal/facility"
)

// Bounds of the evidence that traps leave; the oldest goes first.
const (
	maxTrapsOfDevice = 200
	maxTrapsInAll    = 100_000
)

// KeepTraps keeps what traps said. It gives way: on a full disk it returns
// ErrNoSpace and leaves the reserve to alarms and audit.
func (s *Store) KeepTraps(ctx context.Context, traps []facility.Trap) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("keep traps: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.stuck()
	if err == nil {
		err = s.attempt(context.WithoutCancel(ctx), func(tx *Tx) error { return tx.keepTraps(traps) })
	}
	switch {
	case full(err):
		return fmt.Errorf("keep traps: %w: %w", ErrNoSpace, err)
	case err != nil:
		return fmt.Errorf("keep traps: %w", err)
	}
	return nil
}

func (tx *Tx) keepTraps(traps []facility.Trap) error {
	devices := map[facility.DeviceID]bool{}
	for _, t := range traps {
		body, err := json.Marshal(t)
		if err != nil {
			return err
		}
		if _, err := tx.exec(`INSERT INTO trap (device, at, body) VALUES (?,?,?)`, string(t.Device), t.At.UnixNano(), string(body)); err != nil {
			return err
		}
		devices[t.Device] = true
	}
	for id := range devices {
		if _, err := tx.exec(`DELETE FROM trap WHERE device = ?1 AND seq <= (SELECT seq FROM trap WHERE device = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)`, string(id), maxTrapsOfDevice); err != nil {
			return err
		}
	}
	_, err := tx.exec(`DELETE FROM trap WHERE seq <= (SELECT max(seq) FROM trap) - ?`, maxTrapsInAll)
	return err
}

// Traps returns the newest traps of a device, or of all where it is "", the newest
// first.
func (s *Store) Traps(ctx context.Context, device facility.DeviceID, limit int) ([]facility.Trap, error) {
	q, args := `SELECT body FROM trap ORDER BY seq DESC LIMIT ?`, []any{limit}
	if device != "" {
		q, args = `SELECT body FROM trap WHERE device = ? ORDER BY seq DESC LIMIT ?`, []any{string(device), limit}
	}
	rows, err := s.query(ctx, q, args...)
	if err != nil {
		return nil, fmt.Errorf("read traps: %w", err)
	}
	defer rows.Close()
	var out []facility.Trap
	for rows.Next() {
		var body string
		var t facility.Trap
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("read traps: %w", err)
		}
		if err := json.Unmarshal([]byte(body), &t); err != nil {
			return nil, fmt.Errorf("read traps: %w", err)
		}
		out = append(out, t)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read traps: %w", err)
	}
	return out, nil
}
