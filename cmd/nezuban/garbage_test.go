package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// memoryGrowth bounds what a device that sends garbage may cost the daemon at its
// worst moment. A page has 10 MB; reading one takes about 50, and a dozen are
// sent, so a daemon that kept them would be above it.
const memoryGrowth = 128 << 20

// TestGarbage: a sensor hub and a host send NaN, impossible values, texts of 10
// MB, escape sequences, stamps of the future and tables without end. All of it is
// refused by name and counted, shown on the console without a control character,
// and nothing else is affected.
func TestGarbage(t *testing.T) {
	t.Parallel()
	need(t, "tmux", "ssh")
	p := newPlant(t, network(98), roomy)
	s := p.serve()
	view := openConsole(t, p.dir, s.SSHAddress, 180, 40)
	raw := filepath.Join(t.TempDir(), "terminal")
	view.tmux("pipe-pane", "-t", "t", "cat >"+raw) // what the terminal gets, before it obeys
	view.shows(10*time.Second, "Overview")
	view.keys(":", "hub-h2", "Enter")
	view.shows(5*time.Second, "nothing refused")

	before, _ := resident(t, p.daemon.cmd.Process.Pid)
	p.inject("sensor-garbage")
	p.othersStayOnTime(8, "hub-h2", "srv-h2-08")
	hub := p.refuses("hub-h2", "not_a_number", "out_of_range", "control_characters", "text_too_long", "walk_bound", "oid_not_rising", "unexpected_type")
	host := p.device("srv-h2-08")
	if len(host.Refused) == 0 || host.ErrorKind != "protocol" {
		t.Errorf("srv-h2-08 sends garbage and nothing says so: %+v", host)
	}
	t.Logf("hub-h2 refused %v; srv-h2-08 refused %v, %s %s", hub, host.Refused, host.ErrorKind, host.Error)
	if st := p.status(); st.Devices.Up < st.Devices.Total-2 {
		t.Errorf("devices %+v, want all others up", st.Devices)
	}
	now, peak := resident(t, p.daemon.cmd.Process.Pid)
	t.Logf("daemon's memory %d MiB before, %d MiB now, %d MiB at its highest", before>>20, now>>20, peak>>20)
	if peak-before > memoryGrowth {
		t.Errorf("the daemon grew from %d to %d bytes, want less than %d more", before, peak, memoryGrowth)
	}

	view.shows(5*time.Second, "control characters ")
	for _, cause := range []string{"not a number", "out of range", "text too long", "walk too long", "OID not rising", "unexpected type"} {
		if !strings.Contains(view.screen(), cause) {
			t.Errorf("the device screen does not name %q:\n%s", cause, view.screen())
		}
	}
	view.keys(":", "srv-h2-08", "Enter")
	view.shows(5*time.Second, "srv-h2-08")
	view.harmless(raw)

	mustCLI(t, p.dir, "simulate", "clear", "sensor-garbage")
	eventually(t, 30*time.Second, "the hub is sane again", func() error {
		for _, r := range p.device("hub-h2").Readings {
			if r.Metric == "temperature_celsius" && r.Value != nil {
				return nil
			}
		}
		return fmt.Errorf("no temperature yet")
	})
}

// refuses waits until a device's counters name all these causes.
func (p *plant) refuses(device string, causes ...string) map[string]uint64 {
	p.t.Helper()
	var got map[string]uint64
	eventually(p.t, 40*time.Second, device+" is refused", func() error {
		got = p.device(device).Refused
		for _, c := range causes {
			if got[c] == 0 {
				return fmt.Errorf("no %s among %v", c, got)
			}
		}
		return nil
	})
	return got
}

var sgr = regexp.MustCompile("\x1b\\[[0-9;:]*m")

// harmless looks at the screen and at all that the terminal ever got: colours and
// cursor movement, nothing of what the device sent.
func (c *console) harmless(raw string) {
	c.t.Helper()
	screen := sgr.ReplaceAllString(c.tmux("capture-pane", "-e", "-p", "-t", "t"), "")
	for _, r := range screen {
		if r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r == utf8.RuneError {
			c.t.Errorf("character %U on the screen:\n%q", r, screen)
			break
		}
	}
	if title := strings.TrimSpace(c.tmux("display-message", "-p", "-t", "t", "#{pane_title}")); strings.Contains(title, "owned") {
		c.t.Errorf("a device set the terminal's title to %q", title)
	}
	sent, err := os.ReadFile(raw)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, bad := range []string{"\x1b]0;", "\x1b]2;", "\x1b]52;", "\x1b[31mALL", "\u009b", "\u202e", "\x07"} {
		if strings.Contains(string(sent), bad) {
			c.t.Errorf("the terminal got %q", bad)
		}
	}
	if !utf8.Valid(sent) {
		c.t.Error("the terminal got what is no UTF-8")
	}
}
