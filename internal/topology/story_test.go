package topology_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"nezuban/internal/topology"
)

// plant is two halls on two sides: utilities, transformers, a bus each with a
// tie between them, engines on one bus behind transfer switches, two UPS a side.
//
//	util-a ─ tr-a ─ bus-a ┬ ats-a ─ sw-a ┬ ups-a1 ─ pdu-a1 ─ hall-1
//	                 tie  │              └ ups-a2 ─ pdu-a2 ─ hall-2
//	util-b ─ tr-b ─ bus-b ┴ ats-b ─ sw-b ┬ ups-b1 ─ pdu-b1 ─ hall-1
//	gen-1, gen-2 ─ gens ──┘ (both ats)   └ ups-b2 ─ pdu-b2 ─ hall-2
func plant() topology.Model {
	var nodes []topology.Node
	add := func(n topology.Node, from ...topology.NodeID) {
		n.From = from
		nodes = append(nodes, n)
	}
	for _, s := range []string{"a", "b"} {
		id := func(name string) topology.NodeID { return topology.NodeID(strings.ReplaceAll(name, "?", s)) }
		side := strings.ToUpper(s)
		add(topology.Node{ID: id("util-?"), Kind: topology.Utility, Side: side, Volts: 6600})
		add(topology.Node{ID: id("tr-?"), Kind: topology.Transformer, Side: side, Volts: 400, RatedWatts: 400e3}, id("util-?"))
		add(topology.Node{ID: id("bus-?"), Kind: topology.Switchgear, Side: side}, id("tr-?"))
		add(topology.Node{ID: id("ats-?"), Kind: topology.ATS, Side: side}, id("bus-?"), "gens")
		add(topology.Node{ID: id("sw-?"), Kind: topology.Switchgear, Side: side}, id("ats-?"))
		for _, k := range []string{"1", "2"} {
			add(topology.Node{ID: id("ups-?" + k), Kind: topology.UPS, Side: side, RatedWatts: 100e3}, id("sw-?"))
			add(topology.Node{ID: id("pdu-?" + k), Kind: topology.PDU, Side: side, RatedWatts: 100e3}, id("ups-?"+k))
		}
	}
	add(topology.Node{ID: "tie", Kind: topology.Tie}, "bus-a", "bus-b")
	for _, g := range []topology.NodeID{"gen-1", "gen-2"} {
		add(topology.Node{ID: g, Kind: topology.Generator, Volts: 400, RatedWatts: 300e3, StartTime: 12 * time.Second, FuelLitres: 2000, LitresPerHour: 80})
	}
	add(topology.Node{ID: "gens", Kind: topology.Switchgear}, "gen-1", "gen-2")
	add(topology.Node{ID: "hall-1", Kind: topology.Load, LoadWatts: 60e3, Design: topology.Design2N}, "pdu-a1", "pdu-b1")
	add(topology.Node{ID: "hall-2", Kind: topology.Load, LoadWatts: 60e3, Design: topology.Design2N}, "pdu-a2", "pdu-b2")
	return topology.Model{Nodes: nodes}
}

// quiet is an ordinary day in the plant.
func quiet() topology.Inputs {
	in := topology.Inputs{
		"util-a": {Energised: topology.Yes}, "util-b": {Energised: topology.Yes},
		"ats-a": {Position: 1}, "ats-b": {Position: 1},
	}
	for _, g := range []topology.NodeID{"gen-1", "gen-2"} {
		in[g] = topology.Input{Energised: topology.No, Ready: topology.Yes, Fuel: 0.9, HasFuel: true}
	}
	for _, u := range []topology.NodeID{"ups-a1", "ups-a2", "ups-b1", "ups-b2"} {
		in[u] = topology.Input{Energised: topology.Yes, Runtime: 10 * time.Minute, HasRun: true}
	}
	return in
}

func with(in topology.Inputs, id topology.NodeID, change func(*topology.Input)) {
	one := in[id]
	change(&one)
	in[id] = one
}

func compiled(t testing.TB, m topology.Model) *topology.Graph {
	t.Helper()
	g, problems := topology.Compile(m)
	for _, p := range problems {
		t.Errorf("%s: %s (%s)", p.Node, p.What, p.Hint)
	}
	if g == nil {
		t.FailNow()
	}
	return g
}

func load(t testing.TB, r *topology.Result, id topology.NodeID) topology.LoadState {
	t.Helper()
	at := slices.IndexFunc(r.Loads, func(l topology.LoadState) bool { return l.Node.ID == id })
	if at < 0 {
		t.Fatalf("no load %q", id)
	}
	return r.Loads[at]
}

