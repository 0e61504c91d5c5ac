package records

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"nezuban/internal/duty"
	"nezuban/internal/facility"
)

// PutNotice writes a notice into the outbox; one that is there already is left
// as it is. Now is the time of writing by our clock: a row from the future is due
// at once, since the clock must have gone back.
func (tx *Tx) PutNotice(n duty.Notice, now time.Time) error {
	next := n.Next
	if next.IsZero() {
		next = n.Due
	}
	_, err := tx.exec(`INSERT INTO outbox (id, alarm_id, transition, step, kind, priority, channel, target, fire, drill, body,
		state, due, next, touched, attempts, sent_at, last_error) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,NULL,?)
		ON CONFLICT (id) DO NOTHING`,
		n.ID, n.AlarmID, n.Transition, n.Step, string(n.Kind), int(n.Priority), n.Channel, n.Target, n.Fire, n.Drill, string(n.Body),
		string(n.State), n.Due.UnixNano(), next.UnixNano(), now.UnixNano(), n.Attempts, n.LastError)
	if err != nil {
		return fmt.Errorf("put notice %s of %s: %w", n.ID, n.AlarmID, err)
	}
	return nil
}

// Told reports whether a receiver has been told of an alarm, or is about to be:
// a notice other than of an end was sent, is due, or may have gone out before it
// was cancelled.
func (tx *Tx) Told(alarmID, channel, target string) (bool, error) {
	var told bool
	err := tx.queryRow(`SELECT EXISTS (SELECT 1 FROM outbox WHERE alarm_id = ? AND channel = ? AND target = ?
		AND alarm_id <> '' AND kind NOT IN ('returned', 'ended') AND (state IN ('sent', 'due') OR state = 'cancelled' AND attempts > 0))`,
		alarmID, channel, target).Scan(&told)
	if err != nil {
		return false, fmt.Errorf("read notices of %s: %w", alarmID, err)
	}
	return told, nil
}

// CancelNotices cancels the notices of an alarm that are due and tell of its
// being on, but for those of a fire and those in flight. They stay, with the
// reason. It returns how many there were.
func (tx *Tx) CancelNotices(alarmID, reason string, now time.Time, inFlight []string) (int64, error) {
	q := `UPDATE outbox SET state = 'cancelled', last_error = ?, touched = ? WHERE alarm_id = ? AND alarm_id <> '' AND state = 'due'
		AND fire = 0 AND kind IN ('raised', 'realarmed', 'escalated')`
	args := []any{reason, now.UnixNano(), alarmID}
	if len(inFlight) > 0 {
		q += ` AND id NOT IN (?` + strings.Repeat(",?", len(inFlight)-1) + `)`
		for _, id := range inFlight {
			args = append(args, id)
		}
	}
	res, err := tx.exec(q, args...)
	if err != nil {
		return 0, fmt.Errorf("cancel notices of %s: %w", alarmID, err)
	}
	return res.RowsAffected()
}

// CancelNotice cancels one notice that is due.
func (tx *Tx) CancelNotice(id, reason string, now time.Time) error {
	_, err := tx.exec(`UPDATE outbox SET state = 'cancelled', last_error = ?, touched = ? WHERE id = ? AND state = 'due'`,
		reason, now.UnixNano(), id)
	if err != nil {
		return fmt.Errorf("cancel notice %s: %w", id, err)
	}
	return nil
}

// NoticeSent notes that the receiver took a notice at a time; also one that was
// cancelled while it was under way. An unknown id is ErrNoNotice.
func (tx *Tx) NoticeSent(id string, at, now time.Time) error {
	return tx.attempted(id, `UPDATE outbox SET state = 'sent', sent_at = ?, attempts = attempts + 1, last_error = '', touched = ?
		WHERE id = ? AND state IN ('due', 'cancelled')`, at.UnixNano(), now.UnixNano(), id)
}

// NoticeFailed notes an attempt that did not succeed, and when the next one is; a
// zero next: the receiver refused it for good.
func (tx *Tx) NoticeFailed(id, reason string, next, now time.Time) error {
	if next.IsZero() {
		return tx.attempted(id, `UPDATE outbox SET state = 'failed', attempts = attempts + 1, last_error = ?, touched = ?
			WHERE id = ? AND state = 'due'`, reason, now.UnixNano(), id)
	}
	return tx.attempted(id, `UPDATE outbox SET attempts = attempts + 1, last_error = ?, next = ?, touched = ?
		WHERE id = ? AND state = 'due'`, reason, next.UnixNano(), now.UnixNano(), id)
}

func (tx *Tx) attempted(id, q string, args ...any) error {
	res, err := tx.exec(q, args...)
	if err != nil {
		return fmt.Errorf("note the attempt at notice %s: %w", id, err)
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	var state string
	err = tx.queryRow(`SELECT state FROM outbox WHERE id = ?`, id).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("notice %s: %w", id, ErrNoNotice)
	}
	return err // it is over already: nothing to note
}

const noticeColumns = `o.id, o.alarm_id, o.transition, o.step, o.kind, o.priority, o.channel, o.target, o.fire, o.drill, o.body,
	o.state, o.due, o.next, o.attempts, o.sent_at, o.last_error`

