package records

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// A Tx is one transaction. It is good only inside the function it was given to.
type Tx struct {
	ctx   context.Context
	store *Store
	tx    *sql.Tx
	chain chain // as it is after what this transaction appended
}

// Tx runs fn in one transaction and returns once it is durable. An error of fn
// undoes everything. On a full disk a part of the reserve is released and fn
// runs again, so fn must not count on running once. Once begun, a transaction
// does not heed the end of ctx: its outcome is never unknown to the caller.
func (s *Store) Tx(ctx context.Context, fn func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("write records: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		err := s.stuck()
		if err == nil {
			start := s.clock.Mono()
			err = s.attempt(context.WithoutCancel(ctx), fn)
			s.metrics.commit(s.clock.Mono()-start, err)
		}
		switch {
		case err == nil:
			s.recovered()
			return nil
		case full(err):
			if s.reserve.release() {
				s.log.Warn("disk full: released a part of the records' reserve", "path", s.path, "left_bytes", s.reserve.size())
				continue
			}
			s.outOfSpace(err)
			return fmt.Errorf("write records: %w: %w", ErrNoSpace, err)
		case damaged(err) && s.stuck() == nil:
			s.markDamaged(context.WithoutCancel(ctx), err)
			return fmt.Errorf("write records: %w", s.stuck())
		}
		return fmt.Errorf("write records: %w", err)
	}
}

func (s *Store) attempt(ctx context.Context, fn func(*Tx) error) error {
	sqlTx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	tx := &Tx{ctx: ctx, store: s, tx: sqlTx, chain: s.chain.clone()}
	if err := fn(tx); err != nil {
		// SQLite has rolled back by itself after some errors; a second one only says so
		_ = sqlTx.Rollback()
		return err
	}
	if err := sqlTx.Commit(); err != nil {
		_ = sqlTx.Rollback()
		return err
	}
	s.chain = tx.chain
	s.metrics.chain(s.chain.seq)
	return nil
}

// recovered takes back a state that a lack of space brought.
func (s *Store) recovered() {
	if state, _ := s.Status(); state != StateOK {
		s.log.Info("records are written again", "path", s.path)
		s.setState(StateOK, "", nil)
	}
}

func (s *Store) outOfSpace(err error) {
	if state, _ := s.Status(); state == StateOK {
		s.log.Error("records cannot be written", "path", s.path, "err", err)
	}
	s.setState(StateReadOnly, fmt.Sprintf("the disk of %s is full and the reserve is used up; free some space, the waiting changes are then written", s.dir), nil)
}

func (tx *Tx) exec(q string, args ...any) (sql.Result, error) {
	return tx.tx.ExecContext(tx.ctx, q, args...)
}

func (tx *Tx) queryRow(q string, args ...any) *sql.Row {
	return tx.tx.QueryRowContext(tx.ctx, q, args...)
}

// ReserveAlarmNumbers sets n numbers for new alarms aside and returns the first:
// first … first+n-1 are never given out again, whatever happens.
func (tx *Tx) ReserveAlarmNumbers(n int64) (first int64, err error) {
	err = tx.queryRow(`UPDATE alarm_sequence SET next = next + ? WHERE id = 1 RETURNING next - ?`, n, n).Scan(&first)
	if err != nil {
		return 0, fmt.Errorf("reserve alarm numbers: %w", err)
	}
	return first, nil
}

// NextAlarmNumber sets one number for a new alarm aside.
func (tx *Tx) NextAlarmNumber() (int64, error) { return tx.ReserveAlarmNumbers(1) }

// UsedAlarmNumbers makes sure that no number below next is given out any more.
func (tx *Tx) UsedAlarmNumbers(next int64) error {
	if _, err := tx.exec(`UPDATE alarm_sequence SET next = max(next, ?) WHERE id = 1`, next); err != nil {
		return fmt.Errorf("move alarm numbers to %d: %w", next, err)
	}
	return nil
}

