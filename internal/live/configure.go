package live

import (
	"maps"
	"slices"
	"strings"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/sla"
)

// A Config is what the site wrote down, as far as the table needs it.
type Config struct {
	Rules   []*alarm.Rule
	Targets []sla.Target
	// Versions are the definitions of each target that were recorded, by name, the
	// oldest first; the last is that of Targets. nil: each counts from always.
	Versions map[string][]sla.Version
	Devices  []facility.Device
	Models   Models
	// Expected are points that the inventory says a device has, such as the bound
	// inputs of a hub: enough of them to know what cannot be seen while the device
	// has not answered yet. ID, Metric, Labels and Name are used.
	Expected map[facility.DeviceID][]facility.Point
}

// Reload takes a new configuration without losing state: conditions go on by
// rule and point, accounts where the target's definition is the same. Points
// that their devices no longer list are forgotten.
func (t *Table) Reload(c Config) {
	t.mu.Lock()
	t.configure(c)
	t.mu.Unlock()
	wake(t.urgent)
}

// configure sets devices, models, rules and targets, keeping what is known of
// them.
func (t *Table) configure(c Config) {
	mono := t.o.Clock.Mono()
	t.ruleSet, t.rules, t.expected = c.Rules, make(map[string]*alarm.Rule, len(c.Rules)), c.Expected
	for _, r := range c.Rules {
		t.rules[r.ID] = r
	}
	t.models = newModelSet(c.Models, t.o.Site.Language)
	for _, p := range t.moved {
		p.moved = false
	}
	t.facts, t.moved, t.due = facts{}, nil, t.models.kinds != 0
	t.nameGroups()
	t.setDevices(c.Devices, mono)
	t.setTargets(c)
	for _, d := range t.order {
		if d.model {
			t.setPoints(d, t.models.results[d.info.ID], mono)
		}
		t.watchDevice(d)
		t.forgetVanished(d)
		for _, p := range d.points {
			t.watchPoint(d, p)
		}
		t.indexPoints(d)
	}
	t.supply.Store(newSupply(c, t.models))
	t.count()
	t.judge(t.o.Clock.Now())
	t.watched++
	wake(t.changed)
	wake(t.modelled)
}

// setDevices takes the devices of the inventory and those under which the
// results of the models stand.
func (t *Table) setDevices(list []facility.Device, mono time.Duration) {
	before := t.devices
	t.devices = make(map[facility.DeviceID]*device, len(list))
	set := func(info facility.Device, model bool) {
		d := before[info.ID]
		if d == nil || d.model != model {
			d = newDevice(info, mono)
		}
		d.info, d.view, d.outdated, d.model, d.stop = info, nil, false, model, t.stops[info.ID]
		t.devices[info.ID] = d
	}
	for _, info := range list {
		set(info, false)
	}
	for _, info := range t.models.devices() {
		set(info, true)
	}
	t.order = slices.SortedFunc(maps.Values(t.devices), func(a, b *device) int { return strings.Compare(string(a.info.ID), string(b.info.ID)) })
	t.views, t.outdated = nil, nil
	for i, d := range t.order {
		d.row = i
	}
}