func TestStories(t *testing.T) {
	type want struct {
		redundancy topology.Redundancy
		energised  topology.Tri
		paths      int
		why        string // ids, space separated
	}
	dead := func(ids ...topology.NodeID) func(topology.Inputs) {
		return func(in topology.Inputs) {
			for _, id := range ids {
				with(in, id, func(i *topology.Input) { i.Energised = topology.No })
			}
		}
	}
	tests := []struct {
		name   string
		model  func(*topology.Model)
		change func(topology.Inputs)
		want   want // of hall-2
	}{
		{name: "an ordinary day", want: want{topology.TwoN, topology.Yes, 2, ""}},
		{name: "utility A is lost and the engines stand ready", change: dead("util-a"),
			want: want{topology.TwoN, topology.Yes, 2, ""}},
		{name: "utility A is lost and no engine is ready", change: func(in topology.Inputs) {
			dead("util-a")(in)
			for _, g := range []topology.NodeID{"gen-1", "gen-2"} {
				with(in, g, func(i *topology.Input) { i.Ready = topology.No })
			}
		}, want: want{topology.SinglePath, topology.Yes, 1, "gen-1 gen-2 util-a"}},
		{name: "the same with the tie closed: both sides hang on utility B", change: func(in topology.Inputs) {
			dead("util-a")(in)
			for _, g := range []topology.NodeID{"gen-1", "gen-2"} {
				with(in, g, func(i *topology.Input) { i.Ready = topology.No })
			}
			with(in, "tie", func(i *topology.Input) { i.Position = 1 })
		}, want: want{topology.SinglePath, topology.Yes, 1, "bus-b tr-b util-b"}},
		{name: "both utilities are lost, the engines ready but not running: on battery, engines shared", change: dead("util-a", "util-b"),
			want: want{topology.NPlusOne, topology.Yes, 1, "gens"}},
		{name: "nothing but batteries", change: func(in topology.Inputs) {
			dead("util-a", "util-b")(in)
			for _, g := range []topology.NodeID{"gen-1", "gen-2"} {
				with(in, g, func(i *topology.Input) { i.Ready = topology.No })
			}
		}, want: want{topology.AtRisk, topology.Yes, 0, "gen-1 gen-2 util-a util-b"}},
		{name: "the batteries are empty too", change: func(in topology.Inputs) {
			dead("util-a", "util-b", "ups-a2", "ups-b2")(in)
		}, want: want{topology.Dead, topology.No, 1, "util-a util-b"}},
		{name: "UPS A2 fails", change: dead("ups-a2"),
			want: want{topology.SinglePath, topology.Yes, 1, "ups-a2"}},
		{name: "UPS A2 reports a fault and its output is not measured", change: func(in topology.Inputs) {
			in["ups-a2"] = topology.Input{Fault: topology.Yes}
		}, want: want{topology.SinglePath, topology.Yes, 1, "ups-a2"}},
		{name: "nobody knows of the utilities, the engines are not ready", change: func(in topology.Inputs) {
			delete(in, "util-a")
			delete(in, "util-b")
			for _, g := range []topology.NodeID{"gen-1", "gen-2"} {
				with(in, g, func(i *topology.Input) { i.Ready = topology.No })
			}
		}, want: want{topology.RedundancyUnknown, topology.Yes, 0, "gen-1 gen-2 util-a util-b"}},
		{name: "nothing at all is known", change: func(in topology.Inputs) { clear(in) },
			want: want{topology.RedundancyUnknown, topology.Unknown, 0, "gen-1 gen-2 util-a util-b"}},
		{name: "UPS B2 is too small for what A2 leaves to it", model: func(m *topology.Model) {
			for i := range m.Nodes {
				if m.Nodes[i].ID == "ups-b2" {
					m.Nodes[i].RatedWatts = 50e3
				}
			}
		}, want: want{topology.SinglePath, topology.Yes, 2, "ups-b2"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, in := plant(), quiet()
			if tt.model != nil {
				tt.model(&m)
			}
			if tt.change != nil {
				tt.change(in)
			}
			l := load(t, compiled(t, m).Evaluate(in), "hall-2")
			var why []string
			for _, id := range l.Why {
				why = append(why, string(id))
			}
			slices.Sort(why)
			got := want{l.Redundancy, l.Energised, l.Paths, strings.Join(why, " ")}
			if got != tt.want {
				t.Errorf("hall-2 is %+v, want %+v", got, tt.want)
			}
		})
	}
}
