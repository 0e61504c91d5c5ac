package topology_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"nezuban/internal/topology"
)

func TestWhatFalls(t *testing.T) {
	noEngine := func(in topology.Inputs) {
		for _, g := range []topology.NodeID{"gen-1", "gen-2"} {
			with(in, g, func(i *topology.Input) { i.Ready = topology.No })
		}
	}
	tests := []struct {
		name         string
		change       func(topology.Inputs)
		lose         []topology.NodeID
		falls, loses string
		held         time.Duration // of hall-2
	}{
		{"nothing", nil, nil, "[]", "[]", 0},
		{"we switch off panel A2", nil, []topology.NodeID{"pdu-a2"}, "[]", "[hall-2]", 0},
		{"both panels of hall 2", nil, []topology.NodeID{"pdu-a2", "pdu-b2"}, "[hall-2]", "[]", 0},
		{"both utilities: the engines take over", nil, []topology.NodeID{"util-a", "util-b"}, "[]", "[hall-1 hall-2]", 0},
		{"both utilities and no engine: all falls, after ten minutes", noEngine, []topology.NodeID{"util-a", "util-b"}, "[hall-1 hall-2]", "[]", 10 * time.Minute},
		{"UPS A2 after UPS B2 failed", func(in topology.Inputs) {
			with(in, "ups-b2", func(i *topology.Input) { i.Energised = topology.No })
		}, []topology.NodeID{"ups-a2"}, "[hall-2]", "[]", 0},
		{"the battery that carries hall 2", func(in topology.Inputs) {
			noEngine(in)
			for _, id := range []topology.NodeID{"util-a", "util-b", "ups-b2"} {
				with(in, id, func(i *topology.Input) { i.Energised, i.HasRun = topology.No, true; i.Runtime = 0 })
			}
		}, []topology.NodeID{"ups-a2"}, "[hall-2]", "[]", 0},
		{"a name that is no node", nil, []topology.NodeID{"nobody"}, "[]", "[]", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := quiet()
			if tt.change != nil {
				tt.change(in)
			}
			r := compiled(t, plant()).WhatIf(in, tt.lose)
			if fmt.Sprint(r.Falls) != tt.falls || fmt.Sprint(r.Loses) != tt.loses {
				t.Errorf("falls %v, loses %v, want %s and %s", r.Falls, r.Loses, tt.falls, tt.loses)
			}
			if l := load(t, r, "hall-2"); l.Battery != tt.held {
				t.Errorf("hall-2 is held for %v, want %v", l.Battery, tt.held)
			}
		})
	}
}

// TestAllGreenButOneSideTooWeak is the mistake that no single meter shows: every
// feed is live and below its rating, and the loss of either side drops a hall.
func TestAllGreenButOneSideTooWeak(t *testing.T) {
	g := compiled(t, plant())
	calm, busy := quiet(), quiet().WithLoads(map[topology.NodeID]float64{"hall-1": 110e3, "hall-2": 60e3})
	if r := g.WhatIf(calm, nil); r.Sides[0].Carries != topology.Yes || r.Sides[0].Worst != "ups-a1" || r.Sides[0].WorstRatio != 0.6 {
		t.Errorf("side A on a calm day: %+v", r.Sides[0])
	}
	r := g.WhatIf(busy, nil)
	if len(r.Overloaded) > 0 {
		t.Errorf("overloaded now: %v", r.Overloaded)
	}
	for _, s := range r.Sides {
		if s.Carries != topology.No || math.Abs(s.WorstRatio-1.1) > 1e-9 {
			t.Errorf("side %+v", s)
		}
	}
	l := load(t, r, "hall-1")
	if l.Redundancy != topology.SinglePath || l.Paths != 2 || l.WithoutA != topology.No || fmt.Sprint(l.Why) != "[ups-a1 pdu-a1 ups-b1 pdu-b1]" {
		t.Errorf("hall-1 %+v", l)
	}
	if math.Abs(l.Headroom+0.1) > 1e-9 || !l.HasHeadroom {
		t.Errorf("headroom %v", l.Headroom)
	}
	if l := load(t, r, "hall-2"); l.Redundancy != topology.TwoN {
		t.Errorf("hall-2 %v: its own UPS are strong enough", l.Redundancy)
	}
}

