package records

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"nezuban/internal/duty"
	"nezuban/internal/facility"
)

func notice(id, alarmID, channel string, second int) duty.Notice {
	return duty.Notice{
		ID: id, AlarmID: alarmID, Transition: 1, Kind: duty.NoticeRaised, Priority: facility.P2, Channel: channel, Target: "sato",
		State: duty.NoticeDue, Due: noon.Add(time.Duration(second) * time.Second), Body: []byte(`{"a":1}`),
	}
}

func put(t *testing.T, s *Store, list ...duty.Notice) {
	t.Helper()
	err := s.Tx(t.Context(), func(tx *Tx) error {
		for _, n := range list {
			if err := tx.PutNotice(n, noon); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func in(t *testing.T, s *Store, fn func(*Tx) error) {
	t.Helper()
	if err := s.Tx(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func dueIDs(t *testing.T, s *Store, second, limit int) string {
	t.Helper()
	list, err := s.DueNotices(t.Context(), noon.Add(time.Duration(second)*time.Second), limit)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, n := range list {
		ids = append(ids, n.ID)
	}
	return strings.Join(ids, " ")
}

func TestNoticesAreDueInOrder(t *testing.T) {
	s := open(t, t.TempDir())
	later := notice("NTC-2", "ALM-1", "mail", 0)
	later.Kind = duty.NoticeEscalated
	other := notice("NTC-4", "ALM-1", "mail", 0)
	other.Target = "mori"
	put(t, s, notice("NTC-1", "ALM-1", "mail", 10), later, notice("NTC-3", "ALM-2", "mail", 0), other)
	if got := dueIDs(t, s, 5, 10); got != "NTC-3 NTC-4" {
		t.Errorf("at 5 s: %q; a later notice waits for an earlier one to the same receiver", got)
	}
	if got := dueIDs(t, s, 10, 10); got != "NTC-1 NTC-3 NTC-4" {
		t.Errorf("at 10 s: %q", got)
	}
	in(t, s, func(tx *Tx) error { return tx.NoticeFailed("NTC-1", "no answer", noon.Add(20*time.Second), noon) })
	if got := dueIDs(t, s, 15, 10); got != "NTC-3 NTC-4" {
		t.Errorf("at 15 s, after a failure: %q", got)
	}
	in(t, s, func(tx *Tx) error { return tx.NoticeSent("NTC-1", noon.Add(21*time.Second), noon) })
	if got := dueIDs(t, s, 21, 10); got != "NTC-2 NTC-3 NTC-4" {
		t.Errorf("at 21 s, after it was sent: %q", got)
	}
	list, err := s.Notices(t.Context(), "ALM-1", 10)
	if err != nil || len(list) != 3 || list[2].ID != "NTC-1" || list[2].State != duty.NoticeSent || list[2].Attempts != 2 ||
		!list[2].SentAt.Equal(noon.Add(21*time.Second)) || string(list[2].Body) != `{"a":1}` {
		t.Errorf("Notices: %+v, %v", list, err)
	}
}

// A channel that takes nothing holds no other one up.
func TestAStuckChannelHoldsNobodyUp(t *testing.T) {
	s := open(t, t.TempDir())
	var list []duty.Notice
	for i := range 50 {
		list = append(list, notice(fmt.Sprint("NTC-mail-", i), fmt.Sprint("ALM-", i), "mail", 0))
	}
	put(t, s, append(list, notice("NTC-hook", "ALM-0", "hook", 0))...)
	if got := dueIDs(t, s, 0, 2); got != "NTC-hook NTC-mail-0 NTC-mail-1" {
		t.Errorf("due: %q", got)
	}
	c, err := s.CountNotices(t.Context(), noon)
	if err != nil || c.Waiting != 51 || len(c.Channels) != 2 || c.Channels[1] != (ChannelCount{"mail", 50}) {
		t.Errorf("counts %+v, %v", c, err)
	}
}

func TestANoticeIsWrittenOnceAndNeverChanged(t *testing.T) {
	s := open(t, t.TempDir())
	n := notice("NTC-1", "ALM-1", "mail", 0)
	put(t, s, n)
	n.Body = []byte("{}")
	put(t, s, n)
	in(t, s, func(tx *Tx) error { return tx.NoticeFailed("NTC-1", "550 unknown", time.Time{}, noon) })
	in(t, s, func(tx *Tx) error { return tx.NoticeSent("NTC-1", noon, noon) }) // it is over
	list, err := s.Notices(t.Context(), "", 10)
	if err != nil || len(list) != 1 || string(list[0].Body) != `{"a":1}` || list[0].State != duty.NoticeFailed || list[0].LastError != "550 unknown" {
		t.Errorf("Notices: %+v, %v", list, err)
	}
	if c, err := s.CountNotices(t.Context(), noon); err != nil || c.Failed != 1 || c.Waiting != 0 {
		t.Errorf("counts %+v, %v", c, err)
	}
	for _, q := range []string{`DELETE FROM outbox`, `UPDATE outbox SET body = '{}'`, `UPDATE outbox SET target = 'ito'`} {
		if _, err := s.writer.Exec(q); err == nil || !strings.Contains(err.Error(), "never") {
			t.Errorf("%s: %v, want a refusal", q, err)
		}
	}
	err = s.Tx(t.Context(), func(tx *Tx) error { return tx.NoticeSent("NTC-9", noon, noon) })
	if !errors.Is(err, ErrNoNotice) {
		t.Errorf("an unknown notice: %v", err)
	}
}

func TestCancellingLeavesFireAndWhatIsUnderWay(t *testing.T) {
	s := open(t, t.TempDir())
	fire := notice("NTC-fire", "ALM-1", "mail", 0)
	fire.Fire, fire.Target = true, "mori"
	end := notice("NTC-end", "ALM-1", "mail", 0)
	end.Kind, end.Target = duty.NoticeReturned, "ito"
	put(t, s, notice("NTC-1", "ALM-1", "mail", 0), notice("NTC-2", "ALM-1", "hook", 0), fire, end, notice("NTC-other", "ALM-2", "mail", 0))
	in(t, s, func(tx *Tx) error {
		n, err := tx.CancelNotices("ALM-1", "acknowledged", noon, []string{"NTC-2"})
		if n != 1 {
			t.Errorf("%d cancelled, want 1", n)
		}
		return err
	})
	if got := dueIDs(t, s, 0, 10); got != "NTC-2 NTC-fire NTC-end NTC-other" {
		t.Errorf("due: %q", got)
	}
	in(t, s, func(tx *Tx) error {
		for _, tt := range []struct {
			alarm, channel, target string
			want                   bool
		}{{"ALM-1", "mail", "sato", false}, {"ALM-1", "hook", "sato", true}, {"ALM-1", "mail", "mori", true}, {"ALM-1", "mail", "ito", false}} {
			if got, err := tx.Told(tt.alarm, tt.channel, tt.target); got != tt.want || err != nil {
				t.Errorf("Told %s %s %s = %v, %v", tt.alarm, tt.channel, tt.target, got, err)
			}
		}
		return nil
	})
	in(t, s, func(tx *Tx) error { return tx.NoticeSent("NTC-1", noon, noon) }) // it had gone out all the same
	list, err := s.Notices(t.Context(), "ALM-1", 10)
	if err != nil || list[3].State != duty.NoticeSent {
		t.Errorf("what went out although it was cancelled: %+v, %v", list[3], err)
	}
}

func TestNoticesFromTheFutureAreDue(t *testing.T) {
	s := open(t, t.TempDir())
	put(t, s, notice("NTC-1", "ALM-1", "mail", 15)) // written at noon
	if got := dueIDs(t, s, -3, 10); got != "" {
		t.Errorf("3 s before it was written, the clock being slewed: %q", got)
	}
	if got := dueIDs(t, s, -3600, 10); got != "NTC-1" {
		t.Errorf("the clock an hour back: %q, want it due", got)
	}
}
