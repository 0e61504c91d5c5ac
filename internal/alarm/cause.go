package alarm

import (
	"cmp"
	"slices"
	"time"

	"nezuban/internal/facility"
)

// How long before and after its root a consequence may go on: polls arrive in
// any order, and rooms warm slowly.
const (
	windowBefore = 10 * time.Second
	windowSilent = 120 * time.Second // before a root that readings come through
	windowSame   = 60 * time.Second  // before a root of the same element: what breaks often says so first
	windowAfter  = 120 * time.Second
	windowCooled = 30 * time.Minute
)

// maxRoots bounds the alarms that others are compared with, and so the work: at
// most 3·maxRoots questions to the Supply for each alarm.
const maxRoots = 256

// GroupByCause finds whose consequence each standing alarm is. It is a function
// of the records: the order of standing changes nothing.
//
// A root is an alarm whose rule has Effect Loss, or a device that does not
// answer, for the absence of what is reached through it, or SiteUnreachable. It
// takes in what lies behind it along the supply and went on from 10 s before to
// 120 s after it (from 60 s before where it is the same element; 30 min where the supply is cooling; absence is noticed with
// the device's own rhythm: from 120 s before to any time after), and with that everything
// that those take in, so the group is that of the most upstream one, whenever it
// was noticed. Rules with Effect Response follow a loss that their element
// stands in for as well; others about such an element stand alone. A root that
// has returned keeps only what has returned too: what is still active stands
// alone again. Alarms of class life safety are nobody's consequence. What a
// person set as the cause wins over the supply.
func GroupByCause(standing []Occurrence, rules map[string]*Rule, supply Supply) Grouping {
	g := newGrouper(standing, rules, supply)
	g.linkManual()
	g.linkSite()
	g.linkRoots()
	g.linkOthers()
	return g.grouping()
}

type node struct {
	*Occurrence
	effect  Effect
	absence bool // about absent data
	loss    bool // takes in what it feeds
	carrier bool // takes in the absence of what is reached through it
	parent  *node
	manual  bool // a person set the parent, or wants none
}

type grouper struct {
	supply  Supply
	nodes   []*node // by time of going on, then id
	byID    map[string]*node
	devices map[string]*node // unreachable ones, by device
	site    *node
	roots   []*node
}

func newGrouper(standing []Occurrence, rules map[string]*Rule, supply Supply) *grouper {
	g := &grouper{supply: supply, byID: make(map[string]*node, len(standing)), devices: map[string]*node{}}
	list := make([]node, len(standing))
	carries := func(*Occurrence) bool { return supply != nil }
	if c, ok := supply.(Carrier); ok {
		carries = func(o *Occurrence) bool { return c.Carries(o.Device) }
	}
	for i := range standing {
		o := &standing[i]
		n := &list[i]
		n.Occurrence, n.effect, n.absence = o, o.Effect, o.Level == LevelNoData
		if r := rules[o.Rule]; r != nil {
			n.effect, n.absence = r.Effect, r.Type == NoData
		}
		if o.Device == facility.SelfDevice && o.Rule != SiteUnreachable {
			n.absence = false // our own troubles are no silence of the plant, and nobody's cause or consequence
		}
		n.loss = n.effect == Loss && o.Rule != SiteUnreachable
		n.carrier = n.absence && o.Point == "" && !n.loss && carries(o)
		g.nodes = append(g.nodes, n)
		g.byID[o.ID] = n
	}
	slices.SortFunc(g.nodes, func(a, b *node) int { return cmp.Or(a.on().Compare(b.on()), cmp.Compare(a.ID, b.ID)) })
	for _, n := range g.nodes {
		if n.absence && n.Point == "" && n.Class != LifeSafety && g.devices[string(n.Device)] == nil {
			g.devices[string(n.Device)] = n
		}
		if n.Rule == SiteUnreachable && n.Active && g.site == nil {
			g.site = n
		}
	}
	return g
}

// on is when the condition last went on.
func (n *node) on() time.Time {
	if n.OnAt.IsZero() {
		return n.RaisedAt
	}
	return n.OnAt
}

// linkManual follows what people set. A cause that has ended, or returned while
// its consequence is active, leaves the alarm alone.
func (g *grouper) linkManual() {
	var set []*node
	for _, n := range g.nodes {
		if n.CauseSet != "" && n.Class != LifeSafety {
			n.manual = true
			set = append(set, n)
		}
	}
	slices.SortFunc(set, func(a, b *node) int { return cmp.Compare(a.ID, b.ID) })
	for _, n := range set {
		if cause := g.byID[n.CauseSet]; cause != nil && (cause.Active || !n.Active) {
			n.follow(cause)
		}
	}
}

// follow makes p the parent of n unless that closes a circle.
func (n *node) follow(p *node) bool {
	if n == p || p.top() == n {
		return false
	}
	n.parent = p
	return true
}

