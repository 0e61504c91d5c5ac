package topology_test

import (
	"fmt"
	"strings"
	"testing"

	"nezuban/internal/topology"
)

// chain is a small faultless one-line.
func chain() []topology.Node {
	return []topology.Node{
		{ID: "util", Kind: topology.Utility, Volts: 6600},
		{ID: "tr", Kind: topology.Transformer, Volts: 400, RatedWatts: 100e3, From: []topology.NodeID{"util"}},
		{ID: "ups", Kind: topology.UPS, RatedWatts: 50e3, From: []topology.NodeID{"tr"}},
		{ID: "rack", Kind: topology.Load, Design: topology.DesignN, From: []topology.NodeID{"ups"}},
	}
}

func TestCompileNamesMistakes(t *testing.T) {
	edit := func(id topology.NodeID, f func(*topology.Node)) func([]topology.Node) []topology.Node {
		return func(nodes []topology.Node) []topology.Node {
			for i := range nodes {
				if nodes[i].ID == id {
					f(&nodes[i])
					break
				}
			}
			return nodes
		}
	}
	more := func(extra ...topology.Node) func([]topology.Node) []topology.Node {
		return func(nodes []topology.Node) []topology.Node { return append(nodes, extra...) }
	}
	tests := []struct {
		name    string
		change  func([]topology.Node) []topology.Node
		node    topology.NodeID
		want    string
		warning bool
	}{
		{"a faultless one-line", more(), "", "", false},
		{"an id twice", more(topology.Node{ID: "ups", Kind: topology.Utility}), "ups", "stands twice", false},
		{"an id with capitals", more(topology.Node{ID: "UPS", Kind: topology.Utility}), "UPS", "not usable", false},
		{"an unknown kind", edit("tr", func(n *topology.Node) { n.Kind = "trafo" }), "tr", `kind "trafo" is not known`, false},
		{"a feeder that is not there", edit("ups", func(n *topology.Node) { n.From[0] = "tr-9" }), "ups", `fed from "tr-9", which is no node`, false},
		{"a feeder twice", edit("rack", func(n *topology.Node) { n.From = []topology.NodeID{"ups", "ups"} }), "rack", "feeds it twice", false},
		{"a source that is fed", edit("util", func(n *topology.Node) { n.From = []topology.NodeID{"tr"} }), "util", "at most 0", false},
		{"a load without a source", edit("rack", func(n *topology.Node) { n.From = nil }), "rack", "fed from nothing", false},
		{"a node without a feeder", edit("tr", func(n *topology.Node) { n.From = nil }), "tr", "at least 1", false},
		{"fed from a load", more(topology.Node{ID: "pdu", Kind: topology.PDU, From: []topology.NodeID{"rack"}}), "pdu", "the load", false},
		{"a switch with one input", edit("ups", func(n *topology.Node) { n.Kind = topology.ATS }), "ups", "has at least 2", false},
		{"a loop", more(topology.Node{ID: "x", Kind: topology.Switchgear, From: []topology.NodeID{"y", "tr"}},
			topology.Node{ID: "y", Kind: topology.PDU, From: []topology.NodeID{"x"}}), "x", "feeds itself: x → y → x", false},
		{"no transformer between voltages", edit("tr", func(n *topology.Node) { n.Kind = topology.Switchgear; n.RatedWatts = 0 }), "tr", `400 V from "util", which has 6600 V`, false},
		{"an impossible voltage", edit("util", func(n *topology.Node) { n.Volts = 3 }), "util", "no voltage of a supply", false},
		{"a negative rating", edit("tr", func(n *topology.Node) { n.RatedWatts = -1 }), "tr", "impossible", false},
		{"phase 4", edit("rack", func(n *topology.Node) { n.Phases = []int{4} }), "rack", "the phases [4] are wrong", false},
		{"a phase that the feeder lacks", edit("tr", func(n *topology.Node) { n.Phases = []int{1} }), "ups", "uses phase 2", false},
		{"more needed than there is", edit("rack", func(n *topology.Node) { n.Needs = 2 }), "rack", "needs 2 of 1", false},
		{"positions that do not match", more(topology.Node{ID: "ats", Kind: topology.ATS, From: []topology.NodeID{"ups", "tr"},
			Bind: topology.Bindings{Position: &topology.StateBinding{States: []string{"a"}}}}), "ats", "1 states of the position for 2 feeders", false},
		{"2N with one cord", edit("rack", func(n *topology.Node) { n.Design = topology.Design2N }), "rack", "designed 2N but has one cord", false},
		{"a fuel tank on a UPS", edit("ups", func(n *topology.Node) { n.FuelLitres = 5 }), "ups", "a ups has no engine", false},
		{"a tie between UPS", more(topology.Node{ID: "ups-2", Kind: topology.UPS, RatedWatts: 1, From: []topology.NodeID{"tr"}},
			topology.Node{ID: "tie", Kind: topology.Tie, From: []topology.NodeID{"ups", "ups-2"}}), "tie", "which is a ups", false},
		{"a tie to what the bus feeds", more(topology.Node{ID: "up", Kind: topology.Switchgear, From: []topology.NodeID{"tr"}},
			topology.Node{ID: "down", Kind: topology.Switchgear, From: []topology.NodeID{"up"}},
			topology.Node{ID: "tie", Kind: topology.Tie, From: []topology.NodeID{"up", "down"}}), "tie", "one that the bus feeds", false},
		{"modules that are not alike", more(topology.Node{ID: "ups-2", Kind: topology.UPS, RatedWatts: 1, From: []topology.NodeID{"tr"}},
			topology.Node{ID: "out", Kind: topology.Switchgear, Needs: 2, From: []topology.NodeID{"ups", "ups-2"}}), "out", "do not feed the same", false},

		{"one cord without a word on it", edit("rack", func(n *topology.Node) { n.Design = "" }), "rack", "does not say its design", true},
		{"a rating missing", edit("ups", func(n *topology.Node) { n.RatedWatts = 0 }), "ups", "rating is missing", true},
		{"a node that feeds nothing", more(topology.Node{ID: "spare", Kind: topology.Breaker, RatedWatts: 1, From: []topology.NodeID{"tr"}}), "spare", "feeds nothing", true},
		{"2N on one transformer", more(topology.Node{ID: "pdu", Kind: topology.PDU, RatedWatts: 1, From: []topology.NodeID{"tr"}},
			topology.Node{ID: "both", Kind: topology.Load, Design: topology.Design2N, From: []topology.NodeID{"ups", "pdu"}}), "both", "designed 2N, but drawn N", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, problems := topology.Compile(topology.Model{Nodes: tt.change(chain())})
			if (g == nil) != (tt.want != "" && !tt.warning) {
				t.Errorf("a graph: %v; problems %v", g != nil, problems)
			}
			if tt.want == "" && len(problems) > 0 {
				t.Errorf("problems %v, want none", problems)
			}
			for _, p := range problems {
				if p.Node == tt.node && strings.Contains(p.What, tt.want) {
					if p.Warning != tt.warning || p.Hint == "" {
						t.Errorf("%+v: want a hint and warning %v", p, tt.warning)
					}
					return
				}
			}
			if tt.want != "" {
				t.Errorf("nothing says of %q that %q; got %v", tt.node, tt.want, problems)
			}
		})
	}
}

