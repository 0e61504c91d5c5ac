package records

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nezuban/internal/alarm"
)

// many fills a store with enough for several pages of every table.
func many(t *testing.T, s *Store) {
	t.Helper()
	for _, id := range []string{"ALM-000001", "ALM-000002", "ALM-000003", "ALM-000004", "ALM-000005", "ALM-000006", "ALM-000007", "ALM-000008"} {
		keep(t, s, event(id, 1, alarm.Raised, 0), event(id, 2, alarm.Returned, 1), event(id, 3, alarm.CameBack, 2),
			event(id, 4, alarm.Acknowledged, 3), event(id, 5, alarm.Returned, 4))
		if err := s.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// everything that must never be read wrong.
func everything(t *testing.T, s *Store) string {
	t.Helper()
	var all []any
	events, err := s.EventsBetween(t.Context(), noon, noon.AddDate(0, 0, 1))
	if err != nil {
		return "error"
	}
	all = append(all, events)
	occurrences, err := s.Occurrences(t.Context(), Filter{})
	if err != nil {
		return "error"
	}
	all = append(all, occurrences)
	audit, err := s.Audit(t.Context(), 1, 1000)
	if err != nil {
		return "error"
	}
	out, err := json.Marshal(append(all, audit))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// One flipped bit anywhere must be found by Verify, unless all data still reads
// as it was written.
func TestAFlippedBitIsFoundOrHarmless(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	many(t, s)
	want := everything(t, s)
	s.Close()
	clean, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	const seed = 20261122
	random := rand.New(rand.NewPCG(seed, 1))
	found := 0
	for range 150 {
		at, bit := random.IntN(len(clean)), byte(1)<<random.IntN(8)
		spoiled := append([]byte(nil), clean...)
		spoiled[at] ^= bit
		if err := os.WriteFile(filepath.Join(dir, FileName), spoiled, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Verify(t.Context(), dir, VerifyOptions{})
		if err != nil || !r.OK() {
			found++
			continue
		}
		o := options(dir)
		o.ReadOnly = true
		s, err := Open(t.Context(), o)
		if err != nil {
			continue // refused with a name
		}
		if got := everything(t, s); got != want && got != "error" {
			t.Errorf("byte %d bit %08b (seed %d): Verify finds nothing, and the data is another", at, bit, seed)
		}
		s.Close()
	}
	if found < 20 {
		t.Errorf("Verify found %d of 150 flipped bits; the file is mostly data", found)
	}
}

func TestADamagedStoreIsReadOnlyAndSaysSo(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	many(t, s)
	s.Close()
	path := filepath.Join(dir, FileName)
	clean, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var pageSize = 4096
	tests := []struct {
		name  string
		spoil func(b []byte) []byte
		state string
	}{
		{"a page in the middle", func(b []byte) []byte {
			page := b[len(b)/pageSize/2*pageSize:][:pageSize]
			for i := range page {
				page[i] ^= 0x5a
			}
			return b
		}, StateReadOnly},
		{"the end is missing", func(b []byte) []byte { return b[:len(b)-5*pageSize] }, StateDown},
		{"not a database at all", func(b []byte) []byte { copy(b, "garbage garbage!"); return b }, StateDown},
		{"entries of the chain", func(b []byte) []byte {
			return []byte(strings.Replace(string(b), `{"at":"2026`, `{"at":"2025`, -1))
		}, StateOK}, // signed before: a start does not read it again, Verify does
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := os.WriteFile(path, tt.spoil(append([]byte(nil), clean...)), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(t.Context(), options(dir))
			if err != nil {
				t.Fatalf("Open: %v; a damaged store must not keep the daemon from starting", err)
			}
			defer s.Close()
			state, detail := s.Status()
			if state != tt.state {
				t.Fatalf("state %s (%s), want %s", state, detail, tt.state)
			}
			if r, err := Verify(t.Context(), dir, VerifyOptions{}); err == nil && r.OK() {
				t.Error("Verify finds nothing")
			}
			if state == StateOK {
				return
			}
			if !strings.Contains(detail, "nezuban restore") {
				t.Errorf("detail %q does not say what to do", detail)
			}
			if err := note4K(s); !errors.Is(err, ErrDamaged) {
				t.Errorf("writing: %v, want ErrDamaged", err)
			}
			if err := s.Maintain(t.Context()); err != nil {
				t.Errorf("Maintain: %v", err)
			}
		})
	}
}
