package snmp

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"nezuban/collectors"
	"nezuban/internal/facility"
)

const ifDescr = "1.3.6.1.2.1.2.2.1.2"

// switchLike is a UPS that also has interfaces, so that a table can misbehave.
func switchLike() []gosnmp.SnmpPDU {
	return append(ups(), num("1.3.6.1.2.1.2.1.0", 2), num("1.3.6.1.2.1.2.2.1.8.1", 1), num("1.3.6.1.2.1.2.2.1.8.2", 1),
		num("1.3.6.1.2.1.2.2.1.7.1", 1), num("1.3.6.1.2.1.2.2.1.7.2", 1))
}

func TestWalksAreBounded(t *testing.T) {
	tests := []struct {
		name   string
		next   func(asked string) gosnmp.SnmpPDU
		cause  string
		column string
	}{
		{"a column without end", func(asked string) gosnmp.SnmpPDU {
			var n int
			fmt.Sscanf(strings.TrimPrefix(asked, ifDescr), ".%d", &n)
			return str(fmt.Sprintf("%s.%d", ifDescr, n+1), "x")
		}, facility.RefusedWalkBound, "no end after 2000 rows"},
		{"a column whose OIDs repeat", func(string) gosnmp.SnmpPDU { return str(ifDescr+".7", "x") },
			facility.RefusedNotRising, "do not rise"},
		{"a column whose OIDs fall", func(asked string) gosnmp.SnmpPDU {
			if asked == ifDescr {
				return str(ifDescr+".9", "x")
			}
			return str(ifDescr+".3", "x")
		}, facility.RefusedNotRising, "do not rise"},
		{"a column of endless text", func(asked string) gosnmp.SnmpPDU {
			var n int
			fmt.Sscanf(strings.TrimPrefix(asked, ifDescr), ".%d", &n)
			return str(fmt.Sprintf("%s.%d", ifDescr, n+1), strings.Repeat("x", 60000))
		}, facility.RefusedWalkBound, "no end after"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := startAgent(t, switchLike()...)
			a.change(func(a *agent) {
				a.answer = func(req *gosnmp.SnmpPacket) ([]gosnmp.SnmpPDU, gosnmp.SNMPError, uint8, bool) {
					if req.PDUType == gosnmp.GetRequest || !strings.Contains(req.Variables[0].Name, ifDescr) {
						return nil, 0, 0, false
					}
					var out []gosnmp.SnmpPDU
					at := strings.TrimPrefix(req.Variables[0].Name, ".")
					for range max(1, int(req.MaxRepetitions)) {
						v := tt.next(at)
						if len(out) > 0 && len(v.Value.([]byte)) > 1000 {
							break // a datagram's worth
						}
						out, at = append(out, v), v.Name
					}
					return out, 0, 0, true
				}
			})
			got, err := Probe(t.Context(), builtin(t), a.target("u"))
			if err != nil {
				t.Fatal(err)
			}
			if got.Refused[tt.cause] == 0 {
				t.Errorf("refused %v, want %s counted", got.Refused, tt.cause)
			}
			if !strings.Contains(strings.Join(got.Problems, "\n"), tt.column) {
				t.Errorf("problems %q do not say %q", got.Problems, tt.column)
			}
			values := show(got)
			for _, want := range []string{"ups_output_source 3", `interface_oper_state{interface="1"} 1 up`, `interface_oper_state{interface="2"} 1 up`} {
				if !strings.Contains(values, want) {
					t.Errorf("the rest of the device suffers: %q is not among\n%s", want, values)
				}
			}
			if len(got.Points) > 30 {
				t.Errorf("%d points, want the device's own only", len(got.Points))
			}
		})
	}
}

func TestTextFromDevicesIsCleaned(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t, ups()...), newMailbox()
	a.set(str(oidSysName, "ups\x1b[2J\x1b]0;owned\x07-1"), str(oidSysDescr, strings.Repeat("long ", 12000)))
	running20(t, box, a.target("u"))
	b, n := box.until(t, "identity", 0, func(b facility.Batch) bool { return b.Identity != nil })
	if b.Identity.SysName != "ups-1" {
		t.Errorf("sysName %q, want it without escape sequences", b.Identity.SysName)
	}
	if len(b.Identity.SysDescr) > maxDescr {
		t.Errorf("sysDescr has %d bytes, want at most %d", len(b.Identity.SysDescr), maxDescr)
	}
	if b.Health.Refused[facility.RefusedControl] == 0 || b.Health.Refused[facility.RefusedTooLong] == 0 {
		t.Errorf("refused %v, want both causes counted", b.Health.Refused)
	}
	// A name that turns bad while the device is polled.
	a.set(str(oidSysName, strings.Repeat("A", 60000)))
	b, _ = box.until(t, "the new name", n, func(b facility.Batch) bool { return b.Identity != nil })
	if len(b.Identity.SysName) != maxName {
		t.Errorf("sysName has %d bytes, want it cut to %d", len(b.Identity.SysName), maxName)
	}
	box.until(t, "readings in spite of it", n, good(sourceID, 3))
}

func TestBadValuesAreRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		value gosnmp.SnmpPDU
		cause string
	}{
		{"not a number", gosnmp.SnmpPDU{Type: gosnmp.OpaqueFloat, Value: float32(math.NaN())}, facility.RefusedNotANumber},
		{"infinite", gosnmp.SnmpPDU{Type: gosnmp.OpaqueDouble, Value: math.Inf(1)}, facility.RefusedNotANumber},
		{"out of range", num("", 4711), facility.RefusedRange},
		{"negative", num("", -1), facility.RefusedRange},
		{"a text", str("", "100"), facility.RefusedType},
		{"an OID", oid("", "1.3.6.1"), facility.RefusedType},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := startAgent(t, ups()...)
			v := tt.value
			v.Name = "1.3.6.1.2.1.33.1.2.4.0"
			a.set(v)
			got, err := Probe(t.Context(), builtin(t), a.target("u"))
			if err != nil {
				t.Fatal(err)
			}
			if got.Refused[tt.cause] == 0 {
				t.Errorf("refused %v, want %s", got.Refused, tt.cause)
			}
			if s := show(got); !strings.Contains(s, "ups_battery_charge_ratio missing") || !strings.Contains(s, "ups_output_source 3") {
				t.Errorf("want charge missing and the rest good, got\n%s", s)
			}
		})
	}
}

func TestTooBigHalvesTheRequest(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t, ups()...), newMailbox()
	running20(t, box, a.target("u"))
	_, n := box.until(t, "the first batch", 0, good(sourceID, 3))
	a.change(func(a *agent) { a.maxVars = 3 })
	b, n := box.until(t, "a whole round in small requests", n, good(loadID, 0.4))
	if b.Health.ErrorKind != facility.ErrNone {
		t.Errorf("health %+v, want a whole round", b.Health)
	}
	a.change(func(a *agent) { a.requests = nil })
	box.until(t, "one more of the larger rounds", n, good(loadID, 0.4))
	a.change(func(a *agent) {
		for _, size := range a.requests {
			if size > 3 {
				t.Errorf("requests of %v varbinds, want the smaller size remembered", a.requests)
			}
		}
	})
}

func TestInstanceThatFailsLeavesTheRest(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t, ups()...), newMailbox()
	running20(t, box, a.target("u"))
	_, n := box.until(t, "the first batch", 0, good(sourceID, 3))
	a.change(func(a *agent) {
		a.answer = func(req *gosnmp.SnmpPacket) ([]gosnmp.SnmpPDU, gosnmp.SNMPError, uint8, bool) {
			for i, v := range req.Variables {
				if v.Name == ".1.3.6.1.2.1.33.1.2.1.0" {
					return req.Variables, gosnmp.GenErr, uint8(i + 1), true
				}
			}
			return nil, 0, 0, false
		}
	})
	b, _ := box.until(t, "the failing instance missing", n, missing("u/ups_battery_status"))
	if !good(sourceID, 3)(b) {
		t.Errorf("the rest went missing with it: %+v", b.Readings)
	}
}

func TestAgentWithoutGetBulk(t *testing.T) {
	t.Parallel()
	a := startAgent(t, ups()...)
	a.change(func(a *agent) { a.noBulk = true })
	target := a.target("u")
	target.Timeout = 500 * time.Millisecond
	got, err := Probe(t.Context(), builtin(t), target)
	if err != nil {
		t.Fatal(err)
	}
	if s := show(got); !strings.Contains(s, `ups_output_load_ratio{phase="1"} 0.4`) {
		t.Errorf("want the table read by GETNEXT, got\n%s", s)
	}
}

func TestAnswersWithForeignOIDsAreNotReadings(t *testing.T) {
	t.Parallel()
	a := startAgent(t, ups()...)
	a.change(func(a *agent) {
		a.answer = func(req *gosnmp.SnmpPacket) ([]gosnmp.SnmpPDU, gosnmp.SNMPError, uint8, bool) {
			if req.PDUType != gosnmp.GetRequest || len(req.Variables) < 4 {
				return nil, 0, 0, false
			}
			out := make([]gosnmp.SnmpPDU, len(req.Variables))
			for i := range out {
				out[i] = num(fmt.Sprintf("1.3.6.1.4.1.1.%d", i), i)
			}
			return out, 0, 0, true
		}
	})
	got, err := Probe(t.Context(), builtin(t), a.target("u"))
	if err == nil && len(got.Points) > 0 {
		for _, r := range got.Readings {
			if r.Quality == facility.Good {
				t.Errorf("%s = %v from an answer about something else", r.Point, r.Value)
			}
		}
	}
}

