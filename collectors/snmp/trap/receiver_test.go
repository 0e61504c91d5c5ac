package trap

import (
	"bytes"
	"context"
	"encoding/hex"
	"net"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nezuban/collectors"
	"nezuban/internal/clock"
	"nezuban/internal/facility"
)

// station is a receiver under test and what it did.
type station struct {
	*Receiver
	mu    sync.Mutex // protects what follows
	polls []facility.DeviceID
	kept  []facility.Trap
	deaf  map[facility.DeviceID]bool
}

func startStation(t *testing.T, users []collectors.SNMPAccess, targets ...collectors.Target) *station {
	t.Helper()
	s := &station{deaf: map[facility.DeviceID]bool{}}
	r, err := Listen(Options{
		Listen: "127.0.0.1:0", Clock: clock.System(),
		PollNow: func(id facility.DeviceID) bool {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.polls = append(s.polls, id)
			return true
		},
		Keep: func(_ context.Context, list []facility.Trap) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.kept = append(s.kept, list...)
			return nil
		},
		EngineOf: func(id string) []facility.DeviceID {
			if id == "800000020109840301" {
				return []facility.DeviceID{"far"}
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Receiver = r
	r.Set(targets, users)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	waitFor(t, "the book", func() bool {
		return len(r.book.Load().byAddress) > 0 || len(targets) == 0 && r.book.Load().users != nil
	})
	return s
}

func (s *station) polled() []facility.DeviceID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.polls)
}

func (s *station) evidence(t *testing.T, n int) []facility.Trap {
	t.Helper()
	var out []facility.Trap
	waitFor(t, "evidence", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		out = slices.Clone(s.kept)
		return len(out) >= n
	})
	return out
}

func waitFor(t *testing.T, what string, is func() bool) {
	t.Helper()
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	each := time.NewTicker(2 * time.Millisecond)
	defer each.Stop()
	for !is() {
		select {
		case <-each.C:
		case <-limit.C:
			t.Fatalf("%s: not seen in 20 s", what)
		}
	}
}

// at is a target at a loopback address.
func at(id, address string, access collectors.SNMPAccess) collectors.Target {
	return collectors.Target{Device: facility.Device{ID: facility.DeviceID(id)}, Address: address + ":161", SNMP: access}
}

var plain = collectors.SNMPAccess{Version: "2c", Community: "polled-with"}

// command runs a tool of Debian's package snmp; its error is returned with what it said.
func command(t *testing.T, name string, args ...string) (string, error) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed (Debian: apt-get install snmp)", name)
	}
	var out bytes.Buffer
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = append(cmd.Environ(), "MIBS=", "SNMP_PERSISTENT_DIR="+t.TempDir(), "SNMPCONFPATH="+t.TempDir())
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	return out.String(), err
}

func send(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := command(t, name, args...); err != nil {
		t.Fatalf("%s: %v: %s", name, err, out)
	}
}

const onBattery = "1.3.6.1.2.1.33.2.1"

