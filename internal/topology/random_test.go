package topology_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"nezuban/internal/topology"
)

// A sketch draws a random one-line, from the sources down.
type sketch struct {
	r     *rand.Rand
	nodes []topology.Node
	feeds []topology.NodeID // that something may still be fed from
}

func (s *sketch) add(n topology.Node, usable bool, from ...topology.NodeID) topology.NodeID {
	n.ID = topology.NodeID(fmt.Sprintf("n%d", len(s.nodes)))
	n.From = from
	if n.Kind == topology.Utility || n.Kind == topology.Generator {
		n.Volts = 400
	}
	if n.Kind != topology.Tie {
		n.Side = []string{"", "A", "B"}[s.r.IntN(3)]
	}
	s.nodes = append(s.nodes, n)
	if usable {
		s.feeds = append(s.feeds, n.ID)
	}
	return n.ID
}

// pick chooses count different feeders, rather the late ones.
func (s *sketch) pick(count int) []topology.NodeID {
	var out []topology.NodeID
	for range 20 {
		at := s.r.IntN(len(s.feeds))
		if s.r.IntN(2) == 0 {
			at = len(s.feeds) - 1 - s.r.IntN(min(3, len(s.feeds)))
		}
		if id := s.feeds[at]; !slices.Contains(out, id) {
			out = append(out, id)
		}
		if len(out) == count {
			break
		}
	}
	return out
}

// buses are two that a tie may join.
func (s *sketch) buses() []topology.NodeID {
	var out []topology.NodeID
	for _, at := range s.r.Perm(len(s.nodes)) {
		if k := s.nodes[at].Kind; len(out) < 2 && (k == topology.Switchgear || k == topology.PDU) {
			out = append(out, s.nodes[at].ID)
		}
	}
	return out
}

func (s *sketch) rating() (watts, amps float64) {
	switch s.r.IntN(10) {
	case 0:
		return 0, 0
	case 1, 2, 3:
		return 0, float64(20 + s.r.IntN(400))
	}
	return float64(5+s.r.IntN(200)) * 1000, 0
}

func (s *sketch) middle() {
	w, a := s.rating()
	n := topology.Node{RatedWatts: w, RatedAmperes: a}
	switch s.r.IntN(9) {
	case 0, 1:
		n.Kind = topology.Switchgear
		s.add(n, true, s.pick(1+s.r.IntN(2))...)
	case 2:
		n.Kind = []topology.Kind{topology.ATS, topology.STS}[s.r.IntN(2)]
		if from := s.pick(2 + s.r.IntN(2)); len(from) > 1 {
			s.add(n, true, from...)
		}
	case 3, 4:
		n.Kind = topology.UPS
		s.add(n, true, s.pick(1+s.r.IntN(2))...)
	case 5:
		n.Kind = topology.PDU
		s.add(n, true, s.pick(1)...)
	case 6:
		n.Kind, n.NormallyOpen = topology.Breaker, s.r.IntN(4) == 0
		s.add(n, true, s.pick(1)...)
	case 7: // a parallel system
		var modules []topology.NodeID
		for range 2 + s.r.IntN(2) {
			n.Kind = topology.UPS
			modules = append(modules, s.add(n, false, s.pick(1)...))
		}
		for range 1 + s.r.IntN(2) { // buses with the same modules
			s.add(topology.Node{Kind: topology.Switchgear, Needs: len(modules) - s.r.IntN(2)}, true, modules...)
		}
	case 8:
		n.Kind = topology.Transformer
		n.Volts = 400
		s.add(n, true, s.pick(1)...)
	}
}

// draw makes a one-line of a dozen nodes and inputs for it. Some are fully
// known, some hardly.
func draw(seed uint64) (topology.Model, topology.Inputs, bool) {
	s := &sketch{r: rand.New(rand.NewPCG(seed, 7))}
	r := s.r
	for i := range 2 + r.IntN(2) {
		w, _ := s.rating()
		kind := topology.Utility
		if i > 0 && r.IntN(2) == 0 {
			kind = topology.Generator
		}
		s.add(topology.Node{Kind: kind, RatedWatts: w}, true)
	}
	for len(s.nodes) < 6+r.IntN(4) {
		s.middle()
	}
	if r.IntN(3) == 0 {
		if from := s.buses(); len(from) == 2 {
			s.add(topology.Node{Kind: topology.Tie, NormallyClosed: r.IntN(2) == 0}, false, from...)
		}
	}
	for range 1 + r.IntN(2) {
		n := topology.Node{Kind: topology.Load, LoadWatts: float64(1+r.IntN(60)) * 1000, Phases: [][]int{nil, nil, {1}, {2, 3}}[r.IntN(4)]}
		from := s.pick(1 + r.IntN(3))
		if len(from) == 3 && r.IntN(2) == 0 {
			n.Needs = 2
		}
		n.Design = []topology.Design{topology.DesignN, topology.DesignNp1, topology.DesignNone}[r.IntN(3)]
		s.add(n, false, from...)
	}
	known := r.IntN(2) == 0
	return topology.Model{Nodes: s.nodes}, s.inputs(known), known
}

