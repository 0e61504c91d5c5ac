package records

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"nezuban/internal/alarm"
)

// filled is a store of 20,000 alarms with three events each, closed.
func filled(b *testing.B) (dir string) {
	b.Helper()
	dir = b.TempDir()
	s, err := Open(b.Context(), options(dir))
	if err != nil {
		b.Fatal(err)
	}
	for n := 0; n < 20000; {
		err := s.Tx(b.Context(), func(tx *Tx) error {
			for end := n + 500; n < end; n++ {
				id := fmt.Sprintf("ALM-%06d", n+1)
				for i, kind := range []alarm.EventKind{alarm.Raised, alarm.Acknowledged, alarm.Returned} {
					if _, err := tx.AppendEvent(event(id, i+1, kind, n+i)); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, FileName))
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d MB", info.Size()>>20)
	return dir
}

// BenchmarkOpen is what a start costs with 60,000 events: the check of the file.
func BenchmarkOpen(b *testing.B) {
	dir := filled(b)
	for b.Loop() {
		s, err := Open(b.Context(), options(dir))
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerify walks the same 60,000 events.
func BenchmarkVerify(b *testing.B) {
	dir := filled(b)
	for b.Loop() {
		if r, err := Verify(b.Context(), dir, VerifyOptions{}); err != nil || !r.OK() {
			b.Fatal(err, r.Findings)
		}
	}
}
