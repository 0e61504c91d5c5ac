package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gosnmp/gosnmp"
)

// startFleet answers on one port of two addresses, as two devices do.
func startFleet(t *testing.T, addresses ...string) (port int) {
	t.Helper()
	for _, a := range addresses {
		conn, err := net.ListenPacket("udp4", fmt.Sprintf("%s:%d", a, port))
		if err != nil {
			t.Fatal(err)
		}
		port = conn.LocalAddr().(*net.UDPAddr).Port
		done := make(chan struct{})
		go func() {
			defer close(done)
			x, buf := &gosnmp.GoSNMP{Version: gosnmp.Version2c}, make([]byte, 4096)
			for {
				n, from, err := conn.ReadFrom(buf)
				if err != nil {
					return
				}
				p, err := x.SnmpDecodePacket(append([]byte(nil), buf[:n]...))
				if err != nil || p.Community != "public" {
					continue
				}
				p.PDUType = gosnmp.GetResponse
				for i := range p.Variables {
					p.Variables[i].Type, p.Variables[i].Value = gosnmp.Gauge32, uint(7)
				}
				if out, err := p.MarshalMsg(); err == nil {
					conn.WriteTo(out, from)
				}
			}
		}()
		t.Cleanup(func() {
			conn.Close()
			<-done
		})
	}
	return port
}

func oidFile(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "oids.txt")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Both devices stand at the ends of a /24: the addresses between them that end in
// 255 and 0 are left out.
func TestBenchPoll(t *testing.T) {
	t.Parallel()
	port := startFleet(t, "127.88.7.254", "127.88.8.1")
	oids := oidFile(t, "# a UPS", "1.3.6.1.2.1.33.1.2.4.0", "", ".1.3.6.1.2.1.33.1.4.1.0", "1.3.6.1.2.1.33.1.4.4.1.5.1")
	args := []string{"bench", "poll", "--base", "127.88.7.254", "--port", fmt.Sprint(port), "--devices", "2", "--oids", oids, "--interval", "1s", "--for", "2s"}
	out, err := cli(t, t.TempDir(), args...)
	if err != nil || !strings.HasPrefix(out, "readings=12 lateness_p99=") || !strings.Contains(out, " skipped=0 ") || !strings.Contains(out, " cpu_seconds=") || strings.Count(out, "\n") != 1 {
		t.Errorf("got %q, %v; want one line with 2 devices x 3 readings x 2 rounds", out, err)
	}
	out, err = cli(t, t.TempDir(), append(args, "--json")...)
	if err != nil {
		t.Fatal(err)
	}
	r := decode[benchResult](t, out)
	if r.Readings != 12 || r.Rounds != 4 || r.Surprises != 0 || r.RSS == 0 || r.Pipeline != nil {
		t.Errorf("got %+v", r)
	}
}

func TestBenchPollNamesMistakes(t *testing.T) {
	t.Parallel()
	good := oidFile(t, "1.3.6.1.2.1.33.1.2.4.0")
	tests := []struct{ args, want string }{
		{"--devices 1 --oids " + oidFile(t, "1.3.6.1.2.1", "upsBatteryStatus"), `:2: "upsBatteryStatus" is no numeric OID`},
		{"--devices 1 --oids " + oidFile(t, "# nothing"), "no OID in it"},
		{"--devices 0 --oids " + good, "at least one device"},
		{"--devices 1 --base ups-a1 --oids " + good, "want an IP address"},
		{"--devices 1 --interval 10ms --oids " + good, "an interval of 1s or more"},
		{"--devices 1 --oids /nowhere/oids.txt", "--oids: open /nowhere"},
	}
	for _, tt := range tests {
		_, err := cli(t, t.TempDir(), append([]string{"bench", "poll"}, strings.Fields(tt.args)...)...)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want it to say %s", tt.args, err, tt.want)
		}
	}
}
