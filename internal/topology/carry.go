package topology

import "slices"

// A burden is what every node carries when certain nodes are live.
type burden struct {
	watts [][3]float64
	// low: some load behind the node is not known, so that it carries at least
	// this; unsure: nobody knows which of several feeders carries it.
	low, unsure []bool
	take        [][]int32 // from which of its feeders a node draws
	seq         []int32   // every node before those that it draws from
	loose       []bool    // in a circle of ties, of which nothing can be said
}

// A demand is what a load draws, or would if it were fed.
type demand struct {
	watts [3]float64
	known bool
}

// demands of all loads, by place.
func (e *evaluation) demands() []demand {
	out := make([]demand, len(e.g.loads))
	for at, l := range e.g.loads {
		out[at] = e.demand(l)
	}
	return out
}

// demand of a load: what is measured at it or at all its cords, and what is
// written where nothing is measured or nothing is live.
func (e *evaluation) demand(l int32) demand {
	n := &e.g.nodes[l]
	live := e.now.must[l]
	switch w, known := e.measuredLoad(l); {
	case known && (live || n.LoadWatts == 0 || total(w) > 0):
		return demand{n.fit(w), true}
	case n.LoadWatts > 0:
		return demand{n.spread(n.LoadWatts), true}
	}
	return demand{}
}

func (e *evaluation) measuredLoad(l int32) (sum [3]float64, known bool) {
	if e.in[l].HasWatts {
		return e.in[l].Watts, true
	}
	for _, f := range e.g.feeds[l] {
		switch {
		case len(e.g.kids[f]) != 1:
			return sum, false
		case e.in[f].HasWatts:
			add(&sum, e.in[f].Watts, 1)
		case e.now.may[f]:
			return sum, false
		}
		known = known || e.in[f].HasWatts
	}
	return sum, known
}

// fit puts what was measured or assumed on phases that the load does not use on
// those that it uses.
func (n *Node) fit(w [3]float64) [3]float64 {
	for p := range w {
		if w[p] != 0 && !n.uses(p) {
			return n.spread(total(w))
		}
	}
	return w
}

func total(w [3]float64) float64 { return w[0] + w[1] + w[2] }

func add(sum *[3]float64, w [3]float64, share float64) {
	for p := range sum {
		sum[p] += w[p] * share
	}
}

// takes finds from which of its live feeders node n draws: a switch from its
// position or else the first one, a UPS from its input or else the bypass, a bus
// from its own feeders and only without any from a tie, everything else from
// all. unsure: it might be others.
func (e *evaluation) takes(n int32, v *view) (take []int32, unsure bool) {
	g := e.g
	if !v.must[n] {
		return nil, false
	}
	node := &g.nodes[n]
	own := g.feeds[n][:len(node.From)]
	switch {
	case node.Kind == Tie && len(own) == 2:
		return e.first(n, own, v, func(f int32) bool { return v.turn[f] < v.turn[n] })
	case node.Kind.switches():
		if c := e.chosen[n]; c >= 0 {
			f := own[c : c+1]
			if v.must[f[0]] {
				return f, false
			}
			unsure = v.may[f[0]]
		}
		take, other := e.first(n, own, v, nil)
		return take, unsure || other
	case node.Kind == UPS:
		return e.first(n, own, v, nil)
	}
	all := true
	for _, f := range own {
		all = all && v.must[f]
		unsure = unsure || v.may[f] && !v.must[f]
	}
	if all && len(own) > 0 {
		return own, false
	}
	for _, f := range own {
		if v.must[f] {
			take = append(take, f)
		}
	}
	if len(take) > 0 {
		return take, unsure
	}
	take, other := e.first(n, g.feeds[n][len(own):], v, func(f int32) bool { return v.turn[f] < v.turn[n] })
	return take, unsure || other
}

// first is the first feeder that is live and passes; unsure where one before it
// may be live.
func (e *evaluation) first(_ int32, feeds []int32, v *view, pass func(int32) bool) (take []int32, unsure bool) {
	for i, f := range feeds {
		if v.must[f] && (pass == nil || pass(f)) {
			return feeds[i : i+1], unsure
		}
		unsure = unsure || v.may[f] && !v.must[f]
	}
	return nil, unsure
}

