package live

import (
	"slices"
	"sync"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/topology"
)

// Supply says what feeds what at the site: power by the one-line, cooling by
// cooling.yaml, readings by the network that the inventory names. It changes
// with the configuration only and is safe for concurrent use.
func (t *Table) Supply() alarm.Supply { return t.supply.Load() }

// A supply is what a configuration says of the ways in which one thing depends on
// another. It never changes.
type supply struct {
	graph    *topology.Graph // nil: no one-line
	devices  map[facility.DeviceID]facility.Device
	carriers map[facility.DeviceID]bool                   // others are reached through it
	units    map[facility.DeviceID][]*coolingUnit         // by the unit's device
	racks    map[string][]*coolingUnit                    // units that cool a rack
	inlets   map[facility.PointID][]*coolingUnit          // units that cool an inlet
	rooms    map[facility.PointID][]*coolingUnit          // units of a room, by the room's results
	sides    map[facility.PointID]string                  // results that speak of one side of the power supply, or of all of it
	above    map[topology.NodeID]map[topology.NodeID]bool // what feeds the node of a cooling unit, and itself

	mu    sync.Mutex // protects known
	known map[pair]alarm.Relation
}

// A pair is a question that was answered before: a storm asks the same again and
// again.
type pair struct{ element, cause facility.Element }

// maxKnown bounds the answers that are kept.
const maxKnown = 200_000

// A coolingUnit is one unit of one room.
type coolingUnit struct {
	device facility.DeviceID
	power  topology.NodeID // that feeds it; "" not said
}

func newSupply(c Config, m *modelSet) *supply {
	s := &supply{
		graph: c.Models.OneLine, devices: make(map[facility.DeviceID]facility.Device, len(c.Devices)),
		carriers: map[facility.DeviceID]bool{}, units: map[facility.DeviceID][]*coolingUnit{},
		racks: map[string][]*coolingUnit{}, inlets: map[facility.PointID][]*coolingUnit{}, rooms: map[facility.PointID][]*coolingUnit{},
		sides: map[facility.PointID]string{}, above: map[topology.NodeID]map[topology.NodeID]bool{}, known: map[pair]alarm.Relation{},
	}
	racks := map[facility.DeviceID]string{}
	for _, d := range c.Devices {
		s.devices[d.ID] = d
		if d.Rack != "" {
			racks[d.ID] = d.Rack
		}
		if d.Via != "" {
			s.carriers[d.Via] = true
		}
	}
	for _, p := range m.results[facility.PowerModel] {
		if p.Label("load") == "" {
			s.sides[p.ID] = p.Label("side")
		}
	}
	if s.graph != nil {
		s.graph = s.graph.WithRacks(racks)
	}
	s.coolBy(c, m)
	return s
}

func (s *supply) coolBy(c Config, m *modelSet) {
	for i := range c.Models.Cooling {
		r := &c.Models.Cooling[i]
		var units []*coolingUnit
		for _, u := range r.Units {
			unit := &coolingUnit{u.Device, u.Power}
			s.climb(u.Power)
			units = append(units, unit)
			s.units[u.Device] = append(s.units[u.Device], unit)
		}
		for _, rack := range r.Racks {
			s.racks[rack] = append(s.racks[rack], units...)
		}
		for _, id := range r.Inlets {
			s.inlets[id] = append(s.inlets[id], units...)
		}
		for _, p := range m.results[facility.CoolingModel] {
			if p.Label("room") == r.ID {
				s.rooms[p.ID] = units
			}
		}
	}
}

// Carries reports whether other devices are reached through a device.
func (s *supply) Carries(device facility.DeviceID) bool { return s.carriers[device] }

// climb finds what feeds a node by design.
func (s *supply) climb(from topology.NodeID) {
	if s.graph == nil || from == "" || s.above[from] != nil {
		return
	}
	seen := map[topology.NodeID]bool{}
	for next := []topology.NodeID{from}; len(next) > 0; {
		id := next[len(next)-1]
		next = next[:len(next)-1]
		n, ok := s.graph.Node(id)
		if !ok || seen[id] || id != from && n.Kind == topology.Tie && !n.NormallyClosed {
			continue
		}
		seen[id] = true
		next = append(next, s.graph.Feeds(id)...)
	}
	s.above[from] = seen
}

