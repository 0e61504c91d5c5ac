package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"nezuban/internal/api"
)

// snmpTool runs a tool of Debian's package snmp from a given address.
func snmpTool(t *testing.T, tool, from string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), tool, append([]string{"--clientaddr=" + from}, args...)...)
	cmd.Env = append(cmd.Environ(), "MIBS=", "SNMP_PERSISTENT_DIR="+t.TempDir(), "SNMPCONFPATH="+t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", tool, err, out)
	}
}

// TestTraps: the simulated UPS sends its own signed traps, which are kept; a forged
// "all clear" from its address brings a poll and changes nothing; strangers are
// counted and listed; an inform is acknowledged.
func TestTraps(t *testing.T) {
	t.Parallel()
	need(t, "snmptrap", "snmpinform")
	dir := t.TempDir()
	on := network(172)
	start(t, dir, "demo", "--headless", "--for", "170s", "--base", on+".1", "--fault", "utility-a-loss@12s")
	running(t, dir, 40*time.Second)

	var raised api.Alarm
	at := eventually(t, 60*time.Second, "the UPS on battery", func() error {
		for _, a := range standing(t, dir, "device=ups-a1") {
			if a.Rule == "UPS-ON-BATTERY" {
				raised = a
				return nil
			}
		}
		return errors.New("no UPS-ON-BATTERY at ups-a1")
	})
	var own []api.Trap
	eventually(t, 10*time.Second, "the UPS's own trap", func() error {
		own = decode[[]api.Trap](t, mustCLI(t, dir, "traps", "--device", "ups-a1", "--json"))
		for _, x := range own {
			if x.Name == "upsTrapOnBattery" && x.User == "nezuban" && x.Level == "authPriv" && x.Polled && len(x.Varbinds) == 3 {
				t.Logf("trap at %v, alarm raised at %v, seen by us at %v", x.At.Format("15:04:05.000"), raised.RaisedAt, at.Format("15:04:05.000"))
				return nil
			}
		}
		return fmt.Errorf("none among %+v", own)
	})

	status := func() api.TrapStatus { return decode[api.TrapStatus](t, mustCLI(t, dir, "traps", "senders", "--json")) }
	before := status()
	address := addressOf(t, dir, "ups-a1", on)
	snmpTool(t, "snmptrap", address, "-v2c", "-c", "public", before.Listen, "1", "1.3.6.1.2.1.33.2.4", "1.3.6.1.2.1.33.1.6.2.1.1.1", "i", "1")
	snmpTool(t, "snmpinform", address, "-v2c", "-c", "public", before.Listen, "1", "1.3.6.1.2.1.33.2.4")
	snmpTool(t, "snmptrap", on+".254", "-v2c", "-c", "public", before.Listen, "1", "1.3.6.1.6.3.1.1.5.1")
	eventually(t, 10*time.Second, "the forged traps", func() error {
		s := status()
		if s.Acknowledged <= before.Acknowledged || s.Unknown != before.Unknown+1 || s.Polls <= before.Polls {
			return fmt.Errorf("%+v after %+v", s, before)
		}
		for _, x := range s.Senders {
			if x.Source == on+".254" && x.Cause == "unknown" && x.Count == 1 {
				return nil
			}
		}
		return fmt.Errorf("the stranger is not listed: %+v", s.Senders)
	})
	eventually(t, 10*time.Second, "the forged trap in the records", func() error {
		out := mustCLI(t, dir, "traps", "--device", "ups-a1")
		if !strings.Contains(out, "v2c unsigned") || !strings.Contains(out, "upsTrapAlarmEntryRemoved") {
			return errors.New(out)
		}
		return nil
	})
	for _, a := range standing(t, dir, "device=ups-a1") {
		if a.ID == raised.ID {
			if a.State != raised.State {
				t.Errorf("the forged trap moved the alarm from %s to %s", raised.State, a.State)
			}
			return
		}
	}
	t.Errorf("alarm %s is gone after a forged trap", raised.ID)
}

// addressOf is where a simulated device is, as the demo's inventory says.
func addressOf(t *testing.T, dir, id, on string) string {
	t.Helper()
	site, err := loadSite(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range site.Devices {
		if string(d.Device.ID) == id {
			host, _, err := net.SplitHostPort(d.Address)
			if err != nil || !strings.HasPrefix(host, on) {
				t.Fatalf("address %s of %s: %v", d.Address, id, err)
			}
			return host
		}
	}
	t.Fatalf("no device %s", id)
	return ""
}
