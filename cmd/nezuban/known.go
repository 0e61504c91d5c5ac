package main

import (
	"nezuban/internal/alarm"
	"nezuban/internal/config"
	"nezuban/internal/facility"
)

// known is what the configuration in force says of rules and devices, for who
// asks by name.
type known struct {
	rules   map[string]*alarm.Rule
	devices map[facility.DeviceID]facility.Device
}

func knownOf(site *config.Site) *known {
	k := &known{rules: make(map[string]*alarm.Rule, len(site.Rules)), devices: make(map[facility.DeviceID]facility.Device, len(site.Devices))}
	for _, r := range site.Rules {
		k.rules[r.ID] = r
	}
	for _, id := range []facility.DeviceID{facility.PowerModel, facility.FireModel, facility.CoolingModel} {
		k.devices[id], _ = facility.ModelDevice(id, site.Facility.Language)
	}
	for _, t := range site.Devices {
		k.devices[t.Device.ID] = t.Device
	}
	return k
}

func (d *daemon) rules() map[string]*alarm.Rule { return d.known.Load().rules }

// rule is the definition of that id; nil where it is gone.
func (d *daemon) rule(id string) *alarm.Rule { return d.rules()[id] }

// attributes are a device's for filters over alarms; nil where it is not known.
func (d *daemon) attributes(id facility.DeviceID) facility.Attributes {
	dev, ok := d.known.Load().devices[id]
	if !ok {
		return nil
	}
	return facility.DeviceAttributes(&dev)
}

// supply is what feeds what, nil before the table is made.
func (d *daemon) supply() alarm.Supply {
	if d.table == nil {
		return nil
	}
	return d.table.Supply()
}

func (d *daemon) grouping() alarm.Grouping {
	if d.table == nil {
		return alarm.Grouping{}
	}
	return d.table.Snapshot().Grouping
}

func (d *daemon) unwatched(alarmID string) bool {
	return d.table != nil && d.table.Snapshot().Unwatched[alarmID]
}
