package ops

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/records"
	"nezuban/internal/text"
)

// groupedUnder begins the reason of a notice that was cancelled because its alarm
// stands in the group of another.
const groupedUnder = "grouped under "

// maxReason bounds the reason of a failure, in bytes.
const maxReason = 500

// completed fills in what a planner may leave out. A notice of a drill is kept as
// cancelled: it says what would have gone out.
func (s *Service) completed(notices []duty.Notice, o alarm.Occurrence, now time.Time) []duty.Notice {
	for i := range notices {
		n := &notices[i]
		if n.AlarmID == "" {
			n.AlarmID, n.Transition = o.ID, o.Revision
		}
		if n.ID == "" {
			n.ID = noticeID(*n)
		}
		if n.Due.IsZero() {
			n.Due = now
		}
		n.State = duty.NoticeDue
		if n.Drill {
			n.State, n.LastError = duty.NoticeCancelled, "drill: not sent"
		}
	}
	return notices
}

// noticeID is the same for the same notice.
func noticeID(n duty.Notice) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %d %d %q %q %q", n.AlarmID, n.Transition, n.Step, n.Kind, n.Channel, n.Target))
	return "NTC-" + hex.EncodeToString(sum[:10])
}

// An attempt is what became of one try to send a notice.
type attempt struct {
	id     string
	sent   bool
	reason string
	next   time.Time // of a failure: the next try; zero: none
	at     time.Time
}

// writeNotices keeps an item's part of the outbox and of the escalation.
func (s *Service) writeNotices(tx *records.Tx, it *item) error {
	if it.cancel != "" {
		if _, err := tx.CancelNotices(it.object, it.cancel, it.at, s.sending()); err != nil {
			return err
		}
	}
	for _, n := range it.notices {
		if !begins(n.Kind) && n.AlarmID != "" {
			told, err := tx.Told(n.AlarmID, n.Channel, n.Target)
			if err != nil {
				return err
			}
			if !told {
				continue
			}
		}
		if err := tx.PutNotice(n, it.at); err != nil {
			return err
		}
	}
	switch {
	case it.ends:
		if err := tx.EndEscalation(it.object); err != nil {
			return err
		}
	case it.deadline.AlarmID != "":
		if err := tx.SetEscalation(it.deadline.Escalation); err != nil {
			return err
		}
	}
	if it.attempt == nil {
		return nil
	}
	err := writeAttempt(tx, *it.attempt, it.at)
	if errors.Is(err, records.ErrNoNotice) {
		s.log.Warn("an attempt at a notice that the outbox does not have", "notice", it.attempt.id)
		return nil
	}
	return err
}

// begins reports whether a notice is sent whether or not its receiver was told
// before.
func begins(k duty.NoticeKind) bool {
	return k != duty.NoticeReturned && k != duty.NoticeEnded && k != duty.NoticeAcked
}

func writeAttempt(tx *records.Tx, a attempt, now time.Time) error {
	if a.sent {
		return tx.NoticeSent(a.id, a.at, now)
	}
	return tx.NoticeFailed(a.id, a.reason, a.next, now)
}

// sendingFor is how long a notice that was handed out counts as under way where
// nobody says what became of it.
const sendingFor = time.Minute

// sending are the notices under way: they may reach somebody, so they are not
// cancelled.
func (s *Service) sending() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for id, since := range s.underWay {
		if s.clock.Mono()-since > sendingFor {
			delete(s.underWay, id)
			continue
		}
		ids = append(ids, id)
	}
	return ids
}

// DueNotices returns at most limit notices of each channel that may be tried
// now, the oldest first; those of one alarm to one receiver one after the other.
// What by now is a consequence of another alarm, or held back, is cancelled
// instead. While records cannot be written, notices that wait for them are
// returned too: people are told although nothing can be kept.
func (s *Service) DueNotices(ctx context.Context, now time.Time, limit int) ([]duty.Notice, error) {
	list, err := s.store.DueNotices(ctx, now, limit)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	list = append(list, s.unwritten(now)...)
	s.mu.Unlock()
	grouping := s.groupingOf(list, now)
	s.mu.Lock()
	var out []duty.Notice
	var overtaken []*item
	for _, n := range list {
		a, tried := s.tried[n.ID]
		if tried && (a.sent || a.next.IsZero() || a.next.After(now)) {
			continue
		}
		if why := s.overtaken(n, grouping); why != "" {
			overtaken = append(overtaken, &item{object: n.AlarmID, at: now, extra: func(tx *records.Tx) error { return tx.CancelNotice(n.ID, why, now) }})
			continue
		}
		s.underWay[n.ID] = s.clock.Mono()
		out = append(out, n)
	}
	s.mu.Unlock()
	s.enqueue(ctx, overtaken...)
	return out, nil
}

