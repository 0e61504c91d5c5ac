package records

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
)

// tamper changes a store behind its back, triggers put aside.
func tamper(t *testing.T, dir string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", dsn(filepath.Join(dir, FileName), "rw"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, table := range []string{"alarm_event", "suppression_event", "audit", "audit_checkpoint"} {
		statements = append([]string{"DROP TRIGGER " + table + "_no_update", "DROP TRIGGER " + table + "_no_delete"}, statements...)
	}
	for _, q := range statements {
		if _, err := db.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
}

// forge writes the whole chain anew after a change, every sum right.
func forge(t *testing.T, dir string) {
	t.Helper()
	db, err := sql.Open("sqlite", dsn(filepath.Join(dir, FileName), "rw"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT " + auditColumns + " FROM audit ORDER BY seq")
	if err != nil {
		t.Fatal(err)
	}
	var all []duty.AuditEntry
	for rows.Next() {
		e, err := scanAudit(rows)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	rows.Close()
	prev := firstPrev
	for _, e := range all {
		e.PrevSum = prev
		e.Sum = Sum(e)
		prev = e.Sum
		if _, err := db.Exec("UPDATE audit SET prev = ?, sum = ? WHERE seq = ?", e.PrevSum, e.Sum, e.Seq); err != nil {
			t.Fatal(err)
		}
	}
}

func TestVerifyFindsWhatWasTamperedWith(t *testing.T) {
	tests := []struct {
		name   string
		tamper func(t *testing.T, dir string)
		says   string
		seq    int64
	}{
		{"an entry changed", func(t *testing.T, dir string) {
			tamper(t, dir, "UPDATE audit SET actor_id = 'ito' WHERE seq = 2")
		}, "another sum than its contents", 2},
		{"an entry taken out", func(t *testing.T, dir string) {
			tamper(t, dir, "DELETE FROM audit WHERE seq = 3")
		}, "entry 4 of site-1 follows entry 2", 3},
		{"an entry changed and its own sum made right", func(t *testing.T, dir string) {
			tamper(t, dir, "UPDATE audit SET action = 'nothing' WHERE seq = 2")
			db, err := sql.Open("sqlite", dsn(filepath.Join(dir, FileName), "rw"))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			rows, err := db.Query("SELECT " + auditColumns + " FROM audit WHERE seq = 2")
			if err != nil || !rows.Next() {
				t.Fatal(err)
			}
			e, err := scanAudit(rows)
			rows.Close()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec("UPDATE audit SET sum = ? WHERE seq = 2", Sum(e)); err != nil {
				t.Fatal(err)
			}
		}, "does not name the sum of the entry before", 3},
		{"the whole chain forged", func(t *testing.T, dir string) {
			tamper(t, dir, "UPDATE audit SET actor_id = 'ito' WHERE seq = 2")
			forge(t, dir)
		}, "the chain was rewritten", 5},
		{"the tail cut off", func(t *testing.T, dir string) {
			tamper(t, dir, "DELETE FROM audit WHERE seq > 4", "DELETE FROM audit_checkpoint")
		}, "entries 5 to 5 are missing", 5},
		{"everything cut off", func(t *testing.T, dir string) {
			tamper(t, dir, "DELETE FROM audit", "DELETE FROM audit_checkpoint")
		}, "entries 1 to 5 are missing", 1},
		{"an event changed", func(t *testing.T, dir string) {
			tamper(t, dir, `UPDATE alarm_event SET body = replace(body, 'went to look', 'looked') WHERE revision = 2`)
		}, "event ALM-000001 revision 2 was changed", 2},
		{"an event taken out", func(t *testing.T, dir string) {
			tamper(t, dir, `DELETE FROM alarm_event WHERE alarm_id = 'ALM-000002' AND revision = 2`)
		}, "event ALM-000002 revision 2 is missing", 5},
		{"an event put in", func(t *testing.T, dir string) {
			tamper(t, dir, `INSERT INTO alarm_event (alarm_id, revision, at, body) SELECT 'ALM-000009', 1, at, body FROM alarm_event WHERE seq = 1`)
		}, "1 alarm events have no audit entry", 0},
		{"a state changed", func(t *testing.T, dir string) {
			tamper(t, dir, `UPDATE alarm_occurrence SET body = replace(body, '"AckedBy":"sato"', '"AckedBy":"ito"')`)
		}, "the state kept of ALM-000001 does not follow", 0},
		{"a checkpoint changed", func(t *testing.T, dir string) {
			path := filepath.Join(dir, CheckpointFile)
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(strings.Replace(string(raw), "\n5\n", "\n4\n", 1)), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "signature", 0},
		{"the checkpoint file taken away", func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, CheckpointFile)); err != nil {
				t.Fatal(err)
			}
		}, "is not in checkpoints.txt", 5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			story(t, s)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if r := verify(t, dir, VerifyOptions{}); !r.OK() {
				t.Fatalf("before: %+v", r.Findings)
			}
			tt.tamper(t, dir)
			r := verify(t, dir, VerifyOptions{})
			if r.OK() || !strings.Contains(r.Findings[0].What, tt.says) || r.Findings[0].Seq != tt.seq {
				t.Errorf("findings %+v; want first entry %d, %q", r.Findings, tt.seq, tt.says)
			}
		})
	}
}

func TestAForgerWithTheDataDirectoryIsCaughtByTheWitness(t *testing.T) {
	dir, witness := t.TempDir(), t.TempDir()
	o := options(dir)
	o.Witness = witness
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	story(t, s)
	s.Close()
	pub, err := os.ReadFile(filepath.Join(dir, "keys", publicKeyFile))
	if err != nil {
		t.Fatal(err)
	}
	// a whole new history, signed with a key of its own
	for _, name := range []string{FileName, CheckpointFile, "keys/" + publicKeyFile, "keys/" + privateKeyFile} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	s = open(t, dir)
	keep(t, s, event("ALM-000001", 1, alarm.Raised, 0))
	s.Close()
	if r := verify(t, dir, VerifyOptions{}); !r.OK() {
		t.Fatalf("within itself the forgery is sound: %+v", r.Findings)
	}
	if r := verify(t, dir, VerifyOptions{PublicKeys: string(pub), Witness: witness}); r.OK() {
		t.Error("the witness did not give the forgery away")
	}
}