// inputs leaves at most four questions open, so that all worlds can be tried.
func (s *sketch) inputs(known bool) topology.Inputs {
	in, r, open := topology.Inputs{}, s.r, 0
	for i := range s.nodes {
		n := &s.nodes[i]
		var one topology.Input
		unknown := !known && open < 4 && r.IntN(5) == 0
		switch {
		case n.Kind == topology.Utility || n.Kind == topology.Generator:
			if unknown {
				open++
				break
			}
			one.Energised = topology.Yes
			if r.IntN(4) == 0 {
				one.Energised = topology.No
			}
			if n.Kind == topology.Generator {
				one.Ready = []topology.Tri{topology.Yes, topology.Yes, topology.No}[r.IntN(3)]
			}
		case n.Kind == topology.UPS:
			one.HasRun, one.Runtime = true, time.Duration(r.IntN(3))*time.Minute
			if unknown {
				open++
				one.HasRun, one.Runtime = false, 0
			}
		case n.Kind != topology.Load && unknown:
			open++
			n.Bind.Fault = &topology.StateBinding{Point: "d/m"}
		}
		if !known && n.Kind != topology.Utility && n.Kind != topology.Generator && r.IntN(8) == 0 {
			one.Energised = []topology.Tri{topology.Yes, topology.No}[r.IntN(2)]
		}
		if r.IntN(15) == 0 {
			one.Fault = topology.Yes
		}
		switch n.Kind {
		case topology.ATS, topology.STS:
			one.Position = r.IntN(len(n.From) + 1)
		case topology.Breaker, topology.Tie:
			one.Position = []int{0, 0, 1, 1, 2}[r.IntN(5)]
		}
		in[n.ID] = one
	}
	return in
}

// TestEveryLossAgainstBruteForce compares 5,000 random one-lines, and in each of
// them every loss of one and of two nodes, with an independent enumeration.
func TestEveryLossAgainstBruteForce(t *testing.T) {
	want := 5000
	if testing.Short() {
		want = 300
	}
	var tally tally
	seeds := make(chan uint64)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for seed := range seeds {
				if !t.Failed() {
					compare(t, seed, &tally)
				}
			}
		})
	}
	for seed := uint64(1); ; seed++ {
		m, _, _ := draw(seed)
		if g, _ := topology.Compile(m); g == nil {
			continue // a tie between a bus and one below it, for example
		}
		if tally.graphs++; tally.graphs > want {
			break
		}
		seeds <- seed
	}
	close(seeds)
	wg.Wait()
	t.Logf("%d losses, %d falls, redundancies %v, ratings: survives %d, not %d, unknown %d", tally.losses, tally.falls, tally.seen, tally.survives[topology.Yes], tally.survives[topology.No], tally.survives[topology.Unknown])
	for r, n := range tally.seen {
		if n == 0 && !t.Failed() {
			t.Errorf("no load was ever %v: the one-lines prove little", topology.Redundancy(r))
		}
	}
}

// A tally shows that the random one-lines reach every answer.
type tally struct {
	graphs int

	mu sync.Mutex
	// protects everything below
	losses, falls int
	seen          [6]int
	survives      [3]int
}

func compare(t *testing.T, seed uint64, c *tally) {
	m, in, known := draw(seed)
	g, _ := topology.Compile(m)
	b := newBrute(m, in)
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("one-line %d: "+format+"\n%s", append(append([]any{seed}, args...), written(m, in))...)
	}
	now := g.Evaluate(in)
	for _, ns := range now.Nodes {
		if want := b.energisedNow(ns.Node.ID); ns.Energised != want {
			fail("%s is energised %v, want %v", ns.Node.ID, ns.Energised, want)
		}
	}
	compareLoads(b, now, set{}, known, fail, c)
	c.mu.Lock()
	for _, l := range now.Loads {
		c.seen[l.Redundancy]++
	}
	c.mu.Unlock()
	for i, x := range b.list {
		compareDrops(b, &now.Nodes[i], fail)
		for _, y := range b.list[i:] {
			lost := set{x: true, y: true}
			r := g.WhatIf(in, []topology.NodeID{x, y})
			compareLoss(b, r, lost, fail, c)
			if x == y {
				compareLoads(b, r, lost, known, fail, c)
			}
		}
	}
}

