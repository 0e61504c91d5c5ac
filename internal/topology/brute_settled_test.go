package topology_test

import (
	"math"
	"slices"

	"nezuban/internal/topology"
)

func (b *brute) openSettled(batteries bool) []topology.NodeID {
	var out []topology.NodeID
	for _, id := range b.list {
		k := b.node[id].Kind
		switch {
		case k == topology.Utility || k == topology.Generator:
			if b.source(id) == topology.Unknown {
				out = append(out, id)
			}
		case b.healthy(id, set{}) != b.healthy(id, set{id: true}), batteries && k == topology.UPS && !b.in[id].HasRun:
			out = append(out, id)
		}
	}
	return out
}

func (b *brute) healthy(id topology.NodeID, yes set) bool {
	switch {
	case b.measured(id) == topology.Yes, b.proven[id]:
		return true
	case b.in[id].Fault == topology.Yes, !b.closed(id), b.broken[id]:
		return false
	case b.blind(id):
		return yes[id]
	}
	return true
}

// settled is the world once switches have gone over and engines run.
func (b *brute) settled(yes, lost set, batteries bool) world {
	return world{
		full: true,
		can:  func(id topology.NodeID) bool { return !lost[id] && b.healthy(id, yes) },
		self: func(id topology.NodeID) bool {
			switch k := b.node[id].Kind; {
			case k == topology.Utility || k == topology.Generator:
				s := b.source(id)
				return s == topology.Yes || s == topology.Unknown && yes[id]
			case batteries && k == topology.UPS:
				return b.in[id].HasRun && b.in[id].Runtime > 0 || !b.in[id].HasRun && yes[id]
			}
			return false
		},
	}
}

func (b *brute) fed(id topology.NodeID, lost set, batteries bool) topology.Tri {
	q := question{id, batteries}
	if answer, ok := b.asked[q]; ok && len(lost) == 0 {
		return answer
	}
	answer := b.tri(b.openSettled(batteries), func(yes set) bool { return b.live(id, b.settled(yes, lost, batteries), set{}) })
	if len(lost) == 0 {
		b.asked[q] = answer
	}
	return answer
}

// paths are all simple ways up from a live node to a live source.
func (b *brute) paths(id topology.NodeID, w world) [][]topology.NodeID {
	alive := set{}
	for _, n := range b.list {
		alive[n] = b.live(n, w, set{})
	}
	var out [][]topology.NodeID
	var walk func(at topology.NodeID, path []topology.NodeID)
	walk = func(at topology.NodeID, path []topology.NodeID) {
		for _, f := range b.feeders(at) {
			if !alive[f] || f == id || slices.Contains(path, f) {
				continue
			}
			if next := append(slices.Clone(path), f); w.self(f) {
				out = append(out, next)
			} else {
				walk(f, next)
			}
		}
	}
	walk(id, nil)
	return out
}

// most is the largest number of paths none of which shares a node or a parallel
// system.
func (b *brute) most(paths [][]topology.NodeID, used set) int {
	best := 0
	for i, p := range paths {
		mine := set{}
		for _, id := range p {
			mine[b.system(id)] = true
		}
		shared := false
		for id := range mine {
			shared = shared || used[id]
		}
		if shared {
			continue
		}
		for id := range used {
			mine[id] = true
		}
		best = max(best, 1+b.most(paths[i+1:], mine))
	}
	return best
}

func (b *brute) system(id topology.NodeID) topology.NodeID {
	for _, k := range b.kids[id] {
		if n := b.node[k]; n.Kind != topology.Load && n.Needs > 1 && slices.Contains(n.From, id) {
			return "system of " + k
		}
	}
	return id
}

// drawn is the redundancy of a load in one world.
func (b *brute) drawn(id topology.NodeID, yes, lost set) (topology.Redundancy, int) {
	w := b.settled(yes, lost, false)
	if !b.live(id, w, set{}) {
		return topology.AtRisk, 0
	}
	count := b.most(b.paths(id, w), set{})
	single, component := false, false
	for _, n := range b.list {
		if n == id || lost[n] || b.node[n].Kind == topology.Load {
			continue
		}
		more := set{n: true}
		for l := range lost {
			more[l] = true
		}
		if !b.live(id, b.settled(yes, more, false), set{}) {
			single = true
			switch b.node[n].Kind {
			case topology.Utility, topology.Generator, topology.Transformer, topology.UPS:
				component = true
			}
		}
	}
	switch {
	case component:
		return topology.SinglePath, count
	case single || count < 2*max(b.node[id].Needs, 1):
		return topology.NPlusOne, count
	}
	return topology.TwoN, count
}