func (n *node) top() *node {
	for n.parent != nil {
		n = n.parent
	}
	return n
}

// linkSite takes in every absence while the whole site is silent.
func (g *grouper) linkSite() {
	if g.site == nil {
		return
	}
	for _, n := range g.nodes {
		if n.absence && n != g.site && !n.manual && n.parent == nil && n.Class != LifeSafety {
			n.follow(g.site)
		}
	}
}

// linkRoots finds which roots are other roots' consequences. tops are those that
// are nobody's so far; each new one joins one of them, or takes some in. Those
// for which there was no room are no roots, and consequences like any other.
func (g *grouper) linkRoots() {
	var tops, below, surplus []*node
	for _, n := range g.nodes {
		if !n.loss && !n.carrier {
			continue
		}
		if n.parent != nil {
			below = append(below, n)
			continue
		}
		if !n.manual && (g.join(n, tops) || g.join(n, below[:min(len(below), maxRoots)])) {
			below = append(below, n)
			continue
		}
		kept := tops[:0]
		for _, t := range tops {
			if !t.manual && g.follows(t, n) && t.follow(n) {
				below = append(below, t)
			} else {
				kept = append(kept, t)
			}
		}
		if took := len(kept) < len(tops); took || len(kept) < maxRoots {
			kept = append(kept, n)
		} else {
			surplus = append(surplus, n)
		}
		tops = kept
	}
	g.roots = append(tops, below[:min(len(below), maxRoots)]...)
	for _, n := range surplus {
		if !n.manual {
			g.join(n, g.roots)
		}
	}
}

// join makes the first of the roots that n follows its parent.
func (g *grouper) join(n *node, roots []*node) bool {
	for _, r := range roots {
		if g.follows(n, r) && n.follow(r) {
			return true
		}
	}
	return false
}

func (g *grouper) linkOthers() {
	for _, n := range g.nodes {
		if n.loss || n.carrier || n.parent != nil || n.manual {
			continue
		}
		if n.absence && n.Point != "" && n.Class != LifeSafety {
			if d := g.devices[string(n.Device)]; d != nil && keeps(d, n) && n.follow(d) {
				continue
			}
		}
		g.join(n, g.roots)
	}
}

// keeps reports whether a root in its present condition may have n: a returned
// one only what has returned too.
func keeps(root, n *node) bool { return root.Active || !n.Active }

// follows reports whether n is a consequence of root, by themselves.
func (g *grouper) follows(n, root *node) bool {
	if n == root || n.Class == LifeSafety || !keeps(root, n) || g.supply == nil {
		return false
	}
	soon, late := within(n, root)
	ahead := root.on().Sub(n.on())
	seen := n.absence && ahead <= windowSilent
	herald := ahead > 0 && ahead <= windowSame
	if !soon && !late && !seen && !herald || !root.loss && !n.absence {
		return false
	}
	switch g.supply.Behind(element(n.Occurrence), element(root.Occurrence)) {
	case Same:
		return soon || herald
	case Fed:
		return soon && root.loss
	case Standby:
		return soon && root.loss && n.effect == Response
	case Reached:
		return seen
	case Cooled:
		return late && root.loss
	}
	return false
}

// within reports whether n went on in the window around root, and in the longer
// one of cooling. Both the first and the last time of each count: one that came
// back has two.
func within(n, root *node) (soon, late bool) {
	for _, x := range [...]time.Time{n.RaisedAt, n.on()} {
		for _, y := range [...]time.Time{root.RaisedAt, root.on()} {
			d := x.Sub(y)
			if d < -windowBefore || d > windowCooled {
				continue
			}
			late = true
			soon = soon || d <= windowAfter
		}
	}
	return soon, late
}

func (g *grouper) grouping() Grouping {
	out := Grouping{RootOf: map[string]string{}}
	members := map[*node][]*node{}
	for _, n := range g.nodes {
		if t := n.top(); t != n {
			out.RootOf[n.ID] = t.ID
			members[t] = append(members[t], n)
		}
	}
	for root, list := range members {
		slices.SortFunc(list, func(a, b *node) int {
			return cmp.Or(cmp.Compare(a.Priority, b.Priority), a.RaisedAt.Compare(b.RaisedAt), cmp.Compare(a.ID, b.ID))
		})
		group := Group{Root: root.ID, Priority: min(root.Priority, list[0].Priority)}
		for _, n := range list {
			group.Members = append(group.Members, n.ID)
			if n.Priority < root.Priority && !n.IsAcked {
				group.Alone = append(group.Alone, n.ID)
			}
		}
		out.Groups = append(out.Groups, group)
	}
	slices.SortFunc(out.Groups, func(a, b Group) int { return cmp.Compare(a.Root, b.Root) })
	return out
}