func TestTiesMayCloseLoops(t *testing.T) {
	m := plant()
	for i := range m.Nodes { // the bus names the tie as well: the same one-line
		if m.Nodes[i].ID == "bus-b" {
			m.Nodes[i].From = append(m.Nodes[i].From, "tie")
		}
	}
	g := compiled(t, m)
	if got := fmt.Sprint(g.Feeds("bus-b"), g.Feeds("bus-a"), g.Feeds("tie")); got != "[tr-b tie] [tr-a tie] [bus-a bus-b]" {
		t.Errorf("feeds %s", got)
	}
	in := quiet()
	with(in, "tie", func(i *topology.Input) { i.Position = 1 })
	for _, id := range []topology.NodeID{"util-a", "util-b", "gen-1", "gen-2"} {
		in[id] = topology.Input{Energised: topology.No, Ready: topology.No}
	}
	r := g.WhatIf(in, nil)
	for _, n := range r.Nodes {
		if n.Energised != topology.No {
			t.Errorf("%s is %v with no source at all: the loop keeps itself alive", n.Node.ID, n.Energised)
		}
	}
}

func FuzzCompile(f *testing.F) {
	f.Add([]byte("\x00\x01\x02\x03\x04\x05\x06\x07"), uint8(4))
	f.Add([]byte("tie between everything and everything else"), uint8(9))
	kinds := []topology.Kind{topology.Utility, topology.Generator, topology.Transformer, topology.Switchgear, topology.Tie, topology.ATS, topology.STS, topology.UPS, topology.PDU, topology.Breaker, topology.Load, "?"}
	f.Fuzz(func(t *testing.T, data []byte, size uint8) {
		next := func() int {
			if len(data) == 0 {
				return 0
			}
			b := data[0]
			data = data[1:]
			return int(b)
		}
		var m topology.Model
		in := topology.Inputs{}
		count := int(size%24) + 1
		for i := range count {
			n := topology.Node{ID: topology.NodeID(fmt.Sprintf("n%d", i)), Kind: kinds[next()%len(kinds)], Needs: next() % 3, RatedWatts: float64(next()), LoadWatts: float64(next() * 10)}
			for range next() % 4 {
				n.From = append(n.From, topology.NodeID(fmt.Sprintf("n%d", next()%(count+1))))
			}
			in[n.ID] = topology.Input{Energised: topology.Tri(next() % 3), Position: next() % 5, Fault: topology.Tri(next() % 3)}
			m.Nodes = append(m.Nodes, n)
		}
		g, problems := topology.Compile(m)
		if g == nil {
			if len(problems) == 0 {
				t.Fatal("refused without a word")
			}
			return
		}
		g.Evaluate(in)
		g.WhatIf(in, []topology.NodeID{"n0", "n1"})
		for _, n := range g.Nodes() {
			g.Paths(in, n.ID)
		}
	})
}
