package topology_test

import (
	"slices"

	"nezuban/internal/topology"
)

// A brute answers the questions of this package the slow way: by walking every
// simple path and by trying every world that the unknowns leave open. It shares
// no code with the package and reads the model as written.
type brute struct {
	node map[topology.NodeID]*topology.Node
	list []topology.NodeID
	in   topology.Inputs
	kids map[topology.NodeID][]topology.NodeID

	proven, broken map[topology.NodeID]bool

	known map[topology.NodeID][]topology.NodeID // feeders, once found
	asked map[question]topology.Tri
}

// A question whose answer is wanted often.
type question struct {
	id        topology.NodeID
	batteries bool
}

type set = map[topology.NodeID]bool

func newBrute(m topology.Model, in topology.Inputs) *brute {
	b := &brute{node: map[topology.NodeID]*topology.Node{}, in: in, kids: map[topology.NodeID][]topology.NodeID{}, proven: set{}, broken: set{},
		known: map[topology.NodeID][]topology.NodeID{}, asked: map[question]topology.Tri{}}
	for i := range m.Nodes {
		n := &m.Nodes[i]
		b.node[n.ID] = n
		b.list = append(b.list, n.ID)
	}
	for _, id := range b.list {
		for _, f := range b.feeders(id) {
			b.kids[f] = append(b.kids[f], id)
		}
	}
	for _, id := range b.list {
		b.proven[id] = b.isProven(id)
	}
	for _, id := range b.list {
		n := b.node[id]
		b.broken[id] = b.measured(id) == topology.No && n.Kind != topology.Utility && n.Kind != topology.Generator &&
			b.everyWorld(b.openNow(), func(w set) bool { return b.satisfied(id, b.now(w), set{id: true}, false) })
	}
	return b
}

// feeders are From and the ties that name the node as one of their buses.
func (b *brute) feeders(id topology.NodeID) []topology.NodeID {
	if out, ok := b.known[id]; ok {
		return out
	}
	out := slices.Clone(b.node[id].From)
	for _, t := range b.list {
		if n := b.node[t]; n.Kind == topology.Tie && len(n.From) == 2 && slices.Contains(n.From, id) {
			out = append(out, t)
		}
	}
	b.known[id] = out
	return out
}

func (b *brute) closed(id topology.NodeID) bool {
	n, p := b.node[id], b.in[id].Position
	switch {
	case n.Kind != topology.Tie && n.Kind != topology.Breaker:
		return true
	case p != 0:
		return p == 1
	}
	return n.Kind == topology.Tie && n.NormallyClosed || n.Kind == topology.Breaker && !n.NormallyOpen
}

func (b *brute) measured(id topology.NodeID) topology.Tri {
	if b.node[id].Kind == topology.Tie && !b.closed(id) {
		return topology.Unknown
	}
	return b.in[id].Energised
}

// isProven asks every node below whether it is live and has no other feeder.
func (b *brute) isProven(id topology.NodeID) bool {
	n := b.node[id]
	if b.in[id].Energised != topology.Unknown || b.in[id].Fault == topology.Yes || !b.closed(id) || n.Kind == topology.Tie && len(n.From) == 2 {
		return false
	}
	for _, k := range b.kids[id] {
		kn := b.node[k]
		if kn.Kind == topology.UPS || b.measured(k) != topology.Yes && !(b.measured(k) == topology.Unknown && b.isProven(k)) {
			continue
		}
		ways := 0
		for _, f := range b.taking(k) {
			if b.node[f].Kind != topology.Tie || b.closed(f) {
				ways++
				if f != id {
					ways = 99
				}
			}
		}
		if ways == 1 {
			return true
		}
	}
	return false
}

// taking are the feeders that can count now: those of the position.
func (b *brute) taking(id topology.NodeID) []topology.NodeID {
	n, p := b.node[id], b.in[id].Position
	if (n.Kind == topology.ATS || n.Kind == topology.STS) && p >= 1 && p <= len(n.From) {
		return n.From[p-1 : p]
	}
	return b.feeders(id)
}

// A world says of a node whether it is live by itself and whether it delivers
// what it is fed.
type world struct {
	self, can func(topology.NodeID) bool
	switched  bool // switches take only their position
	full      bool // needs count
}

