package agent

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// tool runs one of Net-SNMP's commands against the server and returns all it
// printed; the test is skipped where the commands are not installed.
func tool(t *testing.T, name, addr string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed (Debian: snmp)", name)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	oid := args[len(args)-1]
	args = append([]string{"-On", "-r", "1", "-t", "2"}, args[:len(args)-1]...)
	out, _ := exec.CommandContext(ctx, path, append(args, addr, oid)...).CombinedOutput() // the text tells
	return string(out)
}

func serve(t *testing.T) (s *Server, addr string) {
	t.Helper()
	s = fresh(t)
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.opt.Conn = conn
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s, conn.LocalAddr().String()
}

func v3args(user, level, auth, priv string, more ...string) []string {
	return append([]string{"-v3", "-u", user, "-l", level, "-a", "SHA-256", "-A", auth, "-x", "AES", "-X", priv}, more...)
}

func TestDebianSNMPTools(t *testing.T) {
	const descr = ".1.3.6.1.2.1.1.1.0"
	s, addr := serve(t)
	community := []string{"-v2c", "-c", "secret"}
	for _, tt := range []struct {
		name, tool string
		args       []string
		want       string
	}{
		{"v2c get", "snmpget", append(community, descr), `.1.3.6.1.2.1.1.1.0 = STRING: "a device"`},
		{"v2c get of nothing", "snmpget", append(community, ".1.3.6.1.2.1.1.8.0"), "No Such Object"},
		{"v2c get of a missing row", "snmpget", append(community, ".1.3.6.1.4.1.9999.1.1.1.9"), "No Such Instance"},
		{"v2c walk", "snmpwalk", append(community, ".1.3.6.1.4.1.9999"), ".1.3.6.1.4.1.9999.1.1.2.3 = Counter64: 4611686018427387"},
		{"v2c bulk walk", "snmpbulkwalk", append(community, ".1.3.6.1"), "Timeticks: (9000) 0:01:30.00"},
		{"v2c wrong community", "snmpget", []string{"-v2c", "-c", "public", descr}, "Timeout"},
		{"v3 right", "snmpget", v3args(testUser, "authPriv", testAuth, testPriv, descr), `STRING: "a device"`},
		{"v3 bulk walk", "snmpbulkwalk", v3args(testUser, "authPriv", testAuth, testPriv, ".1.3.6.1.4.1.9999"), ".1.3.6.1.4.1.9999.1.1.1.3 = INTEGER: -3"},
		{"v3 authNoPriv user", "snmpget", v3args("authonly", "authNoPriv", testAuth, testPriv, descr), `STRING: "a device"`},
		{"v3 wrong password", "snmpget", v3args(testUser, "authPriv", "not the password", testPriv, descr), "Authentication failure"},
		{"v3 wrong privacy password", "snmpget", v3args(testUser, "authPriv", testAuth, "not the password", descr), "Decryption error"},
		{"v3 unknown user", "snmpget", v3args("stranger", "authPriv", testAuth, testPriv, descr), "Unknown user name"},
		{"v3 level without a key", "snmpget", v3args("authonly", "authPriv", testAuth, testPriv, descr), "Unsupported security level"},
		{"v3 level too low", "snmpget", v3args(testUser, "authNoPriv", testAuth, testPriv, descr), "authorizationError"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if out := tool(t, tt.tool, addr, tt.args...); !strings.Contains(out, tt.want) {
				t.Errorf("%s printed %q, want %q in it", tt.tool, out, tt.want)
			}
		})
	}
	t.Run("v3 wrong engine time", func(t *testing.T) {
		// The tool is told a stale time; it is corrected by our authenticated Report
		// and comes back with the right one.
		window := usmStat(usmNotInTimeWindow).String()
		before := s.refused(window)
		args := v3args(testUser, "authPriv", testAuth, testPriv, "-e", fmt.Sprintf("0x%x", s.opt.EngineID), "-Z", "3,100", descr)
		if out := tool(t, "snmpget", addr, args...); !strings.Contains(out, `STRING: "a device"`) {
			t.Errorf("snmpget printed %q", out)
		}
		if s.refused(window) == before {
			t.Error("the stale time was not refused")
		}
	})
}

func (s *Server) refused(counter string) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[counter]
}
