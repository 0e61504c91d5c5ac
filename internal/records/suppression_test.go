package records

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

func shelving(id string, revision int, kind alarm.SuppressionEventKind, actor string, minute int) alarm.SuppressionEvent {
	e := alarm.SuppressionEvent{ID: id, Revision: revision, Kind: kind, At: noon.Add(time.Duration(minute) * time.Minute), Actor: actor, Reason: "known"}
	if revision == 1 {
		e.Type, e.Until = alarm.Shelving, noon.Add(time.Hour)
		e.Scope = alarm.Scope{Rule: "UPS-ON-BATTERY", Device: "ups-a1", Name: facility.Text{En: "UPS on battery"}}
	}
	return e
}

func keepSuppressions(t *testing.T, s *Store, events ...alarm.SuppressionEvent) {
	t.Helper()
	err := s.Tx(t.Context(), func(tx *Tx) error {
		for _, e := range events {
			if _, err := tx.AppendSuppression(e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// suppressed is one shelving that is over and one that is in force.
func suppressed(t *testing.T, s *Store) {
	t.Helper()
	keepSuppressions(t, s,
		shelving("SUP-000001", 1, alarm.Requested, "person:sato", 0),
		shelving("SUP-000001", 2, alarm.Began, "person:ito", 1),
		shelving("SUP-000001", 3, alarm.Expired, "system:suppression", 60),
		shelving("SUP-000002", 1, alarm.Began, "person:sato", 70-65))
}

func TestSuppressionsComeBackAsTheyWereWritten(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	suppressed(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	for since, want := range map[time.Time]int{noon: 4, noon.Add(2 * time.Hour): 1} {
		if got, err := s.SuppressionEvents(t.Context(), since); err != nil || len(got) != want {
			t.Errorf("events of those not over at %s: %d, %v; want %d", since, len(got), err, want)
		}
	}
	all, err := s.SuppressionEventsBetween(t.Context(), noon, noon.Add(2*time.Hour))
	if err != nil || len(all) != 4 || all[0] != shelving("SUP-000001", 1, alarm.Requested, "person:sato", 0) {
		t.Errorf("between: %+v, %v", all, err)
	}
	if id, err := s.LastSuppression(t.Context()); err != nil || id != "SUP-000002" {
		t.Errorf("LastSuppression = %q, %v", id, err)
	}
	keepSuppressions(t, s, shelving("SUP-1000000", 1, alarm.Began, "person:sato", 6))
	if id, err := s.LastSuppression(t.Context()); err != nil || id != "SUP-1000000" {
		t.Errorf("LastSuppression = %q, %v", id, err)
	}
	if r := verify(t, dir, VerifyOptions{}); !r.OK() || r.Suppressions != 5 {
		t.Errorf("Verify: %+v", r)
	}
}

func TestASuppressionThatDoesNotFollowIsRefused(t *testing.T) {
	s := open(t, t.TempDir())
	suppressed(t, s)
	other := shelving("SUP-000002", 1, alarm.Began, "person:mori", 5)
	for name, tt := range map[string]struct {
		e    alarm.SuppressionEvent
		want error
	}{
		"kept already":        {shelving("SUP-000002", 1, alarm.Began, "person:sato", 5), ErrExists},
		"another revision 1":  {other, ErrConflict},
		"after its end":       {shelving("SUP-000001", 4, alarm.Ended, "person:sato", 61), ErrConflict},
		"a revision left out": {shelving("SUP-000002", 3, alarm.Ended, "person:sato", 61), ErrConflict},
		"one that never was":  {shelving("SUP-000007", 2, alarm.Ended, "person:sato", 61), ErrConflict},
	} {
		err := s.Tx(t.Context(), func(tx *Tx) error {
			_, err := tx.AppendSuppression(tt.e)
			return err
		})
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

func TestVerifyFindsTamperedSuppressions(t *testing.T) {
	for name, tt := range map[string]struct{ statement, says string }{
		"an event changed":   {`UPDATE suppression_event SET body = replace(body, 'known', 'noisy') WHERE revision = 1`, "event SUP-000001 revision 1 was changed"},
		"an event taken out": {`DELETE FROM suppression_event WHERE revision = 3`, "event SUP-000001 revision 3 is missing"},
		"an event put in":    {`INSERT INTO suppression_event (suppression_id, revision, at, body) SELECT 'SUP-000009', 1, at, body FROM suppression_event WHERE seq = 1`, "1 events of suppressions have no audit entry"},
		"a state changed":    {`UPDATE suppression SET body = replace(body, '"Approver":"ito"', '"Approver":"abe"')`, "the state kept of SUP-000001 does not follow"},
		"a row taken out":    {`DELETE FROM suppression WHERE suppression_id = 'SUP-000002'`, "1 events of suppressions are missing from the index"},
	} {
		dir := t.TempDir()
		s := open(t, dir)
		suppressed(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		tamper(t, dir, tt.statement)
		if r := verify(t, dir, VerifyOptions{}); r.OK() || !strings.Contains(r.Findings[0].What, tt.says) {
			t.Errorf("%s: %+v, want %q", name, r.Findings, tt.says)
		}
	}
}

func TestHeldAnnunciationsAreCounted(t *testing.T) {
	s := open(t, t.TempDir())
	held := event("ALM-000001", 1, alarm.Raised, 0)
	held.Held = "SUP-000001"
	byDesign := event("ALM-000002", 1, alarm.Raised, 1)
	byDesign.Held = alarm.HeldByDesign
	keep(t, s, held, byDesign, event("ALM-000003", 1, alarm.Raised, 2))
	if got, err := s.HeldSince(t.Context(), noon); err != nil || len(got) != 1 || got["SUP-000001"] != 1 {
		t.Errorf("HeldSince = %v, %v", got, err)
	}
	if got, err := s.HeldSince(t.Context(), noon.Add(time.Second)); err != nil || len(got) != 0 {
		t.Errorf("HeldSince a second later = %v, %v", got, err)
	}
}

// A store that the release before wrote has neither the tables nor the newer
// fields of an alarm.
func TestAStoreOfTheReleaseBefore(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	story(t, s)
	for _, q := range []string{
		`DROP TABLE suppression_event`, `DROP TABLE suppression`, `DROP TABLE outbox`, `DROP TABLE escalation`, `DROP TABLE trap`, `DROP TABLE target_event`,
		`DELETE FROM goose_db_version WHERE version_id >= 2`, `PRAGMA user_version = 0`,
		`UPDATE alarm_occurrence SET body = json_remove(body, '$.OnAt', '$.Owner', '$.CauseSet', '$.Design', '$.DesignAt', '$.HeldBack', '$.Effect', '$.Notes')`,
	} {
		if _, err := s.writer.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if r := verify(t, dir, VerifyOptions{}); !r.OK() || r.Events != 5 {
		t.Errorf("verified before the upgrade: %+v", r)
	}
	to := filepath.Join(t.TempDir(), "backup")
	if _, err := Backup(t.Context(), dir, to); err != nil {
		t.Errorf("Backup before the upgrade: %v", err)
	}
	s = open(t, dir)
	keep(t, s, event("ALM-000002", 3, alarm.CameBack, 14), event("ALM-000002", 4, alarm.Returned, 15))
	suppressed(t, s)
	if r := verify(t, dir, VerifyOptions{}); !r.OK() || r.Events != 7 || r.Suppressions != 4 {
		t.Errorf("verified after the upgrade: %+v", r)
	}
	fresh := t.TempDir()
	if _, err := Restore(t.Context(), to, restoreOptions(fresh)); err != nil {
		t.Errorf("restoring a backup of the release before: %v", err)
	}
	suppressed(t, open(t, fresh))
}

func TestBackupsCarrySuppressionsAndTheOutbox(t *testing.T) {
	dir, to, fresh := t.TempDir(), filepath.Join(t.TempDir(), "backup"), t.TempDir()
	s := open(t, dir)
	suppressed(t, s)
	put(t, s, notice("NTC-1", "ALM-000001", "mail", 0))
	err := s.Tx(t.Context(), func(tx *Tx) error {
		return tx.SetEscalation(Escalation{AlarmID: "ALM-000001", Step: 2, Due: noon, Since: noon, Revision: 1})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Backup(t.Context(), dir, to); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), to, restoreOptions(fresh)); err != nil {
		t.Fatal(err)
	}
	back := open(t, fresh)
	if got, err := back.SuppressionEvents(t.Context(), noon); err != nil || len(got) != 4 {
		t.Errorf("restored %d events of suppressions, %v", len(got), err)
	}
	if got, err := back.DueNotices(t.Context(), noon, 10); err != nil || len(got) != 1 {
		t.Errorf("restored notices %v, %v", got, err)
	}
	if got, err := back.Escalations(t.Context()); err != nil || len(got) != 1 || got[0].Step != 2 {
		t.Errorf("restored escalations %v, %v", got, err)
	}
}
