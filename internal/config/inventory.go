package config

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"nezuban/collectors"
	"nezuban/internal/config/strict"
	"nezuban/internal/facility"
)

// inventoryYAML is one file of inventory/.
type inventoryYAML struct {
	strict.Node
	Defaults deviceYAML `yaml:"defaults"`
}

// deviceYAML is one device, or the defaults of a file.
type deviceYAML struct {
	strict.Node
	ID        strict.Str    `yaml:"id"`
	Name      strict.Str    `yaml:"name"`
	Kind      strict.Str    `yaml:"kind"`
	Category  strict.Str    `yaml:"category"`
	Place     string        `yaml:"place"`
	Rack      string        `yaml:"rack"`
	Feed      strict.Str    `yaml:"feed"`
	Groups    []strict.Str  `yaml:"groups"`
	Via       strict.Str    `yaml:"via"`
	Engine    strict.Str    `yaml:"engine"`
	Address   strict.Str    `yaml:"address"`
	SNMP      snmpYAML      `yaml:"snmp"`
	Agent     agentYAML     `yaml:"agent"`
	Profiles  []strict.Str  `yaml:"profiles"`
	Bindings  []bindingYAML `yaml:"bindings"`
	Intervals intervalsYAML `yaml:"intervals"`
	Timeout   time.Duration `yaml:"timeout"`
	Link      linkYAML      `yaml:"link"`
	Since     strict.Str    `yaml:"since"`
}

// loadInventory reads inventory/*.yaml.
func (l *loader) loadInventory() {
	seen := map[string]strict.Place{}
	addresses := map[string]string{}
	for _, file := range l.yamlFiles("inventory") {
		var plain []strict.Place // devices that speak v1 or v2c, the first of them named
		for _, doc := range l.documents(file) {
			for _, y := range readInventory(doc) {
				t := l.device(&y)
				l.unique(&y, &t, seen, addresses)
				if t.Device.Engine == "snmp" && (t.SNMP.Version == "1" || t.SNMP.Version == "2c") {
					plain = append(plain, y.SNMP.At("version"))
				}
				l.site.Devices = append(l.site.Devices, t)
			}
		}
		if len(plain) > 0 {
			l.warn(plain[0], fmt.Sprintf("%d device(s) of this file speak SNMP v1 or v2c, which anybody on the network can read and forge", len(plain)),
				"use version 3 with authPriv where the device can")
		}
	}
	l.via()
	if len(l.site.Devices) == 0 && l.probs.Errors() == 0 {
		l.warn(strict.Place{File: "inventory"}, "there are no devices", "add one to inventory/devices.yaml")
	}
}

// readInventory reads a document; each device is read over the file's defaults.
func readInventory(doc strict.Document) []deviceYAML {
	var y inventoryYAML
	var out []deviceYAML
	doc.Each("devices", &y, func(item strict.Document) {
		d := y.Defaults
		if v := item.Peek("snmp", "version"); v != "" && v != d.SNMP.Version.V {
			d.SNMP = snmpYAML{} // defaults for another version say nothing about this one
		}
		if item.Into(&d) {
			out = append(out, d)
		}
	})
	return out
}

// unique reports ids and addresses that stand twice.
func (l *loader) unique(y *deviceYAML, t *collectors.Target, seen map[string]strict.Place, addresses map[string]string) {
	id := y.ID.V
	if first, ok := seen[id]; ok && id != "" {
		l.add(y.ID.Place, fmt.Sprintf("device id %q is used twice", id), fmt.Sprintf("it stands at %s:%d already; choose another", first.File, first.Line))
		return
	}
	seen[id] = y.ID.Place
	if t.Address == "" {
		return
	}
	key := t.Device.Engine + " " + t.Address + " " + t.SNMP.ContextName
	if other, ok := addresses[key]; ok {
		at := y.At("address")
		if t.Device.Engine == "agent" {
			at = y.Agent.At("url")
		}
		l.warn(at, fmt.Sprintf("address %s is that of device %s, too", t.Address, other), "")
	}
	addresses[key] = id
}

// ownDevices are the program itself and its models.
var ownDevices = []facility.DeviceID{facility.SelfDevice, facility.PowerModel, facility.CoolingModel, facility.FireModel}

var deviceID = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

