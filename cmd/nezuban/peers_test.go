package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"nezuban/internal/api"
)

// What other people wrote: Debian's snmpd and node exporter watched by the whole
// product, OpenSSH's client driving the console.

const (
	peerAuth = "correct-auth-pass"
	peerPriv = "correct-priv-pass"
)

// background runs a foreign program until the test ends.
func background(t *testing.T, env []string, name string, args ...string) {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // a panic or a time-out of the tests leaves nothing running
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed: an error is expected
		if t.Failed() {
			t.Logf("%s said:\n%s", name, tail(out.String(), 20))
		}
	})
}

// startSnmpd runs Debian's snmpd with a configuration of its own.
func startSnmpd(t *testing.T, address string) {
	t.Helper()
	path, err := exec.LookPath("snmpd")
	if err != nil {
		path = "/usr/sbin/snmpd"
	}
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "snmpd.conf"), `
rocommunity nezuban-test 127.0.0.0/8
rouser watch authpriv
sysName peer.example
sysLocation "hall 1"
[snmp] persistentDir `+dir+`
`)
	users := filepath.Join(dir, "users.conf")
	writeFile(t, users, fmt.Sprintf("createUser watch SHA-256 %q AES %q\n", peerAuth, peerPriv))
	background(t, []string{"SNMP_PERSISTENT_DIR=" + dir, "MIBS="}, path, "-f", "-Lo", "-C", "-c", filepath.Join(dir, "snmpd.conf")+","+users,
		"-I", "-smux,mteTrigger,mteTriggerConf", "-p", filepath.Join(dir, "pid"), "udp:"+address)
}

// initSite writes a site directory as a person would begin one, with polling and
// addresses that suit a test and an identity outside.
func initSite(t *testing.T, on string) string {
	t.Helper()
	dir, outside := filepath.Join(t.TempDir(), "site"), t.TempDir()
	if _, err := demoKey(filepath.Join(outside, "key")); err != nil {
		t.Fatal(err)
	}
	mustCLI(t, dir, "init", "--code", "DC-PEER", "--key", filepath.Join(outside, "key.pub"))
	writeFile(t, filepath.Join(dir, "site.yaml"), fmt.Sprintf(`code: DC-PEER
zone: Asia/Tokyo
polling: {fast: 1s, normal: 2s}
ssh: {listen: "%s.250:2222"}
http: {listen: "%s.250:9187"}
history: %s
records: {reserve_bytes: 1MiB}
secrets: {identity: %q}
`, on, on, roomy, filepath.Join(outside, "identity.txt")))
	return dir
}

// setSecret types a secret into the command's standard input.
func setSecret(t *testing.T, dir, name, value string) {
	t.Helper()
	bin, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), bin, "secrets", "set", name, "--dir", dir)
	cmd.Stdin = strings.NewReader(value + "\n")
	if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), value) {
		t.Fatalf("secrets set %s: %v: %s", name, err, out)
	}
}

