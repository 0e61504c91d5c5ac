package sim

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestFaultsThroughTheControlSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sim.sock")
	ctx, cancel := context.WithCancel(context.Background())
	f, err := Start(ctx, Options{BaseIP: "127.94.0.1", ControlSocket: path})
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	if fi, err := os.Stat(path); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("socket mode %v, %v", fi.Mode(), err)
	}
	active := func(name string) (on []string) {
		list, err := ListAt(path)
		must(t, err)
		i := slices.IndexFunc(list, func(f Fault) bool { return f.Name == name })
		if i < 0 {
			t.Fatalf("no fault %s in the list", name)
		}
		if list[i].Text.En == "" || list[i].Text.Ja == "" {
			t.Errorf("fault %s has no text in both languages", name)
		}
		if list[i].Active != (len(list[i].On) > 0) {
			t.Errorf("fault %s: active %v on %v", name, list[i].Active, list[i].On)
		}
		return list[i].On
	}
	for _, name := range []string{
		"utility-a-loss", "ups-a2-fail", "crac-fail", "smoke-hall-1", "agent-pressure-low", "device-silent",
		"slow-device", "flapping-sensor", "sensor-garbage", "everything-silent", "ups-self-test", "ups-self-test-failed",
		"battery-flapping", "generator-fails-to-start", "device-reboot", "link-flapping", "panel-trouble", "zone-disabled",
	} {
		if on := active(name); len(on) > 0 {
			t.Errorf("%s acts on %v before anybody injects it", name, on)
		}
		must(t, InjectAt(path, name))
		must(t, InjectAt(path, name))
		if on := active(name); len(on) == 0 {
			t.Errorf("%s does not act", name)
		}
		must(t, ClearAt(path, name))
		if on := active(name); len(on) > 0 {
			t.Errorf("%s still acts on %v", name, on)
		}
	}
	must(t, InjectAt(path, "device-silent:gen-2"))
	must(t, InjectAt(path, "device-silent"))
	must(t, ClearAt(path, "device-silent:gen-2"))
	if on := active("device-silent"); !slices.Equal(on, []string{"pdu-h2-r03-b"}) {
		t.Errorf("device-silent acts on %v", on)
	}
	for name, want := range map[string]string{
		"meteorite":               "is not known; there are utility-a-loss",
		"crac-fail:crac-99":       `device "crac-99" is not known`,
		"crac-fail:ups-a1":        "acts on a device of kind cooling",
		"everything-silent:ats-a": "cannot be aimed",
	} {
		if err := InjectAt(path, name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("inject %s: %v, want %q", name, err, want)
		}
	}
	if _, err := Start(ctx, Options{BaseIP: "127.95.0.1", ControlSocket: path}); err == nil || !strings.Contains(err.Error(), "another simulation answers there") {
		t.Errorf("a second simulation on the same socket: %v", err)
	}
	cancel()
	must(t, f.Wait())
	if err := InjectAt(path, "crac-fail"); err == nil || !strings.Contains(err.Error(), "is one running") {
		t.Errorf("inject after the end: %v", err)
	}
}

func TestStartSaysWhatIsWrongWithItsAddresses(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	taken, err := net.ListenPacket("udp4", "127.96.0.9:0")
	must(t, err)
	defer taken.Close()
	port := taken.LocalAddr().(*net.UDPAddr).Port
	for _, tt := range []struct {
		opt  Options
		want string
	}{
		{Options{BaseIP: "192.0.2.1"}, "not an IPv4 loopback address"},
		{Options{BaseIP: "here"}, "not an IPv4 loopback address"},
		{Options{BaseIP: "127.255.255.250", Port: 1161}, "too high"},
		{Options{BaseIP: "127.96.0.1", Port: port}, "listen for ups-b1"},
	} {
		if _, err := Start(ctx, tt.opt); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("base %s port %d: %v, want %q", tt.opt.BaseIP, tt.opt.Port, err, tt.want)
		}
	}
}

func TestAddressesSkipNetworkAndBroadcast(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	f, err := Start(ctx, Options{BaseIP: "127.97.0.230"})
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	defer func() { cancel(); must(t, f.Wait()) }()
	for _, d := range f.Devices() {
		if strings.Contains(d.Address, ".0.255:") || strings.Contains(d.Address, ".1.0:") {
			t.Errorf("%s is at %s", d.ID, d.Address)
		}
	}
}
