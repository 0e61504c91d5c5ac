package session

import (
	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/topology"
	"nezuban/internal/topology/fire"
)

// An Effect is what has become of the loads behind an alarm's element. The zero
// value: nothing can be derived.
type Effect struct {
	Known                bool
	Dead, Fewer, Unknown int // not energised; with less redundancy than designed; not known
}

// EffectOf derives it from the one-line: the loads fed by a node that is the
// alarm's device. It remembers the last answer: screens ask again with every key.
func (c *Context) EffectOf(o *alarm.Occurrence) Effect {
	if o == nil || c.Snapshot == nil {
		return Effect{}
	}
	if c.effect.id != o.ID || c.effect.of != c.Snapshot.Power {
		c.effect = remembered{o.ID, c.Snapshot.Power, c.effectOf(o)}
	}
	return c.effect.is
}

// remembered is what EffectOf answered last.
type remembered struct {
	id string
	of *topology.Result
	is Effect
}

func (c *Context) effectOf(o *alarm.Occurrence) Effect {
	var e Effect
	if c.Snapshot.Power == nil || o.Effect == alarm.NoEffect {
		return e
	}
	below, feeds := map[topology.NodeID]bool{}, map[topology.NodeID][]topology.NodeID{}
	var next []topology.NodeID
	for i := range c.Snapshot.Power.Nodes {
		n := c.Snapshot.Power.Nodes[i].Node
		if n.Device == o.Device && o.Device != "" {
			next = append(next, n.ID)
		}
		for _, from := range n.From {
			feeds[from] = append(feeds[from], n.ID)
		}
	}
	for len(next) > 0 {
		id := next[0]
		next = next[1:]
		if !below[id] {
			below[id] = true
			next = append(next, feeds[id]...)
		}
	}
	for i := range c.Snapshot.Power.Loads {
		l := &c.Snapshot.Power.Loads[i]
		if !below[l.Node.ID] {
			continue
		}
		e.Known = true
		switch {
		case l.Redundancy == topology.Dead:
			e.Dead++
		case l.Redundancy == topology.RedundancyUnknown:
			e.Unknown++
		case BelowDesign(l):
			e.Fewer++
		}
	}
	return e
}

// BelowDesign reports whether a load has less redundancy than it was designed
// with; one whose redundancy is not known does not count.
func BelowDesign(l *topology.LoadState) bool {
	for _, s := range facility.RedundancyStates(string(l.Node.Design)) {
		if s.Value == int64(l.Redundancy) {
			return s.Severity > facility.SeverityNormal
		}
	}
	return false
}

// RedundancyWord is a redundancy in the reader's language.
func (c *Context) RedundancyWord(r topology.Redundancy) string {
	for _, s := range facility.RedundancyStates("") {
		if s.Value == int64(r) {
			return c.T.StateWord("power_redundancy", s.Name)
		}
	}
	return "?"
}

// ZoneWord is the state of a fire zone in the reader's language.
func (c *Context) ZoneWord(z fire.State) string {
	for _, s := range facility.ModelStates("fire_zone_state") {
		if s.Value == int64(z) {
			return c.T.StateWord("fire_zone_state", s.Name)
		}
	}
	return "?"
}