// TestRealPeers: one inventory with Debian's snmpd over v2c and over v3 authPriv,
// once with a wrong pass phrase, and with Debian's node exporter.
func TestRealPeers(t *testing.T) {
	t.Parallel()
	need(t, "snmpd", "prometheus-node-exporter")
	on := network(99)
	agent, exporter := on+".1:1161", on+".1:19100" // not 9100: the package may have started one on all addresses
	startSnmpd(t, agent)
	background(t, nil, "prometheus-node-exporter", "--web.listen-address="+exporter)
	dir := initSite(t, on)
	setSecret(t, dir, "peer-auth", peerAuth)
	setSecret(t, dir, "peer-priv", peerPriv)
	setSecret(t, dir, "peer-wrong", "some-other-pass")
	writeFile(t, filepath.Join(dir, "inventory", "peers.yaml"), fmt.Sprintf(`devices:
  - {id: by-v2c, kind: host, address: %[1]q, snmp: {version: 2c, community: nezuban-test}}
  - {id: by-v3, kind: host, address: %[1]q, snmp: {version: "3", user: watch, auth_secret: peer-auth, priv_secret: peer-priv}}
  - {id: wrong-auth, kind: host, address: %[1]q, snmp: {version: "3", user: watch, auth_secret: peer-wrong, priv_secret: peer-priv}}
  - {id: wrong-priv, kind: host, address: %[1]q, snmp: {version: "3", user: watch, auth_secret: peer-auth, priv_secret: peer-wrong}}
  - {id: by-agent, kind: host, agent: {url: "http://%[2]s/metrics"}}
`, agent, exporter))
	if out, err := cli(t, dir, "check"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	start(t, dir, "serve")

	device := func(id string) api.Device {
		return decode[api.Device](t, mustCLI(t, dir, "devices", id, "--json"))
	}
	eventually(t, 30*time.Second, "the control socket", func() error { _, err := client(dir).Status(t.Context()); return err })
	for _, id := range []string{"by-v2c", "by-v3", "by-agent"} {
		var d api.Device
		eventually(t, 30*time.Second, id+" is read", func() error {
			d = device(id)
			return ofAHost(d)
		})
		if id != "by-agent" && d.SysName != "peer.example" {
			t.Errorf("%s says its name is %q", id, d.SysName)
		}
		if len(d.Refused) > 0 || d.ErrorKind != "" {
			t.Errorf("%s: refused %v, error %s %s", id, d.Refused, d.ErrorKind, d.Error)
		}
	}
	for id, kind := range map[string]string{"wrong-auth": "authentication", "wrong-priv": "privacy"} {
		eventually(t, 20*time.Second, id+" says "+kind, func() error {
			if d := device(id); d.ErrorKind != kind || d.Reach == "up" || !strings.Contains(d.Error, id) {
				return fmt.Errorf("%s, %q: %s", d.Reach, d.ErrorKind, d.Error)
			}
			return nil
		})
	}
	out := mustCLI(t, dir, "probe", "--device", "by-v3", "--json")
	if !strings.Contains(out, `"memory_used_ratio"`) || strings.Contains(out, peerAuth) || strings.Contains(out, peerPriv) {
		t.Errorf("probe: %s", out)
	}
}

// ofAHost is nil where a device shows what every Debian host has, with values that
// can be.
func ofAHost(d api.Device) error {
	missing := map[string]bool{"memory_used_ratio": true, "load_average": true, "filesystem_used_ratio": true}
	for _, r := range d.Readings {
		if r.Value == nil {
			continue
		}
		delete(missing, r.Metric)
		if strings.HasSuffix(r.Metric, "_ratio") && (*r.Value < 0 || *r.Value > 1) {
			return fmt.Errorf("%s = %v", r.Point, *r.Value)
		}
	}
	if len(missing) > 0 || d.Reach != "up" {
		return fmt.Errorf("%s %s %s, without %v among %d readings", d.Reach, d.ErrorKind, d.Error, missing, len(d.Readings))
	}
	return nil
}

// TestOpenSSHClient: what the console is to OpenSSH's client.
func TestOpenSSHClient(t *testing.T) {
	t.Parallel()
	need(t, "ssh", "tmux")
	p := newPlant(t, network(89), roomy)
	s := p.serve()
	host, port, err := net.SplitHostPort(s.SSHAddress)
	if err != nil {
		t.Fatal(err)
	}
	known := filepath.Join(t.TempDir(), "known_hosts")
	writeFile(t, known, fmt.Sprintf("[%s]:%s %s\n", host, port, s.SSHHostKey))
	stranger := filepath.Join(t.TempDir(), "stranger")
	if _, err := demoKey(stranger); err != nil {
		t.Fatal(err)
	}
	ssh := func(key string, more ...string) (string, error) {
		args := []string{"-F", "/dev/null", "-i", key, "-p", port, "-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=" + known,
			"-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes"}
		out, err := exec.CommandContext(t.Context(), "ssh", append(append(args, more...), host)...).CombinedOutput()
		return string(out), err
	}
	mine := filepath.Join(p.dir, demoKeyFile)

	if out, err := ssh(stranger, "-tt"); err == nil || !strings.Contains(out, "Permission denied (publickey)") {
		t.Errorf("a stranger's key: %v: %s", err, out)
	}
	out, err := ssh(mine, "-T")
	exitsWith(t, err, 1)
	if !strings.Contains(out, "needs a terminal") || strings.ContainsRune(out, '\x1b') {
		t.Errorf("without a terminal it says %q", out)
	}

	view := openConsole(t, p.dir, s.SSHAddress, 120, 36)
	view.shows(10*time.Second, "Demo operator")
	view.keys("2")
	view.shows(5*time.Second, "Alarms")
	view.tmux("resize-window", "-t", "t", "-x", "80", "-y", "24")
	eventually(t, 5*time.Second, "the frame fits 80x24", func() error {
		lines := strings.Split(strings.TrimRight(view.screen(), "\n"), "\n")
		if len(lines) != 24 || !strings.Contains(lines[0], "nezuban") || !strings.Contains(lines[23], "help") {
			return fmt.Errorf("%d lines:\n%s", len(lines), strings.Join(lines, "\n"))
		}
		return nil
	})
	view.keys(":", "lang ja", "Enter")
	view.shows(5*time.Second, "警報")
	view.keys("1")
	view.shows(5*time.Second, "概況")
	view.keys(":", "q", "Enter")
	view.shows(5*time.Second, "closed")

	again := openConsole(t, p.dir, s.SSHAddress, 80, 24)
	again.shows(10*time.Second, "概況") // the language is the person's
}
