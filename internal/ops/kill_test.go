package ops

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/clock"
	"nezuban/internal/duty"
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

// steady escalates three times, at once each time.
type steady struct{ pager }

func (p steady) Transition(o alarm.Occurrence, e alarm.Event, now time.Time) ([]duty.Notice, time.Time) {
	list, next := p.pager.Transition(o, e, now)
	if !next.IsZero() {
		next = now
	}
	return list, next
}

func (p steady) Step(o alarm.Occurrence, step int, now time.Time) ([]duty.Notice, time.Time) {
	list, next := p.pager.Step(o, step, now)
	if !next.IsZero() {
		next = now
	}
	return list, next
}

// acknowledgeForEver raises alarms, shelves one in three, acknowledges those that
// have escalated and prints the id of each suppression and each acknowledged
// alarm once the command has returned.
func acknowledgeForEver(dir string) error {
	ctx := context.Background()
	store, err := records.Open(ctx, records.Options{
		Path: filepath.Join(dir, records.FileName), Node: "site-1", Clock: clock.System(), Log: quiet(),
	})
	if err != nil {
		return err
	}
	s, err := New(ctx, Options{Store: store, Clock: clock.System(), Log: quiet(), Planner: steady{}, Rules: rules,
		Positions: func() []duty.Position { return nil }})
	if err != nil {
		return err
	}
	go s.Run(ctx)
	for i := 0; ; i++ {
		s.Commit(ctx, []alarm.Change{change(onBattery, fmt.Sprintf("ups-%d-%d", os.Getpid(), i), true, 0)})
		for n, o := range s.Standing() {
			switch {
			case o.State() != alarm.Unack:
			case i%3 == 0 && n == 0:
				u, err := s.Shelve(ctx, sato, ShelveRequest{AlarmID: o.ID, For: time.Hour, Reason: "known"})
				if err != nil {
					return err
				}
				fmt.Println(u.ID)
			case n%2 == 1:
				if _, err := s.Acknowledge(ctx, sato, o.ID, 0, "seen"); err != nil {
					return err
				}
				fmt.Println(o.ID)
			}
		}
		s.Tick(ctx)
	}
}

func TestKilledWhileAcknowledging(t *testing.T) {
	dir := t.TempDir()
	said := map[string]bool{}
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
			if said[lines.Text()] {
				t.Errorf("round %d: %s was said before: its number, or what was done, was lost", round, lines.Text())
			}
			said[lines.Text()] = true
			if got++; got == 20+13*round {
				cmd.Process.Kill()
			}
		}
		timer.Stop()
		cmd.Wait()
		if got == 0 {
			t.Fatalf("round %d: the daemon did nothing: %s", round, stderr.String())
		}
	}
	s := startWith(t, dir, Options{Clock: clock.System(), Planner: steady{}, Rules: rules})
	missing := 0
	for id := range said {
		if strings.HasPrefix(id, "SUP-") {
			if u, ok := s.sups.Get(id); !ok || u.State != alarm.InForce {
				missing++
			}
			continue
		}
		if o, ok := s.Alarm(id); !ok || o.State() != alarm.Acked || o.AckedBy != "sato" {
			missing++
		}
	}
	if missing > 0 {
		t.Errorf("%d of %d acknowledgements and shelvings are missing", missing, len(said))
	}
	s.escalatedInOrder(t)
	s.verify(t)
}

// escalatedInOrder checks that every step of every alarm was taken once, that
// each has its notices, and that the next one of who still waits is on record.
func (s *site) escalatedInOrder(t *testing.T) {
	t.Helper()
	taken := map[string]int{}
	for from := int64(1); ; from += 1000 {
		list, err := s.store.Audit(t.Context(), from, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			var d struct{ Step int }
			if e.Action != "escalation.step" {
				continue
			}
			if err := json.Unmarshal([]byte(e.Detail), &d); err != nil {
				t.Fatal(err)
			}
			if taken[e.Object]++; d.Step != taken[e.Object] {
				t.Errorf("%s: step %d was taken after %d others", e.Object, d.Step, taken[e.Object]-1)
			}
		}
		if len(list) < 1000 {
			break
		}
	}
	notices, total := map[string]int{}, 0
	for _, n := range s.notices(t, "") {
		if n.Kind == duty.NoticeEscalated {
			notices[n.AlarmID]++
		}
	}
	for id, steps := range taken {
		if total += steps; notices[id] != 2*steps {
			t.Errorf("%s: %d notices of %d steps, want two each", id, notices[id], steps)
		}
	}
	deadlines, err := s.store.Escalations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	next := map[string]int{}
	for _, d := range deadlines {
		next[d.AlarmID] = d.Step
	}
	for _, o := range s.Standing() {
		if steps := taken[o.ID]; o.State() == alarm.Unack && steps < 3 && next[o.ID] != steps+1 {
			t.Errorf("%s stands unacknowledged after %d steps; the next on record is %d", o.ID, steps, next[o.ID])
		}
	}
	if total == 0 || len(s.Standing()) < 10 {
		t.Errorf("%d steps, %d alarms: nothing was tested", total, len(s.Standing()))
	}
}