// device checks one entry and translates it.
func (l *loader) device(y *deviceYAML) collectors.Target {
	d := facility.Device{ID: facility.DeviceID(y.ID.V), Name: y.Name.V, Kind: y.Kind.V, Category: y.Category.V,
		Place: y.Place, Rack: y.Rack, Feed: y.Feed.V, Via: facility.DeviceID(y.Via.V), Engine: l.engine(y)}
	if d.Via == d.ID && y.Via.Line < y.Node.Place().Line { // the defaults of a file may name the switch that stands in it
		d.Via = ""
	} else if d.Via != "" {
		l.vias = append(l.vias, viaRef{device: d.ID, to: y.Via})
	}
	switch {
	case y.ID.V == "":
		l.add(y.Node.Place(), "a device has no id", "give it a short one, for example id: ups-a1")
	case slices.Contains(ownDevices, d.ID):
		l.add(y.ID.Place, fmt.Sprintf("device id %q is the program's own", y.ID.V), "choose another")
	case !deviceID.MatchString(y.ID.V):
		l.add(y.ID.Place, fmt.Sprintf("device id %q: want lower-case letters, digits, '-', '_' and '.', at most 63, beginning with a letter or digit", y.ID.V), "")
	}
	if d.Name == "" {
		d.Name = y.ID.V
	}
	switch {
	case y.Kind.V == "":
		l.add(y.Node.Place(), fmt.Sprintf("device %q has no kind", y.ID.V), strict.Suggest("", facility.Kinds))
	case !slices.Contains(facility.Kinds, y.Kind.V):
		l.add(y.Kind.Place, fmt.Sprintf("kind %q is not known", y.Kind.V), strict.Suggest(y.Kind.V, facility.Kinds))
	}
	if d.Category == "" {
		d.Category = facility.CategoryOf(d.Kind)
	} else if !slices.Contains(facility.Categories, d.Category) {
		l.add(y.Category.Place, fmt.Sprintf("category %q is not known", d.Category), strict.Suggest(d.Category, facility.Categories))
	}
	if d.Feed != "" && d.Feed != "A" && d.Feed != "B" {
		l.add(y.Feed.Place, fmt.Sprintf("feed %q is not known", d.Feed), "write A or B, or leave it out where both or none apply")
	}
	for _, g := range y.Groups {
		d.Groups = append(d.Groups, g.V)
	}
	d.Since = l.date(y.Since, "since")
	t := collectors.Target{Device: d, Intervals: l.deviceIntervals(y), Timeout: y.Timeout}
	if y.Timeout > time.Minute {
		l.add(y.At("timeout"), fmt.Sprintf("timeout %v is longer than a minute", y.Timeout), "a few seconds are enough, for example 2s")
	}
	t.Link = l.link(y, d.Via)
	l.access(y, &t)
	for _, p := range y.Profiles {
		l.profileName(p, d.Engine)
		t.Profiles = append(t.Profiles, p.V)
	}
	t.Bindings = l.bindings(y.Bindings)
	return t
}

// engine is the one that polls the device: as written, or the one whose access
// the device itself describes.
func (l *loader) engine(y *deviceYAML) string {
	own := func(key string) bool {
		return y.Has(key) && y.At(key).Line >= y.Node.Place().Line && y.At(key).File == y.Node.Place().File
	}
	switch {
	case y.Engine.V == "snmp" || y.Engine.V == "agent":
		return y.Engine.V
	case y.Engine.V != "":
		l.add(y.Engine.Place, fmt.Sprintf("engine %q is not known", y.Engine.V), strict.Suggest(y.Engine.V, []string{"snmp", "agent"}))
	case own("snmp") && own("agent"):
		l.add(y.At("agent"), fmt.Sprintf("device %q has both snmp and agent", y.ID.V), "keep one; a machine with both is two devices")
	case own("agent"), y.Has("agent") && !y.Has("snmp"):
		return "agent"
	}
	return "snmp"
}

func (l *loader) deviceIntervals(y *deviceYAML) collectors.Intervals {
	out := l.intervals(&y.Intervals)
	for _, p := range []struct{ own, site *time.Duration }{
		{&out.Fast, &l.polling.Fast}, {&out.Normal, &l.polling.Normal}, {&out.Slow, &l.polling.Slow}} {
		if *p.own == 0 {
			*p.own = *p.site
		}
	}
	return out
}

// date reads a day of the site's zone.
func (l *loader) date(s strict.Str, key string) time.Time {
	if s.V == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(time.DateOnly, s.V, l.site.Facility.Zone)
	if err != nil {
		l.add(s.Place, fmt.Sprintf("%s: %q is no date", key, s.V), "write year-month-day, for example 2026-04-01")
		return time.Time{}
	}
	return t.UTC()
}
