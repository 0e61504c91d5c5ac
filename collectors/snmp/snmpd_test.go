package snmp

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"nezuban/collectors"
	"nezuban/internal/facility"
)

// startSnmpd runs Debian's snmpd on a free loopback port with our own
// configuration: one community for v1 and v2c, and three v3 users.
func startSnmpd(t testing.TB) string {
	t.Helper()
	return startSnmpdWith(t, `rouser full authpriv
rouser signed auth
rouser open noauth
`, `createUser full SHA-256 "correct-auth-pass" AES "correct-priv-pass"
createUser signed SHA-256 "correct-auth-pass"
createUser open
`)
}

// startSnmpdWith runs it with the given access rules and users.
func startSnmpdWith(t testing.TB, rules, users string) string {
	t.Helper()
	path, err := exec.LookPath("snmpd")
	if err != nil {
		if path = "/usr/sbin/snmpd"; !fileExists(path) {
			t.Skip("snmpd is not installed (Debian: apt-get install snmpd)")
		}
	}
	// On an address that nothing else takes a port of between this and its use.
	l, err := net.ListenPacket("udp", fmt.Sprintf("127.87.%d.1:0", 1+os.Getpid()%250))
	if err != nil {
		t.Fatal(err)
	}
	address := l.LocalAddr().String()
	l.Close()
	dir := t.TempDir()
	conf := filepath.Join(dir, "snmpd.conf")
	write(t, conf, `
rocommunity nezuban-test 127.0.0.0/8
`+rules+`sysName peer.example
sysLocation "hall 1"
[snmp] persistentDir `+dir+`
`)
	write(t, filepath.Join(dir, "persist.conf"), users)
	var out bytes.Buffer
	cmd := exec.Command(path, "-f", "-Lo", "-C", "-c", conf+","+filepath.Join(dir, "persist.conf"), "-I", "-smux,mteTrigger,mteTriggerConf", "-p", filepath.Join(dir, "pid"), "udp:"+address)
	cmd.Env = append(os.Environ(), "SNMP_PERSISTENT_DIR="+dir, "MIBS=")
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // a panic or a time-out of the tests leaves nothing running
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() {
			t.Logf("snmpd said:\n%s", out.String())
		}
	})
	deadline := time.Now().Add(30 * time.Second)
	for time.Now().Before(deadline) {
		s, err := dial(t.Context(), collectors.Target{Address: address, SNMP: collectors.SNMPAccess{Version: "2c", Community: "nezuban-test"}}, 200*time.Millisecond, testTime())
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.get(t.Context(), []string{oidSysUpTime})
		s.close()
		if err == nil {
			return address
		}
	}
	t.Fatalf("snmpd on %s does not answer:\n%s", address, out.String())
	return ""
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestRealAgent(t *testing.T) {
	address := startSnmpd(t)
	full := collectors.SNMPAccess{Version: "3", User: "full", AuthPass: "correct-auth-pass", PrivPass: "correct-priv-pass"}
	with := func(f func(*collectors.SNMPAccess)) collectors.SNMPAccess {
		a := full
		f(&a)
		return a
	}
	tests := []struct {
		name   string
		access collectors.SNMPAccess
		want   facility.ErrorKind
	}{
		{"v1", collectors.SNMPAccess{Version: "1", Community: "nezuban-test"}, facility.ErrNone},
		{"v2c", collectors.SNMPAccess{Version: "2c", Community: "nezuban-test"}, facility.ErrNone},
		{"v3 authPriv", full, facility.ErrNone},
		{"v3 authNoPriv", with(func(a *collectors.SNMPAccess) { a.User, a.Level = "signed", "authNoPriv" }), facility.ErrNone},
		{"v3 noAuthNoPriv", collectors.SNMPAccess{Version: "3", User: "open", Level: "noAuthNoPriv"}, facility.ErrNone},
		{"v3 wrong authentication passphrase", with(func(a *collectors.SNMPAccess) { a.AuthPass = "some-other-pass" }), facility.ErrAuthentication},
		{"v3 wrong authentication protocol", with(func(a *collectors.SNMPAccess) { a.AuthProto = "SHA-1" }), facility.ErrAuthentication},
		{"v3 unknown user", with(func(a *collectors.SNMPAccess) { a.User = "nobody" }), facility.ErrAuthentication},
		{"v3 wrong privacy passphrase", with(func(a *collectors.SNMPAccess) { a.PrivPass = "some-other-pass" }), facility.ErrPrivacy},
		{"v3 level the user does not have", with(func(a *collectors.SNMPAccess) { a.User = "signed" }), facility.ErrSecurityLevel},
		{"v2c wrong community is silence", collectors.SNMPAccess{Version: "2c", Community: "other"}, facility.ErrTimeout},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			target := collectors.Target{Device: facility.Device{ID: "peer"}, Address: address, SNMP: tt.access, Timeout: time.Second}
			ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
			defer cancel()
			got, err := Probe(ctx, builtin(t), target)
			if kind := KindOf(err); kind != tt.want {
				t.Fatalf("error %v: kind %q, want %q", err, kind, tt.want)
			}
			if err != nil {
				if !strings.Contains(err.Error(), "peer") {
					t.Errorf("error %q does not name the device", err)
				}
				t.Log(err)
				return
			}
			checkHost(t, got)
		})
	}
}

// checkHost looks for what every Debian host says of itself.
func checkHost(t *testing.T, got ProbeResult) {
	t.Helper()
	if got.Identity.SysName != "peer.example" || got.Kind != "host" {
		t.Errorf("identity %+v, kind %q", got.Identity, got.Kind)
	}
	values := map[string]facility.Reading{}
	for _, r := range got.Readings {
		values[string(r.Point)] = r
	}
	// No processor load: the agent shows it only after a minute of its own.
	for _, want := range []string{"memory_used_ratio", `load_average{minutes="1"}`, `filesystem_used_ratio{mountpoint="/"}`, "device_uptime_seconds"} {
		r, ok := values["peer/"+want]
		if !ok || r.Quality != facility.Good {
			t.Errorf("%s: %+v (there: %v), want a good reading; points: %v", want, r, ok, names(got.Points))
		}
	}
	if r := values["peer/memory_used_ratio"]; r.Value <= 0 || r.Value >= 1 {
		t.Errorf("memory_used_ratio %v, want between 0 and 1", r.Value)
	}
}

func names(points []facility.Point) string {
	var b strings.Builder
	for i := range points {
		fmt.Fprintf(&b, "%s ", points[i].ID)
	}
	return b.String()
}
