package ops

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/clock"
	"nezuban/internal/records"
)

// TestMain runs as the daemon that is killed when told so.
func TestMain(m *testing.M) {
	if dir := os.Getenv("NEZUBAN_TEST_DAEMON"); dir != "" {
		if err := acknowledgeForEver(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// acknowledgeForEver raises alarms, acknowledges each and prints its id once
// Acknowledge has returned.
func acknowledgeForEver(dir string) error {
	ctx := context.Background()
	store, err := records.Open(ctx, records.Options{
		Path: filepath.Join(dir, records.FileName), Node: "site-1", Clock: clock.System(), Log: quiet(),
	})
	if err != nil {
		return err
	}
	s, err := New(ctx, Options{Store: store, Clock: clock.System(), Log: quiet()})
	if err != nil {
		return err
	}
	go s.Run(ctx)
	for i := 0; ; i++ {
		device := fmt.Sprintf("ups-%d-%d", os.Getpid(), i)
		s.Commit(ctx, []alarm.Change{change(onBattery, device, true, 0)})
		for _, o := range s.Standing() {
			if o.State() != alarm.Unack {
				continue
			}
			if _, err := s.Acknowledge(ctx, sato, o.ID, 0, "seen"); err != nil {
				return err
			}
			fmt.Println(o.ID)
		}
	}
}

func TestKilledWhileAcknowledging(t *testing.T) {
	dir := t.TempDir()
	acked := map[string]bool{}
	for round := range 5 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "NEZUBAN_TEST_DAEMON="+dir)
		var stderr strings.Builder
		cmd.Stderr = &stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
		got := 0
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if acked[lines.Text()] {
				t.Errorf("round %d: %s was acknowledged before: its number or its acknowledgement was lost", round, lines.Text())
			}
			acked[lines.Text()] = true
			if got++; got == 20+13*round {
				cmd.Process.Kill()
			}
		}
		timer.Stop()
		cmd.Wait()
		if got == 0 {
			t.Fatalf("round %d: the daemon acknowledged nothing: %s", round, stderr.String())
		}
	}
	s := start(t, dir)
	missing := 0
	for id := range acked {
		if o, ok := s.Alarm(id); !ok || o.State() != alarm.Acked || o.AckedBy != "sato" {
			missing++
		}
	}
	if missing > 0 {
		t.Errorf("%d of %d acknowledgements are missing", missing, len(acked))
	}
	s.verify(t)
}