func TestTrapsOfDebiansTools(t *testing.T) {
	signed := collectors.SNMPAccess{Version: "3", User: "sender", AuthProto: "SHA-256", AuthPass: "correct-auth-pass", PrivProto: "AES-128", PrivPass: "correct-priv-pass"}
	s := startStation(t, nil, at("ups-a1", "127.0.0.1", signed), at("other", "127.0.0.9", plain))
	v3 := []string{"-v3", "-l", "authPriv", "-u", "sender", "-a", "SHA-256", "-A", "correct-auth-pass", "-x", "AES", "-X", "correct-priv-pass"}
	minutes := []string{"1.3.6.1.2.1.33.1.2.3.0", "i", "12", "1.3.6.1.2.1.33.1.6.2.1.2.1", "s", "on \x1b[31mbattery"}
	tests := []struct {
		name, tool, version, user string
		args                      []string
	}{
		{"v1", "snmptrap", "v1", "", append([]string{"-v1", "-c", "whatever", s.Addr(), "1.3.6.1.2.1.33.2", "192.0.2.7", "6", "1", "1234"}, minutes...)},
		{"v2c", "snmptrap", "v2c", "", append([]string{"-v2c", "-c", "whatever", s.Addr(), "1234", onBattery}, minutes...)},
		{"v2c inform", "snmpinform", "v2c", "", append([]string{"-v2c", "-c", "whatever", s.Addr(), "1234", onBattery}, minutes...)},
		{"v3", "snmptrap", "v3", "sender", slices.Concat(v3, []string{"-e", "0x80001f880401020304", s.Addr(), "1234", onBattery}, minutes)},
		{"v3 inform", "snmpinform", "v3", "sender", slices.Concat(v3, []string{s.Addr(), "1234", onBattery}, minutes)},
	}
	for i, tt := range tests {
		send(t, tt.tool, tt.args...) // snmpinform fails where nobody acknowledges
		got := s.evidence(t, i+1)[i]
		if got.Device != "ups-a1" || got.Version != tt.version || got.User != tt.user || got.Name != "upsTrapOnBattery" || got.Uptime != 12.34 || !got.Polled || got.Inform != (tt.tool == "snmpinform") {
			t.Errorf("%s: %+v", tt.name, got)
		}
		if tt.version == "v1" && got.Agent != "192.0.2.7" {
			t.Errorf("v1: agent address %q", got.Agent)
		}
		want := []facility.Varbind{{OID: "1.3.6.1.2.1.33.1.2.3.0", Type: "INTEGER", Value: "12"}, {OID: "1.3.6.1.2.1.33.1.6.2.1.2.1", Type: "OCTET STRING", Value: "on battery"}}
		if !slices.Equal(got.Varbinds, want) {
			t.Errorf("%s: varbinds %q, want %q", tt.name, got.Varbinds, want)
		}
	}
	if polled := s.polled(); len(polled) == 0 || slices.Contains(polled, "other") {
		t.Errorf("polled %v, want ups-a1 alone", polled)
	}
	if st := s.Status(); st.Acknowledged != 2 || st.Unknown != 0 || st.Malformed != 0 {
		t.Errorf("status %+v", st)
	}
}

// Every pair that the tools know signs a trap and has its inform acknowledged.
func TestTrapsEveryPair(t *testing.T) {
	auths := [][2]string{{"MD5", "MD5"}, {"SHA-1", "SHA"}, {"SHA-224", "SHA-224"}, {"SHA-256", "SHA-256"}, {"SHA-384", "SHA-384"}, {"SHA-512", "SHA-512"}}
	privs := [][2]string{{"", ""}, {"DES", "DES"}, {"AES-128", "AES"}, {"AES-192", "AES-192"}, {"AES-256", "AES-256"}}
	var users []collectors.SNMPAccess
	for _, a := range auths {
		for _, p := range privs {
			u := collectors.SNMPAccess{Version: "3", User: strings.ToLower(a[0] + p[0]), Level: "authNoPriv", AuthProto: a[0], AuthPass: "correct-auth-pass"}
			if p[0] != "" {
				u.Level, u.PrivProto, u.PrivPass = "authPriv", p[0], "correct-priv-pass"
			}
			users = append(users, u)
		}
	}
	s := startStation(t, users, at("ups-a1", "127.0.0.1", plain))
	n := 0
	for i, a := range auths {
		for j, p := range privs {
			u := users[i*len(privs)+j]
			args := []string{"-v3", "-l", u.Level, "-u", u.User, "-a", a[1], "-A", "correct-auth-pass", "-t", "2", "-r", "1"}
			if p[0] != "" {
				args = append(args, "-x", p[1], "-X", "correct-priv-pass")
			}
			send(t, "snmptrap", slices.Concat(args, []string{"-e", "0x80001f88040102030405", "-Z", "1,100", s.Addr(), "1", onBattery})...)
			send(t, "snmpinform", slices.Concat(args, []string{s.Addr(), "1", onBattery})...)
			n += 2
			got := s.evidence(t, min(n, keepBurst))
			if n <= keepBurst {
				if g := got[n-1]; g.User != u.User || g.Level != u.Level || !g.Inform {
					t.Errorf("%s %s: %+v", a[0], p[0], g)
				}
			}
		}
	}
	waitFor(t, "acknowledgements", func() bool { return s.Status().Acknowledged == uint64(n/2) })
	if st := s.Status(); st.Refused != 0 || st.Malformed != 0 {
		t.Errorf("status %+v", st)
	}
}

