package topology

// A pass is one question to the graph: what is live when these nodes can carry
// and those are live by themselves. Its answer is the smallest one: a loop over
// ties never keeps itself alive.
type pass struct {
	can, self []bool
	chosen    []int32 // the only feeder a node takes, as an index into feeds; -1: any
	full      bool    // count what nodes need of their feeders
}

// tieWeight makes a live tie enough for a bus whatever it needs otherwise.
const tieWeight = MaxFeeds + 1

// weight of feeder f for node k.
func (g *Graph) weight(f, k int32) int32 {
	if g.joins(f) {
		for _, id := range g.nodes[f].From {
			if id == g.nodes[k].ID {
				return tieWeight
			}
		}
	}
	return 1
}

func (p *pass) need(n *Node) int32 {
	if p.full || n.Kind == Load {
		return int32(n.needs())
	}
	return 1
}

// run returns which nodes are live, and for each the turn in which it became so
// (from 1).
func (g *Graph) run(p *pass) (live []bool, turn []int32) {
	live, turn = make([]bool, len(g.nodes)), make([]int32, len(g.nodes))
	count, queue := make([]int32, len(g.nodes)), make([]int32, 0, len(g.nodes))
	wake := func(n int32) {
		live[n] = true
		queue = append(queue, n)
		turn[n] = int32(len(queue))
	}
	for i := range g.nodes {
		if p.can[i] && p.self[i] {
			wake(int32(i))
		}
	}
	for at := 0; at < len(queue); at++ {
		f := queue[at]
		for _, k := range g.kids[f] {
			if live[k] || !p.can[k] || p.chosen != nil && p.chosen[k] >= 0 && g.feeds[k][p.chosen[k]] != f {
				continue
			}
			count[k] += g.weight(f, k)
			if count[k] >= p.need(&g.nodes[k]) {
				wake(k)
			}
		}
	}
	return live, turn
}

// A view is what is certainly live and what may be.
type view struct {
	must, may []bool
	turn      []int32 // of must
	certain   bool    // must and may are the same
}

func (v *view) tri(n int32) Tri {
	switch {
	case v.must[n]:
		return Yes
	case v.may[n]:
		return Unknown
	}
	return No
}

// An evaluation is one set of inputs on its way to a Result.
type evaluation struct {
	g       *Graph
	in      []Input
	lost    []bool
	settled bool // after transfers, starts of generators and empty batteries

	proven []bool  // live, as what only it feeds is measured live
	chosen []int32 // position of ATS and STS
	now    view    // what is live now, nothing lost
	health []Tri   // whether a node would deliver if it were fed
	cap    view    // what live or ready sources can feed, without what is lost
	safe   capability
	hope   capability // the same of what may be; safe where all is certain
}

// begin answers everything that does not depend on loads.
func (g *Graph) begin(in Inputs, lost []NodeID, settled bool) *evaluation {
	e := &evaluation{g: g, in: make([]Input, len(g.nodes)), lost: make([]bool, len(g.nodes)), settled: settled}
	for i := range g.nodes {
		e.in[i] = in[g.nodes[i].ID]
	}
	for _, id := range lost {
		if i, ok := g.index[id]; ok {
			e.lost[i] = true
		}
	}
	e.chosen = make([]int32, len(g.nodes))
	for i := range g.nodes {
		e.chosen[i] = -1
		if n := &g.nodes[i]; n.Kind.switches() && e.in[i].Position >= 1 && e.in[i].Position <= len(n.From) {
			e.chosen[i] = int32(e.in[i].Position - 1)
		}
	}
	e.prove()
	e.lookNow()
	e.judge()
	e.cap = e.capable(e.lost, false)
	e.safe = g.capability(e.cap.must, e.sources(false))
	e.hope = e.safe
	if !e.cap.certain {
		e.hope = g.capability(e.cap.may, e.sources(true))
	}
	return e
}

// closed tells whether breaker or tie n lets through: as its position says, or
// as designed where nobody knows the position.
func (e *evaluation) closed(n int32) bool {
	node := &e.g.nodes[n]
	if node.Kind != Breaker && node.Kind != Tie {
		return true
	}
	switch e.in[n].Position {
	case 1:
		return true
	case 2:
		return false
	}
	if node.Kind == Tie {
		return node.NormallyClosed
	}
	return !node.NormallyOpen
}

func (e *evaluation) passes(n int32) bool { return e.in[n].Fault != Yes && e.closed(n) }

// measured is what a point says of the output. An open tie conducts nothing
// whatever stands at its ends.
func (e *evaluation) measured(n int32) Tri {
	if e.g.nodes[n].Kind == Tie && !e.closed(n) {
		return Unknown
	}
	return e.in[n].Energised
}

// blind tells whether n has points that would tell of its health and none of
// them answers.
func (e *evaluation) blind(n int32) bool {
	b := &e.g.nodes[n].Bind
	return (b.Energised != nil || b.Fault != nil) && e.in[n].Energised == Unknown && e.in[n].Fault == Unknown && !e.proven[n]
}

