package live

import (
	"fmt"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/topology"
)

// bigSite is a one-line of ten thousand nodes on a hundred UPS, each with its
// own point, in a table that has heard of all of them.
func bigSite(tb testing.TB) (*Table, func(ups int, live float64)) {
	tb.Helper()
	const pairs, racks = 50, 4949
	live := func(p facility.PointID) topology.Bindings {
		return topology.Bindings{Energised: &topology.StateBinding{Point: p, Above: number(180)}}
	}
	nodes := []topology.Node{
		{ID: "util-a", Kind: topology.Utility, Side: "A", Volts: 400, RatedWatts: 1e8, Bind: live(meterA)},
		{ID: "util-b", Kind: topology.Utility, Side: "B", Volts: 400, RatedWatts: 1e8, Bind: live(meterB)},
	}
	var devices []facility.Device
	var points []facility.Point
	for i := range 2 * pairs {
		d := facility.Device{ID: facility.DeviceID(fmt.Sprintf("ups-%03d", i)), Kind: "ups"}
		devices = append(devices, d)
		p := at(d.ID, "ups_output_voltage_volts", nil)
		points = append(points, p)
		side := []string{"A", "B"}[i%2]
		nodes = append(nodes, topology.Node{ID: topology.NodeID(d.ID), Kind: topology.UPS, Side: side, Device: d.ID, RatedWatts: 1e6,
			From: []topology.NodeID{topology.NodeID("util-" + string(rune('a'+i%2)))}, Bind: live(p.ID)})
	}
	for i := range racks {
		pair := i % pairs * 2
		pdu := topology.NodeID(fmt.Sprintf("pdu-%d", i))
		a, b := topology.NodeID(devices[pair].ID), topology.NodeID(devices[pair+1].ID)
		nodes = append(nodes, topology.Node{ID: pdu, Kind: topology.PDU, Side: "A", From: []topology.NodeID{a}, RatedWatts: 10_000},
			topology.Node{ID: topology.NodeID(fmt.Sprintf("rack-%d", i)), Kind: topology.Load, From: []topology.NodeID{pdu, b}, LoadWatts: 3000, Design: topology.Design2N})
	}
	devices = append(devices, facility.Device{ID: "meter-a"}, facility.Device{ID: "meter-b"})
	points = append(points, at("meter-a", "meter_voltage_volts", nil), at("meter-b", "meter_voltage_volts", nil))
	graph, problems := topology.Compile(topology.Model{Nodes: nodes})
	if graph == nil || graph.Len() != 10_000 {
		tb.Fatal(len(nodes), problems)
	}
	clk := &steppedClock{wall: start, mono: time.Hour}
	table := New(Options{Clock: clk, Devices: devices, Rules: []*alarm.Rule{redundancyRule}, Committer: newRecords(), Models: Models{OneLine: graph}})
	set := func(i int, v float64) {
		clk.pass(time.Second)
		first := table.devices[devices[i].ID].points == nil
		if err := table.Accept(stormBatch(devices[i].ID, points[i:i+1], clk.Now(), first, func(int) float64 { return v })); err != nil {
			tb.Fatal(err)
		}
	}
	for i := range devices {
		clk.pass(-time.Second)
		set(i, 230)
	}
	table.evaluateModels()
	return table, set
}

// One UPS of a hundred goes off and on under ten thousand nodes: what its
// readings cost until rules, targets and history have the results.
func BenchmarkModel10000(b *testing.B) {
	table, set := bigSite(b)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		set(7, []float64{0, 230}[i%2])
		table.evaluateModels()
		table.commitAll(b.Context())
		i++
	}
}

// The model is evaluated outside the table's lock: a reading that comes meanwhile
// waits for nothing but the results' own readings.
func TestABigModelHoldsUpNoReading(t *testing.T) {
	table, set := bigSite(t)
	set(7, 0)
	table.modeller.mu.Lock() // as while it evaluates
	done := make(chan struct{})
	go func() { set(8, 230); close(done) }()
	<-done
	table.modeller.mu.Unlock()
	table.evaluateModels()
	table.commitAll(t.Context())
	table.publish()
	s := table.Snapshot()
	if got, want := len(s.Standing), 4949/50; got < want || got > want+1 {
		t.Errorf("%d loads lost their redundancy, want the 98 or 99 of one UPS", got)
	}
	if p := s.Points; p < 2*4949 {
		t.Errorf("%d points, want all loads': the bound of a polled device is not theirs", p)
	}
}
