package tui

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/internal/text"
)

// stopUPS stops the polling of ups-a2 until 00:30 in Tokyo.
func stopUPS(s *live.Snapshot) {
	x := alarm.Suppression{ID: "SUP-000009", Revision: 1, Type: alarm.PollingStop, State: alarm.InForce, By: "mori", Reason: "ファーム更新",
		Scope: alarm.Scope{Device: "ups-a2", Name: facility.Text{En: "ups-a2", Ja: "ups-a2"}}, At: now.Add(-time.Hour), Since: now.Add(-time.Hour),
		Until: time.Date(2026, 11, 22, 15, 30, 0, 0, time.UTC)}
	s.Suppressions = append(s.Suppressions, x)
	for i, d := range s.Devices {
		if d.Device.ID == "ups-a2" {
			stopped := *d
			stopped.Stop = &x
			s.Devices[i] = &stopped
		}
	}
}

// lineWith is the first line of the screen that has a text.
func (c *console) lineWith(s string) string {
	for _, l := range strings.Split(c.screen(), "\n") {
		if strings.Contains(l, s) {
			return l
		}
	}
	return ""
}

func TestAStoppedDeviceIsShownWithItsEnd(t *testing.T) {
	for _, tt := range []struct{ lang, count, row, reach, line string }{
		{"en", "polling stopped 1", "stopped to 00:30", "? polling stopped", "polling stopped by mori until 11-23 00:30: ファーム更新"},
		{"ja", "収集停止中 1", "収集停止 00:30迄", "? 収集停止中", "収集停止中 mori、11-23 00:30 まで: ファーム更新"},
	} {
		c := newConsole(t, operator(), tt.lang, "unicode", termenv.Ascii)
		c.show(stopUPS)
		c.press("6")
		c.want(tt.count)
		row := c.lineWith("ups-a2 ")
		if !strings.HasSuffix(strings.TrimRight(row, " "), tt.row) || text.Width(row) > 80 {
			t.Errorf("%s: row %q", tt.lang, row)
		}
		c.press("/", "text:state=stopped", "enter")
		if c.lineWith("ups-a2 ") == "" || c.lineWith("ups-a1 ") != "" {
			t.Errorf("%s: filtered\n%s", tt.lang, c.screen())
		}
		c.press("enter")
		c.want(tt.reach, tt.line)
		for _, l := range strings.Split(c.screen(), "\n") {
			if text.Width(l) > 80 {
				t.Errorf("%s: a line of %d cells: %q", tt.lang, text.Width(l), l)
			}
		}
		c.press("1")
		c.want(c.m.c.T.Reach["stopped"] + " 1")
	}
}

// A stop is neither a shelving nor out of service on the counter line.
func TestCountersTellOfStoppedDevices(t *testing.T) {
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	line := func() string { return strings.Split(c.screen(), "\n")[1] }
	before := line()
	c.show(stopUPS)
	if l := line(); strings.Replace(l, " STOP 1", "", 1) != before && strings.Replace(l, "  polling stopped 1", "", 1) != before {
		t.Errorf("line 2 was %q, is %q", before, l)
	}
	c.send(tea.WindowSizeMsg{Width: 200, Height: 60})
	if l := line(); !strings.Contains(l, "polling stopped 1") {
		t.Errorf("wide: %q", l)
	}
}

func TestAPollingStopIsEndedWithTheShiftLeadsKey(t *testing.T) {
	c := newConsole(t, lead(), "en", "unicode", termenv.Ascii)
	c.show(stopUPS)
	c.press(":", "text:approvals", "enter")
	if row := c.lineWith("mori"); !strings.Contains(row, "STOP") || !strings.Contains(row, "11-23 00:30") {
		t.Errorf("row %q", row)
	}
	c.press("s")
	c.want("only what is in force is ended")
	c.press("z")
	c.want("Resume polling SUP-000009")
	c.press("text:done early", "enter")
	c.only(call{"resume", "mori", "SUP-000009", "done early", 1})

	c = newConsole(t, operator(), "ja", "unicode", termenv.Ascii)
	c.show(stopUPS)
	c.press(":", "text:承認", "enter", "z")
	c.want("収集を再開できません")
	if n := len(c.ops.got()); n != 0 {
		t.Errorf("%d commands by an operator", n)
	}
}
