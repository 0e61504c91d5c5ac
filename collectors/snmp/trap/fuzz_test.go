package trap

import (
	"strings"
	"testing"
	"unicode"

	"nezuban/collectors"
	"nezuban/internal/clock"
	"nezuban/internal/facility"
)

// fuzzed is a receiver without a socket that knows one user of each level.
func fuzzed(t testing.TB) (*Receiver, *book) {
	r := &Receiver{o: Options{Clock: clock.System(), EngineOf: func(string) []facility.DeviceID { return nil }}}
	r.engine = newEngine(r.o.Clock)
	b := &book{}
	err := b.sign(&r.keys, []collectors.Target{
		at("priv", "127.0.0.2", collectors.SNMPAccess{Version: "3", User: "p", AuthPass: "correct-auth-pass", PrivPass: "correct-priv-pass"}),
		at("auth", "127.0.0.3", collectors.SNMPAccess{Version: "3", User: "a", Level: "authNoPriv", AuthPass: "correct-auth-pass"}),
		at("open", "127.0.0.4", collectors.SNMPAccess{Version: "3", User: "o", Level: "noAuthNoPriv"}),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r, b
}

// samples are well-formed messages of every kind.
func samples(t testing.TB, r *Receiver, b *book) [][]byte {
	vb := func(oid string, v []byte) []byte { return seq(tagSequence, oidOf(oid), v) }
	up := integer(1234)
	up[0] = tagTicks
	address := appendTLV(nil, tagAddress, []byte{192, 0, 2, 7})
	list := seq(tagSequence, vb(oidSysUpTime, up), vb(oidTrapOID, oidOf(onBattery)), vb("1.3.6.1.2.1.1.5.0", octets([]byte("ups-a1"))), vb("1.3.6.1.2.1.1.7.0", integer(-1)))
	v1 := seq(tagSequence, integer(0), octets([]byte("c")), seq(tagTrap1, oidOf("1.3.6.1.4.1.318"), address, integer(6), integer(5), up, seq(tagSequence, vb("1.3.6.1.2.1.2.2.1.1.1", integer(3)))))
	inform := seq(tagInform, integer(9), integer(0), integer(0), list)
	out := [][]byte{v1, trap2(octets([]byte("x"))), seq(tagSequence, integer(1), octets([]byte("c")), inform)}
	engine := []byte{0x80, 0, 0x1f, 0x88, 4, 1, 2, 3, 4}
	for user, s := range b.users {
		for _, id := range [][]byte{engine, r.engine.id, nil} {
			m := message3{id: 1, flags: s[0].level | flagReportable, engine: id, boots: 1, time: 5, user: user}
			if r.engine.is(id) {
				m.boots, m.time = r.engine.boots, r.engine.seconds()
			} else if id != nil {
				m.flags &^= flagReportable
			}
			packet, err := m.write(s[0].at(id), 1, seq(tagSequence, octets(id), octets(nil), inform))
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, packet)
		}
	}
	return out
}

func TestSamplesAreTaken(t *testing.T) {
	r, b := fuzzed(t)
	for i, packet := range samples(t, r, b) {
		m := r.parse(b, packet, nil)
		if m.cause != "" || m.pdu == nil && m.answer == nil {
			t.Errorf("sample %d: %+v", i, m)
		}
		if m.pdu != nil && m.pdu.inform {
			if reply, err := m.acknowledge(); err != nil || len(reply) == 0 {
				t.Errorf("sample %d: acknowledgement %x, %v", i, reply, err)
			}
		}
	}
}

// FuzzDatagram: whatever comes, nothing panics, what is kept is bounded and clean,
// and answers are no longer than what they answer, give or take a header.
func FuzzDatagram(f *testing.F) {
	r, b := fuzzed(f)
	for _, packet := range samples(f, r, b) {
		f.Add(packet)
		for _, cut := range []int{1, 2, len(packet) / 2, len(packet) - 1} {
			f.Add(packet[:cut])
		}
	}
	f.Fuzz(func(t *testing.T, packet []byte) {
		m := r.parse(b, packet[:len(packet):len(packet)], nil)
		if m.version == "" {
			t.Fatal("no version")
		}
		if len(m.answer) > len(packet)+200 {
			t.Fatalf("%d bytes answered to %d", len(m.answer), len(packet))
		}
		if m.pdu == nil {
			return
		}
		if m.pdu.inform {
			if reply, err := m.acknowledge(); err == nil && len(reply) > len(packet)+200 {
				t.Fatalf("%d bytes acknowledge %d", len(reply), len(packet))
			}
		}
		if len(m.pdu.vars) > maxVarbinds {
			t.Fatalf("%d varbinds", len(m.pdu.vars))
		}
		for _, v := range m.pdu.vars {
			if len(v.Value) > 2*maxText+2048 || strings.ContainsFunc(v.Value, func(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\t' }) {
				t.Fatalf("value %q", v.Value)
			}
		}
	})
}
