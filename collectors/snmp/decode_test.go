package snmp

import (
	"math"
	"testing"

	"github.com/gosnmp/gosnmp"

	"nezuban/collectors"
	"nezuban/collectors/profile"
	"nezuban/internal/facility"
)

func signed(v int64) variable { return variable{kind: kindSigned, signed: v} }

func TestScaling(t *testing.T) {
	tests := []struct {
		name string
		q    profile.Quantity
		raw  variable
		more map[string]variable
		want float64
	}{
		{"tenths stay exact", profile.Quantity{Scale: 0.1}, signed(271), nil, 27.1},
		{"hundredths", profile.Quantity{Scale: 0.01}, signed(57), nil, 0.57},
		{"minutes to seconds", profile.Quantity{Scale: 60}, signed(14), nil, 840},
		{"offset after scale", profile.Quantity{Scale: 0.5, Offset: -40}, signed(130), nil, 25},
		{"fahrenheit last", profile.Quantity{Scale: 0.1, Fahrenheit: true}, signed(770), nil, 25},
		{"power of ten of another object", profile.Quantity{Scale: 1, Powers: []profile.Exponent{{OID: "p", Times: 1}}}, signed(215), map[string]variable{"p": signed(-1)}, 21.5},
		{"number of decimals", profile.Quantity{Scale: 1, Powers: []profile.Exponent{{OID: "p", Times: -1}}}, signed(2150), map[string]variable{"p": signed(2)}, 21.5},
		{"share of another object", profile.Quantity{Scale: 1, DivideBy: []string{"d"}}, signed(1), map[string]variable{"d": signed(4)}, 0.25},
		{"share of what is used and free", profile.Quantity{Scale: 1, DivideBy: []string{"x", "d"}}, signed(1), map[string]variable{"d": signed(3)}, 0.25},
		{"sum, share and complement", profile.Quantity{Scale: 1, Add: []string{"a"}, DivideBy: []string{"d"}, Complement: true}, signed(1), map[string]variable{"a": signed(2), "d": signed(4)}, 0.25},
		{"a text with a unit", profile.Quantity{Scale: 1, InString: true}, variable{kind: kindBytes, bytes: []byte(" -23.5 C")}, nil, -23.5},
		{"Counter64 up to 2^53 is exact", profile.Quantity{Scale: 1}, variable{kind: kindUnsigned, unsigned: 1<<53 - 1}, nil, 1<<53 - 1},
		{"a Counter64 with the top bit is not negative", profile.Quantity{Scale: 1}, variable{kind: kindUnsigned, unsigned: 1 << 63}, nil, 1 << 63},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			it := item{q: &tt.q, sources: []string{"x"}}
			values := map[string]variable{"x": tt.raw}
			for k, v := range tt.more {
				values[k] = v
			}
			got, ok, cause := it.read(values)
			if !ok || got != tt.want {
				t.Errorf("got %v (ok %v, cause %q), want %v", got, ok, cause, tt.want)
			}
		})
	}
}

// What is left of a whole is between nothing and all of it; agents whose 32-bit
// numbers overflow say otherwise.
func TestAShareOutsideTheWholeIsNone(t *testing.T) {
	q := profile.Quantity{Scale: 1, Add: []string{"buffers"}, DivideBy: []string{"total"}, Complement: true}
	for _, free := range []int64{-5, 2000} {
		it := item{q: &q, sources: []string{"free"}}
		got, ok, cause := it.read(map[string]variable{"free": signed(free), "buffers": signed(-100), "total": signed(1000)})
		if ok || cause != facility.RefusedRange {
			t.Errorf("%d free of 1000: %v (ok %v, cause %q), want none, refused for its range", free, got, ok, cause)
		}
	}
}

func TestWhatCannotBeMeasuredIsRefused(t *testing.T) {
	for _, tt := range []struct {
		unit facility.Unit
		raw  int64
		ok   bool
	}{
		{facility.UnitCelsius, -866597556, false}, // a 32-bit number that nobody set
		{facility.UnitCelsius, -273, false},       // 0 K: no probe
		{facility.UnitCelsius, -60, true},
		{facility.UnitCelsius, 65535, false},
		{facility.UnitRPM, -1, false},
		{facility.UnitHertz, -1, true}, // a deviation
		{facility.UnitRPM, 0, true},
		{facility.UnitPascals, -40, true}, // against the room
	} {
		q := profile.Quantity{Scale: 1, Metric: facility.Metric{Unit: tt.unit}}
		it := item{q: &q, sources: []string{"x"}}
		got, ok, cause := it.read(map[string]variable{"x": signed(tt.raw)})
		if ok != tt.ok || !ok && cause != facility.RefusedRange {
			t.Errorf("%d %s: %v (ok %v, cause %q), want ok %v", tt.raw, tt.unit, got, ok, cause, tt.ok)
		}
	}
}

