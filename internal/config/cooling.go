package config

import (
	"fmt"
	"slices"

	"nezuban/internal/config/strict"
	"nezuban/internal/facility"
	"nezuban/internal/topology"
	"nezuban/internal/topology/cooling"
)

// coolingYAML is cooling.yaml.
type coolingYAML struct {
	strict.Node
	Defaults unitYAML   `yaml:"defaults"`
	Rooms    []roomYAML `yaml:"rooms"`
}

type roomYAML struct {
	strict.Node
	ID     strict.Str   `yaml:"id"`
	Name   strict.Text  `yaml:"name"`
	Place  string       `yaml:"place"`
	Needs  int          `yaml:"needs"`
	Units  []unitYAML   `yaml:"units"`
	Inlets []pointYAML  `yaml:"inlets"`
	Racks  []strict.Str `yaml:"racks"`
}

// unitYAML is one cooling unit, or what the units of the file share.
type unitYAML struct {
	strict.Node
	Device  strict.Str `yaml:"device"`
	Running pointYAML  `yaml:"running"`
	Supply  pointYAML  `yaml:"supply"`
	Return  pointYAML  `yaml:"return"`
	Power   strict.Str `yaml:"power"`
}

// loadCooling reads cooling.yaml.
func (l *loader) loadCooling() {
	for _, doc := range l.optional("cooling.yaml") {
		var y coolingYAML
		if !doc.Into(&y) {
			continue
		}
		for _, key := range []string{"device", "power"} {
			if y.Defaults.Has(key) {
				l.add(y.Defaults.Key(key), key+" is each unit's own", "write it at the units")
			}
		}
		ids := map[string]strict.Place{}
		for i := range y.Rooms {
			l.ownID(y.Rooms[i].ID, &y.Rooms[i].Node, "room", ids)
			l.site.Cooling = append(l.site.Cooling, l.room(&y.Rooms[i], &y.Defaults))
		}
		if len(y.Rooms) == 0 && l.probs.Errors() == 0 {
			l.warn(doc.Place(), "there are no rooms", "")
		}
	}
}

// room checks one room and translates it.
func (l *loader) room(y *roomYAML, defaults *unitYAML) cooling.RoomModel {
	m := cooling.RoomModel{ID: y.ID.V, Name: facility.Text{En: y.ID.V, Ja: y.ID.V}, Place: y.Place, Needs: y.Needs,
		File: y.Node.Place().File, Line: y.Node.Place().Line}
	if y.Has("name") {
		m.Name = l.text(&y.Name, "name")
	}
	switch {
	case len(y.Units) == 0:
		l.add(y.Node.Place(), fmt.Sprintf("room %s has no cooling units", quoted(y.ID.V)), "add units: [{device: …}]")
	case y.Has("needs") && (y.Needs < 1 || y.Needs > len(y.Units)):
		l.add(y.At("needs"), fmt.Sprintf("needs: %d of %d units", y.Needs, len(y.Units)), "write how many must run at the present load, or leave it out: all but one")
	}
	devices := map[string]bool{}
	for i := range y.Units {
		u := &y.Units[i]
		if devices[u.Device.V] && u.Device.V != "" {
			l.add(u.Device.Place, fmt.Sprintf("unit %q stands twice in this room", u.Device.V), "")
		}
		devices[u.Device.V] = true
		m.Units = append(m.Units, l.unit(u, defaults))
	}
	for i := range y.Inlets {
		m.Inlets = append(m.Inlets, l.inlets(&y.Inlets[i])...)
	}
	for _, r := range y.Racks {
		if !l.holdsRack(r.V) {
			l.warn(r.Place, fmt.Sprintf("no device or sensor of the inventory is in rack %s", r.V), "write the rack as the inventory does")
		}
		m.Racks = append(m.Racks, r.V)
	}
	return m
}

func (l *loader) unit(y, defaults *unitYAML) cooling.UnitModel {
	m := cooling.UnitModel{Power: topology.NodeID(y.Power.V)}
	if y.Device.V == "" {
		l.add(y.Node.Place(), "a unit names no device", "add device: …")
		return m
	}
	id, ok := l.owner(y.Device, "")
	if !ok {
		return m
	}
	m.Device = id
	running, supply, ret := y.Running, y.Supply, y.Return
	for own, shared := range map[*pointYAML]*pointYAML{&running: &defaults.Running, &supply: &defaults.Supply, &ret: &defaults.Return} {
		if !own.given() {
			*own = *shared
		}
	}
	m.Running = l.yesNo(&running, "running", id)
	m.Supply = l.number(&supply, "supply", id, facility.UnitCelsius)
	m.Return = l.number(&ret, "return", id, facility.UnitCelsius)
	if !running.given() {
		l.add(y.Node.Place(), fmt.Sprintf("nothing tells whether unit %s runs", y.Device.V), `add running: {metric: crac_state, states: ["on"]}, here or to defaults`)
	}
	l.unitPower(y)
	return m
}

// unitPower checks the node that feeds a unit.
func (l *loader) unitPower(y *unitYAML) {
	switch {
	case y.Power.V == "":
	case l.nodes == nil && l.site.OneLine == nil:
		l.add(y.Power.Place, fmt.Sprintf("power: there is no oneline.yaml that could have a node %q", y.Power.V), "write one, or leave the line out")
	case !slices.Contains(l.nodes, y.Power.V):
		l.add(y.Power.Place, fmt.Sprintf("power: the one-line has no node %q", y.Power.V), strict.Suggest(y.Power.V, l.nodes))
	}
}

// inlets looks up rack inlets; one reference may mean many sensors of a hub.
func (l *loader) inlets(y *pointYAML) []facility.PointID {
	if y.By.V != "" {
		l.add(y.By.Place, "inlets: by counts phases; there are none here", "remove it")
		return nil
	}
	r, ok := l.measured(y, "inlets", "", facility.UnitCelsius)
	if !ok {
		return nil
	}
	return r.ids
}
