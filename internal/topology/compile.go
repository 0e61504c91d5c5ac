package topology

import (
	"math"
	"slices"
	"strings"

	"nezuban/internal/facility"
)

// Limits of a one-line.
const (
	MaxNodes = 20_000
	MaxFeeds = 64  // of one node
	MaxTies  = 100 // of the whole one-line
	MaxSides = 4
)

// Compile checks a one-line and makes it ready to be evaluated. The problems
// come in the model's order; the graph is nil only where one of them is a
// mistake, no warning. The model is copied.
func Compile(m Model) (*Graph, []Problem) {
	c := &checker{}
	if len(m.Nodes) > MaxNodes {
		c.mistake(&m.Nodes[MaxNodes], "the one-line has more nodes than can be evaluated", "leave out what has no redundancy of its own: single outlets, servers")
		return nil, c.problems
	}
	g := &Graph{nodes: slices.Clone(m.Nodes), index: make(map[NodeID]int, len(m.Nodes))}
	for i := range g.nodes {
		n := &g.nodes[i]
		n.From, n.Phases = slices.Clone(n.From), slices.Clone(n.Phases)
		c.node(n)
		if _, twice := g.index[n.ID]; twice {
			c.mistake(n, "the id stands twice", "give each node an id of its own")
			continue
		}
		g.index[n.ID] = i
	}
	c.feeds(g)
	if c.fatal {
		return nil, c.sorted(g)
	}
	g.connect()
	if loop := g.sort(); len(loop) > 0 {
		c.mistake(&g.nodes[loop[0]], "it feeds itself: "+g.joined(loop), "only a tie may close a loop; correct one of the feeds")
		return nil, c.sorted(g)
	}
	g.rate()
	g.group()
	g.lookups()
	c.graph(g)
	if c.fatal {
		return nil, c.sorted(g)
	}
	c.asDrawn(g)
	return g, c.sorted(g)
}

func (g *Graph) joined(list []int32) string {
	words := make([]string, 0, len(list))
	for _, id := range g.ids(list) {
		words = append(words, string(id))
	}
	if len(words) > 8 {
		words = append(words[:8], "…")
	}
	return strings.Join(words, " → ")
}

// connect makes the edges. A tie with two buses may feed either from the other,
// whether or not the bus names it too.
func (g *Graph) connect() {
	for i := range g.nodes {
		n := &g.nodes[i]
		if n.Kind.switches() || n.Kind == Tie {
			continue
		}
		n.From = slices.DeleteFunc(n.From, func(id NodeID) bool {
			t := int32(g.index[id])
			return g.joins(t) && slices.Contains(g.nodes[t].From, n.ID)
		})
	}
	g.feeds, g.kids = make([][]int32, len(g.nodes)), make([][]int32, len(g.nodes))
	for i := range g.nodes {
		n := &g.nodes[i]
		for _, id := range n.From {
			g.feeds[i] = append(g.feeds[i], int32(g.index[id]))
		}
		if n.Kind.isSource() {
			g.sources = append(g.sources, int32(i))
		}
		if n.Kind == Load {
			g.loads = append(g.loads, int32(i))
		}
	}
	for i := range g.nodes {
		if n := &g.nodes[i]; n.Kind == Tie && len(n.From) == 2 {
			for _, id := range n.From {
				bus := g.index[id]
				if !slices.Contains(g.feeds[bus], int32(i)) {
					g.feeds[bus] = append(g.feeds[bus], int32(i))
				}
			}
		}
	}
	for i, feeds := range g.feeds {
		for _, f := range feeds {
			g.kids[f] = append(g.kids[f], int32(i))
		}
	}
}

// sort orders the nodes so that feeders come first, leaving the ties' own edges
// out, and finds the islands. It returns a loop that no tie explains.
func (g *Graph) sort() []int32 {
	left := make([]int, len(g.nodes))
	var ready []int32
	for i := range g.nodes {
		left[i] = len(g.plainFeeds(int32(i)))
		if left[i] == 0 {
			ready = append(ready, int32(i))
		}
	}
	for len(ready) > 0 {
		n := ready[0]
		ready = ready[1:]
		g.order = append(g.order, n)
		for _, k := range g.kids[n] {
			if !slices.Contains(g.plainFeeds(k), n) {
				continue
			}
			if left[k]--; left[k] == 0 {
				ready = append(ready, k)
			}
		}
	}
	if len(g.order) < len(g.nodes) {
		return g.findLoop(left)
	}
	g.findIslands()
	return nil
}

// plainFeeds are From without ties that join two buses.
func (g *Graph) plainFeeds(n int32) []int32 {
	feeds := g.feeds[n][:len(g.nodes[n].From)]
	if !slices.ContainsFunc(feeds, g.joins) {
		return feeds
	}
	return slices.DeleteFunc(slices.Clone(feeds), g.joins)
}

func (g *Graph) joins(n int32) bool { return g.nodes[n].Kind == Tie && len(g.nodes[n].From) == 2 }

// findLoop follows feeders that were never reached until one comes again.
func (g *Graph) findLoop(left []int) []int32 {
	at := int32(slices.IndexFunc(left, func(n int) bool { return n > 0 }))
	var walk []int32
	for !slices.Contains(walk, at) {
		walk = append(walk, at)
		feeds := g.plainFeeds(at)
		at = feeds[slices.IndexFunc(feeds, func(f int32) bool { return left[f] > 0 })]
	}
	loop := append(walk[slices.Index(walk, at):], at)
	slices.Reverse(loop)
	return loop
}