func TestWhatIsNotProvenIsRefused(t *testing.T) {
	signed := collectors.SNMPAccess{Version: "3", User: "sender", AuthProto: "SHA-256", AuthPass: "correct-auth-pass", PrivProto: "AES-128", PrivPass: "correct-priv-pass"}
	s := startStation(t, nil, at("ups-a1", "127.0.0.1", signed))
	v3 := func(user, level, auth, priv string, more ...string) []string {
		return slices.Concat([]string{"-v3", "-l", level, "-u", user, "-a", "SHA-256", "-A", auth, "-x", "AES", "-X", priv, "-e", "0x80001f880401020304"}, more, []string{s.Addr(), "1", onBattery})
	}
	for _, tt := range []struct {
		cause string
		args  []string
	}{
		{"user", v3("nobody", "authPriv", "correct-auth-pass", "correct-priv-pass")},
		{"digest", v3("sender", "authPriv", "some-other-pass", "correct-priv-pass")},
		{"decryption", v3("sender", "authPriv", "correct-auth-pass", "some-other-pass")},
		{"level", v3("sender", "authNoPriv", "correct-auth-pass", "correct-priv-pass")},
	} {
		send(t, "snmptrap", tt.args...)
		waitFor(t, tt.cause, func() bool {
			return slices.ContainsFunc(s.Status().Senders, func(x facility.TrapSender) bool {
				return x.Cause == tt.cause && x.Source == "127.0.0.1" && x.Device == "ups-a1" && x.Count == 1
			})
		})
	}
	if s.polled() != nil || s.Status().Polls != 0 {
		t.Errorf("polled %v for what proved nothing", s.polled())
	}
	// An engine's time that runs back: a recorded trap played again.
	send(t, "snmptrap", v3("sender", "authPriv", "correct-auth-pass", "correct-priv-pass", "-Z", "5,1000")...)
	s.evidence(t, 1)
	send(t, "snmptrap", v3("sender", "authPriv", "correct-auth-pass", "correct-priv-pass", "-Z", "4,9000")...)
	send(t, "snmptrap", v3("sender", "authPriv", "correct-auth-pass", "correct-priv-pass", "-Z", "5,10")...)
	waitFor(t, "the refusal of old messages", func() bool {
		return slices.ContainsFunc(s.Status().Senders, func(x facility.TrapSender) bool { return x.Cause == "time_window" && x.Count == 2 })
	})
	if out, err := command(t, "snmpinform", "-v3", "-l", "authPriv", "-u", "sender", "-a", "SHA-256", "-A", "some-other-pass", "-x", "AES", "-X", "correct-priv-pass", "-t", "1", "-r", "0", s.Addr(), "1", onBattery); err == nil || !strings.Contains(out, "password") && !strings.Contains(out, "digest") {
		t.Errorf("an inform with a wrong pass phrase: %v: %s; want its sender told why", err, out)
	}
}

func TestEngineAndUserNameADeviceBehindAnotherAddress(t *testing.T) {
	far := collectors.SNMPAccess{Version: "3", User: "sender", Level: "authNoPriv", AuthPass: "correct-auth-pass"}
	s := startStation(t, nil, at("far", "192.0.2.1", far), at("near", "192.0.2.2", far))
	send(t, "snmptrap", "-v3", "-l", "authNoPriv", "-u", "sender", "-a", "SHA-256", "-A", "correct-auth-pass", "-e", "0x800000020109840301", s.Addr(), "1", onBattery)
	if got := s.evidence(t, 1)[0]; got.Device != "far" || got.Source != "127.0.0.1" {
		t.Errorf("%+v, want the device that names this engine", got)
	}
	// Two devices have the user, and nobody names this engine.
	send(t, "snmptrap", "-v3", "-l", "authNoPriv", "-u", "sender", "-a", "SHA-256", "-A", "correct-auth-pass", "-e", "0x800000020109840399", s.Addr(), "1", onBattery)
	waitFor(t, "an unknown sender", func() bool { return s.Status().Unknown == 1 })
	if p := s.polled(); !slices.Equal(p, []facility.DeviceID{"far"}) {
		t.Errorf("polled %v", p)
	}
}

