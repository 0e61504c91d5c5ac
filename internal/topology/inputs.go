package topology

import (
	"maps"
	"math"
	"slices"
	"time"

	"nezuban/internal/facility"
)

// Inputs reads what the bound points say now. Nodes of which nothing is known
// are absent.
func (g *Graph) Inputs(read Reader) Inputs {
	out := Inputs{}
	for i := range g.nodes {
		in := g.input(int32(i), read)
		if in != (Input{}) {
			out[g.nodes[i].ID] = in
		}
	}
	return out
}

func (g *Graph) input(i int32, read Reader) Input {
	n := &g.nodes[i]
	b := &n.Bind
	in := Input{Energised: b.Energised.Read(read), Fault: b.Fault.Read(read), Ready: b.Ready.Read(read), Position: n.position(read)}
	in.Watts, in.HasWatts = g.watts(i, read)
	if v, ok := number(b.Runtime, read); ok && v >= 0 {
		in.Runtime, in.HasRun = seconds(v), true
	}
	if v, ok := number(b.Fuel, read); ok && v >= 0 {
		in.Fuel, in.HasFuel = v, true
	}
	return in
}

// number reads an analogue; a negative or endless one is no quantity of ours.
func number(p facility.PointID, read Reader) (float64, bool) {
	if p == "" {
		return 0, false
	}
	v := read(p)
	return v.Value, v.Known && !math.IsNaN(v.Value) && !math.IsInf(v.Value, 0)
}

// seconds bounds what a device says to a century, well inside a Duration.
func seconds(v float64) time.Duration {
	return time.Duration(min(v, 100*365*86400) * float64(time.Second))
}

func (n *Node) position(read Reader) int {
	b := n.Bind.Position
	if b == nil {
		return 0
	}
	if !n.Kind.switches() {
		closed := b
		if len(b.States) > 1 {
			closed = &StateBinding{Point: b.Point, States: b.States[:1]}
		}
		return map[Tri]int{Unknown: 0, Yes: 1, No: 2}[closed.Read(read)]
	}
	if p := read(b.Point); p.Known && p.State != "" {
		return slices.Index(b.States, p.State) + 1
	}
	return 0
}

// watts by phase: of power if there is a point of it, else of current, else of
// the ratio of the rating.
func (g *Graph) watts(i int32, read Reader) ([3]float64, bool) {
	n := &g.nodes[i]
	phases := n.phases()
	switch b := &n.Bind; {
	case len(b.Watts) == 1 && len(phases) > 1:
		if v, ok := number(b.Watts[0], read); ok {
			return n.spread(max(v, 0)), true
		}
	case len(b.Watts) > 0:
		return byPhase(b.Watts, phases, read, func(v float64) float64 { return v })
	case len(b.Amperes) > 0 && g.volts[i] > 0:
		return byPhase(b.Amperes, phases, read, func(v float64) float64 { return wattsPerPhase(v, g.volts[i], len(phases)) })
	case b.LoadRatio != "" && n.RatedWatts > 0:
		if v, ok := number(b.LoadRatio, read); ok {
			return n.spread(max(v, 0) * n.RatedWatts), true
		}
	}
	return [3]float64{}, false
}

// byPhase reads one point for each phase; one that is not known leaves all
// unknown.
func byPhase(points []facility.PointID, phases []int, read Reader, convert func(float64) float64) (w [3]float64, known bool) {
	for at, p := range points {
		v, ok := number(p, read)
		if !ok || at >= len(phases) {
			return [3]float64{}, false
		}
		w[phases[at]] = convert(max(v, 0))
	}
	return w, true
}

// points lists everything bound.
func (b *Bindings) points() []facility.PointID {
	var out []facility.PointID
	for _, s := range []*StateBinding{b.Energised, b.Position, b.Fault, b.Ready} {
		if s != nil {
			out = append(out, s.Point)
		}
	}
	out = append(append(out, b.Watts...), b.Amperes...)
	for _, p := range []facility.PointID{b.LoadRatio, b.Runtime, b.Fuel} {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

// WithLoads returns the inputs with other loads, in watts, evenly on the phases
// that each load uses; what is not named stays. It is meant for WhatIf, which
// adds the loads up anew; Evaluate would go on believing the meters upstream.
func (in Inputs) WithLoads(watts map[NodeID]float64) Inputs {
	out := maps.Clone(in)
	if out == nil {
		out = Inputs{}
	}
	for id, w := range watts {
		one := out[id]
		one.Watts, one.HasWatts = [3]float64{w / 3, w / 3, w / 3}, true
		out[id] = one
	}
	return out
}