// Behind reports how element lies behind cause.
func (s *supply) Behind(element, cause facility.Element) alarm.Relation {
	q := pair{element, cause}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.known[q]
	if !ok {
		if len(s.known) >= maxKnown {
			clear(s.known)
		}
		r = s.behind(element, cause)
		s.known[q] = r
	}
	return r
}

func (s *supply) behind(element, cause facility.Element) alarm.Relation {
	if cause.Device == SelfDevice {
		if _, polled := s.devices[element.Device]; polled && cause.Point == "" {
			return alarm.Reached
		}
		return alarm.Unrelated
	}
	if r := s.powered(element, cause); r != alarm.Unrelated {
		return r
	}
	if r := s.cooled(element, cause); r != alarm.Unrelated {
		return r
	}
	if s.reachedThrough(element.Device, cause.Device) {
		return alarm.Reached
	}
	return alarm.Unrelated
}

// powered follows the one-line, and what it says of a side or of the whole: that
// follows from any loss on that side.
func (s *supply) powered(element, cause facility.Element) alarm.Relation {
	if s.graph == nil {
		return alarm.Unrelated
	}
	if side, is := s.sides[element.Point]; is {
		if of, ok := s.sideOf(cause); ok && (side == "" || of == "" || side == of) {
			return alarm.Fed
		}
		return alarm.Unrelated
	}
	same, fed, standby := s.graph.Behind(element, cause)
	if !same && !standby {
		fed = fed || s.stops(s.units[element.Device], cause) && element.Device != cause.Device
	}
	switch {
	case same:
		return alarm.Same
	case fed:
		return alarm.Fed
	case standby:
		return alarm.Standby
	}
	return alarm.Unrelated
}

// cooled follows cooling.yaml: what a room says of its units follows from them at
// once, what they cool warms slowly, also where a unit only lost its power.
func (s *supply) cooled(element, cause facility.Element) alarm.Relation {
	if s.stops(s.rooms[element.Point], cause) {
		return alarm.Fed
	}
	units := s.inlets[element.Point]
	if rack := s.devices[element.Device].Rack; rack != "" {
		units = slices.Concat(units, s.racks[rack])
	}
	if s.stops(units, cause) {
		return alarm.Cooled
	}
	return alarm.Unrelated
}

// stops reports whether cause is one of the units, or what one of them is fed
// from.
func (s *supply) stops(units []*coolingUnit, cause facility.Element) bool {
	return slices.ContainsFunc(units, func(u *coolingUnit) bool {
		return u.device == cause.Device || s.nodeBehind(u.power, cause)
	})
}

// nodeBehind reports whether cause is the node or feeds it.
func (s *supply) nodeBehind(node topology.NodeID, cause facility.Element) bool {
	above := s.above[node]
	return len(above) > 0 && slices.ContainsFunc(s.graph.NodesOf(cause), func(id topology.NodeID) bool { return above[id] })
}

// sideOf is the side on which cause stands in the one-line; false where it is no
// node of it.
func (s *supply) sideOf(cause facility.Element) (string, bool) {
	for _, id := range s.graph.NodesOf(cause) {
		if n, ok := s.graph.Node(id); ok && n.Kind != topology.Load {
			return n.Side, true
		}
	}
	return "", false
}

// reachedThrough reports whether the readings of a device come through via. The
// inventory has no circles; a bound keeps one that slipped through from lasting.
func (s *supply) reachedThrough(device, via facility.DeviceID) bool {
	for range maxHops {
		device = s.devices[device].Via
		if device == "" || device == via {
			return device != ""
		}
	}
	return false
}

// maxHops is more than any network has between a device and its collector.
const maxHops = 16
