package power

import (
	"cmp"
	"slices"

	"nezuban/internal/topology"
	"nezuban/tui/session"
)

// A row is one line of the grid: nodes of one level by side, or one load, or
// one single point.
type row struct {
	kind  topology.Kind
	first bool // of its level
	cells []*topology.NodeState
	load  *topology.LoadState
}

// at is the node in a column; nil where there is none.
func (r *row) at(column int) *topology.Node {
	switch {
	case r.load != nil:
		return r.load.Node
	case column >= 0 && column < len(r.cells) && r.cells[column] != nil:
		return r.cells[column].Node
	}
	return nil
}

// A grid is the one-line as it is drawn. sides names the columns; "" is what
// belongs to no side or to both.
type grid struct {
	rows  []row
	sides []string
	index map[topology.NodeID]int    // into the result's nodes
	loads map[topology.NodeID]int    // into the result's loads
	where map[topology.NodeID][2]int // row and column
	shown int                        // loads on the grid
}

// levels from the source to the load.
var levels = []topology.Kind{
	topology.Utility, topology.Generator, topology.Transformer, topology.Switchgear, topology.Tie,
	topology.ATS, topology.STS, topology.UPS, topology.PDU, topology.Breaker,
}

// oneLine lays a result out: the levels, then the loads, the worst first; with
// onlyAbnormal without quiet rows and loads that are as designed.
func oneLine(r *topology.Result, onlyAbnormal bool, quiet func(*row) bool) grid {
	g := newGrid(r)
	byLevel := map[topology.Kind]map[string][]*topology.NodeState{}
	for i := range r.Nodes {
		n := &r.Nodes[i]
		if n.Node.Kind == topology.Load {
			continue
		}
		if byLevel[n.Node.Kind] == nil {
			byLevel[n.Node.Kind] = map[string][]*topology.NodeState{}
		}
		byLevel[n.Node.Kind][n.Node.Side] = append(byLevel[n.Node.Kind][n.Node.Side], n)
		if !slices.Contains(g.sides, n.Node.Side) {
			g.sides = append(g.sides, n.Node.Side)
		}
	}
	slices.SortFunc(g.sides, func(a, b string) int { // no side comes last
		if a == "" || b == "" {
			return cmp.Compare(b, a)
		}
		return cmp.Compare(a, b)
	})
	for _, kind := range levels {
		high := 0
		for _, nodes := range byLevel[kind] {
			high = max(high, len(nodes))
		}
		first := true
		for i := range high {
			x := row{kind: kind, first: first, cells: make([]*topology.NodeState, len(g.sides))}
			for column, side := range g.sides {
				if nodes := byLevel[kind][side]; i < len(nodes) {
					x.cells[column] = nodes[i]
				}
			}
			if onlyAbnormal && quiet(&x) {
				continue
			}
			g.rows, first = append(g.rows, x), false
		}
	}
	g.addLoads(r, onlyAbnormal)
	g.place()
	return g
}

// singlePoints lists the nodes that drop a load when they are lost, those that
// drop the most first.
func singlePoints(r *topology.Result) grid {
	g := newGrid(r)
	var nodes []*topology.NodeState
	for i := range r.Nodes {
		if r.Nodes[i].Single {
			nodes = append(nodes, &r.Nodes[i])
		}
	}
	slices.SortStableFunc(nodes, func(a, b *topology.NodeState) int { return cmp.Compare(b.Drops, a.Drops) })
	g.sides = []string{""}
	for _, n := range nodes {
		g.rows = append(g.rows, row{kind: n.Node.Kind, first: true, cells: []*topology.NodeState{n}})
	}
	g.place()
	return g
}

func newGrid(r *topology.Result) grid {
	g := grid{index: make(map[topology.NodeID]int, len(r.Nodes)), loads: make(map[topology.NodeID]int, len(r.Loads)), where: map[topology.NodeID][2]int{}}
	for i := range r.Nodes {
		g.index[r.Nodes[i].Node.ID] = i
	}
	for i := range r.Loads {
		g.loads[r.Loads[i].Node.ID] = i
	}
	return g
}

func (g *grid) addLoads(r *topology.Result, onlyBelow bool) {
	var loads []*topology.LoadState
	for i := range r.Loads {
		l := &r.Loads[i]
		if !onlyBelow || l.Redundancy == topology.RedundancyUnknown || session.BelowDesign(l) {
			loads = append(loads, l)
		}
	}
	slices.SortStableFunc(loads, func(a, b *topology.LoadState) int { return cmp.Compare(rank(a), rank(b)) })
	for i, l := range loads {
		g.rows = append(g.rows, row{kind: topology.Load, first: i == 0, load: l})
	}
	g.shown = len(loads)
}

// rank puts the worst first: dead, at risk, unknown, below design, the rest.
func rank(l *topology.LoadState) int {
	switch {
	case l.Redundancy == topology.Dead:
		return 0
	case l.Redundancy == topology.AtRisk:
		return 1
	case l.Redundancy == topology.RedundancyUnknown:
		return 2
	case session.BelowDesign(l):
		return 3
	}
	return 4
}

func (g *grid) place() {
	for y := range g.rows {
		if l := g.rows[y].load; l != nil {
			g.where[l.Node.ID] = [2]int{y, 0}
		}
		for x, n := range g.rows[y].cells {
			if n != nil {
				g.where[n.Node.ID] = [2]int{y, x}
			}
		}
	}
}

func (g *grid) find(id topology.NodeID) (row, column int, ok bool) {
	at, ok := g.where[id]
	return at[0], at[1], ok
}

// load is a load's place in the result; -1 where the node is none.
func (g *grid) load(id topology.NodeID) int {
	if i, ok := g.loads[id]; ok {
		return i
	}
	return -1
}

// near is the cell nearest to a place: the row inside the grid, the column one
// that has a node there.
func (g *grid) near(y, x int) (row, column int) {
	if len(g.rows) == 0 {
		return 0, 0
	}
	y = min(max(y, 0), len(g.rows)-1)
	r := &g.rows[y]
	if r.load != nil || r.at(x) != nil {
		return y, x
	}
	for d := 1; d <= len(r.cells); d++ {
		if r.at(x-d) != nil {
			return y, x - d
		}
		if r.at(x+d) != nil {
			return y, x + d
		}
	}
	return y, x
}

// beside is the next column with a node in a direction, or the same one.
func (g *grid) beside(y, x, step int) int {
	if y >= len(g.rows) || g.rows[y].load != nil {
		return x
	}
	for to := x + step; to >= 0 && to < len(g.rows[y].cells); to += step {
		if g.rows[y].at(to) != nil {
			return to
		}
	}
	return x
}
