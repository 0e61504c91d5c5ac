package topology

import (
	"slices"
	"time"
)

// Evaluate says what the supply is worth now.
func (g *Graph) Evaluate(in Inputs) *Result { return g.begin(in, nil, false).result() }

// A scenario is the supply without certain nodes.
type scenario struct {
	view   view
	burden *burden
	strain *strain
}

// without takes the sides away that are not kept, besides what is lost.
func (e *evaluation) without(demands []demand, gone func(side string) bool) *scenario {
	lost := slices.Clone(e.lost)
	for i := range e.g.nodes {
		if s := e.g.nodes[i].Side; s != "" && gone(s) {
			lost[i] = true
		}
	}
	sc := &scenario{view: e.capable(lost, false)}
	sc.burden = e.carry(&sc.view, demands, false)
	sc.strain = e.strain(&sc.view, sc.burden)
	return sc
}

// survives tells whether a load outlives a scenario with nothing above its
// rating on the way to it.
func (sc *scenario) survives(l int32) Tri {
	switch {
	case !sc.view.may[l]:
		return No
	case !sc.view.must[l]:
		return Unknown
	case sc.strain.above[l] != 0:
		return No
	case sc.strain.gap[l]:
		return Unknown
	}
	return Yes
}

func (e *evaluation) result() *Result {
	g := e.g
	r := &Result{Nodes: make([]NodeState, len(g.nodes)), Loads: make([]LoadState, len(g.loads))}
	demands := e.demands()
	v := &e.now
	if e.settled {
		v = &e.cap
	}
	b := e.carry(v, demands, !e.settled)
	s := e.strain(v, b)
	held := e.held(b, v)
	e.nodes(r, v, b, s)

	var gone [2]*scenario
	for i := range gone {
		if len(g.sides) >= 2 {
			gone[i] = e.without(demands, func(side string) bool { return side == g.sides[i] })
		}
	}
	for at := range g.loads {
		e.load(r, at, v, b, s, gone)
		ls := &r.Loads[at]
		ls.Watts, ls.HasWatts = total(demands[at].watts), demands[at].known
		if ls.Energised == Yes && !e.cap.must[g.loads[at]] {
			ls.Battery = held[g.loads[at]]
		}
	}
	for at, name := range g.sides {
		var alone *scenario
		if len(g.sides) == 2 {
			alone = gone[1-at]
		} else if len(g.sides) > 2 {
			alone = e.without(demands, func(side string) bool { return side != name })
		}
		r.Sides = append(r.Sides, e.side(name, alone, b))
	}
	e.reserves(r)
	e.levels(r)
	return r
}

// nodes fills what is said of every node.
func (e *evaluation) nodes(r *Result, v *view, b *burden, s *strain) {
	g := e.g
	sources := make([][]int32, len(g.nodes))
	for at := len(b.seq) - 1; at >= 0; at-- {
		i := b.seq[at]
		switch {
		case g.nodes[i].Kind.isSource() && v.must[i]:
			sources[i] = []int32{i}
		default:
			sources[i] = union(sources, b.take[i])
		}
	}
	for i := range int32(len(g.nodes)) {
		ns := &r.Nodes[i]
		*ns = NodeState{Node: &g.nodes[i], Energised: v.tri(i), Drops: int(e.safe.drops[i]), Watts: b.watts[i], Ratio: s.ratio[i], HasRatio: s.rated[i]}
		ns.HasWatts = !b.low[i] && !b.unsure[i]
		ns.Single = ns.Drops > 0
		if !e.settled && e.in[i].Energised != Unknown {
			ns.Energised, ns.Measured = e.in[i].Energised, true
		}
		if e.settled && g.nodes[i].Kind == Tie && !e.closed(i) {
			ns.Energised = No
		}
		if !v.must[i] {
			ns.HasWatts = ns.HasWatts && !v.may[i]
			ns.HasRatio = ns.HasRatio && !v.may[i]
		}
		if v.must[i] {
			ns.Sources = g.ids(sources[i])
			ns.Battery = g.nodes[i].Kind == UPS && len(b.take[i]) == 0 && e.in[i].HasRun && e.in[i].Runtime > 0
		}
		if ns.Single {
			r.SinglePoints = append(r.SinglePoints, g.nodes[i].ID)
		}
		if s.over[i] != 0 {
			r.Overloaded = append(r.Overloaded, g.nodes[i].ID)
		}
	}
}

// union of sorted sets; shared where one feeder alone brings them.
func union(sets [][]int32, of []int32) []int32 {
	if len(of) == 0 {
		return nil
	}
	out := sets[of[0]]
	for _, f := range of[1:] {
		for _, n := range sets[f] {
			if at, found := slices.BinarySearch(out, n); !found {
				out = slices.Insert(slices.Clone(out), at, n)
			}
		}
	}
	return out
}