// FreeAlarmNumbers gives back the unused end of a reserved block: from next up
// to, not including, end. It does nothing where more was reserved since.
func (tx *Tx) FreeAlarmNumbers(next, end int64) error {
	if _, err := tx.exec(`UPDATE alarm_sequence SET next = ? WHERE id = 1 AND next = ?`, next, end); err != nil {
		return fmt.Errorf("give alarm numbers from %d back: %w", next, err)
	}
	return nil
}

// NextFreeAlarmNumber is what the next reservation would begin with.
func (s *Store) NextFreeAlarmNumber(ctx context.Context) (next int64, err error) {
	if err := s.queryRow(ctx, `SELECT next FROM alarm_sequence WHERE id = 1`).Scan(&next); err != nil {
		return 0, fmt.Errorf("read alarm numbers: %w", err)
	}
	return next, nil
}

// SetPreference keeps a person's choice, such as the language.
func (tx *Tx) SetPreference(person, name, value string) error {
	_, err := tx.exec(`INSERT INTO preference (person, name, value) VALUES (?,?,?)
		ON CONFLICT (person, name) DO UPDATE SET value = excluded.value`, person, name, value)
	if err != nil {
		return fmt.Errorf("set preference %s of %s: %w", name, person, err)
	}
	return nil
}

// Preferences returns everybody's choice under one name, by person.
func (s *Store) Preferences(ctx context.Context, name string) (map[string]string, error) {
	rows, err := s.query(ctx, `SELECT person, value FROM preference WHERE name = ?`, name)
	if err != nil {
		return nil, fmt.Errorf("read preferences %s: %w", name, err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var person, value string
		if err := rows.Scan(&person, &value); err != nil {
			return nil, fmt.Errorf("read preferences %s: %w", name, err)
		}
		out[person] = value
	}
	return out, rows.Err()
}

// SaveAccounts keeps the evaluation's target accounts, replacing those before.
// They can be computed anew from history and are not audited.
func (s *Store) SaveAccounts(ctx context.Context, body []byte) error {
	return s.Tx(ctx, func(tx *Tx) error {
		_, err := tx.exec(`INSERT INTO account_checkpoint (id, at, body) VALUES (1, ?, ?)
			ON CONFLICT (id) DO UPDATE SET at = excluded.at, body = excluded.body`, s.clock.Now().UnixNano(), body)
		return err
	})
}

// LoadAccounts returns what SaveAccounts kept; nil where nothing was.
func (s *Store) LoadAccounts(ctx context.Context) ([]byte, error) {
	var body []byte
	err := s.queryRow(ctx, `SELECT body FROM account_checkpoint WHERE id = 1`).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read target accounts: %w", err)
	}
	return body, nil
}

// FirstSeen notes at for every entity (device or point id) not seen before and
// returns when each was seen first. Targets begin an entity's life there.
func (s *Store) FirstSeen(ctx context.Context, entities []string, at time.Time) (map[string]time.Time, error) {
	out := make(map[string]time.Time, len(entities))
	err := s.Tx(ctx, func(tx *Tx) error {
		for _, id := range entities {
			if _, err := tx.exec(`INSERT INTO entity_seen (entity, at) VALUES (?,?) ON CONFLICT DO NOTHING`, id, at.UnixNano()); err != nil {
				return err
			}
			var ns int64
			if err := tx.queryRow(`SELECT at FROM entity_seen WHERE entity = ?`, id).Scan(&ns); err != nil {
				return err
			}
			out[id] = time.Unix(0, ns).UTC()
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("note entities first seen: %w", err)
	}
	return out, nil
}

// Seen returns when every entity that FirstSeen knows was seen first.
func (s *Store) Seen(ctx context.Context) (map[string]time.Time, error) {
	rows, err := s.query(ctx, `SELECT entity, at FROM entity_seen`)
	if err != nil {
		return nil, fmt.Errorf("read first sightings: %w", err)
	}
	defer rows.Close()
	out := map[string]time.Time{}
	for rows.Next() {
		var id string
		var ns int64
		if err := rows.Scan(&id, &ns); err != nil {
			return nil, fmt.Errorf("read first sightings: %w", err)
		}
		out[id] = time.Unix(0, ns).UTC()
	}
	return out, rows.Err()
}
