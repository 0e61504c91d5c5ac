package topology

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// A checker gathers what is wrong with a one-line.
type checker struct {
	problems []Problem
	fatal    bool
}

func (c *checker) mistake(n *Node, what, hint string) {
	c.problems, c.fatal = append(c.problems, Problem{Node: n.ID, What: what, Hint: hint, Line: n.Line}), true
}

func (c *checker) warn(n *Node, what, hint string) {
	c.problems = append(c.problems, Problem{Node: n.ID, What: what, Hint: hint, Warning: true, Line: n.Line})
}

// sorted puts the problems in the model's order, mistakes of a node first.
func (c *checker) sorted(g *Graph) []Problem {
	sort.SliceStable(c.problems, func(i, j int) bool {
		a, b := c.problems[i], c.problems[j]
		if x, y := g.index[a.Node], g.index[b.Node]; x != y {
			return x < y
		}
		return !a.Warning && b.Warning
	})
	return c.problems
}

// kinds a node may have, in the order in which they are told to people.
var kinds = []Kind{Utility, Generator, Transformer, Switchgear, Tie, ATS, STS, UPS, PDU, Breaker, Load}

// node checks what concerns one node alone.
func (c *checker) node(n *Node) {
	if !validID(n.ID) {
		c.mistake(n, fmt.Sprintf("the id %q is not usable", clip(string(n.ID))), "use lower-case letters, digits, '-', '_' and '.', at most 63, beginning with a letter or digit")
	}
	if !slices.Contains(kinds, n.Kind) {
		c.mistake(n, fmt.Sprintf("the kind %q is not known", clip(string(n.Kind))), fmt.Sprintf("use one of %v", kinds))
	}
	for _, v := range []struct {
		name  string
		value float64
	}{{"volts", n.Volts}, {"rated watts", n.RatedWatts}, {"rated amperes", n.RatedAmperes}, {"load watts", n.LoadWatts}, {"fuel litres", n.FuelLitres}, {"litres per hour", n.LitresPerHour}} {
		if !(v.value >= 0) || v.value > 1e9 {
			c.mistake(n, fmt.Sprintf("%s of %g is impossible", v.name, v.value), "write the value of the nameplate in watts, volts or amperes")
		}
	}
	if n.StartTime < 0 || n.Bridging < 0 {
		c.mistake(n, "a time is negative", "write a time such as 10s or 5m")
	}
	if n.Volts > 0 && (n.Volts < 12 || n.Volts > 500_000) {
		c.mistake(n, fmt.Sprintf("%g V is no voltage of a supply", n.Volts), "write volts between the lines: 200, 400, 6600")
	}
	seen := [4]bool{}
	for _, p := range n.Phases {
		if p < 1 || p > 3 || seen[p] {
			c.mistake(n, fmt.Sprintf("the phases %v are wrong", n.Phases[:min(len(n.Phases), 6)]), "name each of the phases 1, 2 and 3 at most once; leave it out for all three")
			n.Phases = nil
			break
		}
		seen[p] = true
	}
	c.options(n)
}

// options checks that a node says only what its kind can have.
func (c *checker) options(n *Node) {
	only := func(said bool, what string, kinds ...Kind) {
		if said && !slices.Contains(kinds, n.Kind) {
			c.mistake(n, fmt.Sprintf("a %s has no %s", n.Kind, what), fmt.Sprintf("only %v can have it", kinds))
		}
	}
	only(n.NormallyOpen, "normally open position", Breaker)
	only(n.NormallyClosed, "normally closed position", Tie)
	only(n.Design != DesignNone, "design redundancy", Load)
	only(n.LoadWatts != 0, "load of its own", Load)
	only(n.Rack != "", "rack", Load)
	only(n.StartTime != 0 || n.FuelLitres != 0 || n.LitresPerHour != 0 || n.Bind.Fuel != "" || n.Bind.Ready != nil, "engine", Generator)
	only(n.Bridging != 0 || n.Bind.Runtime != "", "battery", UPS)
	only(n.Bind.Position != nil, "position", ATS, STS, Breaker, Tie)
	only(n.Needs > 1, "need of several feeders", Load, Switchgear, PDU)
	switch n.Design {
	case Design2N, DesignNp1, DesignN, DesignNone:
	default:
		c.mistake(n, fmt.Sprintf("the design %q is not known", clip(string(n.Design))), "use 2N, N+1 or N")
	}
	if n.Needs < 0 || n.Needs > len(n.From) && n.Needs > 1 {
		c.mistake(n, fmt.Sprintf("it needs %d of %d feeders", n.Needs, len(n.From)), "needs is at most the number of feeders")
	}
	if b := n.Bind.Position; b != nil && n.Kind.switches() && len(b.States) != len(n.From) {
		c.mistake(n, fmt.Sprintf("%d states of the position for %d feeders", len(b.States), len(n.From)), "name one state for each feeder, in the same order")
	}
	if k := len(n.Bind.Watts); k > 3 || k == 2 && len(n.phases()) != 2 || k == 3 && len(n.phases()) != 3 {
		c.mistake(n, fmt.Sprintf("%d points of power for %d phases", k, len(n.phases())), "name one point for the total, or one for each phase")
	}
	if k := len(n.Bind.Amperes); k > 0 && k != len(n.phases()) {
		c.mistake(n, fmt.Sprintf("%d points of current for %d phases", k, len(n.phases())), "name one point for each phase")
	}
}

