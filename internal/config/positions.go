package config

import (
	"fmt"
	"slices"
	"strings"

	"nezuban/internal/config/strict"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
)

// positionYAML is one operator's place in site.yaml.
type positionYAML struct {
	strict.Node
	ID     strict.Str  `yaml:"id"`
	Name   strict.Text `yaml:"name"`
	Filter strict.Str  `yaml:"filter"`
}

// loadPositions checks the positions of site.yaml once the inventory is known.
// Without any, one position answers for all alarms.
func (l *loader) loadPositions() {
	ids := map[string]strict.Place{}
	for i := range l.positions {
		y := &l.positions[i]
		l.ownID(y.ID, &y.Node, "position", ids)
		if y.ID.V != "" && !shiftID.MatchString(y.ID.V) {
			l.add(y.ID.Place, fmt.Sprintf("position id %q: want letters, digits and '-', at most 16", y.ID.V), "for example power or fire-desk")
		}
		p := duty.Position{ID: y.ID.V, Name: facility.Text{En: y.ID.V, Ja: y.ID.V}}
		if y.Has("name") {
			p.Name = l.text(&y.Name, "name")
		}
		p.Filter = l.alarmFilter(y.Filter)
		l.site.Positions = append(l.site.Positions, p)
	}
	if len(l.site.Positions) == 0 {
		l.site.Positions = []duty.Position{{ID: "all", Name: facility.Text{En: "All alarms", Ja: "全警報"}}}
		return
	}
	l.nobodyAnswers()
}

// alarmFilter parses a selector over alarms and checks the words that can be
// checked.
func (l *loader) alarmFilter(s strict.Str) facility.Selector {
	sel, err := facility.ParseSelector(s.V)
	if err != nil {
		l.add(s.Place, err.Error(), "")
		return sel
	}
	for _, term := range strings.FieldsFunc(s.V, separator) {
		key, op, value := splitTerm(term)
		if slices.Contains([]string{"kind", "category", "device", "metric"}, key) {
			l.term(s.Place, term, key, op, value)
		}
	}
	return sel
}

// nobodyAnswers warns of devices whose alarms no position takes. Only filters
// over the device itself can be judged beforehand; any other may take them.
func (l *loader) nobodyAnswers() {
	about := []string{"kind", "category", "device", "place", "rack", "feed", "group"}
	for i := range l.positions {
		for _, term := range strings.FieldsFunc(l.positions[i].Filter.V, separator) {
			if key, _, _ := splitTerm(term); !slices.Contains(about, key) {
				return
			}
		}
	}
	var left []string
	for _, t := range l.site.Devices {
		if !slices.ContainsFunc(l.site.Positions, func(p duty.Position) bool { return p.Filter.Match(facility.DeviceAttributes(&t.Device)) }) {
			left = append(left, string(t.Device.ID))
		}
	}
	if len(left) > 0 {
		l.warn(l.positions[0].Node.Place(), fmt.Sprintf("no position answers for the alarms of %d device(s): %s", len(left), strings.Join(firstOf(left, 5), ", ")),
			"widen a filter, or add a position without one")
	}
}

// via checks the switches and gateways that devices are reached through: they
// exist and no way leads in a circle.
func (l *loader) via() {
	next := map[facility.DeviceID]facility.DeviceID{}
	for _, t := range l.site.Devices {
		next[t.Device.ID] = t.Device.Via
	}
	for i := range l.vias {
		v := &l.vias[i]
		to := facility.DeviceID(v.to.V)
		if _, ok := next[to]; !ok {
			l.add(v.to.Place, fmt.Sprintf("via: device %q is not in the inventory", v.to.V), strict.Suggest(v.to.V, l.deviceIDs()))
			continue
		}
		way := []string{string(v.device)}
		for at := to; at != "" && len(way) <= len(next); at = next[at] {
			way = append(way, string(at))
			if at == v.device {
				l.add(v.to.Place, "via: the way leads in a circle: "+strings.Join(way, " → "), "name the next device towards this program")
				break
			}
		}
	}
}

// A viaRef is where a device names the one it is reached through.
type viaRef struct {
	device facility.DeviceID
	to     strict.Str
}