// overtaken says why a notice is not to be sent any more; "" where it is. The
// caller holds mu.
func (s *Service) overtaken(n duty.Notice, g alarm.Grouping) string {
	if n.Fire || n.AlarmID == "" || n.Kind != duty.NoticeRaised && n.Kind != duty.NoticeRealarmed && n.Kind != duty.NoticeEscalated {
		return ""
	}
	o, ok := s.covered(n.AlarmID)
	switch {
	case !ok:
		return "ended before it was sent"
	case !waitsForSomebody(o):
		return "acknowledged or returned to normal before it was sent"
	case o.IsSuppressed():
		return "held back: " + holder(&o)
	case n.Attempts == 0 && s.behind(g, o):
		s.quieted[o.ID] = true
		return groupedUnder + g.RootOf[o.ID]
	}
	return ""
}

// unwritten are the notices due that wait for the records, while those cannot be
// written. The caller holds mu.
func (s *Service) unwritten(now time.Time) (out []duty.Notice) {
	if s.failure == nil {
		return nil
	}
	cancelled := map[string]bool{}
	for i := len(s.pending) - 1; i >= 0; i-- {
		it := s.pending[i]
		for _, n := range it.notices {
			if n.State == duty.NoticeDue && !n.Due.After(now) && (n.Fire || !begins(n.Kind) || !cancelled[it.object]) {
				out = append(out, n)
			}
		}
		if it.cancel != "" {
			cancelled[it.object] = true
		}
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// NoticeSent notes that the receiver took a notice. Where the records cannot be
// written it is remembered and written later; the notice is not returned again.
func (s *Service) NoticeSent(ctx context.Context, id string, at time.Time) error {
	return s.attempted(ctx, attempt{id: id, sent: true, at: at})
}

// NoticeFailed notes an attempt that did not succeed, why, and when the next one
// is; a zero next: the receiver refused it for good.
func (s *Service) NoticeFailed(ctx context.Context, id, reason string, next time.Time) error {
	reason, _ = text.Clean(reason, maxReason)
	return s.attempted(ctx, attempt{id: id, reason: reason, next: next})
}

func (s *Service) attempted(ctx context.Context, a attempt) error {
	now := s.clock.Now()
	s.mu.Lock()
	delete(s.underWay, a.id)
	_, waits := s.tried[a.id]
	waits = waits || s.failure != nil && s.puts(a.id)
	s.mu.Unlock()
	if !waits {
		err := s.store.Tx(context.WithoutCancel(ctx), func(tx *records.Tx) error { return writeAttempt(tx, a, now) })
		if err == nil {
			return nil
		}
		if errors.Is(err, records.ErrNoNotice) && !s.putsLater(a.id) {
			return err
		}
		s.log.Warn("an attempt at a notice waits to be written", "notice", a.id, "err", err)
	}
	s.mu.Lock()
	s.tried[a.id] = a
	s.pending = append(s.pending, &item{attempt: &a, at: now})
	s.mu.Unlock()
	s.kickOff()
	return nil
}

// puts reports whether a notice itself still waits to be written. The caller
// holds mu.
func (s *Service) puts(id string) bool {
	for _, it := range s.pending {
		for _, n := range it.notices {
			if n.ID == id {
				return true
			}
		}
	}
	return false
}

func (s *Service) putsLater(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.puts(id)
}

// EnqueueNotice puts a test message into the outbox. It needs the shift lead's,
// the manager's or the admin's role, a channel and, where the channel has several
// receivers, a target.
func (s *Service) EnqueueNotice(ctx context.Context, p duty.Person, n duty.Notice) (id string, err error) {
	defer func() { s.metrics.command("test_notice", err) }()
	switch {
	case !s.may(p, duty.ShiftLead, duty.Manager, duty.Admin):
		return "", duty.Refuse(duty.NotAllowed, "test notice: needs the role shift-lead, manager or admin")
	case n.Channel == "":
		return "", duty.Refuse(duty.Incomplete, "test notice: name a channel of notify.yaml")
	}
	now := s.clock.Now()
	n.Kind, n.AlarmID, n.State, n.Priority = duty.NoticeTest, "", duty.NoticeDue, max(n.Priority, facility.P1)
	if n.ID == "" {
		n.ID = "NTC-" + newToken()
	}
	if n.Due.IsZero() {
		n.Due = now
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	err = s.overtake(ctx, &item{notices: []duty.Notice{n}, at: now, note: &note{person(p.ID), "notice.test", n.ID,
		map[string]any{"channel": n.Channel, "target": n.Target}}})
	if err != nil {
		return "", duty.Refuse(duty.Unavailable, "test notice: %v", err)
	}
	return n.ID, nil
}

// Notices returns the newest notices of an alarm, at most limit; of all alarms
// where alarmID is "".
func (s *Service) Notices(ctx context.Context, alarmID string, limit int) ([]duty.Notice, error) {
	if limit < 1 || limit > maxNotices {
		limit = maxNotices
	}
	return s.store.Notices(ctx, alarmID, limit)
}

// maxNotices bounds one answer.
const maxNotices = 1000
