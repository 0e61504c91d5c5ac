package history

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/internal/facility"
)

// supervised runs a real child until the test ends.
func supervised(t *testing.T, dir string, env ...string) (*Supervisor, string) {
	t.Helper()
	socket := filepath.Join(shortDir(t), "h.sock")
	ctx, cancel := context.WithCancel(t.Context())
	s := Supervise(ctx, SupervisorOptions{Dir: dir, Socket: socket, Env: env, Registerer: prometheus.NewRegistry()})
	t.Cleanup(func() {
		cancel()
		s.Wait()
		if s.PID() != 0 {
			t.Error("the child outlived its supervisor")
		}
	})
	return s, socket
}

// smallMark keeps the tests' data within what any machine has free.
const smallMark = watermarkVariable + "=1048576"

// TestKilledChildLosesNothing kills the child again and again while readings are
// written, then counts every one of them.
func TestKilledChildLosesNothing(t *testing.T) {
	const (
		devices, most = 80, 9000 // ticks; the writer stops when the last child is back
		kills         = 5
	)
	s, socket := supervised(t, filepath.Join(t.TempDir(), "data"), smallMark)
	c := startClient(t, ClientOptions{Socket: socket})
	from := facility.TickOf(time.Now()) - most - 60
	points := make([]*facility.Point, devices)
	for i := range points {
		points[i] = pointOf(fmt.Sprintf("dev-%d", i), "ups_output_load_ratio", facility.Label{Name: "phase", Value: "1"})
	}
	eventually(t, 20*time.Second, "history takes samples", func() bool { st, _, _, _, _ := c.Status(); return st == StateOK })

	enough, written := make(chan struct{}), make(chan int)
	go func() {
		pace := time.NewTicker(4 * time.Millisecond) // about 20,000 samples a second
		defer pace.Stop()
		for i := range facility.Tick(most) {
			select {
			case <-enough:
				written <- int(i)
				return
			case <-pace.C:
			}
			for _, p := range points {
				c.Write(one(p, from+i, float64(i), facility.Good))
			}
		}
		written <- most
	}()
	for k := range kills {
		<-time.After(time.Duration(100+rand.IntN(400)) * time.Millisecond)
		eventually(t, 10*time.Second, "a child to kill", func() bool { return s.PID() != 0 })
		pid := s.PID()
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, 5*time.Second, fmt.Sprintf("child back after kill %d", k+1), func() bool { return s.PID() != 0 && s.PID() != pid })
	}
	close(enough)
	ticks := <-written
	eventually(t, 60*time.Second, "everything is delivered", func() bool { st, _, _, held, _ := c.Status(); return held == 0 && st == StateOK })
	if _, _, accepted, _, dropped := c.Status(); accepted != uint64(devices*ticks) || dropped != 0 {
		t.Errorf("accepted %d, dropped %d; want %d, 0", accepted, dropped, devices*ticks)
	}
	t.Logf("%d samples, %d kills", devices*ticks, kills)
	for _, p := range points {
		rs, err := c.Samples(t.Context(), *p, from, from+facility.Tick(ticks))
		if err != nil {
			t.Fatal(err)
		}
		if len(rs) != ticks {
			t.Fatalf("%s: %d samples stored, want %d", p.ID, len(rs), ticks)
		}
		for i, r := range rs {
			if r.Tick != from+facility.Tick(i) || r.Value != float64(i) {
				t.Fatalf("%s: sample %d is %+v", p.ID, i, r)
			}
		}
	}
}

