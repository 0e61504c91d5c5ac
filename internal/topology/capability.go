package topology

import "slices"

// A capability is what falls when something is lost, given what can be fed.
type capability struct {
	g     *Graph
	live  []bool
	self  []bool
	count []int32 // weight of live feeders
	mark  []bool  // scratch

	drops    []int32   // by node: how many loads fall with it, itself left out
	dropping [][]int32 // by place among the loads: the nodes whose loss drops it
	levels   map[Kind]*levelLoss
	anchor   []int32 // the nearest node upstream that has a choice of feeders
	paths    map[[4]int32]int
}

// levelLoss is what losing one node, or all of one side, of a kind does.
type levelLoss struct{ one, side bool }

// capability finds for every node what falls with it.
func (g *Graph) capability(live, self []bool) capability {
	c := capability{
		g: g, live: slices.Clone(live), self: self, count: make([]int32, len(g.nodes)), mark: make([]bool, len(g.nodes)),
		drops: make([]int32, len(g.nodes)), dropping: make([][]int32, len(g.loads)),
		levels: map[Kind]*levelLoss{}, paths: map[[4]int32]int{},
	}
	for k := range int32(len(g.nodes)) {
		for _, f := range g.feeds[k] {
			if live[f] {
				c.count[k] += g.weight(f, k)
			}
		}
	}
	c.anchors()
	place := make([]int32, len(g.nodes))
	for at, l := range g.loads {
		place[l] = int32(at)
	}
	for v := range int32(len(g.nodes)) {
		kind := g.nodes[v].Kind
		if !c.live[v] || kind == Load {
			continue
		}
		level := c.level(kind)
		fallen := c.lose([]int32{v})
		for _, n := range fallen {
			if g.nodes[n].Kind == Load {
				c.drops[v]++
				c.dropping[place[n]] = append(c.dropping[place[n]], v)
				level.one = level.one || g.nodes[n].redundant()
			}
		}
		c.restore(fallen)
	}
	c.sides()
	return c
}

// redundant tells whether a load is meant to outlive the loss of something.
func (n *Node) redundant() bool {
	return n.Design == Design2N || n.Design == DesignNp1 || n.Design == DesignNone && len(n.From) > 1
}

func (c *capability) level(k Kind) *levelLoss {
	l := c.levels[k]
	if l == nil {
		l = &levelLoss{}
		c.levels[k] = l
	}
	return l
}

// sides asks of every kind what falls when all of its nodes of one side do.
func (c *capability) sides() {
	type key struct {
		kind Kind
		side string
	}
	of := map[key][]int32{}
	for v := range int32(len(c.g.nodes)) {
		if n := &c.g.nodes[v]; c.live[v] && n.Kind != Load && n.Side != "" {
			of[key{n.Kind, n.Side}] = append(of[key{n.Kind, n.Side}], v)
		}
	}
	for k, list := range of {
		fallen := c.lose(list)
		for _, n := range fallen {
			if node := &c.g.nodes[n]; node.Kind == Load && node.redundant() {
				c.level(k.kind).side = true
			}
		}
		c.restore(fallen)
	}
}

// lose takes nodes away and returns everything that falls, they included.
func (c *capability) lose(list []int32) []int32 {
	fallen := make([]int32, 0, 16)
	drop := func(n int32) {
		c.live[n] = false
		fallen = append(fallen, n)
	}
	for _, v := range list {
		if c.live[v] {
			drop(v)
		}
	}
	full := &pass{full: true}
	for at := 0; at < len(fallen); at++ {
		f := fallen[at]
		if is := c.g.island[f]; is >= 0 {
			c.settle(c.g.islands[is], drop)
		}
		for _, k := range c.g.kids[f] {
			c.count[k] -= c.g.weight(f, k)
			if !c.live[k] || c.self[k] {
				continue
			}
			if is := c.g.island[k]; is >= 0 {
				c.settle(c.g.islands[is], drop)
			} else if c.count[k] < full.need(&c.g.nodes[k]) {
				drop(k)
			}
		}
	}
	return fallen
}

// settle drops the members of an island that only feed each other.
func (c *capability) settle(members []int32, drop func(int32)) {
	full := &pass{full: true}
	for changed := true; changed; {
		changed = false
		for _, m := range members {
			if !c.live[m] || c.mark[m] {
				continue
			}
			count := int32(0)
			for _, f := range c.g.feeds[m] {
				if c.g.island[f] == c.g.island[m] && c.mark[f] || c.g.island[f] != c.g.island[m] && c.live[f] {
					count += c.g.weight(f, m)
				}
			}
			if c.self[m] || count >= full.need(&c.g.nodes[m]) {
				c.mark[m], changed = true, true
			}
		}
	}
	for _, m := range members {
		if c.live[m] && !c.mark[m] {
			drop(m)
		}
		c.mark[m] = false
	}
}

// restore undoes lose.
func (c *capability) restore(fallen []int32) {
	for _, f := range fallen {
		c.live[f] = true
		for _, k := range c.g.kids[f] {
			c.count[k] += c.g.weight(f, k)
		}
	}
}

// anchors finds for every node the nearest one upstream, itself included, that
// has more than one live feeder or none: all its paths pass there.
func (c *capability) anchors() {
	c.anchor = make([]int32, len(c.g.nodes))
	for _, n := range c.g.order {
		c.anchor[n] = n
		if c.g.system[n] >= 0 {
			continue
		}
		only, count := int32(-1), 0
		for _, f := range c.g.feeds[n] {
			if c.live[f] {
				only, count = f, count+1
			}
		}
		if count == 1 && !c.g.joins(only) {
			c.anchor[n] = c.anchor[only]
		}
	}
}

// pathsOf is the largest number of paths from sources to the load at that place
// that share no node; the modules of a parallel system count as one.
func (c *capability) pathsOf(at int) int {
	l := c.g.loads[at]
	if !c.live[l] {
		return 0
	}
	if len(c.dropping[at]) > 0 && !c.g.parallel[l] && c.g.nodes[l].needs() == 1 {
		return 1 // Menger
	}
	key, used := [4]int32{-1, -1, -1, -1}, 0
	for _, f := range c.g.feeds[l] {
		if !c.live[f] {
			continue
		}
		if used == len(key) {
			return len(c.g.disjoint(l, c.live, c.self))
		}
		key[used] = c.anchor[f]
		used++
	}
	slices.Sort(key[:])
	count, known := c.paths[key]
	if !known {
		count = len(c.g.disjoint(l, c.live, c.self))
		c.paths[key] = count
	}
	return count
}

// redundancy of the load at that place as drawn, without regard to ratings.
func (c *capability) redundancy(at int) Redundancy {
	l := c.g.loads[at]
	switch {
	case !c.live[l]:
		return Dead
	case len(c.dropping[at]) == 0 && c.pathsOf(at) >= 2*c.g.nodes[l].needs():
		return TwoN
	case slices.ContainsFunc(c.dropping[at], func(n int32) bool { return c.g.nodes[n].Kind.isComponent() }):
		return SinglePath
	}
	return NPlusOne
}