// feeds checks From.
func (c *checker) feeds(g *Graph) {
	ties := 0
	for i := range g.nodes {
		n := &g.nodes[i]
		for at, id := range n.From {
			f, ok := g.index[id]
			switch {
			case !ok:
				c.mistake(n, fmt.Sprintf("it is fed from %q, which is no node", clip(string(id))), "correct the name or add the node")
			case id == n.ID:
				c.mistake(n, "it is fed from itself", "name what feeds it")
			case slices.Index(n.From, id) != at:
				c.mistake(n, fmt.Sprintf("%q feeds it twice", id), "name each feeder once; two cords into one PDU are one cord")
			case n.Kind == Tie && len(n.From) == 2 && g.nodes[f].Kind != Switchgear && g.nodes[f].Kind != PDU:
				c.mistake(n, fmt.Sprintf("it joins %q, which is a %s", id, g.nodes[f].Kind), "a tie joins two buses: switchgear or PDUs; draw the bus")
			case g.nodes[f].Kind == Load:
				c.mistake(n, fmt.Sprintf("it is fed from the load %q", id), "a load feeds nothing; name what feeds both")
			}
		}
		c.feedCount(n)
		if n.Kind == Tie {
			if ties++; ties == MaxTies+1 {
				c.mistake(n, fmt.Sprintf("there are more than %d ties", MaxTies), "split the one-line")
			}
		}
	}
}

// feedCount checks how many feeders a node of its kind can have.
func (c *checker) feedCount(n *Node) {
	count := len(n.From)
	least, most := 1, MaxFeeds
	hint := "name what feeds it"
	switch n.Kind {
	case Utility, Generator:
		least, most, hint = 0, 0, "a source is fed from nothing"
	case ATS, STS:
		least, hint = 2, "name one feeder for each position"
	case Tie:
		most, hint = 2, "name the two buses that it joins"
	case Breaker, Transformer:
		most, hint = 1, "draw a switchgear for several feeders"
	case UPS:
		most, hint = 2, "name the input and, where there is one, the bypass supply"
	}
	switch {
	case count < least && n.Kind == Load:
		c.mistake(n, "the load is fed from nothing", "name its cords")
	case count < least:
		c.mistake(n, fmt.Sprintf("%d feeders, a %s has at least %d", count, n.Kind, least), hint)
	case count > most:
		c.mistake(n, fmt.Sprintf("%d feeders, a %s has at most %d", count, n.Kind, most), hint)
	}
}

// graph checks what concerns a node and its neighbours.
func (c *checker) graph(g *Graph) {
	if len(g.sides) > MaxSides {
		n := g.nodes[slices.IndexFunc(g.nodes, func(n Node) bool { return n.Side == g.sides[MaxSides] })]
		c.mistake(&n, fmt.Sprintf("there are more than %d sides", MaxSides), "a side is one of the supplies of a redundant pair: A, B")
	}
	for i := range g.nodes {
		c.volts(g, int32(i))
		c.phases(g, int32(i))
		c.modules(g, int32(i))
		c.missing(g, int32(i))
		if n := &g.nodes[i]; g.joins(int32(i)) {
			a, b := int32(g.index[n.From[0]]), int32(g.index[n.From[1]])
			if g.above(a, b) || g.above(b, a) {
				c.mistake(n, "it joins a bus with one that the bus feeds", "a tie joins two buses of different feeders")
			}
		}
	}
}

// lowVoltage is the upper limit of low voltage, alternating current (IEC 61140).
const lowVoltage = 1000