func TestOnePhaseTooWeak(t *testing.T) {
	m := plant()
	for i := range m.Nodes {
		if m.Nodes[i].ID == "hall-1" {
			m.Nodes[i].Phases = []int{1}
		}
	}
	r := compiled(t, m).WhatIf(quiet(), nil) // 60 kW on phase 1 of 100/3 kW
	l := load(t, r, "hall-1")
	want := [3]topology.Redundancy{topology.SinglePath}
	if l.Redundancy != topology.SinglePath || l.ByPhase != want {
		t.Errorf("hall-1 %v by phase %v", l.Redundancy, l.ByPhase)
	}
	if s := r.Sides[0]; !s.HasImbalance || math.Abs(s.Imbalance-1.5) > 1e-9 { // 40 against 10 kW, mean 20
		t.Errorf("side A %+v", s)
	}
}

func TestUnknownRatingsAreNeverEnough(t *testing.T) {
	m := plant()
	for i := range m.Nodes {
		if m.Nodes[i].ID == "pdu-b1" {
			m.Nodes[i].RatedWatts = 0
		}
	}
	g, _ := topology.Compile(m)
	r := g.Evaluate(quiet())
	if l := load(t, r, "hall-1"); l.WithoutA != topology.Unknown || l.WithoutB != topology.Yes {
		t.Errorf("hall-1 without A %v, without B %v", l.WithoutA, l.WithoutB)
	}
	if r.Sides[1].Carries != topology.Unknown || r.Sides[0].Carries != topology.Yes {
		t.Errorf("sides %+v", r.Sides)
	}
}

func TestBatteriesAndFuel(t *testing.T) {
	g := compiled(t, plant())
	run := func(d time.Duration, known bool) func(topology.Inputs) {
		return func(in topology.Inputs) {
			with(in, "ups-b1", func(i *topology.Input) { i.Runtime, i.HasRun = d, known })
		}
	}
	ready := func(v topology.Tri) func(topology.Inputs) {
		return func(in topology.Inputs) {
			for _, g := range []topology.NodeID{"gen-1", "gen-2"} {
				with(in, g, func(i *topology.Input) { i.Ready = v })
			}
		}
	}
	tests := []struct {
		name   string
		change func(topology.Inputs)
		want   topology.Tri
	}{
		{"ten minutes against twelve seconds", func(topology.Inputs) {}, topology.Yes},
		{"one battery lasts eight seconds", run(8*time.Second, true), topology.No},
		{"nobody knows of one battery", run(0, false), topology.Unknown},
		{"no engine is ready", ready(topology.No), topology.No},
		{"nobody knows of the engines", ready(topology.Unknown), topology.Unknown},
	}
	for _, tt := range tests {
		in := quiet()
		tt.change(in)
		if r := g.Evaluate(in); r.Bridging != tt.want {
			t.Errorf("%s: bridging %v, want %v (%v against %v)", tt.name, r.Bridging, tt.want, r.ShortestRun, r.SlowestGen)
		}
	}
	in := quiet()
	with(in, "gen-2", func(i *topology.Input) { i.Fuel = 0.2 })
	if r := g.Evaluate(in); !r.HasFuel || r.FuelHours != 5 { // 0.2 × 2000 l at 80 l/h
		t.Errorf("fuel %v h", r.FuelHours)
	}
	delete(in, "gen-1")
	delete(in, "gen-2")
	if r := g.Evaluate(in); r.HasFuel {
		t.Errorf("fuel %v h, and nothing tells of it", r.FuelHours)
	}
}

