package lean

import (
	"encoding/binary"
	"fmt"
	"math"
	"net"
	"testing"

	"github.com/gosnmp/gosnmp"
)

// instances of a small UPS, and an answer to each.
var testOIDs = []string{"1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.33.1.2.4.0", "1.3.6.1.4.1.318.1.1.1.2.2.1.0",
	"1.3.6.1.2.1.2.2.1.10.4294967295", "1.3.6.1.2.1.31.1.1.1.6.1", "1.3.6.1.4.1.2021.10.1.6.1", "1.3.6.1.4.1.2021.10.1.7.1",
	"1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.2.0", "1.3.6.1.2.1.4.20.1.1.127.0.0.1", "1.3.6.1.2.1.1.6.0", "1.3.6.1.2.1.99.1.1.1.4.7"}

func testValues() []gosnmp.SnmpPDU {
	values := []gosnmp.SnmpPDU{
		{Type: gosnmp.TimeTicks, Value: uint32(4294967295)},
		{Type: gosnmp.Integer, Value: -40},
		{Type: gosnmp.Gauge32, Value: uint(3000000000)},
		{Type: gosnmp.Counter32, Value: uint(128)},
		{Type: gosnmp.Counter64, Value: uint64(1<<63 + 1)},
		{Type: gosnmp.OpaqueFloat, Value: float32(0.25)},
		{Type: gosnmp.OpaqueDouble, Value: -1e300},
		{Type: gosnmp.OctetString, Value: []byte("ups-1")},
		{Type: gosnmp.ObjectIdentifier, Value: "1.3.6.1.4.1.318.1.3.2.11"},
		{Type: gosnmp.IPAddress, Value: "192.0.2.7"},
		{Type: gosnmp.NoSuchInstance},
		{Type: gosnmp.EndOfMibView},
	}
	for i := range values {
		values[i].Name = testOIDs[i]
	}
	return values
}

