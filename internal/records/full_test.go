package records

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"nezuban/internal/duty"
)

// tmpfs mounts a small file system, where that is allowed.
func tmpfs(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("cannot mount a small file system here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Errorf("unmount %s: %v", dir, err)
		}
	})
	return dir
}

func openWithReserve(t *testing.T, dir string, reserve int64) *Store {
	t.Helper()
	o := options(dir)
	o.Reserve = reserve
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// fill takes all the space that is left and returns the file that holds it.
func fill(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "other-data")
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, size := range []int{1 << 16, 4096, 1} {
		for block := make([]byte, size); err == nil; _, err = f.Write(block) {
		}
		if !errors.Is(err, unix.ENOSPC) {
			t.Fatalf("filling: %v, want ENOSPC", err)
		}
		err = nil
	}
	return path
}

func note4K(s *Store) error {
	return s.Tx(context.Background(), func(tx *Tx) error {
		_, err := tx.AppendAudit(duty.Actor{Kind: "system", ID: "test"}, "test.note", "", strings.Repeat("x", 4000))
		return err
	})
}

func TestAFullDiskIsBridgedByTheReserve(t *testing.T) {
	dir := tmpfs(t, "32m")
	s := openWithReserve(t, dir, 8<<20)
	if got := s.reserve.size(); got != 8<<20 {
		t.Fatalf("reserve has %d bytes, want 8 MiB", got)
	}
	story(t, s)
	others := fill(t, dir)
	kept := 0
	for ; kept < 5000; kept++ {
		if err := note4K(s); err != nil {
			if !errors.Is(err, ErrNoSpace) {
				t.Fatalf("after %d: %v, want ErrNoSpace", kept, err)
			}
			break
		}
		if kept == 50 { // others take what the reserve gives up
			fill(t, dir)
		}
	}
	if kept < 500 || kept == 5000 {
		t.Errorf("%d entries of 4 kB were kept out of a reserve of 8 MiB; want several hundred, then a refusal", kept)
	}
	if state, detail := s.Status(); state != StateReadOnly || !strings.Contains(detail, "free some space") {
		t.Errorf("state %s, %q; want read_only that asks for space", state, detail)
	}
	if err := s.Maintain(t.Context()); !errors.Is(err, ErrNoSpace) {
		t.Errorf("Maintain while full: %v, want ErrNoSpace", err)
	}
	if list, err := s.Occurrences(t.Context(), Filter{}); err != nil || len(list) != 2 {
		t.Errorf("reading while full: %d, %v; want 2", len(list), err)
	}

	if err := os.Remove(others); err != nil {
		t.Fatal(err)
	}
	if err := s.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if state, _ := s.Status(); state != StateOK {
		t.Errorf("state %s after space came back, want ok without anybody writing", state)
	}
	if err := note4K(s); err != nil {
		t.Fatalf("after space came back: %v", err)
	}
	s.mu.Lock()
	s.refill()
	s.mu.Unlock()
	if got := s.reserve.size(); got != 8<<20 {
		t.Errorf("reserve has %d bytes again, want 8 MiB", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if r := verify(t, dir, VerifyOptions{}); !r.OK() || r.Nodes[0].Entries != int64(5+kept+1) {
		t.Errorf("chain: %+v; want %d entries", r, 5+kept+1)
	}
}

func TestStartingOnAFullDisk(t *testing.T) {
	dir := tmpfs(t, "16m")
	s := openWithReserve(t, dir, 4<<20)
	story(t, s)
	fill(t, dir)
	s.Close()
	s = openWithReserve(t, dir, 4<<20)
	if err := note4K(s); err != nil {
		t.Errorf("the first change after a start on a full disk: %v", err)
	}
}

// SQLite's own page limit answers as a full disk does, also without root.
func TestWithoutSpaceNothingIsHalfKept(t *testing.T) {
	dir := t.TempDir()
	s := openWithReserve(t, dir, 4<<20)
	story(t, s)
	var pages int
	if err := s.writer.QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit := func(n int) {
		if _, err := s.writer.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", n)); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages + 3)
	kept := 0
	for kept < 100 {
		err := note4K(s)
		if errors.Is(err, ErrNoSpace) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		kept++
	}
	if kept == 100 {
		t.Fatal("the limit had no effect")
	}
	if got := s.reserve.size(); got != 0 {
		t.Errorf("%d bytes of the reserve are left when the store gives up, want 0", got)
	}
	if state, _ := s.Status(); state != StateReadOnly {
		t.Errorf("state %s, want read_only", state)
	}
	limit(1 << 20)
	if err := note4K(s); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if r := verify(t, dir, VerifyOptions{}); !r.OK() || r.Nodes[0].Entries != int64(5+kept+1) {
		t.Errorf("chain: %+v; want %d entries", r, 5+kept+1)
	}
}
