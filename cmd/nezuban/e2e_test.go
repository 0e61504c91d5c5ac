package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"nezuban/internal/api"
)

// The whole product, from outside: the real binary, real processes, real
// signals, real SNMP on loopback.

// program builds the binary once for all tests, and makes the identity that all
// demos of a user share, so that no two of them make it at the same moment.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "nezuban-e2e-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "nezuban")
	build := exec.Command("go", "build", "-o", path, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		_ = os.RemoveAll(dir)
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	vault, err := demoVault(dir)
	if err != nil {
		return "", err
	}
	return path, vault.Set("first", "of this user")
})

func TestMain(m *testing.M) {
	flag.Parse()
	// These tests wait for polls far more than they compute.
	if f := flag.Lookup("test.parallel"); f.Value.String() == fmt.Sprint(runtime.GOMAXPROCS(0)) {
		_ = f.Value.Set("6")
	}
	code := m.Run()
	if path, err := program(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// process is a running nezuban.
type process struct {
	t    *testing.T
	dir  string
	cmd  *exec.Cmd
	out  *bytes.Buffer
	done chan error
}

func start(t *testing.T, dir string, args ...string) *process {
	t.Helper()
	if testing.Short() {
		t.Skip("starts the whole product; not in -short")
	}
	bin, err := program()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, dir: dir, out: &bytes.Buffer{}, done: make(chan error, 1)}
	p.cmd = exec.Command(bin, append(args, "--dir", dir)...)
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // a panic or a time-out of the tests leaves nothing running
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.done <- p.cmd.Wait() }()
	t.Cleanup(func() {
		p.stop(syscall.SIGTERM)
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(dir, "data", "nezuban.log"))
			t.Logf("output:\n%s\nlog:\n%s", tail(p.out.String(), 40), tail(string(log), 60))
		}
	})
	return p
}

func tail(s string, lines int) string {
	all := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// stop sends a signal and waits for the end, SIGKILL after 20 s.
func (p *process) stop(sig syscall.Signal) {
	_ = p.cmd.Process.Signal(sig)
	select {
	case err := <-p.done:
		p.done <- err
	case <-time.After(20 * time.Second):
		p.t.Errorf("%s did not end within 20 s of %v", p.cmd.Args[1], sig)
		_ = p.cmd.Process.Kill()
		p.done <- <-p.done
	}
}

// cli runs one command against the site and returns its standard output.
func cli(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	bin, err := program()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, bin, append(args, "--dir", dir)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, stderr.String())
	}
	return stdout.String(), nil
}

func mustCLI(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := cli(t, dir, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// eventually asks until the condition holds; the message of the last try is the
// failure's.
func eventually(t *testing.T, within time.Duration, what string, ask func() error) time.Time {
	t.Helper()
	deadline := time.Now().Add(within)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ask()
		if err == nil {
			return time.Now()
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %v: %v", what, within, err)
		}
		<-tick.C
	}
}

func client(dir string) *api.Client { return api.NewClient(socketPath(dir)) }

// running waits until the daemon answers and every device has been polled.
func running(t *testing.T, dir string, within time.Duration) api.Status {
	t.Helper()
	var s api.Status
	eventually(t, within, "daemon runs and has polled its devices", func() (err error) {
		if s, err = client(dir).Status(t.Context()); err != nil {
			return err
		}
		if s.Devices.Total == 0 || s.Devices.Unknown > 0 || s.Points == 0 {
			return fmt.Errorf("devices %+v, %d points", s.Devices, s.Points)
		}
		return nil
	})
	return s
}

// standing returns the standing alarms of a rule.
func standing(t *testing.T, dir, filter string) []api.Alarm {
	t.Helper()
	list, err := client(dir).Alarms(t.Context(), filter, false)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %.300s", err, text)
	}
	return v
}