func prepare(t testing.TB, oids ...string) *Request {
	t.Helper()
	r, err := Prepare("2c", "public", oids)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// answer encodes a response as an agent would.
func answer(t testing.TB, id uint32, values []gosnmp.SnmpPDU) []byte {
	t.Helper()
	p := gosnmp.SnmpPacket{Version: gosnmp.Version2c, Community: "public", PDUType: gosnmp.GetResponse, RequestID: id, Variables: values}
	b, err := p.MarshalMsg()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func walk(r *Request, b []byte) ([]Slot, bool) {
	slots := make([]Slot, r.count)
	h, ok := readHeader(b)
	return slots, ok && r.decode(b, h, slots)
}

func TestWalkReadsEveryType(t *testing.T) {
	r := prepare(t, testOIDs...)
	b := answer(t, requestID(7, 9), testValues())
	h, _ := readHeader(b)
	if place, generation, ours := splitID(h.id); place != 7 || generation != 9 || !ours {
		t.Errorf("id %x is place %d generation %d ours %v, want 7, 9, true", h.id, place, generation, ours)
	}
	slots, ok := walk(r, b)
	if !ok {
		t.Fatal("the walker refuses a plain answer")
	}
	want := []float64{4294967295, -40, 3000000000, 128, 1<<63 + 1, 0.25, -1e300}
	for i, w := range want {
		if got, ok := slots[i].Float64(); !ok || got != w {
			t.Errorf("slot %d: %v (%v), want %v", i, got, ok, w)
		}
	}
	if slots[4].Bits != 1<<63+1 {
		t.Errorf("Counter64 %d, want every digit of %d", slots[4].Bits, uint64(1<<63+1))
	}
	if got := string(slots[7].Of(b)); got != "ups-1" {
		t.Errorf("text %q", got)
	}
	if got := net.IP(slots[9].Of(b)).String(); got != "192.0.2.7" || slots[9].Kind != IPAddress {
		t.Errorf("address %s of kind %d", got, slots[9].Kind)
	}
	if slots[10].Kind != Absent || slots[11].Kind != End {
		t.Errorf("exceptions of kind %d and %d", slots[10].Kind, slots[11].Kind)
	}
}

// Some agents send unsigned numbers without the leading zero that keeps them
// from being negative; others send one too many.
func TestUnsignedNumbersOfCarelessAgents(t *testing.T) {
	tests := []struct {
		value []byte
		want  uint64
		ok    bool
	}{
		{[]byte{tagGauge32, 4, 0xff, 0xff, 0xff, 0xff}, math.MaxUint32, true},
		{[]byte{tagGauge32, 5, 0, 0xff, 0xff, 0xff, 0xff}, math.MaxUint32, true},
		{[]byte{tagGauge32, 5, 1, 0, 0, 0, 0}, 0, false},
		{[]byte{tagGauge32, 0}, 0, false},
		{[]byte{tagCounter64, 8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, math.MaxUint64, true},
		{[]byte{tagCounter64, 9, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, math.MaxUint64, true},
		{[]byte{tagInteger, 5, 0, 0xff, 0xff, 0xff, 0xff}, 0, false},
		{[]byte{0x05, 0}, 0, false},
		{[]byte{0x81, 1, 0}, 0, false},
	}
	for _, tt := range tests {
		var s Slot
		if ok := s.read(tt.value, 0); ok != tt.ok || ok && s.Bits != tt.want {
			t.Errorf("% x: %d, %v; want %d, %v", tt.value, s.Bits, ok, tt.want, tt.ok)
		}
	}
}

func TestWalkRefusesSurprises(t *testing.T) {
	r := prepare(t, testOIDs...)
	with := func(change func(v []gosnmp.SnmpPDU) []gosnmp.SnmpPDU) []byte {
		return answer(t, requestID(1, 1), change(testValues()))
	}
	status := gosnmp.SnmpPacket{Version: gosnmp.Version2c, Community: "public", PDUType: gosnmp.GetResponse, RequestID: requestID(1, 1),
		Error: gosnmp.GenErr, ErrorIndex: 1, Variables: testValues()}
	failed, err := status.MarshalMsg()
	if err != nil {
		t.Fatal(err)
	}
	other := gosnmp.SnmpPacket{Version: gosnmp.Version2c, Community: "private", PDUType: gosnmp.GetResponse, RequestID: requestID(1, 1), Variables: testValues()}
	foreign, err := other.MarshalMsg()
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string][]byte{
		"another order": with(func(v []gosnmp.SnmpPDU) []gosnmp.SnmpPDU { v[0], v[1] = v[1], v[0]; return v }),
		"one too few":   with(func(v []gosnmp.SnmpPDU) []gosnmp.SnmpPDU { return v[:len(v)-1] }),
		"one too many":  with(func(v []gosnmp.SnmpPDU) []gosnmp.SnmpPDU { return append(v, v[0]) }),
		"another OID":   with(func(v []gosnmp.SnmpPDU) []gosnmp.SnmpPDU { v[3].Name += ".1"; return v }),
		"a null": with(func(v []gosnmp.SnmpPDU) []gosnmp.SnmpPDU {
			v[2] = gosnmp.SnmpPDU{Name: v[2].Name, Type: gosnmp.Null}
			return v
		}),
		"an error status":   failed,
		"another community": foreign,
	}
	for name, b := range tests {
		if slots, ok := walk(r, b); ok {
			t.Errorf("%s: taken as %v", name, slots)
		}
	}
}

// same compares what the walker took with what the library's decoder says of the
// same bytes.
func same(s Slot, packet []byte, v gosnmp.SnmpPDU) error {
	ok := false
	switch x := v.Value.(type) {
	case nil:
		ok = s.Kind == Absent && (v.Type == gosnmp.NoSuchObject || v.Type == gosnmp.NoSuchInstance) || s.Kind == End && v.Type == gosnmp.EndOfMibView
	case int:
		ok = s.Kind == Signed && int64(s.Bits) == int64(x)
	case uint:
		ok = s.Kind == Unsigned && s.Bits == uint64(x)
	case uint32:
		ok = s.Kind == Unsigned && s.Bits == uint64(x)
	case uint64:
		ok = s.Kind == Unsigned64 && s.Bits == x
	case float32:
		ok = s.Kind == Float && (s.Bits == math.Float64bits(float64(x)) || x != x)
	case float64:
		ok = s.Kind == Float && s.Bits == math.Float64bits(x)
	case []byte:
		ok = s.Kind == Bytes && string(s.Of(packet)) == string(x)
	case string:
		switch s.Kind {
		case IPAddress:
			ok = net.IP(s.Of(packet)).String() == x
		case Object:
			ok = ObjectText(s.Of(packet)) == x[1:]
		}
	}
	if !ok {
		return fmt.Errorf("%s: walker has %+v, the library %T %v", v.Name, s, v.Value, v.Value)
	}
	return nil
}

// compare holds the walker to the library's decoder: equal values, or refused.
func compare(r *Request, names []string, b []byte) error {
	slots, ok := walk(r, b)
	if !ok {
		return nil
	}
	x := &gosnmp.GoSNMP{Version: gosnmp.Version2c}
	p, err := x.SnmpDecodePacket(b)
	if err != nil {
		return fmt.Errorf("the walker takes what the library refuses: %w", err)
	}
	if p.Error != gosnmp.NoError || p.PDUType != gosnmp.GetResponse || len(p.Variables) != len(slots) {
		return fmt.Errorf("the walker takes %d values, the library has error %v, type %v, %d varbinds", len(slots), p.Error, p.PDUType, len(p.Variables))
	}
	for i, v := range p.Variables {
		if v.Name != "."+names[i] {
			return fmt.Errorf("varbind %d is %s, asked was %s", i, v.Name, names[i])
		}
		if err := same(slots[i], b, v); err != nil {
			return err
		}
	}
	return nil
}

// Every truncation and every change of a single byte: equal or refused.
func TestWalkIsNeverWrong(t *testing.T) {
	r := prepare(t, testOIDs...)
	whole := answer(t, requestID(1, 1), testValues())
	for n := range whole {
		if _, ok := walk(r, whole[:n]); ok {
			t.Errorf("an answer cut to %d of %d bytes is taken", n, len(whole))
		}
	}
	taken := 0
	for i := range whole {
		for c := range 256 {
			b := append([]byte(nil), whole...)
			b[i] = byte(c)
			if _, ok := walk(r, b); ok {
				taken++
			}
			if err := compare(r, testOIDs, b); err != nil {
				t.Errorf("byte %d = %#x: %v", i, c, err)
			}
		}
	}
	if taken < 256 {
		t.Errorf("only %d of the changed answers were taken; the comparison shows nothing", taken)
	}
}

func TestIDsHaveFourBytes(t *testing.T) {
	for _, place := range []uint16{0, 1, 255, 65535} {
		for _, generation := range []uint16{0, 1, generations - 1} {
			var b [4]byte
			binary.BigEndian.PutUint32(b[:], requestID(place, generation))
			if b[0] < 0x40 || b[0] > 0x7f {
				t.Errorf("id % x: its shortest form has not four bytes", b)
			}
			if p, g, ok := splitID(requestID(place, generation)); p != place || g != generation || !ok {
				t.Errorf("%d, %d came back as %d, %d, %v", place, generation, p, g, ok)
			}
		}
	}
}