// volts checks a node's voltage against its feeders'.
func (c *checker) volts(g *Graph, i int32) {
	n := &g.nodes[i]
	if n.Kind == Transformer || n.Volts == 0 {
		return
	}
	for _, f := range g.feeds[i] {
		from := g.volts[f]
		if from == 0 || near(from, n.Volts) {
			continue
		}
		low := from <= lowVoltage && n.Volts <= lowVoltage
		builtIn := low && (n.Kind == UPS || n.Kind == PDU)
		tapped := low && (near(from, n.Volts*math.Sqrt(3)) || near(from, n.Volts*2))
		if builtIn || tapped && (n.Kind == Load || n.Kind == Breaker) {
			continue
		}
		c.mistake(n, fmt.Sprintf("%g V from %q, which has %g V", n.Volts, g.nodes[f].ID, from), "draw the transformer between them, or correct the voltage")
	}
}

// near tells whether two nominal voltages are the same supply: 10 % as between
// 380, 400 and 415 V, or 200 and 210 V.
func near(a, b float64) bool { return math.Abs(a-b) <= 0.1*math.Max(a, b) }

func (c *checker) phases(g *Graph, i int32) {
	n := &g.nodes[i]
	for _, f := range g.feeds[i] {
		for _, p := range n.phases() {
			if !g.nodes[f].uses(p) {
				c.mistake(n, fmt.Sprintf("it uses phase %d, which %q does not have", p+1, g.nodes[f].ID), "correct the phases of one of them")
				break
			}
		}
	}
}

// modules checks that the modules of a parallel system are alike: what one
// feeds, all feed.
func (c *checker) modules(g *Graph, i int32) {
	n := &g.nodes[i]
	if n.Kind == Load || n.needs() < 2 {
		return
	}
	want := g.FedBy(n.From[0])
	for _, id := range n.From[1:] {
		if !slices.Equal(want, g.FedBy(id)) {
			c.mistake(n, fmt.Sprintf("it needs %d of its feeders, but %q and %q do not feed the same", n.Needs, n.From[0], id), "let the modules of a parallel system feed one bus, and everything else from there")
			return
		}
	}
}

// missing warns of what the answers will lack.
func (c *checker) missing(g *Graph, i int32) {
	n := &g.nodes[i]
	if len(g.kids[i]) == 0 && n.Kind != Load && n.Kind != Tie {
		c.warn(n, "it feeds nothing", "name it in the from of what it feeds, or leave it out")
	}
	if n.Kind == Tie && len(g.kids[i]) == 0 {
		c.warn(n, "the tie leads nowhere", "name the two buses that it joins")
	}
	if n.Kind.isRated() && !slices.ContainsFunc(n.phases(), func(p int) bool { return g.rated[i][p] > 0 }) {
		c.warn(n, "its rating is missing", "write rated_watts, or rated_amperes and volts: without it nobody can say whether its side carries the other")
	}
	if n.Kind == Load && len(n.From) == 1 {
		switch n.Design {
		case Design2N:
			c.mistake(n, "the load is designed 2N but has one cord", "name its second cord, or write design: N")
		case DesignNone:
			c.warn(n, "the load has one cord and does not say its design", "write design: N where that is meant")
		}
	}
}

// asDrawn warns of loads that miss their design even with everything in order.
func (c *checker) asDrawn(g *Graph) {
	in := Inputs{}
	for i := range g.nodes {
		if n := &g.nodes[i]; n.Kind.isSource() {
			in[n.ID] = Input{Energised: Yes, Ready: Yes}
		} else {
			in[n.ID] = Input{Fault: No} // what is watched and not seen would be unknown
		}
	}
	e := g.begin(in, nil, true)
	for at, l := range g.loads {
		n, is := &g.nodes[l], e.drawn(at)
		if n.Design == Design2N && is < TwoN || n.Design == DesignNp1 && is < NPlusOne {
			c.warn(n, fmt.Sprintf("the load is designed %s, but drawn %s even with everything in order", n.Design, is.designation()), "its cords share what must not be shared; correct the feeds or the design")
		}
	}
}

// designation is how a redundancy is written as a design.
func (r Redundancy) designation() Design {
	switch r {
	case TwoN:
		return Design2N
	case NPlusOne:
		return DesignNp1
	}
	return DesignN
}

// clip bounds what is quoted of a file.
func clip(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}

func validID(id NodeID) bool {
	if len(id) == 0 || len(id) > 63 {
		return false
	}
	for i, r := range []byte(id) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
		case i > 0 && (r == '-' || r == '_' || r == '.'):
		default:
			return false
		}
	}
	return true
}