// DueNotices returns at most limit notices of each channel that may be tried
// now, channel by channel, the oldest first. A later notice about one alarm to one receiver is not
// among them while an earlier one is due. A row that was written in the future
// is due: the clock has gone back since.
func (s *Store) DueNotices(ctx context.Context, now time.Time, limit int) ([]duty.Notice, error) {
	c, err := s.waiting(ctx)
	if err != nil {
		return nil, err
	}
	var out []duty.Notice
	for _, channel := range c {
		list, err := s.notices(ctx, `SELECT `+noticeColumns+` FROM outbox o
			WHERE o.state = 'due' AND o.channel = ? AND (max(o.due, o.next) <= ? OR o.touched > ?)
			AND (o.alarm_id = '' OR NOT EXISTS (SELECT 1 FROM outbox e WHERE e.alarm_id = o.alarm_id AND e.alarm_id <> ''
				AND e.channel = o.channel AND e.target = o.target AND e.seq < o.seq AND e.state = 'due'))
			ORDER BY o.seq LIMIT ?`, channel.Channel, now.UnixNano(), now.Add(clockSlack).UnixNano(), limit)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// clockSlack is how far in the future a stamp of ours may lie without our clock
// having been set back: it is disciplined by slewing, too.
const clockSlack = 5 * time.Second

// Notices returns the newest notices, at most limit; alarmID "": of all alarms.
func (s *Store) Notices(ctx context.Context, alarmID string, limit int) ([]duty.Notice, error) {
	if alarmID == "" {
		return s.notices(ctx, `SELECT `+noticeColumns+` FROM outbox o ORDER BY o.seq DESC LIMIT ?`, limit)
	}
	return s.notices(ctx, `SELECT `+noticeColumns+` FROM outbox o WHERE o.alarm_id = ? AND o.alarm_id <> '' ORDER BY o.seq DESC LIMIT ?`, alarmID, limit)
}

func (s *Store) notices(ctx context.Context, q string, args ...any) ([]duty.Notice, error) {
	rows, err := s.query(ctx, q, args...)
	if err != nil {
		return nil, fmt.Errorf("read notices: %w", err)
	}
	defer rows.Close()
	var out []duty.Notice
	for rows.Next() {
		n, err := scanNotice(rows)
		if err != nil {
			return nil, fmt.Errorf("read notices: %w", err)
		}
		out = append(out, n)
	}
	return out, rows.Err()
}

func scanNotice(rows *sql.Rows) (duty.Notice, error) {
	var n duty.Notice
	var kind, state, body string
	var priority int
	var due, next int64
	var sent sql.NullInt64
	err := rows.Scan(&n.ID, &n.AlarmID, &n.Transition, &n.Step, &kind, &priority, &n.Channel, &n.Target, &n.Fire, &n.Drill, &body,
		&state, &due, &next, &n.Attempts, &sent, &n.LastError)
	n.Kind, n.State, n.Body, n.Priority = duty.NoticeKind(kind), duty.NoticeState(state), []byte(body), facility.Priority(priority)
	n.Due, n.Next = time.Unix(0, due).UTC(), time.Unix(0, next).UTC()
	if sent.Valid {
		n.SentAt = time.Unix(0, sent.Int64).UTC()
	}
	return n, err
}

// NoticeCounts says how the outbox does.
type NoticeCounts struct {
	Waiting  int            // due and not sent yet
	Failed   int            // refused for good since the moment asked for
	Channels []ChannelCount // by name; those with a notice that waits
}

// A ChannelCount is what waits for one channel.
type ChannelCount struct {
	Channel string
	Waiting int
}

// CountNotices counts what waits, and what failed since a moment.
func (s *Store) CountNotices(ctx context.Context, failedSince time.Time) (NoticeCounts, error) {
	var c NoticeCounts
	var err error
	if c.Channels, err = s.waiting(ctx); err != nil {
		return c, err
	}
	for _, n := range c.Channels {
		c.Waiting += n.Waiting
	}
	err = s.queryRow(ctx, `SELECT count(*) FROM outbox WHERE state = 'failed' AND touched >= ?`, failedSince.UnixNano()).Scan(&c.Failed)
	if err != nil {
		return c, fmt.Errorf("count failed notices: %w", err)
	}
	return c, nil
}

// waiting counts what waits for each channel, by name.
func (s *Store) waiting(ctx context.Context) ([]ChannelCount, error) {
	rows, err := s.query(ctx, `SELECT channel, count(*) FROM outbox WHERE state = 'due' GROUP BY channel ORDER BY channel`)
	if err != nil {
		return nil, fmt.Errorf("count notices: %w", err)
	}
	defer rows.Close()
	var out []ChannelCount
	for rows.Next() {
		var n ChannelCount
		if err := rows.Scan(&n.Channel, &n.Waiting); err != nil {
			return nil, fmt.Errorf("count notices: %w", err)
		}
		out = append(out, n)
	}
	return out, rows.Err()
}

// Cancelled returns, by alarm, the standing alarms whose newest notice was
// cancelled for a reason that begins with prefix.
func (s *Store) Cancelled(ctx context.Context, prefix string) ([]string, error) {
	rows, err := s.query(ctx, `SELECT c.alarm_id FROM alarm_occurrence c WHERE c.ended_at IS NULL AND
		(SELECT o.state = 'cancelled' AND substr(o.last_error, 1, ?) = ? FROM outbox o WHERE o.alarm_id = c.alarm_id AND o.alarm_id <> ''
		ORDER BY o.seq DESC LIMIT 1) ORDER BY c.alarm_id`, len(prefix), prefix)
	if err != nil {
		return nil, fmt.Errorf("read cancelled notices: %w", err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("read cancelled notices: %w", err)
		}
		out = append(out, id)
	}
	return out, rows.Err()
}