// carry adds up what every node carries. believe: meters count where there are
// any, as they do now and cannot in a what-if.
func (e *evaluation) carry(v *view, demands []demand, believe bool) *burden {
	g := e.g
	n := len(g.nodes)
	b := &burden{watts: make([][3]float64, n), low: make([]bool, n), unsure: make([]bool, n), take: make([][]int32, n)}
	split := make([]bool, n)
	for i := range int32(n) {
		b.take[i], split[i] = e.takes(i, v)
		if v.may[i] && !v.must[i] {
			for _, f := range g.feeds[i] {
				b.low[f] = true
			}
		}
	}
	b.sequence(n)
	for at, l := range g.loads {
		if v.must[l] {
			b.watts[l], b.low[l] = demands[at].watts, !demands[at].known
		}
	}
	for _, i := range b.seq {
		if believe && g.nodes[i].Kind != Load && e.in[i].HasWatts {
			b.watts[i], b.low[i], b.unsure[i] = e.in[i].Watts, false, false
		}
		share := 1 / float64(max(len(b.take[i]), 1))
		for _, f := range b.take[i] {
			add(&b.watts[f], b.watts[i], share)
			b.low[f] = b.low[f] || b.low[i]
			b.unsure[f] = b.unsure[f] || b.unsure[i] || split[i]
		}
	}
	for i := range b.loose {
		if b.loose[i] {
			b.low[i], b.unsure[i] = true, true
		}
	}
	return b
}

// sequence orders the nodes so that each comes before those it draws from.
// Nodes that draw from each other in a circle come last and are loose.
func (b *burden) sequence(n int) {
	left := make([]int32, n)
	for _, take := range b.take {
		for _, f := range take {
			left[f]++
		}
	}
	b.seq = make([]int32, 0, n)
	for i := range int32(n) {
		if left[i] == 0 {
			b.seq = append(b.seq, i)
		}
	}
	for at := 0; at < len(b.seq); at++ {
		for _, f := range b.take[b.seq[at]] {
			if left[f]--; left[f] == 0 {
				b.seq = append(b.seq, f)
			}
		}
	}
	b.loose = make([]bool, n)
	if len(b.seq) == n {
		return
	}
	for i := range int32(n) {
		if left[i] > 0 {
			b.loose[i] = true
			b.take[i] = nil
			b.seq = append(b.seq, i)
		}
	}
}

// A strain is what a burden means against the ratings, for each node with
// everything that it draws from.
type strain struct {
	over  []uint8 // phases in which the node itself is above its rating: bit 0 is phase 1
	above []uint8 // the same of the node and of everything that it draws from
	all   []bool  // every way it draws by is above its rating
	gap   []bool  // a rating or a load is missing on the way
	ratio []float64
	rated []bool    // ratio is known
	least []float64 // smallest share of rating left on the way; 1 where none is known
}

// slack keeps a load of exactly the rating below it, whatever the sums round to.
const slack = 1e-9

// strain judges a burden.
func (e *evaluation) strain(v *view, b *burden) *strain {
	g := e.g
	n := len(g.nodes)
	s := &strain{over: make([]uint8, n), above: make([]uint8, n), all: make([]bool, n), gap: make([]bool, n), ratio: make([]float64, n), rated: make([]bool, n), least: make([]float64, n)}
	for at := len(b.seq) - 1; at >= 0; at-- {
		i := b.seq[at]
		s.judge(g, i, b)
		s.above[i], s.least[i] = s.over[i], 1
		if s.rated[i] {
			s.least[i] = 1 - s.ratio[i]
		}
		feedsOver := len(b.take[i]) > 0
		for _, f := range b.take[i] {
			s.above[i] |= s.above[f]
			s.gap[i] = s.gap[i] || s.gap[f]
			s.least[i] = min(s.least[i], s.least[f])
			feedsOver = feedsOver && s.all[f]
		}
		s.all[i] = s.over[i] != 0 || feedsOver
	}
	return s
}

// judge compares node i with its own rating. What is unsure is never over and
// never fine.
func (s *strain) judge(g *Graph, i int32, b *burden) {
	n := &g.nodes[i]
	rated := false
	for p, r := range g.rated[i] {
		if r <= 0 || n.Kind == Load {
			continue
		}
		rated = true
		ratio := b.watts[i][p] / r
		s.ratio[i] = max(s.ratio[i], ratio)
		if ratio > 1+slack && !b.unsure[i] {
			s.over[i] |= 1 << p
		}
	}
	vague := b.low[i] || b.unsure[i]
	s.rated[i] = rated && !vague
	s.gap[i] = n.Kind.isRated() && !rated || rated && vague && s.over[i] == 0
}

// culprits are the nodes above their rating from which n draws, itself included.
func (s *strain) culprits(n int32, b *burden) []int32 {
	var out []int32
	seen := map[int32]bool{n: true}
	for queue := []int32{n}; len(queue) > 0; queue = queue[1:] {
		i := queue[0]
		if s.over[i] != 0 {
			out = append(out, i)
		}
		for _, f := range b.take[i] {
			if s.above[f] != 0 && !seen[f] {
				seen[f] = true
				queue = append(queue, f)
			}
		}
	}
	slices.Sort(out)
	return out
}