func TestContactStates(t *testing.T) {
	sp := &profile.Contact{OID: "s", Open: []int64{4}, Closed: []int64{6}, Normal: []int64{2}, NormalOID: "n", NormalOpen: []int64{1}, NormalClosed: []int64{0}}
	simple := &profile.Contact{OID: "s", Open: []int64{0}, Closed: []int64{1}}
	judged := &profile.Contact{OID: "s", Normal: []int64{1}, Alarm: []int64{2}}
	open, closed := true, false
	tests := []struct {
		name   string
		table  *profile.Contact
		normal *bool // the binding's normal state open?
		state  int64
		device int64 // NormalOID's value; -1: not answered
		want   float64
		known  bool
	}{
		{"normally open, at rest", sp, &open, 2, 1, 0, true},
		{"normally open, closed: active", sp, &open, 6, 1, 1, true},
		{"normally closed by the binding, hub thinks open: at rest for the hub is active", sp, &closed, 2, 1, 1, true},
		{"normally closed by the binding, closed against the hub's opinion: normal", sp, &closed, 6, 1, 0, true},
		{"as the hub says, at rest", sp, nil, 2, 0, 0, true},
		{"as the hub says, open where closed is normal", sp, nil, 4, 0, 1, true},
		{"sensor error says nothing", sp, &open, 7, 1, 0, false},
		{"no status says nothing", sp, &open, 1, 1, 0, false},
		{"at rest, but the hub's normal state is unknown and the binding needs it", sp, &open, 2, -1, 0, false},
		{"open and closed need no normal state of the hub", sp, &open, 4, -1, 0, true},
		{"a plain contact, default closed", simple, &closed, 1, -1, 0, true},
		{"a plain contact, opened", simple, &closed, 0, -1, 1, true},
		{"a hub that only judges: normal", judged, nil, 1, -1, 0, true},
		{"a hub that only judges: alarm", judged, nil, 2, -1, 1, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &contact{table: tt.table, oid: "s", normalOID: tt.table.NormalOID, normalOpen: tt.normal}
			values := map[string]variable{"s": signed(tt.state)}
			if tt.device >= 0 {
				values["n"] = signed(tt.device)
			}
			got, known, cause := c.read(values)
			if known != tt.known || got != tt.want || cause != "" {
				t.Errorf("state %d: got %v (known %v, cause %q), want %v (known %v)", tt.state, got, known, cause, tt.want, tt.known)
			}
		})
	}
}

func TestReportNamesTheCause(t *testing.T) {
	for stat, want := range map[byte]facility.ErrorKind{1: facility.ErrSecurityLevel, 2: facility.ErrTimeWindow, 3: facility.ErrAuthentication,
		4: facility.ErrProtocol, 5: facility.ErrAuthentication, 6: facility.ErrPrivacy} {
		packet := append([]byte{0x30, 0x20, 0xa8}, append(usmStats, stat, 0, 0x41, 1, 9)...)
		if got := KindOf(reportError(packet)); got != want {
			t.Errorf("usmStats %d: kind %q, want %q", stat, got, want)
		}
	}
	if err := reportError(usmStats); err != nil {
		t.Errorf("a cut report: %v", err)
	}
}

// FuzzDecode holds that no datagram panics the way from packet to reading, and
// that no reading is ever not a number.
func FuzzDecode(f *testing.F) {
	x := &gosnmp.GoSNMP{Version: gosnmp.Version2c}
	for _, v := range append(ups(), str(oidSysName, "\x1b[2J"), oid(oidSysObjectID, "1.3.6.1.4.1.318"),
		gosnmp.SnmpPDU{Name: "1.3.6.1.2.1.33.1.2.4.0", Type: gosnmp.OpaqueFloat, Value: float32(math.NaN())},
		gosnmp.SnmpPDU{Name: "1.3.6.1.2.1.33.1.2.4.0", Type: gosnmp.Counter64, Value: uint64(math.MaxUint64)}) {
		p := &gosnmp.SnmpPacket{Version: gosnmp.Version2c, Community: "x", PDUType: gosnmp.GetResponse, RequestID: 1, Variables: []gosnmp.SnmpPDU{v}}
		b, err := p.MarshalMsg()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	lib := builtin(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = reportError(data)
		packet, err := x.SnmpDecodePacket(data)
		if err != nil {
			return
		}
		found := &found{values: map[string]variable{}, columns: map[string][]string{}, profiles: lib.All()}
		for _, v := range packet.Variables {
			got := toVariable(v)
			_, _, _ = got.size(), got.raw(), compareOID(got.oid, oidSysName)
			found.values[got.oid] = got
			for _, p := range found.profiles {
				for i := range p.Tables {
					for _, column := range tableColumns(&p.Tables[i]) {
						if under(got.oid, column) {
							found.columns[column] = append(found.columns[column], got.oid[len(column)+1:])
						}
					}
				}
			}
		}
		p := compile(collectors.Target{Device: facility.Device{ID: "d"}, Bindings: hubBindings}, found, func(string) {})
		for i := range p.items {
			v, ok, _ := p.items[i].read(found.values)
			if ok && (math.IsNaN(v) || math.IsInf(v, 0)) {
				t.Fatalf("%s: reading %v", p.points[i].ID, v)
			}
		}
		for _, r := range p.requests(allClasses) {
			if len(r) > maxVarbindsHard {
				t.Fatalf("request of %d varbinds", len(r))
			}
		}
	})
}