func TestWattsFollowThePosition(t *testing.T) {
	g := compiled(t, plant())
	in := quiet()
	with(in, "ats-a", func(i *topology.Input) { i.Position = 2 })
	for _, id := range []topology.NodeID{"gen-1", "gen-2"} {
		with(in, id, func(i *topology.Input) { i.Energised = topology.Yes })
	}
	with(in, "ups-a1", func(i *topology.Input) { i.Watts, i.HasWatts = [3]float64{11e3, 11e3, 11e3}, true })
	want := map[topology.NodeID]float64{"hall-1": 60e3, "ups-a1": 33e3, "ups-a2": 30e3, "sw-a": 63e3, "gens": 63e3, "gen-1": 31.5e3, "bus-a": 0, "bus-b": 60e3, "tie": 0}
	for _, n := range g.Evaluate(in).Nodes {
		if w, ok := want[n.Node.ID]; ok {
			if got := n.Watts[0] + n.Watts[1] + n.Watts[2]; math.Abs(got-w) > 1e-6 || !n.HasWatts {
				t.Errorf("%s carries %g W (known %v), want %g", n.Node.ID, got, n.HasWatts, w)
			}
		}
	}
	with(in, "ups-b2", func(i *topology.Input) { i.Energised, i.HasRun = topology.Unknown, false })
	in["ups-b1"] = topology.Input{Energised: topology.No}
	for _, n := range g.Evaluate(in).Nodes {
		if n.Node.ID == "sw-a" && math.Abs(n.Watts[0]+n.Watts[1]+n.Watts[2]-63e3) > 1e-6 {
			t.Errorf("sw-a carries %v, want what UPS A1 measures and half of hall-2", n.Watts)
		}
		if n.Node.ID == "pdu-a1" && math.Abs(n.Watts[0]-20e3) > 1e-6 {
			t.Errorf("pdu-a1 carries %v, want all of hall-1", n.Watts)
		}
	}
}

// TestSharedModules: two buses with the same modules are no two supplies.
func TestSharedModules(t *testing.T) {
	in, from := topology.Inputs{}, []topology.NodeID{}
	var m topology.Model
	for _, k := range []topology.NodeID{"1", "2", "3", "4"} {
		in["u"+k] = topology.Input{Energised: topology.Yes}
		m.Nodes = append(m.Nodes, topology.Node{ID: "u" + k, Kind: topology.Utility}, topology.Node{ID: "ups" + k, Kind: topology.UPS, RatedWatts: 9, From: []topology.NodeID{"u" + k}})
		from = append(from, "ups"+k)
	}
	for _, id := range []topology.NodeID{"x", "y"} {
		m.Nodes = append(m.Nodes, topology.Node{ID: id, Kind: topology.Switchgear, Needs: 3, From: from})
	}
	m.Nodes = append(m.Nodes, topology.Node{ID: "rack", Kind: topology.Load, Design: topology.DesignNp1, From: []topology.NodeID{"x", "y"}})
	g := compiled(t, m)
	if l := load(t, g.Evaluate(in), "rack"); l.Redundancy != topology.NPlusOne || l.Paths != 1 {
		t.Errorf("rack is %v over %d paths, want n_plus_1 over 1", l.Redundancy, l.Paths)
	}
	r := g.WhatIf(in, []topology.NodeID{"ups1", "u3"})
	if fmt.Sprint(r.Falls) != "[rack]" {
		t.Errorf("two of four modules lost, three needed: %v fall", r.Falls)
	}
}