// dialFrom opens a socket of a given loopback address towards the station.
func dialFrom(t *testing.T, s *station, from string) net.Conn {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(from)}}
	c, err := d.Dial("udp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// trap2 is a v2c trap with one variable.
func trap2(value []byte) []byte {
	vb := func(oid string, v []byte) []byte { return seq(tagSequence, oidOf(oid), v) }
	up := integer(1234)
	up[0] = tagTicks
	return seq(tagSequence, integer(1), octets([]byte("c")), seq(tagTrap2, integer(7), integer(0), integer(0),
		seq(tagSequence, vb(oidSysUpTime, up), vb(oidTrapOID, oidOf(onBattery)), vb("1.3.6.1.2.1.1.5.0", value))))
}

func TestFlood(t *testing.T) {
	s := startStation(t, nil, at("loud", "127.0.0.2", plain), at("quiet", "127.0.0.3", plain))
	loud, unknown, quiet := dialFrom(t, s, "127.0.0.2"), dialFrom(t, s, "127.0.0.4"), dialFrom(t, s, "127.0.0.3")
	packet := trap2(octets([]byte("x")))
	const each = 3000
	for i := range each {
		loud.Write(packet)
		unknown.Write(packet)
		if i%50 == 49 { // as fast as it is read, so that the kernel has nothing to drop
			waitFor(t, "the reader", func() bool { return total(s.Status())+s.Status().Dropped+500 >= uint64(2*i) })
		}
	}
	quiet.Write(packet)
	waitFor(t, "the quiet device's poll", func() bool { return slices.Contains(s.polled(), "quiet") })
	waitFor(t, "all datagrams", func() bool { return total(s.Status())+s.Status().Dropped >= 2*each+1 })
	st := s.Status()
	if st.Sampled < 2*each/2 {
		t.Errorf("%d of %d sampled: a flood is read", st.Sampled, 2*each)
	}
	if st.Unknown != each {
		t.Errorf("unknown %d, want %d", st.Unknown, each)
	}
	if len(st.Senders) != 1 || st.Senders[0].Source != "127.0.0.4" || st.Senders[0].Count != each || st.Senders[0].Cause != "unknown" {
		t.Errorf("senders %+v, want the unknown one once", st.Senders)
	}
	n := 0
	for _, id := range s.polled() {
		if id == "loud" {
			n++
		}
	}
	if n > 3 {
		t.Errorf("%d polls of the loud device: at most one in two seconds", n)
	}
	if kept := len(s.evidence(t, 2)); kept > 2*keepBurst {
		t.Errorf("%d traps kept of a flood", kept)
	}
}

func total(st facility.TrapStatus) (n uint64) {
	for _, x := range st.Received {
		n += x
	}
	return n
}

func TestASecondTrapWithinTwoSecondsIsReadAtTheirEnd(t *testing.T) {
	s := startStation(t, nil, at("ups-a1", "127.0.0.2", plain))
	c, packet := dialFrom(t, s, "127.0.0.2"), trap2(octets([]byte("x")))
	start := time.Now()
	for range 5 {
		c.Write(packet)
	}
	waitFor(t, "the second poll", func() bool { return len(s.polled()) == 2 })
	if took := time.Since(start); took < pollDistance-50*time.Millisecond || took > pollDistance+3*time.Second {
		t.Errorf("second poll after %v, want %v", took, pollDistance)
	}
	s.evidence(t, 5)
	if n := len(s.polled()); n != 2 {
		t.Errorf("%d polls for five traps at once, want two", n)
	}
}

func TestMalformedIsCountedBySender(t *testing.T) {
	s := startStation(t, nil, at("ups-a1", "127.0.0.2", plain))
	c := dialFrom(t, s, "127.0.0.2")
	whole := trap2(octets([]byte("x")))
	for n := range len(whole) {
		c.Write(whole[:n])
	}
	waitFor(t, "the malformed ones", func() bool { return s.Status().Malformed == uint64(len(whole)) })
	if st := s.Status(); len(st.Senders) != 1 || st.Senders[0].Device != "ups-a1" || st.Senders[0].Count != uint64(len(whole)) {
		t.Errorf("senders %+v", st.Senders)
	}
	if p := s.polled(); p != nil {
		t.Errorf("polled %v for garbage", p)
	}
}

func TestSendersAreBounded(t *testing.T) {
	var s senders
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	for i := range 1000 {
		s.note(hex.EncodeToString([]byte{byte(i >> 8), byte(i)}), "", "unknown", "v2c", "", now)
	}
	if n := len(s.all()); n != maxSenders {
		t.Errorf("%d senders listed, want %d", n, maxSenders)
	}
	if !s.note("new", "", "unknown", "", "", now.Add(2*time.Hour)) {
		t.Error("a new sender finds no room after the others fell silent")
	}
}

func TestEvidenceIsBounded(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"text", "fan 2 failed", "fan 2 failed"},
		{"the end of a C string", "fan\x00", "fan"},
		{"escape sequences", "a\x1b]0;owned\x07b", "0x611b5d303b6f776e65640762"},
		{"octets", "\x00\x01\xfe", "0x0001fe"},
		{"long text", strings.Repeat("x", 1000), strings.Repeat("x", maxText)},
	} {
		if got := octetText([]byte(tt.in)); !strings.HasPrefix(got, tt.want[:min(len(tt.want), 200)]) || len(got) > maxText+8 {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
