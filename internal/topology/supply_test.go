package topology_test

import (
	"fmt"
	"testing"
	"time"

	"nezuban/internal/facility"
	"nezuban/internal/topology"
)

func TestBehind(t *testing.T) {
	m := plant()
	for i := range m.Nodes {
		n := &m.Nodes[i]
		switch n.ID {
		case "util-a", "ups-a1", "ups-b1", "gen-1", "gens", "ats-a":
			n.Device = facility.DeviceID(n.ID)
		case "pdu-a1":
			n.Device = "panel"
			n.Bind.Energised = &topology.StateBinding{Point: `panel/breaker{n="1"}`, States: []string{"on"}}
		case "pdu-a2":
			n.Device = "panel"
			n.Bind.Energised = &topology.StateBinding{Point: `panel/breaker{n="2"}`, States: []string{"on"}}
		case "hall-1":
			n.Rack = "r01"
		}
	}
	g := compiled(t, m).WithRacks(map[facility.DeviceID]string{"server": "r01", "other": "r02"})
	device := func(id facility.DeviceID) facility.Element { return facility.Element{Device: id} }
	point := func(id facility.PointID) facility.Element { return facility.Element{Device: "panel", Point: id} }
	hall := facility.Element{Device: facility.PowerModel, Point: `power-model/power_redundancy{equipment="it",load="hall-1"}`}
	tests := []struct {
		name           string
		element, cause facility.Element
		want           string
	}{
		{"a UPS behind its utility", device("ups-a1"), device("util-a"), "fed"},
		{"not the other way round", device("util-a"), device("ups-a1"), ""},
		{"a UPS of the other side: the tie is open", device("ups-b1"), device("util-a"), ""},
		{"itself", device("util-a"), device("util-a"), "same"},
		{"a point of it that no node is bound to", facility.Element{Device: "ups-a1", Point: "ups-a1/temperature_celsius"}, device("ups-a1"), "same"},
		{"the engine of the same transfer switch", device("gen-1"), device("util-a"), "standby"},
		{"the engines' bus too", device("gens"), device("util-a"), "standby"},
		{"a utility stands in for no engine", device("util-a"), device("gen-1"), ""},
		{"the switch itself is fed", device("ats-a"), device("gen-1"), "fed"},
		{"the model's own point of a load", hall, device("util-a"), "fed"},
		{"a server in the rack", device("server"), device("ups-a1"), "fed"},
		{"a server in the rack, of the load", device("server"), hall, "fed"},
		{"a server is the cause of nothing", device("server"), device("server"), ""},
		{"a server in another rack", device("other"), device("util-a"), ""},
		{"a breaker of a panel feeds its own hall", hall, point(`panel/breaker{n="1"}`), "fed"},
		{"and no other", hall, point(`panel/breaker{n="2"}`), ""},
		{"the whole panel feeds it", hall, device("panel"), "fed"},
		{"a device nobody knows", device("x"), device("util-a"), ""},
	}
	for _, tt := range tests {
		same, fed, standby := g.Behind(tt.element, tt.cause)
		got := ""
		for _, is := range []struct {
			is   bool
			name string
		}{{same, "same"}, {fed, "fed"}, {standby, "standby"}} {
			if is.is {
				got += is.name
			}
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := fmt.Sprint(g.Bound(`panel/breaker{n="2"}`), g.Points()); got != `[pdu-a2] [panel/breaker{n="1"} panel/breaker{n="2"}]` {
		t.Errorf("bound %s", got)
	}
}

func TestInputs(t *testing.T) {
	state := func(p facility.PointID, s ...string) *topology.StateBinding {
		return &topology.StateBinding{Point: p, States: s}
	}
	above := 100.0
	m := topology.Model{Nodes: []topology.Node{
		{ID: "util", Kind: topology.Utility, Volts: 200, Bind: topology.Bindings{Energised: &topology.StateBinding{Point: "volts", Above: &above}}},
		{ID: "gen", Kind: topology.Generator, RatedWatts: 1000, Bind: topology.Bindings{Ready: state("ready", "ready"), Fuel: "fuel", LoadRatio: "ratio"}},
		{ID: "ats", Kind: topology.ATS, From: []topology.NodeID{"util", "gen"}, Bind: topology.Bindings{Position: state("source", "one", "two")}},
		{ID: "ups", Kind: topology.UPS, From: []topology.NodeID{"ats"}, RatedWatts: 1, Bind: topology.Bindings{Fault: state("fault", "active"), Runtime: "run", Watts: []facility.PointID{"w1", "w2", "w3"}}},
		{ID: "brk", Kind: topology.Breaker, From: []topology.NodeID{"ups"}, RatedWatts: 1, Phases: []int{2}, Bind: topology.Bindings{Position: state("pos", "closed", "open"), Amperes: []facility.PointID{"amps"}}},
		{ID: "rack", Kind: topology.Load, Design: topology.DesignN, From: []topology.NodeID{"brk"}, Phases: []int{2}},
	}}
	g := compiled(t, m)
	points := map[facility.PointID]topology.Point{
		"volts": {Value: 201, Known: true}, "ready": {State: "ready", Known: true}, "fuel": {Value: 0.5, Known: true}, "ratio": {Value: 0.3, Known: true},
		"source": {State: "two", Known: true}, "fault": {State: "idle", Known: true}, "run": {Value: 90, Known: true},
		"w1": {Value: 1, Known: true}, "w2": {Value: 2, Known: true}, "w3": {Value: 3, Known: true}, "pos": {State: "open", Known: true}, "amps": {Value: 4, Known: true},
	}
	read := func(id facility.PointID) topology.Point { return points[id] }
	want := topology.Inputs{
		"util": {Energised: topology.Yes},
		"gen":  {Ready: topology.Yes, Fuel: 0.5, HasFuel: true, Watts: [3]float64{100, 100, 100}, HasWatts: true},
		"ats":  {Position: 2},
		"ups":  {Fault: topology.No, Runtime: 90 * time.Second, HasRun: true, Watts: [3]float64{1, 2, 3}, HasWatts: true},
		"brk":  {Position: 2, Watts: [3]float64{0, 800, 0}, HasWatts: true},
	}
	if got := g.Inputs(read); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("inputs\n%+v, want\n%+v", got, want)
	}
	if got := g.Inputs(func(id facility.PointID) topology.Point { return topology.Point{Value: 5, State: "one"} }); len(got) != 0 {
		t.Errorf("old data is told as known: %+v", got)
	}
	delete(points, "w2")
	if got := g.Inputs(read)["ups"]; got.HasWatts {
		t.Errorf("one phase unknown, yet watts %v", got.Watts)
	}
}