func TestGarbageInsteadOfAnAnswer(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t, ups()...), newMailbox()
	running20(t, box, a.target("u"))
	_, n := box.until(t, "the first batch", 0, good(sourceID, 3))
	a.change(func(a *agent) { a.garbage = []byte{0x30, 0x82, 0xff, 0xff, 0x02, 0x01, 0x01, 0x04, 0x00, 0xa2} })
	b, n := box.until(t, "a refused answer", n, func(b facility.Batch) bool { return b.Health.ErrorKind == facility.ErrProtocol })
	if b.Health.Refused[facility.RefusedMalformed] == 0 || !missing(sourceID)(b) {
		t.Errorf("health %+v, want it counted and the readings missing", b.Health)
	}
	a.change(func(a *agent) { a.garbage = nil })
	box.until(t, "the device back", n, good(sourceID, 3))
}

func TestNothingListens(t *testing.T) {
	t.Parallel()
	a := startAgent(t)
	a.conn.Close()
	_, err := Probe(t.Context(), builtin(t), a.target("u"))
	if KindOf(err) != facility.ErrTransport {
		t.Errorf("error %v of kind %q, want transport", err, KindOf(err))
	}
}

func TestAccessMistakesAreNamed(t *testing.T) {
	base := collectors.Target{Device: facility.Device{ID: "u"}, Address: "127.0.0.1:9", SNMP: collectors.SNMPAccess{Version: "2c", Community: "x"}}
	tests := []struct {
		change func(*collectors.Target)
		want   string
	}{
		{func(t *collectors.Target) { t.Address = "127.0.0.1" }, "want host:port"},
		{func(t *collectors.Target) { t.Address = "127.0.0.1:x" }, "port is not a number"},
		{func(t *collectors.Target) { t.SNMP.Version = "4" }, `SNMP version "4" is not supported`},
		{func(t *collectors.Target) { t.SNMP = collectors.SNMPAccess{Version: "3", User: "u", Level: "all"} }, `security level "all"`},
		{func(t *collectors.Target) { t.SNMP = collectors.SNMPAccess{Version: "3", User: "u", AuthProto: "CRC"} }, `authentication protocol "CRC"`},
		{func(t *collectors.Target) {
			t.SNMP = collectors.SNMPAccess{Version: "3", User: "u", AuthPass: "long-enough", PrivProto: "ROT13"}
		}, `privacy protocol "ROT13"`},
	}
	for _, tt := range tests {
		target := base
		tt.change(&target)
		_, err := Probe(t.Context(), builtin(t), target)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("error %v, want it to say %s", err, tt.want)
		}
	}
}

// A secret must not appear in an error, whatever is wrong.
func TestErrorsCarryNoSecrets(t *testing.T) {
	t.Parallel()
	a := startAgent(t)
	a.change(func(a *agent) { a.garbage = []byte("nezuban-test is not BER") })
	target := a.target("u")
	target.SNMP.Community = "hidden-community"
	_, err := Probe(t.Context(), builtin(t), target)
	if err == nil || strings.Contains(err.Error(), "hidden-community") {
		t.Errorf("error %v", err)
	}
}

// A hub whose tables have gone mad is discovered anew after its restart; its
// contacts are read all the while.
func TestDiscoveryDoesNotHoldUpPolling(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t, switchLike()...), newMailbox()
	running20(t, box, a.target("u"))
	_, n := box.until(t, "the first batch", 0, good(sourceID, 3))
	started := time.Now()
	a.change(func(a *agent) {
		a.uptime = func() uint32 { return uint32(time.Since(started)/(10*time.Millisecond)) * 20 }
		a.answer = func(req *gosnmp.SnmpPacket) ([]gosnmp.SnmpPDU, gosnmp.SNMPError, uint8, bool) {
			if req.PDUType == gosnmp.GetRequest || !strings.Contains(req.Variables[0].Name, ifDescr) {
				return nil, 0, 0, false
			}
			var i int
			fmt.Sscanf(strings.TrimPrefix(req.Variables[0].Name, "."+ifDescr), ".%d", &i)
			return []gosnmp.SnmpPDU{str(fmt.Sprintf("%s.%d", ifDescr, i+1), "x")}, 0, 0, true // one row at a time
		}
	})
	learning := func(b facility.Batch) bool { return b.Health.Refused[facility.RefusedWalkBound] > 0 }
	end, upTo := box.until(t, "the end of the endless walk", n, learning)
	before := facility.Tick(0)
	for _, b := range box.all()[n:upTo] {
		if before != 0 && b.Tick-before > 11 {
			t.Errorf("ticks %d and %d are %d s apart, want a round every 10 s during discovery", before, b.Tick, b.Tick-before)
		}
		if !good(sourceID, 3)(b) {
			t.Errorf("tick %d is not good during discovery: %+v", b.Tick, b.Readings)
		}
		before = b.Tick
	}
	if upTo-n < 5 {
		t.Errorf("only %d rounds during discovery that ended at %d", upTo-n, end.Tick)
	}
}
