package live

import (
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
	graph   *topology.Graph // nil: no one-line
	devices map[facility.DeviceID]facility.Device
}

func newSupply(c Config) *supply {
	s := &supply{graph: c.Models.OneLine, devices: make(map[facility.DeviceID]facility.Device, len(c.Devices))}
	for _, d := range c.Devices {
		s.devices[d.ID] = d
	}
	return s
}

// Behind reports how element lies behind cause.
func (s *supply) Behind(element, cause facility.Element) alarm.Relation {
	if cause.Device == SelfDevice {
		if _, polled := s.devices[element.Device]; polled && cause.Point == "" {
			return alarm.Reached
		}
		return alarm.Unrelated
	}
	if s.reachedThrough(element.Device, cause.Device) {
		return alarm.Reached
	}
	return alarm.Unrelated
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
