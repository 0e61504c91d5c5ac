package topology

import "slices"

// A net is a flow network of capacity one.
type net struct {
	first    []int32 // by vertex: its first edge; -1 none
	next, to []int32
	free     []bool // edge i and i^1 are each other's reverse
}

func (f *net) vertex() int32 {
	f.first = append(f.first, -1)
	return int32(len(f.first) - 1)
}

func (f *net) edge(from, to int32) {
	for _, e := range []struct {
		from, to int32
		free     bool
	}{{from, to, true}, {to, from, false}} {
		f.next, f.to, f.free = append(f.next, f.first[e.from]), append(f.to, e.to), append(f.free, e.free)
		f.first[e.from] = int32(len(f.to) - 1)
	}
}

// augment finds one more path and takes it.
func (f *net) augment(from, to int32) bool {
	came := slices.Repeat([]int32{-1}, len(f.first))
	seen := make([]bool, len(f.first))
	seen[from] = true
	queue := []int32{from}
	for at := 0; at < len(queue) && !seen[to]; at++ {
		for e := f.first[queue[at]]; e >= 0; e = f.next[e] {
			if v := f.to[e]; f.free[e] && !seen[v] {
				seen[v], came[v] = true, e
				queue = append(queue, v)
			}
		}
	}
	if !seen[to] {
		return false
	}
	for v := to; v != from; v = f.to[came[v]^1] {
		f.free[came[v]], f.free[came[v]^1] = false, true
	}
	return true
}

// disjoint returns as many paths from live sources to l as there are without a
// node in common, each from the source to the load's cord. The modules of a
// parallel system count as one node.
func (g *Graph) disjoint(l int32, live, self []bool) [][]int32 {
	f := &net{}
	begin, end := f.vertex(), f.vertex()
	in := map[int32]int32{} // by system or node: its entry; the exit follows it
	var members [][]int32   // by (entry-2)/2
	var queue []int32
	enter := func(n int32) int32 {
		of := n
		if g.system[n] >= 0 {
			of = g.system[n]
		}
		v, ok := in[of]
		if !ok {
			v = f.vertex()
			in[of] = v
			f.edge(v, f.vertex())
			members = append(members, nil)
		}
		if at := (v - 2) / 2; !slices.Contains(members[at], n) {
			members[at] = append(members[at], n)
			queue = append(queue, n)
			if self[n] {
				f.edge(v+1, end)
			}
		}
		return v
	}
	for _, c := range g.feeds[l] {
		if live[c] {
			f.edge(begin, enter(c))
		}
	}
	for at := 0; at < len(queue); at++ {
		exit := enter(queue[at]) + 1
		for _, up := range g.feeds[queue[at]] {
			if live[up] {
				f.edge(exit, enter(up))
			}
		}
	}
	count := 0
	for f.augment(begin, end) {
		count++
	}
	return g.trace(f, l, begin, end, members, live)[:count]
}

// trace reads the paths out of a full net.
func (g *Graph) trace(f *net, l, begin, end int32, members [][]int32, live []bool) [][]int32 {
	var paths [][]int32
	for e := f.first[begin]; e >= 0; e = f.next[e] {
		if e%2 != 0 || f.free[e] {
			continue
		}
		path := []int32{}
		below := l
		for v := f.to[e]; v != end; {
			out := int32(-1)
			for x := f.first[v+1]; x >= 0; x = f.next[x] {
				if x%2 == 0 && !f.free[x] {
					out = f.to[x]
				}
			}
			below = g.member(members, v, out, end, below, live)
			path = append(path, below)
			v = out
		}
		slices.Reverse(path)
		paths = append(paths, path)
	}
	return paths
}

// member picks the module of v that leads on to out.
func (g *Graph) member(members [][]int32, v, out, end, below int32, live []bool) int32 {
	for _, m := range members[(v-2)/2] {
		if !slices.Contains(g.feeds[below], m) {
			continue
		}
		if out == end {
			if len(g.feeds[m]) == 0 {
				return m
			}
			continue
		}
		for _, up := range members[(out-2)/2] {
			if live[up] && slices.Contains(g.feeds[m], up) {
				return m
			}
		}
	}
	return members[(v-2)/2][0]
}

// Paths returns as many ways from live or ready sources to a node as there are
// without a node in common, each from the source down; the node itself is left
// out. The modules of a parallel system count as one node, so that only one way
// leads through it. Ways that are live now are preferred where they are as many.
func (g *Graph) Paths(in Inputs, id NodeID) [][]NodeID {
	n, ok := g.index[id]
	if !ok {
		return nil
	}
	e := g.begin(in, nil, true)
	if !e.cap.must[n] {
		return nil
	}
	self, present := e.sources(false), slices.Clone(e.cap.must)
	for i := range present {
		present[i] = present[i] && e.now.must[i]
	}
	paths := g.disjoint(int32(n), e.cap.must, self)
	if now := g.disjoint(int32(n), present, self); len(now) == len(paths) {
		paths = now
	}
	var out [][]NodeID
	for _, p := range paths {
		out = append(out, g.ids(p))
	}
	return out
}
