package sim

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
)

func TestEveryDeviceAnswersUnderItsName(t *testing.T) {
	f := start(t, "127.81.0.1")
	want := map[string]int{"meter": 2, "generator": 2, "ats": 2, "ups": 4, "pdu": 24, "cooling": 6, "envhub": 2, "network": 2, "host": 16}
	got := map[string]int{}
	ids, addresses := map[string]bool{}, map[string]bool{}
	for _, d := range f.Devices() {
		got[d.Kind]++
		if ids[d.ID] || addresses[d.Address] || d.Name == "" || d.Place == "" {
			t.Errorf("device %+v is not unique or not complete", d)
		}
		ids[d.ID], addresses[d.Address] = true, true
		if d.Engine != "snmp" {
			continue
		}
		if d.Version == "3" != (d.Kind == "ups" || d.Kind == "generator") {
			t.Errorf("%s speaks version %s", d.ID, d.Version)
		}
		g := dial(t, d)
		if name := text(t, g, ".1.3.6.1.2.1.1.5.0"); name != d.ID {
			t.Errorf("%s calls itself %q", d.ID, name)
		}
	}
	for kind, n := range want {
		if got[kind] != n {
			t.Errorf("%d devices of kind %s, want %d", got[kind], kind, n)
		}
	}
}

func TestEveryViewCanBeWalked(t *testing.T) {
	f := start(t, "127.82.0.1")
	seen := map[string]bool{}
	for _, d := range f.Devices() {
		if d.Engine != "snmp" || seen[d.Kind] {
			continue
		}
		seen[d.Kind] = true
		n, last := 0, ""
		err := dial(t, d).BulkWalk(".1.3.6.1", func(p gosnmp.SnmpPDU) error {
			n, last = n+1, p.Name
			return nil
		})
		if err != nil || n < 30 {
			t.Errorf("walk of %s: %d instances, last %s, %v", d.ID, n, last, err)
		}
	}
}

