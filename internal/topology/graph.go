package topology

import (
	"slices"

	"nezuban/internal/facility"
)

// A Graph is a compiled one-line. It never changes and is safe for concurrent
// use.
type Graph struct {
	nodes []Node
	index map[NodeID]int

	// feeds[n] are the nodes that can feed n: first From in order, then the ties
	// that stand at n. feeds and kids are each other's inverse.
	feeds, kids [][]int32
	order       []int32   // feeders before what they feed; ties after their buses
	island      []int32   // index into islands of nodes that feed each other over ties; -1: none
	islands     [][]int32 // in order
	system      []int32   // the first node of the parallel system that n is a module of; -1: none
	parallel    []bool    // a node that needs several feeders stands above n

	sources, loads []int32
	sides          []string // sorted
	volts          []float64
	rated          [][3]float64 // watts by phase; 0: not known

	bound  map[facility.PointID][]int32
	device map[facility.DeviceID][]int32
	rack   map[string][]int32
	racks  map[facility.DeviceID]string
	ofLoad map[facility.PointID]int32 // the model's own points of a load
	onGen  []bool                     // lives on generators alone
}

// Node returns the node of that id; it is shared and not to be changed.
func (g *Graph) Node(id NodeID) (*Node, bool) {
	i, ok := g.index[id]
	if !ok {
		return nil, false
	}
	return &g.nodes[i], true
}

// Nodes returns all nodes in the model's order; shared, not to be changed.
func (g *Graph) Nodes() []Node { return g.nodes }

// Len is the number of nodes.
func (g *Graph) Len() int { return len(g.nodes) }

// Feeds returns what feeds a node by design, in the order of From and then the
// ties that stand at it.
func (g *Graph) Feeds(id NodeID) []NodeID { return g.ids(g.neighbours(g.feeds, id)) }

// FedBy returns what a node feeds by design, in the model's order.
func (g *Graph) FedBy(id NodeID) []NodeID {
	out := slices.Clone(g.neighbours(g.kids, id))
	slices.Sort(out)
	return g.ids(out)
}

func (g *Graph) neighbours(edges [][]int32, id NodeID) []int32 {
	i, ok := g.index[id]
	if !ok {
		return nil
	}
	return edges[i]
}

// Sides are the names of the sides, sorted.
func (g *Graph) Sides() []string { return slices.Clone(g.sides) }

// Volts is the nominal voltage at a node, its own or its feeder's; 0 where none
// is written.
func (g *Graph) Volts(id NodeID) float64 {
	i, ok := g.index[id]
	if !ok {
		return 0
	}
	return g.volts[i]
}

func (g *Graph) ids(list []int32) []NodeID {
	if len(list) == 0 {
		return nil
	}
	out := make([]NodeID, len(list))
	for i, n := range list {
		out[i] = g.nodes[n].ID
	}
	return out
}

// isSource tells whether nothing feeds nodes of this kind.
func (k Kind) isSource() bool { return k == Utility || k == Generator }

// isComponent tells whether nodes of this kind provide capacity, as against the
// distribution that takes it to the loads.
func (k Kind) isComponent() bool { return k.isSource() || k == Transformer || k == UPS }

// switches tells whether nodes of this kind take one of their feeders.
func (k Kind) switches() bool { return k == ATS || k == STS }

// isRated tells whether a node of this kind must say its rating before its side
// can be said to carry anything.
func (k Kind) isRated() bool {
	return k == Transformer || k == Generator || k == UPS || k == PDU || k == Breaker
}

// needs is how many of From a node needs to carry what it must.
func (n *Node) needs() int { return max(n.Needs, 1) }

// phases returns the phases in use, 0-based.
func (n *Node) phases() []int {
	if len(n.Phases) == 0 {
		return []int{0, 1, 2}
	}
	out := make([]int, len(n.Phases))
	for i, p := range n.Phases {
		out[i] = p - 1
	}
	return out
}

// uses tells whether phase p, 0-based, is in use.
func (n *Node) uses(p int) bool { return len(n.Phases) == 0 || slices.Contains(n.Phases, p+1) }

// spread divides a total evenly over the phases in use.
func (n *Node) spread(total float64) [3]float64 {
	if len(n.Phases) == 0 {
		return [3]float64{total / 3, total / 3, total / 3}
	}
	var w [3]float64
	for _, p := range n.Phases {
		w[p-1] = total / float64(len(n.Phases))
	}
	return w
}
