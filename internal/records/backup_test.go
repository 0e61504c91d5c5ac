package records

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
)

func restoreOptions(dir string) RestoreOptions {
	return RestoreOptions{Store: options(dir), Actor: duty.Actor{Kind: "person", ID: "mori"}}
}

func TestBackupWhileWritingAndRestore(t *testing.T) {
	dir, to := t.TempDir(), filepath.Join(t.TempDir(), "backup")
	s := open(t, dir)
	story(t, s)
	if err := s.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	keep(t, s, event("ALM-000003", 1, alarm.Raised, 20)) // only in the write-ahead log
	r, err := Backup(t.Context(), dir, to)
	if err != nil || r.Nodes[0].Entries != 6 || r.Events != 6 {
		t.Fatalf("Backup: %+v, %v; want 6 entries", r, err)
	}
	if _, err := os.Stat(filepath.Join(to, "keys", privateKeyFile)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the backup holds the private key: %v", err)
	}
	keep(t, s, event("ALM-000004", 1, alarm.Raised, 30)) // after the backup

	fresh := t.TempDir()
	if _, err := Restore(t.Context(), to, restoreOptions(fresh)); err != nil {
		t.Fatalf("Restore: %v", err)
	}
	if r := verify(t, fresh, VerifyOptions{}); !r.OK() || r.Nodes[0].Entries != 7 {
		t.Errorf("after Restore: %+v", r)
	}
	back := open(t, fresh)
	list, err := back.Occurrences(t.Context(), Filter{})
	if err != nil || len(list) != 3 {
		t.Errorf("restored: %d occurrences, %v; want 3", len(list), err)
	}
	last, err := back.Audit(t.Context(), 7, 1)
	if err != nil || last[0].Action != "records.restore" || last[0].Actor.ID != "mori" {
		t.Errorf("entry 7: %+v, %v; want the restore by mori", last, err)
	}
}

func TestRestoreRefuses(t *testing.T) {
	dir, to := t.TempDir(), filepath.Join(t.TempDir(), "backup")
	s := open(t, dir)
	story(t, s)
	if _, err := Backup(t.Context(), dir, to); err != nil {
		t.Fatal(err)
	}
	if _, err := Backup(t.Context(), dir, to); err == nil {
		t.Error("Backup over a backup was taken")
	}
	if _, err := Restore(t.Context(), to, restoreOptions(dir)); !errors.Is(err, ErrInUse) {
		t.Errorf("over a running daemon's store: %v, want ErrInUse", err)
	}
	s.Close()
	if _, err := Restore(t.Context(), to, restoreOptions(dir)); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("over a store at rest: %v, want a refusal", err)
	}
	tamper(t, to, "UPDATE audit SET actor_id = 'ito' WHERE seq = 2")
	fresh := t.TempDir()
	if _, err := Restore(t.Context(), to, restoreOptions(fresh)); !errors.Is(err, ErrDamaged) {
		t.Errorf("from a spoiled backup: %v, want ErrDamaged", err)
	}
	if _, err := os.Stat(filepath.Join(fresh, FileName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the spoiled backup was put in place: %v", err)
	}
}

func TestASpoiledStoreIsNotBackedUp(t *testing.T) {
	dir, to := t.TempDir(), filepath.Join(t.TempDir(), "backup")
	s := open(t, dir)
	story(t, s)
	s.Close()
	tamper(t, dir, "UPDATE audit SET actor_id = 'ito' WHERE seq = 2")
	if _, err := Backup(t.Context(), dir, to); !errors.Is(err, ErrDamaged) {
		t.Errorf("Backup: %v, want ErrDamaged", err)
	}
	if _, err := os.Stat(to); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what was begun is still there: %v", err)
	}
}
