package topology_test

import (
	"fmt"
	"testing"
	"time"

	"nezuban/internal/topology"
)

// large is a one-line of 10,000 nodes: two utilities, engines N+1 on one bus,
// ten halls with two transformers, transfer switches and two UPS systems of N+1
// modules each, PDUs, and for every rack two rack PDUs and the rack.
func large(tb testing.TB, size int) (*topology.Graph, topology.Inputs) {
	tb.Helper()
	in := topology.Inputs{}
	var nodes []topology.Node
	add := func(id string, n topology.Node, from ...topology.NodeID) topology.NodeID {
		n.ID, n.From = topology.NodeID(id), from
		nodes = append(nodes, n)
		return n.ID
	}
	utility := map[string]topology.NodeID{}
	for _, s := range []string{"a", "b"} {
		utility[s] = add("util-"+s, topology.Node{Kind: topology.Utility, Side: s, Volts: 6600})
		in[utility[s]] = topology.Input{Energised: topology.Yes}
	}
	var engines []topology.NodeID
	for i := range 4 {
		id := add(fmt.Sprintf("gen-%d", i), topology.Node{Kind: topology.Generator, Volts: 400, RatedWatts: 20e6, StartTime: 10 * time.Second})
		in[id] = topology.Input{Energised: topology.No, Ready: topology.Yes}
		engines = append(engines, id)
	}
	gens := add("gens", topology.Node{Kind: topology.Switchgear, Needs: 3}, engines...)
	const halls, pdus = 10, 4
	racks := (size - len(nodes) - halls*2*(4+4+pdus)) / 3 / halls
	for h := range halls {
		var feed [2][]topology.NodeID
		for i, s := range []string{"a", "b"} {
			name := func(kind string) string { return fmt.Sprintf("%s-%d%s", kind, h, s) }
			tr := add(name("tr"), topology.Node{Kind: topology.Transformer, Side: s, Volts: 400, RatedWatts: 6e6}, utility[s])
			bus := add(name("bus"), topology.Node{Kind: topology.Switchgear, Side: s}, tr)
			ats := add(name("ats"), topology.Node{Kind: topology.ATS, Side: s}, bus, gens)
			in[ats] = topology.Input{Position: 1}
			var modules []topology.NodeID
			for m := range 4 {
				ups := add(name(fmt.Sprintf("ups%d", m)), topology.Node{Kind: topology.UPS, Side: s, RatedWatts: 2e6}, ats)
				in[ups] = topology.Input{Energised: topology.Yes, HasRun: true, Runtime: 10 * time.Minute}
				modules = append(modules, ups)
			}
			out := add(name("out"), topology.Node{Kind: topology.Switchgear, Side: s, Needs: 3}, modules...)
			for p := range pdus {
				feed[i] = append(feed[i], add(name(fmt.Sprintf("pdu%d", p)), topology.Node{Kind: topology.PDU, Side: s, RatedWatts: 1e6}, out))
			}
		}
		for r := range racks {
			var cords []topology.NodeID
			for i, s := range []string{"a", "b"} {
				id := add(fmt.Sprintf("rpdu-%d-%d%s", h, r, s), topology.Node{Kind: topology.PDU, Side: s, RatedWatts: 11e3}, feed[i][r%pdus])
				in[id] = topology.Input{Energised: topology.Yes, HasWatts: true, Watts: [3]float64{900, 1000, 1100}}
				cords = append(cords, id)
			}
			add(fmt.Sprintf("rack-%d-%d", h, r), topology.Node{Kind: topology.Load, LoadWatts: 6000, Design: topology.Design2N}, cords...)
		}
	}
	g, problems := topology.Compile(topology.Model{Nodes: nodes})
	for _, p := range problems {
		tb.Errorf("%s: %s", p.Node, p.What)
	}
	if g == nil {
		tb.FailNow()
	}
	return g, in
}

// BenchmarkUpdate10000 re-evaluates 10,000 nodes after one of them changed: a
// rack PDU, a UPS module, and a utility. It may take 20 ms; a whole evaluation
// is well below, so that nothing is kept from the one before.
func BenchmarkUpdate10000(b *testing.B) {
	g, calm := large(b, 10_000)
	for _, id := range []topology.NodeID{"rpdu-3-7a", "ups1-4b", "util-a"} {
		b.Run(string(id), func(b *testing.B) {
			in := calm.WithLoads(nil)
			for i := 0; b.Loop(); i++ {
				one := calm[id]
				if i%2 == 0 {
					one.Energised = topology.No
				}
				in[id] = one
				g.Evaluate(in)
			}
			b.ReportMetric(float64(g.Len()), "nodes")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "ms/update")
		})
	}
}

func BenchmarkEvaluate10000(b *testing.B) {
	g, in := large(b, 10_000)
	b.ReportAllocs()
	for b.Loop() {
		g.Evaluate(in)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "ms/evaluation")
}

func BenchmarkWhatIf10000(b *testing.B) {
	g, in := large(b, 10_000)
	for b.Loop() {
		g.WhatIf(in, []topology.NodeID{"util-a", "gens"})
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "ms/what-if")
}