// redundancy in all worlds.
func (b *brute) redundancy(id topology.NodeID, energised topology.Tri, lost set) topology.Redundancy {
	switch energised {
	case topology.No:
		return topology.Dead
	case topology.Unknown:
		return topology.RedundancyUnknown
	}
	open := b.openSettled(false)
	first, _ := b.drawn(id, answer(open, 0), lost)
	if !b.everyWorld(open, func(yes set) bool { r, _ := b.drawn(id, yes, lost); return r == first }) {
		return topology.RedundancyUnknown
	}
	return first
}

// watts is what a node carries in a world where everything is known: every way
// of every load is walked up with its share.
func (b *brute) watts(w world) map[topology.NodeID]*[3]float64 {
	sum := map[topology.NodeID]*[3]float64{}
	for _, id := range b.list {
		sum[id] = &[3]float64{}
	}
	var climb func(id topology.NodeID, phase int, watts float64)
	climb = func(id topology.NodeID, phase int, watts float64) {
		sum[id][phase] += watts
		from := b.draws(id, w)
		for _, f := range from {
			climb(f, phase, watts/float64(len(from)))
		}
	}
	for _, id := range b.list {
		n := b.node[id]
		if n.Kind != topology.Load || !b.live(id, w, set{}) {
			continue
		}
		phases := n.Phases
		if phases == nil {
			phases = []int{1, 2, 3}
		}
		for _, p := range phases {
			climb(id, p-1, n.LoadWatts/float64(len(phases)))
		}
	}
	return sum
}

func (b *brute) draws(id topology.NodeID, w world) []topology.NodeID {
	n := b.node[id]
	var own []topology.NodeID
	for _, f := range n.From {
		if b.live(f, w, set{}) {
			own = append(own, f)
		}
	}
	switch n.Kind {
	case topology.Tie: // from the bus that is live without it
		for _, f := range n.From {
			if b.live(f, w, set{id: true}) {
				return []topology.NodeID{f}
			}
		}
		return nil
	case topology.ATS, topology.STS:
		if p := b.in[id].Position; p > 0 && slices.Contains(own, n.From[p-1]) {
			return []topology.NodeID{n.From[p-1]}
		}
		return own[:min(len(own), 1)]
	case topology.UPS:
		return own[:min(len(own), 1)]
	}
	if len(own) > 0 {
		return own
	}
	for _, f := range b.feeders(id)[len(n.From):] {
		if b.live(f, w, set{}) {
			return []topology.NodeID{f}
		}
	}
	return nil
}

// rated is the watts of one phase.
func rated(n *topology.Node) float64 {
	if n.Kind == topology.Load {
		return 0
	}
	phases := float64(len(n.Phases))
	if phases == 0 {
		phases = 3
	}
	watts := n.RatedWatts / phases
	if amps := n.RatedAmperes * 400 / math.Sqrt(3); n.RatedAmperes > 0 && (watts == 0 || amps < watts) {
		watts = amps
	}
	return watts
}

// survives tells whether a load outlives a loss with nothing above its rating on
// its way, in a world where everything is known.
func (b *brute) survives(id topology.NodeID, lost set) topology.Tri {
	w := b.settled(set{}, lost, false)
	if !b.live(id, w, set{}) {
		return topology.No
	}
	watts := b.watts(w)
	gap, over := false, false
	var climb func(id topology.NodeID)
	climb = func(id topology.NodeID) {
		n := b.node[id]
		r := rated(n)
		for p := range 3 {
			over = over || r > 0 && watts[id][p] > r*(1+1e-9)
		}
		switch n.Kind {
		case topology.Transformer, topology.Generator, topology.UPS, topology.PDU, topology.Breaker:
			gap = gap || r == 0
		}
		for _, f := range b.draws(id, w) {
			climb(f)
		}
	}
	climb(id)
	switch {
	case over:
		return topology.No
	case gap:
		return topology.Unknown
	}
	return topology.Yes
}
