package topology

import (
	"slices"

	"nezuban/internal/facility"
)

// WithRacks returns the graph with the racks in which devices stand: what stands
// in a rack is fed by what feeds the load of that rack.
func (g *Graph) WithRacks(of map[facility.DeviceID]string) *Graph {
	with := *g
	with.racks = of
	return &with
}

// NodesOf returns the nodes that an element is: those its point tells about, or
// else those of its device, or else the loads of the rack in which the device
// stands.
func (g *Graph) NodesOf(e facility.Element) []NodeID {
	nodes, _ := g.nodesOf(e)
	return g.ids(nodes)
}

// nodesOf also tells whether the nodes are the element itself, not its rack.
func (g *Graph) nodesOf(e facility.Element) (nodes []int32, itself bool) {
	if e.Point != "" {
		if l, ok := g.ofLoad[e.Point]; ok {
			return []int32{l}, true
		}
		if nodes := g.bound[e.Point]; len(nodes) > 0 {
			return nodes, true
		}
	}
	if nodes := g.device[e.Device]; len(nodes) > 0 {
		return nodes, true
	}
	return g.rack[g.racks[e.Device]], false
}

// Behind reports how element lies to cause along the supply as designed: the
// same node, fed by it (over any of its cords; a normally open tie leads
// nowhere), or standing in for it: an engine, or what only engines feed, behind
// a switch that can take from it instead of from cause. All false: unrelated.
func (g *Graph) Behind(element, cause facility.Element) (same, fed, standby bool) {
	above, itself := g.nodesOf(cause)
	if !itself {
		return false, false, false // what stands in a rack feeds nothing
	}
	below, own := g.nodesOf(element)
	for _, b := range below {
		for _, a := range above {
			switch {
			case a == b && own:
				same = true
			case a == b || g.above(a, b):
				fed = true
			case g.onGen[b] && g.standsIn(b, a):
				standby = true
			}
		}
	}
	return same, fed && !same, standby && !same && !fed
}

// above tells whether a feeds b by design, directly or through others.
func (g *Graph) above(a, b int32) bool {
	if a == b {
		return false
	}
	seen := make([]bool, len(g.nodes))
	stack := []int32{b}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, f := range g.feeds[n] {
			if g.nodes[f].Kind == Tie && !g.nodes[f].NormallyClosed || seen[f] {
				continue
			}
			if f == a {
				return true
			}
			seen[f] = true
			stack = append(stack, f)
		}
	}
	return false
}

// standsIn tells whether a switch below both takes either from b or from a.
func (g *Graph) standsIn(b, a int32) bool {
	for i := range g.nodes {
		if !g.nodes[i].Kind.switches() {
			continue
		}
		overA, overB := -1, -1
		for at, f := range g.feeds[i] {
			isA, isB := f == a || g.above(a, f), f == b || g.above(b, f)
			if isA && !isB {
				overA = at
			}
			if isB && !isA {
				overB = at
			}
		}
		if overA >= 0 && overB >= 0 {
			return true
		}
	}
	return false
}

// Bound returns the nodes that a point tells about.
func (g *Graph) Bound(p facility.PointID) []NodeID { return g.ids(g.bound[p]) }

// Points are all points that tell about nodes, sorted.
func (g *Graph) Points() []facility.PointID {
	out := make([]facility.PointID, 0, len(g.bound))
	for p := range g.bound {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}