// live walks up every simple path.
func (b *brute) live(id topology.NodeID, w world, walked set) bool {
	if walked[id] || !w.can(id) {
		return false
	}
	if w.self(id) {
		return true
	}
	walked[id] = true
	defer delete(walked, id)
	return b.satisfied(id, w, walked, w.full)
}

func (b *brute) satisfied(id topology.NodeID, w world, walked set, full bool) bool {
	n := b.node[id]
	need := 1
	if full || n.Kind == topology.Load {
		need = max(n.Needs, 1)
	}
	feeders := b.feeders(id)
	if w.switched {
		feeders = b.taking(id)
	}
	have := 0
	for _, f := range feeders {
		if b.live(f, w, walked) {
			have++
			if fn := b.node[f]; fn.Kind == topology.Tie && slices.Contains(fn.From, id) {
				have = 99
			}
		}
	}
	return have >= need
}

func (b *brute) blind(id topology.NodeID) bool {
	bind := b.node[id].Bind
	return (bind.Energised != nil || bind.Fault != nil) && b.in[id].Energised == topology.Unknown && b.in[id].Fault == topology.Unknown && !b.proven[id]
}

// openNow are the nodes of which the present leaves something open.
func (b *brute) openNow() []topology.NodeID {
	var out []topology.NodeID
	for _, id := range b.list {
		n, in := b.node[id], b.in[id]
		source := n.Kind == topology.Utility || n.Kind == topology.Generator
		if b.measured(id) == topology.Unknown && !b.proven[id] && (source || b.blind(id) || n.Kind == topology.UPS && !in.HasRun) {
			out = append(out, id)
		}
	}
	return out
}

// now is the world of the present in which the open questions have this answer.
func (b *brute) now(yes set) world {
	known := func(id topology.NodeID) topology.Tri {
		if b.proven[id] {
			return topology.Yes
		}
		return b.measured(id)
	}
	return world{
		switched: true,
		can: func(id topology.NodeID) bool {
			switch known(id) {
			case topology.Yes:
				return true
			case topology.No:
				return false
			}
			return b.in[id].Fault != topology.Yes && b.closed(id) && (!b.blind(id) || yes[id])
		},
		self: func(id topology.NodeID) bool {
			if known(id) == topology.Yes {
				return true
			}
			switch n := b.node[id]; n.Kind {
			case topology.Utility, topology.Generator:
				return yes[id]
			case topology.UPS:
				if b.in[id].HasRun {
					return b.in[id].Runtime > 0
				}
				return yes[id]
			}
			return false
		},
	}
}

// everyWorld asks whether something holds however the open questions are
// answered.
func (b *brute) everyWorld(open []topology.NodeID, holds func(set) bool) bool {
	for bits := range 1 << len(open) {
		if !holds(answer(open, bits)) {
			return false
		}
	}
	return true
}

func answer(open []topology.NodeID, bits int) set {
	yes := set{}
	for i, id := range open {
		yes[id] = bits>>i&1 == 1
	}
	return yes
}

// tri asks a question in every world.
func (b *brute) tri(open []topology.NodeID, holds func(set) bool) topology.Tri {
	if b.everyWorld(open, holds) {
		return topology.Yes
	}
	if b.everyWorld(open, func(w set) bool { return !holds(w) }) {
		return topology.No
	}
	return topology.Unknown
}

func (b *brute) energisedNow(id topology.NodeID) topology.Tri {
	if e := b.in[id].Energised; e != topology.Unknown {
		return e
	}
	return b.tri(b.openNow(), func(yes set) bool { return b.live(id, b.now(yes), set{}) })
}

// source of the settled state.
func (b *brute) source(id topology.NodeID) topology.Tri {
	in, gen := b.in[id], b.node[id].Kind == topology.Generator
	switch {
	case in.Energised == topology.Yes, b.proven[id]:
		return topology.Yes
	case in.Fault == topology.Yes:
		return topology.No
	case gen && in.Ready == topology.Yes:
		return topology.Yes
	case !gen:
		return in.Energised
	case in.Energised == topology.No && in.Ready == topology.No:
		return topology.No
	}
	return topology.Unknown
}
