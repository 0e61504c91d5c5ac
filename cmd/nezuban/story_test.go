package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"nezuban/internal/api"
)

// console opens a console over the system's OpenSSH client in a tmux of its own.
type console struct {
	t      *testing.T
	socket string
}

func openConsole(t *testing.T, dir, address string, cols, rows int) *console {
	t.Helper()
	need(t, "tmux", "ssh")
	sockets, err := os.MkdirTemp("", "nztmux") // short: a socket's path is bounded
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(sockets) })
	c := &console{t, filepath.Join(sockets, "s")}
	host, port, _ := strings.Cut(address, ":")
	ssh := fmt.Sprintf("ssh -i %s -p %s -o StrictHostKeyChecking=no -o UserKnownHostsFile=%s -o IdentitiesOnly=yes -o IdentityAgent=none -F /dev/null %s",
		filepath.Join(dir, demoKeyFile), port, filepath.Join(dir, "known_hosts"), host)
	c.tmux("-f", "/dev/null", "-u", "new-session", "-d", "-s", "t", "-x", fmt.Sprint(cols), "-y", fmt.Sprint(rows), ssh+"; sleep 60")
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", c.socket, "kill-server").Run() })
	return c
}

func (c *console) tmux(args ...string) string {
	c.t.Helper()
	cmd := exec.Command("tmux", append([]string{"-S", c.socket}, args...)...)
	cmd.Env = append(cmd.Environ(), "LC_ALL=C.UTF-8", "TERM=xterm-256color")
	out, err := cmd.CombinedOutput()
	if err != nil {
		c.t.Fatalf("tmux %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func (c *console) keys(keys ...string) { c.tmux(append([]string{"send-keys", "-t", "t"}, keys...)...) }
func (c *console) screen() string      { return c.tmux("capture-pane", "-p", "-t", "t") }

// shows waits until the screen holds the text.
func (c *console) shows(within time.Duration, text string) time.Time {
	c.t.Helper()
	return eventually(c.t, within, "the console shows "+text, func() error {
		if s := c.screen(); !strings.Contains(s, text) {
			return fmt.Errorf("screen:\n%s", s)
		}
		return nil
	})
}

// TestStory is the product's shortest true story: the utility fails, an alarm
// comes, a person acknowledges it from a script, a console sees it, the power
// returns, the alarm leaves, and the day's report tells it.
func TestStory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	start(t, dir, "demo", "--headless", "--for", "170s", "--base", network(91)+".1")
	s := running(t, dir, 60*time.Second)
	view := openConsole(t, dir, s.SSHAddress, 120, 36)
	view.shows(10*time.Second, "Overview")
	view.keys("2")

	fault := time.Now()
	mustCLI(t, dir, "simulate", "inject", "utility-a-loss")
	var onBattery api.Alarm
	raised := eventually(t, 20*time.Second, "UPS on battery alarm", func() error {
		for _, a := range standing(t, dir, "device=ups-a1") {
			if strings.Contains(a.Rule, "ON-BATTERY") {
				onBattery = a
				return nil
			}
		}
		return fmt.Errorf("standing: %+v", standing(t, dir, "device=ups-a1"))
	})
	const interval = 10 * time.Second // of the fast class
	if late := raised.Sub(fault); late > interval+time.Second+500*time.Millisecond {
		t.Errorf("the alarm came %v after the fault, want within one poll interval + 1 s", late)
	} else {
		t.Logf("alarm %v after the fault", late)
	}

	mustCLI(t, dir, "alarms", "ack", onBattery.ID, "--comment", "generator is starting")
	acked := time.Now()
	view.keys("/", "device=ups-a1", "Enter")
	seen := view.shows(5*time.Second, "ACKED")
	t.Logf("console showed the acknowledgement %v after the command ended", seen.Sub(acked))
	a, err := client(dir).Alarm(t.Context(), onBattery.ID)
	if err != nil || a.AckedBy != "demo" || a.Comment != "generator is starting" {
		t.Errorf("acknowledged by %q with %q, %v; want the demo person with the comment", a.AckedBy, a.Comment, err)
	}

	mustCLI(t, dir, "simulate", "clear", "utility-a-loss")
	eventually(t, 90*time.Second, "the alarm leaves the list", func() error {
		for _, a := range standing(t, dir, "device=ups-a1") {
			if a.ID == onBattery.ID {
				return fmt.Errorf("still %s", a.State)
			}
		}
		return nil
	})

	zone, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	report := mustCLI(t, dir, "report", "daily", "--period", onBattery.RaisedAt.In(zone).Format(time.DateOnly), "--format", "json")
	for _, want := range []string{onBattery.ID, onBattery.RaisedAt.In(zone).Format("15:04:05"), "generator is starting", `"demo"`, "ups-on-line"} {
		if !strings.Contains(report, want) {
			t.Errorf("the report lacks %q:\n%s", want, report)
		}
	}
	if out := mustCLI(t, dir, "verify"); !strings.Contains(out, "nothing found wrong") {
		t.Errorf("verify: %s", out)
	}
}

// TestAcknowledgementReachesConsole measures event to screen: what a console
// already open shows after an acknowledgement from elsewhere.
func TestAcknowledgementReachesConsole(t *testing.T) {
	t.Parallel()
	p := newPlant(t, network(92), roomy)
	s, dir := p.serve(), p.dir
	p.inject("agent-pressure-low")
	var first api.Alarm
	eventually(t, 60*time.Second, "a low-pressure alarm", func() error {
		list := standing(t, dir, "device=hub-h1")
		if len(list) == 0 {
			return fmt.Errorf("none yet")
		}
		first = list[0]
		return nil
	})
	view := openConsole(t, dir, s.SSHAddress, 80, 24)
	view.shows(10*time.Second, "Overview")
	view.keys("2", "/", "device="+first.Device, "Enter")
	view.shows(5*time.Second, "UNACK")
	mustCLI(t, dir, "alarms", "ack", first.ID, "--comment", "on my way")
	done := time.Now()
	if took := view.shows(3*time.Second, "ACKED").Sub(done); took > time.Second {
		t.Errorf("the console showed it %v after the command ended, want within 1 s", took)
	} else {
		t.Logf("on the console %v after the command ended", took)
	}
}

// TestKilledDaemon: kill -9 while alarms are acknowledged loses nothing that was
// answered.
func TestKilledDaemon(t *testing.T) {
	t.Parallel()
	site := newPlant(t, network(93), roomy)
	site.serve()
	site.inject("everything-silent")
	p, dir := site.daemon, site.dir
	eventually(t, 120*time.Second, "many alarms", func() error {
		if n := len(standing(t, dir, "state=UNACK")); n < 20 {
			return fmt.Errorf("%d", n)
		}
		return nil
	})
	c := client(dir)
	acked := map[string]string{}
	for i, a := range standing(t, dir, "state=UNACK") {
		if i == 10 { // in the middle of the loop, the next ones still coming
			go func() { _ = p.cmd.Process.Signal(syscall.SIGKILL) }()
		}
		comment := fmt.Sprintf("seen %d", i)
		if _, err := c.Acknowledge(t.Context(), a.ID, api.Command{Comment: comment}); err != nil {
			break
		}
		acked[a.ID] = comment
	}
	p.done <- <-p.done
	t.Logf("%d acknowledgements were answered before the kill", len(acked))
	if len(acked) < 5 {
		t.Fatalf("only %d acknowledgements before the kill: nothing shown", len(acked))
	}

	mustCLI(t, dir, "simulate", "clear", "everything-silent")
	again := time.Now()
	start(t, dir, "serve")
	eventually(t, 30*time.Second, "readings again", func() error {
		s, err := c.Status(t.Context())
		if err == nil && s.ReadingsTotal == 0 {
			err = fmt.Errorf("no readings yet")
		}
		return err
	})
	if took := time.Since(again); took > 10*time.Second {
		t.Errorf("evaluation runs again after %v, want within 10 s", took)
	} else {
		t.Logf("evaluating again after %v", took)
	}
	list, err := c.Alarms(t.Context(), "", true)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		if want, ok := acked[a.ID]; ok {
			if a.Comment != want || a.AckedBy != "demo" {
				t.Errorf("%s: %q by %q after the restart, want %q", a.ID, a.Comment, a.AckedBy, want)
			}
			delete(acked, a.ID)
		}
	}
	if len(acked) > 0 {
		t.Errorf("%d acknowledged alarms are missing after the restart: %v", len(acked), acked)
	}
	if out := mustCLI(t, dir, "verify"); !strings.Contains(out, "nothing found wrong") {
		t.Errorf("verify: %s", out)
	}
}