// prove finds the nodes that must be live because something is measured live
// that only they can feed. A UPS proves nothing of its input.
func (e *evaluation) prove() {
	g := e.g
	e.proven = make([]bool, len(g.nodes))
	for at := len(g.order) - 1; at >= 0; at-- {
		n := g.order[at]
		if g.nodes[n].Kind == UPS || e.measured(n) != Yes && !e.proven[n] {
			continue
		}
		only, count := int32(-1), 0
		for i, f := range g.feeds[n] {
			if e.chosen[n] >= 0 && int32(i) != e.chosen[n] || g.nodes[f].Kind == Tie && !e.closed(f) {
				continue
			}
			only, count = f, count+1
		}
		if count == 1 && !g.joins(only) && e.in[only].Energised == Unknown && e.passes(only) {
			e.proven[only] = true
		}
	}
}

// lookNow finds what is live now.
func (e *evaluation) lookNow() {
	g := e.g
	n := len(g.nodes)
	must := &pass{can: make([]bool, n), self: make([]bool, n), chosen: e.chosen}
	may := &pass{can: make([]bool, n), self: make([]bool, n), chosen: e.chosen}
	certain := true
	for i := range int32(n) {
		node, in := &g.nodes[i], &e.in[i]
		switch m := e.measured(i); {
		case m == Yes || e.proven[i]:
			must.can[i], must.self[i], may.can[i], may.self[i] = true, true, true, true
			continue
		case m == No || !e.passes(i):
			continue
		}
		may.can[i], must.can[i] = true, !e.blind(i)
		may.self[i] = node.Kind.isSource()
		if node.Kind == UPS {
			must.self[i] = in.HasRun && in.Runtime > 0
			may.self[i] = !in.HasRun || in.Runtime > 0
		}
		certain = certain && must.can[i] && may.self[i] == must.self[i]
	}
	e.now = g.view(must, may, certain)
}

func (g *Graph) view(must, may *pass, certain bool) view {
	v := view{certain: certain}
	v.must, v.turn = g.run(must)
	v.may = v.must
	if !certain {
		v.may, _ = g.run(may)
		v.certain = true
		for i := range v.may {
			v.certain = v.certain && v.may[i] == v.must[i]
		}
	}
	return v
}

// judge finds which nodes would deliver if they were fed. One that is measured
// dead below a live feed would not, whatever else is said of it.
func (e *evaluation) judge() {
	e.health = make([]Tri, len(e.g.nodes))
	for i := range int32(len(e.g.nodes)) {
		m := e.measured(i)
		switch {
		case m == Yes || e.proven[i]:
			e.health[i] = Yes
		case !e.passes(i), m == No && !e.g.nodes[i].Kind.isSource() && e.fedNow(i):
			e.health[i] = No
		case e.blind(i):
			e.health[i] = Unknown
		default:
			e.health[i] = Yes
		}
	}
}

// fedNow tells whether something live stands at the input of n.
func (e *evaluation) fedNow(n int32) bool {
	count := int32(0)
	for i, f := range e.g.feeds[n] {
		if e.now.must[f] && (e.chosen[n] < 0 || e.chosen[n] == int32(i)) {
			count += e.g.weight(f, n)
		}
	}
	return count >= (&pass{}).need(&e.g.nodes[n])
}

// source tells whether source n is live or stands ready.
func (e *evaluation) source(n int32) Tri {
	in := &e.in[n]
	gen := e.g.nodes[n].Kind == Generator
	switch {
	case in.Energised == Yes || e.proven[n]:
		return Yes
	case in.Fault == Yes:
		return No
	case gen && in.Ready == Yes:
		return Yes
	case in.Energised == No && (!gen || in.Ready == No):
		return No
	}
	return Unknown
}

// sources are those that are live or ready, or that may be.
func (e *evaluation) sources(may bool) []bool {
	self := make([]bool, len(e.g.nodes))
	for _, s := range e.g.sources {
		t := e.source(s)
		self[s] = t == Yes || may && t == Unknown
	}
	return self
}

// capable finds what live or ready sources can feed without what is lost, when
// switches take whatever is there; with batteries too where asked.
func (e *evaluation) capable(lost []bool, batteries bool) view {
	n := len(e.g.nodes)
	must := &pass{can: make([]bool, n), self: e.sources(false), full: true}
	may := &pass{can: make([]bool, n), self: e.sources(true), full: true}
	certain := true
	for i := range int32(n) {
		must.can[i] = !lost[i] && e.health[i] == Yes
		may.can[i] = !lost[i] && e.health[i] != No
		if batteries && e.g.nodes[i].Kind == UPS {
			in := &e.in[i]
			must.self[i] = in.HasRun && in.Runtime > 0
			may.self[i] = !in.HasRun || in.Runtime > 0
		}
		certain = certain && (lost[i] || must.can[i] == may.can[i] && must.self[i] == may.self[i])
	}
	return e.g.view(must, may, certain)
}
