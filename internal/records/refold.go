package records

import (
	"context"
	"fmt"

	"nezuban/internal/alarm"
)

// foldVersion counts the releases in which the fold of an alarm gained a field.
// It is kept as the file's user_version.
const foldVersion = 2

// refold computes the index rows of standing alarms anew where an earlier release
// wrote them: later events are folded into what stands there. Rows of alarms that
// ended stay as they are.
func (s *Store) refold(ctx context.Context) error {
	var have int
	if err := s.writer.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&have); err != nil {
		return fmt.Errorf("read the fold's version: %w", err)
	}
	if have >= foldVersion {
		return nil
	}
	events, err := s.StandingEvents(ctx)
	if err != nil {
		return err
	}
	folded := map[string]alarm.Occurrence{}
	for _, e := range events {
		o, err := folded[e.AlarmID].Apply(e)
		if err != nil {
			return fmt.Errorf("fold %s: %w: %w", e.AlarmID, ErrDamaged, err)
		}
		folded[e.AlarmID] = o
	}
	return s.Tx(ctx, func(tx *Tx) error {
		for _, o := range folded {
			if err := tx.putOccurrence(o); err != nil {
				return fmt.Errorf("fold %s: %w", o.ID, err)
			}
		}
		_, err := tx.exec(fmt.Sprintf(`PRAGMA user_version = %d`, foldVersion))
		return err
	})
}
