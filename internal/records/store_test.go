package records

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/clock"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
)

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func options(dir string) Options {
	return Options{Path: filepath.Join(dir, FileName), Node: "site-1", Clock: clock.System(), Log: quiet()}
}

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), options(dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// raise, come and go are the events of one alarm; minutes count from noon.
func event(id string, revision int, kind alarm.EventKind, minute int) alarm.Event {
	e := alarm.Event{
		AlarmID: id, Revision: revision, Kind: kind, At: noon.Add(time.Duration(minute) * time.Minute),
		Actor: "rule:UPS-ON-BATTERY", Rule: "UPS-ON-BATTERY", RuleRev: 1, Device: "ups-a1", Point: "ups-a1/ups_output_source",
		Priority: facility.P2, Class: alarm.Redundancy, Name: facility.Text{En: "UPS on battery", Ja: "UPS 電池運転"},
		Level: "battery", Value: 5, HasValue: true, Unit: facility.UnitState,
	}
	if kind == alarm.Acknowledged || kind == alarm.ResetDone {
		e.Actor, e.Comment = "person:sato", "went to look"
	}
	return e
}

func keep(t *testing.T, s *Store, events ...alarm.Event) {
	t.Helper()
	err := s.Tx(t.Context(), func(tx *Tx) error {
		for _, e := range events {
			if _, err := tx.AppendEvent(e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// story is one alarm that ended and one that stands.
func story(t *testing.T, s *Store) {
	t.Helper()
	keep(t, s,
		event("ALM-000001", 1, alarm.Raised, 0),
		event("ALM-000001", 2, alarm.Acknowledged, 1),
		event("ALM-000001", 3, alarm.Returned, 5),
		event("ALM-000002", 1, alarm.Raised, 10),
		event("ALM-000002", 2, alarm.Returned, 12))
}

func TestEventsComeBackAsTheyWereWritten(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	story(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	got, err := s.Events(t.Context(), "ALM-000001")
	if err != nil || len(got) != 3 {
		t.Fatalf("Events: %d, %v; want 3", len(got), err)
	}
	if want := event("ALM-000001", 2, alarm.Acknowledged, 1); got[1] != want {
		t.Errorf("second event is %+v, want %+v", got[1], want)
	}
	standing, err := s.StandingEvents(t.Context())
	if err != nil || len(standing) != 2 || standing[0].AlarmID != "ALM-000002" {
		t.Errorf("StandingEvents = %v, %v; want the two of ALM-000002", standing, err)
	}
	if none, err := s.Events(t.Context(), "ALM-000099"); err != nil || len(none) != 0 {
		t.Errorf("Events of an unknown alarm = %v, %v; want none", none, err)
	}
}

func TestOccurrencesAndPeriods(t *testing.T) {
	s := open(t, t.TempDir())
	story(t, s)
	at := func(minute int) time.Time { return noon.Add(time.Duration(minute) * time.Minute) }
	ids := func(list []alarm.Occurrence) (out []string) {
		for _, o := range list {
			out = append(out, o.ID+" "+string(o.State()))
		}
		return out
	}
	tests := []struct {
		name   string
		filter Filter
		want   string
	}{
		{"all, the newest first", Filter{}, "ALM-000002 RTNUN,ALM-000001 NORM"},
		{"standing only", Filter{Standing: true}, "ALM-000002 RTNUN"},
		{"a period before the second", Filter{From: at(1), To: at(10)}, "ALM-000001 NORM"},
		{"a period after the first", Filter{From: at(6), To: at(60)}, "ALM-000002 RTNUN"},
		{"by id", Filter{IDs: []string{"ALM-000001", "x"}}, "ALM-000001 NORM"},
		{"another device", Filter{Devices: []facility.DeviceID{"ups-b1"}}, ""},
		{"by priority and rule", Filter{Priority: facility.P2, Rule: "UPS-ON-BATTERY", Limit: 1}, "ALM-000002 RTNUN"},
	}
	for _, tt := range tests {
		got, err := s.Occurrences(t.Context(), tt.filter)
		if err != nil || strings.Join(ids(got), ",") != tt.want {
			t.Errorf("%s: %v, %v; want %s", tt.name, ids(got), err, tt.want)
		}
	}
	for minute, want := range map[int]string{0: "", 1: "ALM-000001 UNACK", 2: "ALM-000001 ACKED", 6: "", 11: "ALM-000002 UNACK", 13: "ALM-000002 RTNUN"} {
		got, err := s.StandingAt(t.Context(), at(minute))
		if err != nil || strings.Join(ids(got), ",") != want {
			t.Errorf("standing at minute %d: %v, %v; want %q", minute, ids(got), err, want)
		}
	}
	events, err := s.EventsBetween(t.Context(), at(1), at(12))
	if err != nil || len(events) != 3 {
		t.Errorf("EventsBetween minute 1 and 12: %d events, %v; want 3 (half open)", len(events), err)
	}
}

func TestWhatDoesNotFollowIsRefused(t *testing.T) {
	s := open(t, t.TempDir())
	story(t, s)
	changed := event("ALM-000001", 2, alarm.Acknowledged, 1)
	changed.Comment = "something else"
	tests := []struct {
		name  string
		event alarm.Event
		want  error
	}{
		{"the same event again", event("ALM-000001", 2, alarm.Acknowledged, 1), ErrExists},
		{"another event with its revision", changed, ErrConflict},
		{"a revision left out", event("ALM-000002", 4, alarm.Acknowledged, 20), ErrConflict},
		{"a transition the machine does not have", event("ALM-000002", 3, alarm.ResetDone, 20), ErrConflict},
	}
	for _, tt := range tests {
		before, _, _ := s.AuditHead(t.Context())
		err := s.Tx(t.Context(), func(tx *Tx) error {
			_, err := tx.AppendEvent(tt.event)
			return err
		})
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		if after, _, _ := s.AuditHead(t.Context()); after != before {
			t.Errorf("%s: the chain grew from %d to %d", tt.name, before, after)
		}
	}
}

func TestAFailedTransactionLeavesNothing(t *testing.T) {
	s := open(t, t.TempDir())
	boom := errors.New("boom")
	err := s.Tx(t.Context(), func(tx *Tx) error {
		if _, err := tx.AppendEvent(event("ALM-000001", 1, alarm.Raised, 0)); err != nil {
			t.Fatal(err)
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatalf("Tx: %v, want boom", err)
	}
	story(t, s) // revision 1 is still free, and the chain begins at 1
	entries, err := s.Audit(t.Context(), 1, 100)
	if err != nil || len(entries) != 5 || entries[0].Seq != 1 {
		t.Fatalf("audit: %d entries, %v; want 5 from 1 on", len(entries), err)
	}
	if e := entries[1]; e.Action != "alarm.acknowledge" || e.Actor != (duty.Actor{Kind: "person", ID: "sato"}) || !strings.Contains(e.Detail, `"comment":"went to look"`) {
		t.Errorf("entry 2 is %+v", e)
	}
}

func TestEventsAndAuditAreAppendOnly(t *testing.T) {
	s := open(t, t.TempDir())
	story(t, s)
	if err := s.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		"UPDATE alarm_event SET body = ''", "DELETE FROM alarm_event",
		"UPDATE audit SET detail = ''", "DELETE FROM audit WHERE seq = 5",
		"UPDATE audit_checkpoint SET size = 1", "DELETE FROM audit_checkpoint",
	} {
		if _, err := s.writer.Exec(q); err == nil || !strings.Contains(err.Error(), "append only") {
			t.Errorf("%s: %v, want a refusal", q, err)
		}
	}
}

func TestAlarmNumbersAreNeverGivenTwice(t *testing.T) {
	dir := t.TempDir()
	take := func(s *Store, n int64) (first int64) {
		err := s.Tx(t.Context(), func(tx *Tx) (err error) {
			first, err = tx.ReserveAlarmNumbers(n)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return first
	}
	s := open(t, dir)
	if got := take(s, 100); got != 1 {
		t.Errorf("first block begins at %d, want 1", got)
	}
	tx := func(fn func(tx *Tx) error) {
		if err := s.Tx(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	tx(func(tx *Tx) error { return tx.FreeAlarmNumbers(8, 101) })
	if got := take(s, 1); got != 8 {
		t.Errorf("after giving 8 to 100 back: %d, want 8", got)
	}
	tx(func(tx *Tx) error { return tx.FreeAlarmNumbers(2, 8) }) // not the end any more
	tx(func(tx *Tx) error { return tx.UsedAlarmNumbers(50) })
	s.Close()
	if got := take(open(t, dir), 1); got != 50 {
		t.Errorf("after reopening: %d, want 50", got)
	}
}

func TestSmallThings(t *testing.T) {
	s := open(t, t.TempDir())
	ctx := t.Context()
	for _, lang := range []string{"ja", "en"} {
		if err := s.Tx(ctx, func(tx *Tx) error { return tx.SetPreference("sato", "language", lang) }); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.Preferences(ctx, "language"); err != nil || got["sato"] != "en" || len(got) != 1 {
		t.Errorf("Preferences = %v, %v; want sato: en", got, err)
	}
	if got, err := s.LoadAccounts(ctx); err != nil || got != nil {
		t.Errorf("LoadAccounts before any = %q, %v; want nil", got, err)
	}
	for _, body := range []string{`{"a":1}`, `{"a":2}`} {
		if err := s.SaveAccounts(ctx, []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.LoadAccounts(ctx); err != nil || string(got) != `{"a":2}` {
		t.Errorf("LoadAccounts = %q, %v", got, err)
	}
	if _, err := s.FirstSeen(ctx, []string{"ups-a1"}, noon); err != nil {
		t.Fatal(err)
	}
	got, err := s.FirstSeen(ctx, []string{"ups-a1", "ups-a2"}, noon.Add(time.Hour))
	if err != nil || !got["ups-a1"].Equal(noon) || !got["ups-a2"].Equal(noon.Add(time.Hour)) {
		t.Errorf("FirstSeen = %v, %v", got, err)
	}
}

func TestOnlyOneProcessWrites(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	if _, err := Open(t.Context(), options(dir)); !errors.Is(err, ErrInUse) {
		t.Errorf("second Open: %v, want ErrInUse", err)
	}
}

func TestReadingBesideADaemonAndAfterIt(t *testing.T) {
	dir := t.TempDir()
	o := options(dir)
	o.ReadOnly = true
	if _, err := Open(t.Context(), o); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("reading where nothing is: %v, want not exist", err)
	}
	s := open(t, dir)
	story(t, s)
	for _, when := range []string{"beside the daemon", "after it"} {
		r, err := Open(t.Context(), o)
		if err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		if list, err := r.Occurrences(t.Context(), Filter{}); err != nil || len(list) != 2 {
			t.Errorf("%s: %d occurrences, %v; want 2", when, len(list), err)
		}
		if err := r.SaveAccounts(t.Context(), nil); !errors.Is(err, ErrReadOnly) {
			t.Errorf("%s: writing: %v, want ErrReadOnly", when, err)
		}
		if err := r.Close(); err != nil {
			t.Errorf("%s: Close: %v", when, err)
		}
		s.Close()
	}
}

func TestNewerRecordsAreReadButNotWritten(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	story(t, s)
	if _, err := s.writer.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)"); err != nil {
		t.Fatal(err)
	}
	s.Close()
	s = open(t, dir)
	state, detail := s.Status()
	if state != StateReadOnly || !strings.Contains(detail, "schema 99") {
		t.Errorf("state %s, %q; want read_only that names schema 99", state, detail)
	}
	if list, err := s.Occurrences(t.Context(), Filter{}); err != nil || len(list) != 2 {
		t.Errorf("reading: %d, %v; want 2", len(list), err)
	}
	if err := s.Tx(t.Context(), func(*Tx) error { return nil }); !errors.Is(err, ErrReadOnly) {
		t.Errorf("writing: %v, want ErrReadOnly", err)
	}
}

func TestNodeNamesThatWouldBreakASignatureAreRefused(t *testing.T) {
	for _, node := range []string{"", "a b", "a+b", "a/b", strings.Repeat("x", 64)} {
		o := options(t.TempDir())
		o.Node = node
		if _, err := Open(context.Background(), o); err == nil {
			t.Errorf("node %q was taken", node)
		}
	}
}
