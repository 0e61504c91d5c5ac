package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"nezuban/collectors"
	"nezuban/collectors/profile"
	"nezuban/collectors/snmp"
	"nezuban/internal/clock"
	"nezuban/internal/config"
	"nezuban/internal/sim/agent"
)

// identities are what the agents of TestDiscover say of themselves, by the last
// number of their address.
var identities = map[int][3]string{ // sysName, sysLocation, sysDescr
	3: {"UPS A-1", "B1F/elec-a", "an imagined UPS"},
	5: {"ups-a-1", "B1F/elec-b", "another of the same name"},
	6: {"", "", "nameless: \"quoted\"\x1b[31m"},
}

// sweptNetwork starts the agents at 127.77.0.n on one free port.
func sweptNetwork(t *testing.T) (port int) {
	t.Helper()
	first, err := net.ListenPacket("udp", "127.77.0.3:0")
	if err != nil {
		t.Skipf("127.77.0.3 is not on this machine's loopback: %v", err)
	}
	port = first.LocalAddr().(*net.UDPAddr).Port
	for n := range identities {
		conn := first
		if n != 3 {
			if conn, err = net.ListenPacket("udp", fmt.Sprintf("127.77.0.%d:%d", n, port)); err != nil {
				t.Fatal(err)
			}
		}
		tree := &agent.Tree{}
		scalar := func(oid string, v agent.Value) {
			o, err := agent.ParseOID(strings.TrimSuffix(oid, ".0"))
			if err != nil {
				t.Fatal(err)
			}
			tree.Scalar(o, func() agent.Value { return v })
		}
		text := func(s string) agent.Value { return agent.Value{Kind: agent.OctetString, Bytes: []byte(s)} }
		scalar("1.3.6.1.2.1.1.1.0", text(identities[n][2]))
		scalar("1.3.6.1.2.1.1.3.0", agent.Value{Kind: agent.TimeTicks, Uint: 4711})
		scalar("1.3.6.1.2.1.1.5.0", text(identities[n][0]))
		scalar("1.3.6.1.2.1.1.6.0", text(identities[n][1]))
		if n != 6 {
			scalar("1.3.6.1.2.1.33.1.2.1.0", agent.Value{Kind: agent.Integer, Int: 2}) // upsBatteryStatus
		}
		if err := tree.Seal(); err != nil {
			t.Fatal(err)
		}
		s, err := agent.New(agent.Options{Conn: conn, View: tree, Community: "seen", EngineTime: func() time.Duration { return 0 }})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- s.Run(ctx) }()
		t.Cleanup(func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
	return port
}

func TestDiscover(t *testing.T) {
	t.Parallel()
	port, dir := sweptNetwork(t), t.TempDir()
	args := []string{"discover", "127.77.0.0/28", "--community", "seen", "--port", fmt.Sprint(port), "--timeout", "500ms", "--rate", "200"}
	found := decode[[]discovered](t, mustCLI(t, dir, append(args, "--json")...))
	if len(found) != 3 {
		t.Fatalf("%d devices found, want 3: %+v", len(found), found)
	}
	if a, b, c := found[0], found[1], found[2]; a.ID != "ups-a-1" || a.Kind != "ups" || a.Place != "B1F/elec-a" ||
		!slices.Contains(a.Profiles, "ups-rfc1628") || b.ID != "ups-a-1-2" || c.ID != "other-127-77-0-6" || strings.ContainsRune(c.SysDescr, 0x1b) {
		t.Errorf("found %+v", found)
	}
	state := filepath.Join(dir, "sweep.state")
	args = append(args, "--resume", state)
	first := mustCLI(t, dir, args...)
	if err := os.MkdirAll(filepath.Join(dir, "inventory"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"site.yaml": "code: DC-T1\nzone: Asia/Tokyo\n", "inventory/found.yaml": first} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	site, problems := config.Load(dir, config.LoadOptions{Secrets: func(string) (string, bool) { return "seen", true }})
	for _, p := range problems {
		if !p.Warning {
			t.Errorf("the proposal is no inventory: %v\n%s", p, first)
		}
	}
	if site == nil || len(site.Devices) != 3 || site.Devices[0].SNMP.Community.Reveal() != "seen" {
		t.Fatalf("the proposal reads as %+v", site)
	}
	// All is done: nothing is asked again, and what was found is still known.
	again := mustCLI(t, dir, args...)
	if !strings.Contains(again, "in the inventory as ups-a-1:") || !strings.Contains(again, "devices: []") {
		t.Errorf("asked again, with the proposal taken over:\n%s", again)
	}
	if _, err := cli(t, dir, "discover", "127.77.0.0/30", "--community", "seen", "--resume", state); err == nil || !strings.Contains(err.Error(), "progress of another sweep") {
		t.Errorf("another sweep goes on with this one's progress: %v", err)
	}
}

func TestDiscoverRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"10.0.0.0/8", "--community", "c"}, "more than 65536 addresses"},
		{[]string{"example.com", "--community", "c"}, "neither an address nor a range"},
		{[]string{"127.77.0.1"}, "give --community"},
		{[]string{"127.77.0.1", "--community", "c", "--user", "u"}, "give one of them"},
		{[]string{"127.77.0.1", "--community", "c", "--rate", "0"}, "want 1 to 1000 packets a second"},
	} {
		if _, err := cli(t, t.TempDir(), append([]string{"discover"}, tt.args...)...); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: %v, want it to say %q", tt.args, err, tt.want)
		}
	}
}

// Ranges that lie in each other are asked once.
func TestRangesAreAskedOnce(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args  string
		total int
	}{
		{"192.0.2.0/24 192.0.2.7 192.0.2.0/25", 254}, {"192.0.2.7 192.0.2.0/24", 254}, {"192.0.2.7 192.0.2.7", 1},
		{"192.0.2.0/31 192.0.2.2/31", 4}, {"2001:db8::/120 192.0.2.9", 257},
	} {
		_, total, err := parseRanges(strings.Fields(tt.args))
		if err != nil || total != tt.total {
			t.Errorf("%s: %d addresses, %v; want %d", tt.args, total, err, tt.total)
		}
	}
}

// What somebody wrote into a file of progress is no reason to crash.
func TestProgressOfRubbishIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	state := filepath.Join(dir, "sweep.state")
	args := []string{"discover", "127.77.9.1", "--community", "c", "--timeout", "20ms", "--resume", state}
	mustCLI(t, dir, args...)
	f, err := os.OpenFile(state, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = f.WriteString(`{"n":0,"found":{"Address":"nowhere"}}` + "\n"); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if _, err := cli(t, dir, args...); err == nil || !strings.Contains(err.Error(), "sweep.state:3:") {
		t.Errorf("error %v, want the line named", err)
	}
}

// A sweep that is stopped counts what was under way as not asked.
func TestStoppedSweepLosesNothing(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	lib, err := profile.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	s := snmp.Sweep{Access: collectors.SNMPAccess{Version: "2c", Community: "c"}, Port: 9, Rate: 1000, Timeout: 30 * time.Second}
	given, took := 0, 0
	err = s.Run(ctx, lib, clock.System(), func() (netip.Addr, int, bool) {
		if given++; given == 200 {
			stop()
		}
		return netip.MustParseAddr("127.77.0.1"), given, given < 1000
	}, func(int, snmp.Swept) { took++ })
	if !errors.Is(err, context.Canceled) || took >= given {
		t.Errorf("stopped with %v after %d of %d addresses", err, took, given)
	}
}
