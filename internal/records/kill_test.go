package records

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"nezuban/internal/alarm"
)

// TestMain runs as the writer that is killed when told so.
func TestMain(m *testing.M) {
	if dir := os.Getenv("NEZUBAN_TEST_WRITER"); dir != "" {
		if err := write(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// write raises alarms for ever and prints the number of each that was kept.
func write(dir string) error {
	ctx := context.Background()
	s, err := Open(ctx, options(dir))
	if err != nil {
		return err
	}
	for {
		var n int64
		err := s.Tx(ctx, func(tx *Tx) (err error) {
			if n, err = tx.NextAlarmNumber(); err != nil {
				return err
			}
			_, err = tx.AppendEvent(event(fmt.Sprintf("ALM-%06d", n), 1, alarm.Raised, int(n)))
			return err
		})
		if err != nil {
			return err
		}
		fmt.Println(n)
		if n%50 == 0 {
			if err := s.Checkpoint(ctx); err != nil {
				return err
			}
		}
	}
}

func TestKilledWhileWriting(t *testing.T) {
	dir := t.TempDir()
	var last int64
	for round := range 6 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "NEZUBAN_TEST_WRITER="+dir)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		before := last
		lines := bufio.NewScanner(out)
		timer := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
		for lines.Scan() {
			n, err := strconv.ParseInt(lines.Text(), 10, 64)
			if err != nil {
				t.Fatalf("writer printed %q", lines.Text())
			}
			if n != last+1 {
				t.Errorf("round %d: %d after %d", round, n, last)
			}
			if last = n; last == before+int64(30+37*round) {
				cmd.Process.Kill() // what it prints until it dies is read all the same
			}
		}
		timer.Stop()
		cmd.Wait()
		if last == before {
			t.Fatalf("round %d: the writer kept nothing", round)
		}
		r := verify(t, dir, VerifyOptions{})
		if !r.OK() || r.Events < last {
			t.Fatalf("round %d: %d were kept, %d are there: %+v", round, last, r.Events, r.Findings)
		}
		last = r.Events // one more may have been kept than could be printed
	}
}