// findIslands finds the sets of nodes that feed each other over ties: the
// strongly connected components of more than one node (Tarjan, without
// recursion).
func (g *Graph) findIslands() {
	n := len(g.nodes)
	g.island = slices.Repeat([]int32{-1}, n)
	if !slices.ContainsFunc(g.order, g.joins) {
		return
	}
	num, low, onStack, next := make([]int32, n), make([]int32, n), make([]bool, n), make([]int, n)
	var stack, path []int32
	count := int32(0)
	enter := func(v int32) {
		count++
		num[v], low[v], onStack[v] = count, count, true
		stack, path = append(stack, v), append(path, v)
	}
	for root := range int32(n) {
		if num[root] > 0 {
			continue
		}
		for enter(root); len(path) > 0; {
			v := path[len(path)-1]
			if next[v] < len(g.kids[v]) {
				w := g.kids[v][next[v]]
				next[v]++
				if num[w] == 0 {
					enter(w)
				} else if onStack[w] {
					low[v] = min(low[v], num[w])
				}
				continue
			}
			path = path[:len(path)-1]
			if len(path) > 0 {
				p := path[len(path)-1]
				low[p] = min(low[p], low[v])
			}
			if low[v] == num[v] {
				at := slices.Index(stack, v)
				g.addIsland(slices.Clone(stack[at:]))
				for _, w := range stack[at:] {
					onStack[w] = false
				}
				stack = stack[:at]
			}
		}
	}
}

func (g *Graph) addIsland(members []int32) {
	if len(members) < 2 {
		return
	}
	for _, m := range members {
		g.island[m] = int32(len(g.islands))
	}
	g.islands = append(g.islands, members)
}

// rate works out voltages, ratings by phase and the sides.
func (g *Graph) rate() {
	g.volts, g.rated = make([]float64, len(g.nodes)), make([][3]float64, len(g.nodes))
	for _, i := range g.order {
		n := &g.nodes[i]
		g.volts[i] = n.Volts
		for _, f := range g.feeds[i] {
			if g.volts[i] == 0 && n.Kind != Transformer {
				g.volts[i] = g.volts[f]
			}
		}
		g.rated[i] = n.ratedByPhase(g.volts[i])
		if n.Side != "" && !slices.Contains(g.sides, n.Side) {
			g.sides = append(g.sides, n.Side)
		}
	}
	slices.Sort(g.sides)
}

// ratedByPhase is the smaller of what watts and amperes allow in one phase.
func (n *Node) ratedByPhase(volts float64) [3]float64 {
	per := n.RatedWatts / float64(len(n.phases()))
	if n.RatedAmperes > 0 && volts > 0 {
		if a := wattsPerPhase(n.RatedAmperes, volts, len(n.phases())); per == 0 || a < per {
			per = a
		}
	}
	var out [3]float64
	for _, p := range n.phases() {
		out[p] = per
	}
	return out
}

// wattsPerPhase converts the current of one phase at power factor 1, the most it
// can be: three phases line to neutral (volts/√3), two phases half of what flows
// between them, one phase all of it.
func wattsPerPhase(amperes, volts float64, phases int) float64 {
	switch phases {
	case 3:
		return amperes * volts / math.Sqrt(3)
	case 2:
		return amperes * volts / 2
	}
	return amperes * volts
}

// group finds the parallel systems: the feeders of a node that needs several of
// them count as one node where paths must not share any.
func (g *Graph) group() {
	g.system, g.parallel = slices.Repeat([]int32{-1}, len(g.nodes)), make([]bool, len(g.nodes))
	for _, i := range g.order {
		n := &g.nodes[i]
		if n.Kind != Load && n.needs() > 1 {
			g.parallel[i] = true
			first := slices.Min(g.feeds[i][:len(n.From)])
			for _, f := range g.feeds[i][:len(n.From)] {
				g.system[f] = first
			}
		}
	}
	for changed := true; changed; { // more than one round only over ties
		changed = false
		for _, i := range g.order {
			if !g.parallel[i] && slices.ContainsFunc(g.feeds[i], func(f int32) bool { return g.parallel[f] }) {
				g.parallel[i], changed = true, true
			}
		}
	}
}

// lookups makes the ways from points and devices to nodes.
func (g *Graph) lookups() {
	g.bound = map[facility.PointID][]int32{}
	g.device, g.rack = map[facility.DeviceID][]int32{}, map[string][]int32{}
	g.ofLoad, g.onGen = map[facility.PointID]int32{}, make([]bool, len(g.nodes))
	for _, i := range g.order {
		n := &g.nodes[i]
		for _, p := range n.Bind.points() {
			if !slices.Contains(g.bound[p], i) {
				g.bound[p] = append(g.bound[p], i)
			}
		}
		if n.Device != "" {
			g.device[n.Device] = append(g.device[n.Device], i)
		}
		if n.Kind == Load {
			if n.Rack != "" {
				g.rack[n.Rack] = append(g.rack[n.Rack], i)
			}
			for _, metric := range []string{"power_redundancy", "power_paths_available", "power_load_headroom_ratio"} {
				id := facility.MakePointID(facility.PowerModel, metric, n.Labels())
				g.ofLoad[id] = i
			}
		}
		onGen := len(n.From) > 0
		for _, f := range g.feeds[i][:len(n.From)] {
			onGen = onGen && g.onGen[f]
		}
		g.onGen[i] = n.Kind == Generator || n.Kind != Tie && onGen
	}
}
