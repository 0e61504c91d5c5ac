package history

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

func TestSyncNewestSegment(t *testing.T) {
	wal := filepath.Join(t.TempDir(), "wal")
	if err := syncNewestSegment(wal); err == nil {
		t.Error("no error without a log directory")
	}
	if err := os.MkdirAll(filepath.Join(wal, "checkpoint.00000003"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syncNewestSegment(wal); err != nil {
		t.Errorf("a log with nothing but a checkpoint: %v", err)
	}
	for _, name := range []string{"00000003", "00000004"} {
		if err := os.WriteFile(filepath.Join(wal, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := syncNewestSegment(wal); err != nil {
		t.Errorf("two segments: %v", err)
	}
	// The newest one must be the one that is opened: make it impossible to open.
	if err := os.Remove(filepath.Join(wal, "00000004")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(wal, filepath.Join(wal, "00000004")); err != nil { // a directory cannot be opened for writing
		t.Fatal(err)
	}
	if err := syncNewestSegment(wal); err == nil || !strings.Contains(err.Error(), "00000004") {
		t.Errorf("error %v, want one that names 00000004", err)
	}
}

func TestOwnMemory(t *testing.T) {
	if n, err := ownMemory(os.Getpid()); err != nil || n < 1<<20 {
		t.Errorf("own memory %d, %v; want over 1 MiB", n, err)
	}
	if _, err := ownMemory(-1); err == nil {
		t.Error("no error for a process that does not exist")
	}
}

func TestUntilEOF(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := UntilEOF(t.Context(), r)
	defer cancel()
	if ctx.Err() != nil {
		t.Fatal("ended before its input")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ctx.Done():
	case <-time.After(5 * time.Second):
		t.Error("did not end with its input")
	}
}

func TestClientMetricsTellWhatIsHeldAndLost(t *testing.T) {
	reg := prometheus.NewRegistry()
	c, err := NewClient(ClientOptions{Socket: "/nowhere/h.sock", HoldLimit: 3, Registerer: reg})
	if err != nil {
		t.Fatal(err)
	}
	p := pointOf("d", "m")
	for range 5 {
		c.Write(one(p, 1, 1, 1))
	}
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			key := f.GetName()
			for _, l := range m.GetLabel() {
				key += " " + l.GetValue()
			}
			got[key] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	if got["nezuban_history_samples_held"] != 3 || got["nezuban_history_samples_dropped_total hold_limit"] != 2 {
		t.Errorf("metrics %v; want 3 held, 2 dropped for the hold limit", got)
	}
}