// TestWhatIsUnknownIsNotAddedUp: a cord that may be live may carry something.
func TestWhatIsUnknownIsNotAddedUp(t *testing.T) {
	m := plant()
	for i := range m.Nodes {
		if m.Nodes[i].ID == "pdu-b1" {
			m.Nodes[i].Bind.Energised = &topology.StateBinding{Point: "x/y", States: []string{"on"}}
		}
	}
	r := compiled(t, m).Evaluate(quiet())
	for _, n := range r.Nodes {
		if id := n.Node.ID; (id == "ups-b1" || id == "pdu-b1" || id == "ups-a1") && n.HasWatts {
			t.Errorf("%s is said to carry %v, and nobody knows", id, n.Watts)
		}
	}
	if l := load(t, r, "hall-1"); l.Redundancy != topology.RedundancyUnknown || l.WithoutA != topology.Unknown || fmt.Sprint(l.Cords) != fmt.Sprint([]topology.Tri{topology.Yes, topology.Unknown}) {
		t.Errorf("hall-1 %+v", l)
	}
}

// TestASideCarriesItsOwn: a load with no cord on a side says nothing against it,
// and a broken engine is no reserve.
func TestASideCarriesItsOwn(t *testing.T) {
	m := plant()
	m.Nodes = append(m.Nodes, topology.Node{ID: "lamp", Kind: topology.Load, Design: topology.DesignN, LoadWatts: 1e3, From: []topology.NodeID{"pdu-b1"}})
	g := compiled(t, m)
	if r := g.Evaluate(quiet()); r.Sides[0].Carries != topology.Yes || r.Sides[1].Carries != topology.Yes {
		t.Errorf("sides %+v", r.Sides)
	}
	in := quiet()
	for _, id := range []topology.NodeID{"gen-1", "gen-2"} {
		with(in, id, func(i *topology.Input) { i.Fault = topology.Yes })
	}
	if r := g.WhatIf(in, []topology.NodeID{"util-b"}); fmt.Sprint(r.Falls) != "[lamp]" {
		t.Errorf("utility B lost and no sound engine: %v fall, want the lamp", r.Falls)
	}
}

func TestLevels(t *testing.T) {
	g := compiled(t, plant())
	level := func(in topology.Inputs, k topology.Kind) topology.Level {
		for _, l := range g.Evaluate(in).Levels {
			if l.Kind == k {
				return l
			}
		}
		t.Fatalf("no level %s", k)
		return topology.Level{}
	}
	if l := level(quiet(), topology.UPS); l != (topology.Level{Kind: topology.UPS, Nodes: 4, Live: 4, Able: 4, Redundancy: topology.TwoN}) {
		t.Errorf("calm: %+v", l)
	}
	in := quiet()
	with(in, "ups-a2", func(i *topology.Input) { i.Energised = topology.No })
	if l := level(in, topology.UPS); l != (topology.Level{Kind: topology.UPS, Nodes: 4, Live: 3, Dead: 1, Able: 3, Single: 1, Redundancy: topology.SinglePath}) {
		t.Errorf("UPS A2 failed: %+v", l)
	}
	if l := level(quiet(), topology.Generator); l.Dead != 2 || l.Able != 2 || l.Redundancy != topology.NPlusOne {
		t.Errorf("engines: %+v", l)
	}
}

func TestPathsAreTold(t *testing.T) {
	g := compiled(t, plant())
	if got := fmt.Sprint(g.Paths(quiet(), "hall-1")); got != "[[util-b tr-b bus-b ats-b sw-b ups-b1 pdu-b1] [util-a tr-a bus-a ats-a sw-a ups-a1 pdu-a1]]" &&
		got != "[[util-a tr-a bus-a ats-a sw-a ups-a1 pdu-a1] [util-b tr-b bus-b ats-b sw-b ups-b1 pdu-b1]]" {
		t.Errorf("paths %s", got)
	}
	r := g.Evaluate(quiet())
	for _, n := range r.Nodes {
		switch n.Node.ID {
		case "hall-1":
			if fmt.Sprint(n.Sources) != "[util-a util-b]" {
				t.Errorf("hall-1 is energised by %v", n.Sources)
			}
		case "gens":
			if n.Sources != nil || n.Energised != topology.No {
				t.Errorf("the engines stand, yet their bus is %v from %v", n.Energised, n.Sources)
			}
		}
	}
}