// TestUPSServesAllOfRFC1628 holds the UPS against the readable objects of the
// RFC's groups; upsAlarmTable is empty on a healthy UPS.
func TestUPSServesAllOfRFC1628(t *testing.T) {
	f := start(t, "127.83.0.1")
	g := dial(t, f.find(t, "ups-b2"))
	const mib = ".1.3.6.1.2.1.33.1."
	var want []string
	for group, scalars := range map[int][]int{
		1: {1, 2, 3, 4, 5, 6}, 2: {1, 2, 3, 4, 5, 6, 7}, 3: {1, 2}, 4: {1, 2, 3}, 5: {1, 2}, 6: {1},
		7: {1, 2, 3, 4, 5, 6}, 8: {1, 2, 3, 4, 5}, 9: {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
	} {
		for _, n := range scalars {
			want = append(want, fmt.Sprintf("%s%d.%d.0", mib, group, n))
		}
	}
	for table, columns := range map[string]int{"3.3.1": 5, "4.4.1": 5, "5.3.1": 4} {
		for c := 1; c <= columns; c++ {
			for line := 1; line <= 3; line++ {
				want = append(want, fmt.Sprintf("%s%s.%d.%d", mib, table, c, line))
			}
		}
	}
	got := map[string]bool{}
	must(t, g.BulkWalk(".1.3.6.1.2.1.33", func(p gosnmp.SnmpPDU) error {
		got[p.Name] = true
		return nil
	}))
	for _, o := range want {
		if !got[o] {
			t.Errorf("%s is not served", o)
		}
		delete(got, o)
	}
	for o := range got {
		t.Errorf("%s is served and not in the RFC", o)
	}
}

func TestPDUsAddUpToTheirUPS(t *testing.T) {
	f := start(t, "127.84.0.1")
	sum := 0.0
	for rack := 1; rack <= 6; rack++ {
		g := dial(t, f.find(t, fmt.Sprintf("pdu-h1-r%02d-a", rack)))
		v, ok := read(g, ".1.3.6.1.4.1.318.1.1.26.4.3.1.5.1")
		if !ok {
			t.Fatalf("rack %d: no power", rack)
		}
		sum += v * 10 // 0.01 kW
	}
	g := dial(t, f.find(t, "ups-a1"))
	out := 0.0
	for line := 1; line <= 3; line++ {
		v, _ := read(g, fmt.Sprintf(".1.3.6.1.2.1.33.1.4.4.1.4.%d", line))
		out += v
	}
	// Read at different moments of a load with a little noise.
	if math.Abs(sum-out) > 0.05*out || out < 10e3 {
		t.Errorf("PDUs draw %.0f W, the UPS gives %.0f W", sum, out)
	}
}

func TestUtilityLossSeenThroughSNMP(t *testing.T) {
	f := start(t, "127.85.0.1")
	ups, meter := dial(t, f.find(t, "ups-a1")), dial(t, f.find(t, "meter-a"))
	ats, gen := dial(t, f.find(t, "ats-a")), dial(t, f.find(t, "gen-1"))
	const (
		source   = ".1.3.6.1.2.1.33.1.4.1.0"
		alarms   = ".1.3.6.1.2.1.33.1.6.1.0"
		battery  = ".1.3.6.1.2.1.33.1.6.2.1.1.2"
		genState = ".1.3.6.1.4.1.318.1.1.18.1.2.2.0"
		atsFrom  = ".1.3.6.1.4.1.318.1.1.8.5.1.2.0"
	)
	until(t, ups, source, "at first", is(3))
	must(t, f.Inject("utility-a-loss"))
	until(t, ups, source, "on battery", is(5))
	until(t, ups, alarms, "alarms present", func(v float64) bool { return v >= 2 })
	until(t, ups, battery, "upsAlarmOnBattery has a row", is(2))
	until(t, meter, ".1.3.6.1.4.1.34278.1.1.0", "no voltage", is(0))
	until(t, gen, genState, "generator starts", func(v float64) bool { return v == 4 || v == 5 || v == 6 })
	until(t, gen, genState, "generator runs", is(6))
	until(t, ats, atsFrom, "transfer to the generator", is(2))
	until(t, ups, source, "back on line", is(3))
	until(t, gen, ".1.3.6.1.4.1.318.1.1.18.1.4.2.0", "generator carries load", func(v float64) bool { return v > 200 })
	if _, ok := read(ups, battery); ok {
		t.Error("upsAlarmOnBattery stays in the table")
	}
	must(t, f.Clear("utility-a-loss"))
	until(t, ats, atsFrom, "back to the utility", is(1))
	until(t, gen, genState, "generator ready again", is(3))
	until(t, ups, alarms, "no alarms", is(0))
}

func TestFaultsOfDevicesSeenThroughSNMP(t *testing.T) {
	f := start(t, "127.86.0.1")
	hub := dial(t, f.find(t, "hub-h1"))
	contact := func(n int) string { return fmt.Sprintf(".1.3.6.1.4.1.3854.1.2.2.1.18.1.3.%d", n) }

	must(t, f.Inject("smoke-hall-1"))
	until(t, hub, contact(8), "pre-alarm closes", is(6))
	if v, ok := read(hub, contact(9)); !ok || v != 2 {
		t.Errorf("alarm contact is %v with the pre-alarm", v)
	}
	until(t, hub, contact(9), "alarm closes", is(6))
	until(t, hub, contact(16), "panel alarm closes", is(6))
	must(t, f.Clear("smoke-hall-1"))
	until(t, hub, contact(16), "panel reset", is(2))

	const pressure = ".1.3.6.1.4.1.3854.1.2.2.1.17.1.3.7"
	until(t, hub, pressure, "pressure is right", is(420))
	must(t, f.Inject("agent-pressure-low"))
	until(t, hub, pressure, "pressure falls", func(v float64) bool { return v < 380 })
	until(t, hub, contact(17), "supervisory closes", is(6))
	must(t, f.Clear("agent-pressure-low"))
	until(t, hub, pressure, "pressure back", is(420))

	must(t, f.Inject("flapping-sensor"))
	until(t, hub, contact(14), "door opens", is(4))
	until(t, hub, contact(14), "door closes", is(2))
	until(t, hub, contact(14), "door opens again", is(4))
	must(t, f.Clear("flapping-sensor"))

	crac := dial(t, f.find(t, "crac-1"))
	must(t, f.Inject("crac-fail"))
	until(t, crac, ".1.3.6.1.4.1.476.1.42.3.4.3.1.0", "unit off", is(2))
	until(t, crac, ".1.3.6.1.4.1.476.1.42.3.2.2.0", "a condition present", is(1))
	until(t, hub, ".1.3.6.1.4.1.3854.1.2.2.1.16.1.3.0", "inlet warms", func(v float64) bool { return v >= 24 })
	must(t, f.Clear("crac-fail"))
	until(t, crac, ".1.3.6.1.4.1.476.1.42.3.4.3.1.0", "unit on", is(1))

	ups, pdu := dial(t, f.find(t, "ups-a2")), dial(t, f.find(t, "pdu-h2-r01-a"))
	pdu.Timeout, pdu.Retries = 200*time.Millisecond, 0
	must(t, f.Inject("ups-a2-fail"))
	until(t, ups, ".1.3.6.1.2.1.33.1.4.1.0", "on bypass", is(4))
	until(t, ups, ".1.3.6.1.2.1.33.1.4.1.0", "no output", is(2))
	if _, ok := read(pdu, ".1.3.6.1.2.1.1.3.0"); ok {
		t.Error("a PDU without a feed answers")
	}
	must(t, f.Clear("ups-a2-fail"))
	until(t, ups, ".1.3.6.1.2.1.33.1.4.1.0", "on line", is(3))
	until(t, pdu, ".1.3.6.1.2.1.1.3.0", "the PDU started anew", func(v float64) bool { return v < 100*3600 })
}

func TestFaultsWithoutAnOutageSeenThroughSNMP(t *testing.T) {
	f := start(t, "127.80.0.1")
	const mib, uptime = ".1.3.6.1.2.1.33.1", ".1.3.6.1.2.1.1.3.0"
	hub := dial(t, f.find(t, "hub-h2"))
	contact := func(n int) string { return fmt.Sprintf(".1.3.6.1.4.1.3854.1.2.2.1.18.1.3.%d", n) }

	ups := dial(t, f.find(t, "ups-a1"))
	must(t, f.Inject("ups-self-test"))
	until(t, ups, mib+".7.3.0", "the test runs", is(5))
	if v, _ := read(ups, mib+".4.1.0"); v != 5 {
		t.Errorf("output source during the test is %v, want battery(5)", v)
	}
	if v, _ := read(ups, mib+".3.3.1.3.1"); v < 200 {
		t.Errorf("input voltage during the test is %v: a test is no outage", v)
	}
	until(t, ups, mib+".7.3.0", "the test is passed", is(1))
	until(t, ups, mib+".4.1.0", "on line again", is(3))
	must(t, f.Clear("ups-self-test"))

	bad := dial(t, f.find(t, "ups-b1"))
	must(t, f.Inject("ups-self-test-failed"))
	until(t, bad, mib+".7.3.0", "the test fails", is(3))
	must(t, f.Clear("ups-self-test-failed"))
	until(t, bad, mib+".4.1.0", "on line again", is(3))
	if v, _ := read(bad, mib+".7.3.0"); v != 3 {
		t.Errorf("the result is %v once nobody tests any more, want doneError(3) until a test is passed", v)
	}

	flap := dial(t, f.find(t, "ups-b2"))
	must(t, f.Inject("battery-flapping"))
	until(t, flap, mib+".6.1.0", "battery bad", is(1))
	until(t, flap, mib+".6.1.0", "battery good", is(0))
	until(t, flap, mib+".6.1.0", "battery bad again", is(1))

	const uplink = ".1.3.6.1.2.1.2.2.1.8.25"
	sw := dial(t, f.find(t, "sw-h1"))
	must(t, f.Inject("link-flapping"))
	until(t, sw, uplink, "link down", is(2))
	until(t, sw, uplink, "link up", is(1))
	until(t, sw, uplink, "link down again", is(2))
	must(t, f.Clear("link-flapping"))
	until(t, sw, uplink, "link up for good", is(1))

	must(t, f.Inject("panel-trouble"))
	until(t, hub, contact(18), "trouble closes", is(6))
	must(t, f.Clear("panel-trouble"))
	until(t, hub, contact(18), "trouble opens", is(2))
	must(t, f.Inject("zone-disabled"))
	until(t, hub, contact(19), "disabled closes", is(6))
	must(t, f.Clear("zone-disabled"))
	until(t, hub, contact(19), "disabled opens", is(2))

	pdu := dial(t, f.find(t, "pdu-h1-r02-a"))
	pdu.Timeout, pdu.Retries = 200*time.Millisecond, 0
	must(t, f.Inject("device-reboot"))
	if _, ok := read(pdu, uptime); ok {
		t.Error("a device that restarts answers")
	}
	until(t, pdu, uptime, "the device answers anew", func(v float64) bool { return v < 100*600 })
}

func TestSilentAndSlowDevices(t *testing.T) {
	f := start(t, "127.87.0.1")
	const uptime = ".1.3.6.1.2.1.1.3.0"
	silent, slow, other := dial(t, f.find(t, "pdu-h2-r03-b")), dial(t, f.find(t, "sw-h1")), dial(t, f.find(t, "sw-h2"))
	silent.Timeout, silent.Retries = 200*time.Millisecond, 0
	slow.Timeout, slow.Retries = 10*time.Second, 0
	other.Timeout, other.Retries = 10*time.Second, 0

	must(t, f.Inject("device-silent"))
	must(t, f.Inject("slow-device:sw-h1"))
	if _, ok := read(silent, uptime); ok {
		t.Error("the silent device answers")
	}
	asked := time.Now()
	if _, ok := read(slow, uptime); !ok {
		t.Error("the slow device does not answer at all")
	}
	if took := time.Since(asked); took < slowness || took > slowness+5*time.Second {
		t.Errorf("the slow device took %v", took)
	}
	if _, ok := read(other, uptime); !ok {
		t.Error("another device is affected")
	}
	must(t, f.Clear("device-silent"))
	silent.Timeout = 10 * time.Second
	if _, ok := read(silent, uptime); !ok {
		t.Error("the silent device stays silent")
	}
	silent.Timeout = 200 * time.Millisecond
	must(t, f.Inject("everything-silent"))
	if _, ok := read(silent, uptime); ok {
		t.Error("a device answers while everything is silent")
	}
	other.Timeout = 200 * time.Millisecond
	if _, ok := read(other, uptime); ok {
		t.Error("a device answers while everything is silent")
	}
}

func TestGarbageOverSNMP(t *testing.T) {
	f := start(t, "127.88.0.1")
	d := f.find(t, "hub-h2")
	g := dial(t, d)
	const temp = ".1.3.6.1.4.1.3854.1.2.2.1.16.1"
	before, _ := read(g, ".1.3.6.1.2.1.1.3.0")
	must(t, f.Inject("sensor-garbage"))

	name := text(t, g, ".1.3.6.1.2.1.1.5.0")
	if len(name) < 50000 || !strings.Contains(name, "\x1b]52;") || !strings.Contains(name, "\u202e") {
		t.Errorf("sysName of %d octets begins %q", len(name), name[:min(40, len(name))])
	}
	if after, ok := read(g, ".1.3.6.1.2.1.1.3.0"); !ok || after >= before {
		t.Errorf("sysUpTime went from %v to %v, want a restart", before, after)
	}
	p, err := g.Get([]string{temp + ".3.0", temp + ".3.1", temp + ".3.2", temp + ".3.3", temp + ".3.4", temp + ".3.5"})
	must(t, err)
	if v, ok := p.Variables[0].Value.(float32); !ok || !math.IsNaN(float64(v)) {
		t.Errorf("first sensor is %v, want NaN", p.Variables[0].Value)
	}
	if v, ok := p.Variables[1].Value.(float64); !ok || !math.IsInf(v, 1) {
		t.Errorf("second sensor is %v, want infinity", p.Variables[1].Value)
	}
	if v := p.Variables[2].Value; v != 99999 {
		t.Errorf("third sensor is %v", v)
	}
	const table = ".1.3.6.1.4.1.3854.1.2.2.1."
	for _, tt := range []struct {
		column, last string
		rises        bool
	}{{table + "16.1.1", ".6", true}, {table + "17.1.3", ".7", false}} {
		at := tt.column + tt.last
		for range 2500 {
			p, err := g.GetNext([]string{at})
			must(t, err)
			next := p.Variables[0].Name
			if !strings.HasPrefix(next, tt.column+".") || p.Variables[0].Type == gosnmp.EndOfMibView {
				t.Fatalf("column %s ends at %s", tt.column, next)
			}
			if (next == at) == tt.rises {
				t.Fatalf("after %s comes %s", at, next)
			}
			if at = next; !tt.rises {
				break
			}
		}
	}
	// The contacts can still be read: fire detection does not go with it.
	if v, ok := read(g, table+"18.1.3.8"); !ok || v != 2 {
		t.Errorf("the first contact is %v", v)
	}
	must(t, f.Clear("sensor-garbage"))
	if name := text(t, g, ".1.3.6.1.2.1.1.5.0"); name != d.ID {
		t.Errorf("after the fault it calls itself %q", name)
	}
}