type failing func(format string, args ...any)

// compareLoads holds the answers for now, or after a loss, against the enumeration; those about
// ratings only where all is known, as the enumeration tries no worlds for them.
func compareLoads(b *brute, now *topology.Result, lost set, known bool, fail failing, c *tally) {
	for _, l := range now.Loads {
		id := l.Node.ID
		pessimist := answer(b.openSettled(false), 0)
		_, paths := b.drawn(id, pessimist, lost)
		if l.Paths != paths {
			fail("%s has %d paths, want %d", id, l.Paths, paths)
		}
		want := b.redundancy(id, l.Energised, lost)
		if !known {
			if l.Redundancy != want && !(l.Redundancy < want && len(now.Overloaded) > 0) && !(l.Redundancy == topology.SinglePath && want > topology.SinglePath && (l.WithoutA == topology.No || l.WithoutB == topology.No)) {
				fail("%s is %v, want %v", id, l.Redundancy, want)
			}
			continue
		}
		compareRatings(b, now, &l, lost, want, fail, c)
	}
}

func compareRatings(b *brute, now *topology.Result, l *topology.LoadState, lost set, want topology.Redundancy, fail failing, c *tally) {
	id := l.Node.ID
	if len(now.Sides) == 2 {
		for i, got := range []topology.Tri{l.WithoutA, l.WithoutB} {
			gone := set{}
			for _, n := range b.list {
				gone[n] = lost[n] || b.node[n].Side == now.Sides[i].Name
			}
			survives := b.survives(id, gone)
			if got != survives {
				fail("%s without side %s: %v, want %v", id, now.Sides[i].Name, got, survives)
			}
			c.mu.Lock()
			c.survives[got]++
			c.mu.Unlock()
			if want >= topology.NPlusOne && survives == topology.No && b.live(id, b.settled(set{}, gone, false), set{}) {
				want = topology.SinglePath
			}
		}
	}
	if l.Redundancy != want && !(l.Redundancy == topology.AtRisk && len(now.Overloaded) > 0) {
		fail("%s is %v, want %v", id, l.Redundancy, want)
	}
}

// compareDrops holds the single points of failure against single losses.
func compareDrops(b *brute, ns *topology.NodeState, fail failing) {
	id := ns.Node.ID
	yes := answer(b.openSettled(false), 0)
	drops := 0
	for _, l := range b.list {
		if b.node[l].Kind == topology.Load && b.node[id].Kind != topology.Load && b.live(l, b.settled(yes, set{}, false), set{}) && !b.live(l, b.settled(yes, set{id: true}, false), set{}) {
			drops++
		}
	}
	if ns.Drops != drops || ns.Single != (drops > 0) {
		fail("%s drops %d loads, want %d", id, ns.Drops, drops)
	}
}

// compareLoss holds one what-if against the enumeration.
func compareLoss(b *brute, r *topology.Result, lost set, fail failing, c *tally) {
	var falls []topology.NodeID
	for _, l := range r.Loads {
		id := l.Node.ID
		after := b.fed(id, lost, false)
		if l.Energised != after {
			fail("without %v: %s is energised %v, want %v", lost, id, l.Energised, after)
		}
		held := b.fed(id, lost, true)
		if after == topology.No && (b.fed(id, set{}, false) != topology.No || held == topology.No && b.everyWorld(b.openNow(), func(yes set) bool { return b.live(id, b.now(yes), set{}) })) {
			falls = append(falls, id)
		}
		if (l.Battery > 0) != (after == topology.No && held == topology.Yes && !lost[id]) {
			fail("without %v: %s is held by batteries for %v", lost, id, l.Battery)
		}
	}
	if !slices.Equal(r.Falls, falls) {
		fail("without %v %v fall, want %v", lost, r.Falls, falls)
	}
	c.mu.Lock()
	c.losses++
	c.falls += len(falls)
	c.mu.Unlock()
}

// written shows a one-line for who must find the mistake.
func written(m topology.Model, in topology.Inputs) string {
	out := ""
	for _, n := range m.Nodes {
		out += fmt.Sprintf("  %s %s from %v side %q needs %d open %v closed %v rated %g W %g A load %g phases %v bound %v: %+v\n", n.ID, n.Kind, n.From, n.Side, n.Needs, n.NormallyOpen, n.NormallyClosed, n.RatedWatts, n.RatedAmperes, n.LoadWatts, n.Phases, n.Bind.Fault != nil, in[n.ID])
	}
	return out
}