func TestChildIsBackWithinFiveSeconds(t *testing.T) {
	s, socket := supervised(t, filepath.Join(t.TempDir(), "data"), smallMark)
	c := startClient(t, ClientOptions{Socket: socket})
	p := pointOf("dev", "m")
	now := facility.TickOf(time.Now())
	c.Write(one(p, now-10, 1, facility.Good))
	eventually(t, 20*time.Second, "the first sample is stored", func() bool { _, _, n, _, _ := c.Status(); return n == 1 })
	if err := syscall.Kill(s.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	c.Write(one(p, now, 2, facility.Good))
	eventually(t, 5*time.Second, "the second sample is stored by the next child", func() bool { _, _, n, _, _ := c.Status(); return n == 2 })
}

func TestChildThatCannotStartIsToldWithItsReason(t *testing.T) {
	file := filepath.Join(t.TempDir(), "not-a-directory")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s, _ := supervised(t, filepath.Join(file, "data"))
	eventually(t, 10*time.Second, "the state names the reason", func() bool {
		state, detail := s.State()
		return state == StateDown && strings.Contains(detail, "not a directory")
	})
}

// TestChildDiesWithItsParent kills a supervising process and looks for its child.
func TestChildDiesWithItsParent(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(shortDir(t), "h.sock")
	parent := exec.CommandContext(t.Context(), exe, "parent", filepath.Join(t.TempDir(), "data"), socket)
	parent.Env = append(os.Environ(), smallMark)
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "supervising\n" {
		t.Fatalf("parent said %q, %v", line, err)
	}
	child := 0
	eventually(t, 20*time.Second, "the parent has a child", func() bool { child = childOf(parent.Process.Pid); return child != 0 })
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // it was killed
	eventually(t, 10*time.Second, "the child is gone", func() bool { return gone(child) })
}

// childOf finds a process whose parent is pid (proc(5), PPid).
func childOf(pid int) int {
	all, _ := filepath.Glob("/proc/[0-9]*/status")
	for _, f := range all {
		raw, err := os.ReadFile(f)
		if err == nil && bytes.Contains(raw, []byte("\nPPid:\t"+strconv.Itoa(pid)+"\n")) {
			n, _ := strconv.Atoi(filepath.Base(filepath.Dir(f)))
			return n
		}
	}
	return 0
}

// gone reports that pid is no process, or a dead one nobody has reaped yet.
func gone(pid int) bool {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	return err != nil || bytes.Contains(raw, []byte("\nState:\tZ"))
}

// TestRealFullFileSystem fills a small file system under a real child, from
// outside and from within, and gives the space back.
func TestRealFullFileSystem(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=96m"); err != nil {
		t.Skipf("cannot mount a small file system here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	const mark = 24 << 20
	s, socket := supervised(t, filepath.Join(dir, "data"), watermarkVariable+"="+strconv.Itoa(mark))
	c := startClient(t, ClientOptions{Socket: socket})
	ballast := filepath.Join(dir, "ballast")
	p := pointOf("dev", "m")
	now := facility.TickOf(time.Now())
	state := func(want State) func() bool {
		return func() bool { st, _, _, _, _ := c.Status(); return st == want }
	}
	c.Write(one(p, now-100, 1, facility.Good))
	eventually(t, 20*time.Second, "the first sample is stored", func() bool { _, _, n, _, _ := c.Status(); return n == 1 })
	pid := s.PID()

	fill(t, ballast) // to the last byte: the worst others can do
	eventually(t, 15*time.Second, "history says full", state(StateFull))
	c.Write(one(p, now-50, 2, facility.Good))
	if rs, err := c.Samples(t.Context(), *p, now-200, now); err != nil || len(rs) != 1 {
		t.Errorf("reading while full: %v, %v", rs, err)
	}
	if s.PID() != pid {
		t.Error("the child died of a full disk")
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	eventually(t, 30*time.Second, "the held sample is stored", func() bool { _, _, n, held, _ := c.Status(); return n == 2 && held == 0 })

	fill(t, ballast)
	if err := syscall.Kill(s.PID(), syscall.SIGKILL); err != nil { // it must come up on the full disk
		t.Fatal(err)
	}
	eventually(t, 15*time.Second, "a child on a full disk", func() bool { return s.PID() != 0 && s.PID() != pid })
	again := s.PID()
	eventually(t, 20*time.Second, "the new child says full", state(StateFull))
	c.Write(one(p, now, 3, facility.Good))
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	eventually(t, 30*time.Second, "the third sample is stored", func() bool { _, _, n, _, _ := c.Status(); return n == 3 })
	if rs, err := c.Samples(t.Context(), *p, now-200, now+1); err != nil || len(rs) != 3 {
		t.Errorf("after all of it: %v, %v; want three samples", rs, err)
	}
	if s.PID() != again {
		t.Error("the child on the full disk died instead of waiting")
	}
}

// fill writes a file until there is no space left.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	block := make([]byte, 64<<10)
	for err == nil {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("fill %s: %v", path, err)
	}
}

// TestAFrozenChildIsReplaced: a stopped process neither ends nor answers. History
// must be known to be down long before a write gives up, and come back with all
// that was held.
func TestAFrozenChildIsReplaced(t *testing.T) {
	socket := filepath.Join(shortDir(t), "h.sock")
	ctx, cancel := context.WithCancel(t.Context())
	s := Supervise(ctx, SupervisorOptions{Dir: filepath.Join(t.TempDir(), "data"), Socket: socket, Env: []string{smallMark},
		AnswerWithin: 2500 * time.Millisecond, Registerer: prometheus.NewRegistry()})
	t.Cleanup(func() { cancel(); s.Wait() })
	c := startClient(t, ClientOptions{Socket: socket})
	p := pointOf("dev", "m")
	now := facility.TickOf(time.Now())
	c.Write(one(p, now-100, 0, facility.Good))
	eventually(t, 20*time.Second, "the first sample is stored", func() bool { _, _, n, _, _ := c.Status(); return n == 1 })
	frozen := s.PID()
	if err := syscall.Kill(frozen, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	c.Write(one(p, now, 1, facility.Good))
	eventually(t, probeEvery+probeLimit+3*time.Second, "history counts as down", func() bool { st, _, _, _, _ := c.Status(); return st == StateDown })
	eventually(t, 30*time.Second, "another child runs", func() bool { return s.PID() != 0 && s.PID() != frozen })
	eventually(t, 10*time.Second, "what was held is stored", func() bool { st, _, n, held, _ := c.Status(); return st == StateOK && n == 2 && held == 0 })
}