// held is how long batteries carry each node: the longest of those that it draws
// from.
func (e *evaluation) held(b *burden, v *view) []time.Duration {
	held := make([]time.Duration, len(e.g.nodes))
	for at := len(b.seq) - 1; at >= 0; at-- {
		i := b.seq[at]
		if !v.must[i] {
			continue
		}
		for _, f := range b.take[i] {
			held[i] = max(held[i], held[f])
		}
		if e.g.nodes[i].Kind == UPS && len(b.take[i]) == 0 {
			held[i] = e.in[i].Runtime
		}
	}
	return held
}

// load fills what is said of the load at that place.
func (e *evaluation) load(r *Result, at int, v *view, b *burden, s *strain, gone [2]*scenario) {
	g := e.g
	l := g.loads[at]
	n := &g.nodes[l]
	ls := &r.Loads[at]
	*ls = LoadState{Node: n, Energised: r.Nodes[l].Energised, Cords: make([]Tri, len(n.From)), Paths: e.safe.pathsOf(at)}
	for i, f := range g.feeds[l][:len(n.From)] {
		ls.Cords[i] = r.Nodes[f].Energised
	}
	is := e.redundancy(at, ls.Energised)
	why := func() []int32 { return e.why(at, is) }
	if is >= SinglePath && s.all[l] {
		is = AtRisk
		why = func() []int32 { return s.culprits(l, b) }
	}
	var above uint8
	for i, sc := range gone {
		if sc == nil {
			continue
		}
		t := sc.survives(l)
		if i == 0 {
			ls.WithoutA = t
		} else {
			ls.WithoutB = t
		}
		if sc.view.must[l] {
			above |= sc.strain.above[l]
			if !sc.strain.gap[l] && sc.strain.least[l] < 1 {
				if !ls.HasHeadroom || sc.strain.least[l] < ls.Headroom {
					ls.Headroom = sc.strain.least[l]
				}
				ls.HasHeadroom = true
			}
		}
	}
	ls.Redundancy = is
	if is >= NPlusOne && above != 0 { // what is overloaded in one phase trips in all
		ls.Redundancy = SinglePath
		why = func() []int32 { return overloaded(gone, l) }
	}
	for _, p := range n.phases() {
		ls.ByPhase[p] = is
		if is >= NPlusOne && above&(1<<p) != 0 {
			ls.ByPhase[p] = SinglePath
		}
	}
	if ls.Redundancy < TwoN {
		ls.Why = g.ids(why())
	}
}

func overloaded(gone [2]*scenario, l int32) []int32 {
	var out []int32
	for _, sc := range gone {
		if sc != nil && sc.view.must[l] && sc.strain.above[l] != 0 {
			out = append(out, sc.strain.culprits(l, sc.burden)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// drawn is the redundancy of the load at that place without regard to ratings.
func (e *evaluation) drawn(at int) Redundancy { return e.redundancy(at, e.cap.tri(e.g.loads[at])) }

// redundancy without regard to ratings: unknown where what is unknown decides.
func (e *evaluation) redundancy(at int, energised Tri) Redundancy {
	switch energised {
	case No:
		return Dead
	case Unknown:
		return RedundancyUnknown
	}
	worst, best := max(AtRisk, e.safe.redundancy(at)), max(AtRisk, e.hope.redundancy(at))
	if worst != best {
		return RedundancyUnknown
	}
	return worst
}

// why names what holds a redundancy down: what blocks the way of a cord (of a
// load that is dead now: what is dead now), and where nothing does, what the
// paths share.
func (e *evaluation) why(at int, is Redundancy) []int32 {
	g := e.g
	v, now := &e.cap, is == Dead && !e.settled
	if now {
		v = &e.now
	}
	var out []int32
	seen := map[int32]bool{}
	stack := []int32{g.loads[at]}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[n] {
			continue
		}
		seen[n] = true
		blocked := false
		for i, f := range g.feeds[n] {
			if g.nodes[f].Kind == Tie && !g.nodes[f].NormallyClosed || now && e.chosen[n] >= 0 && e.chosen[n] != int32(i) {
				continue
			}
			if !v.must[f] {
				stack, blocked = append(stack, f), true
			}
		}
		open := g.nodes[n].Kind == Breaker && g.nodes[n].NormallyOpen
		if !v.must[n] && !open && (e.lost[n] || e.health[n] != Yes || !blocked) {
			out = append(out, n)
		}
	}
	if len(out) == 0 && is > Dead {
		out = append(out, e.safe.dropping[at]...)
	}
	slices.Sort(out)
	return out
}
