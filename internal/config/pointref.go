package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"nezuban/collectors"
	"nezuban/collectors/profile"
	"nezuban/internal/config/strict"
	"nezuban/internal/facility"
)

// pointYAML names points of a device for the models of power, fire and
// cooling: {device: ups-a1, metric: ups_output_source, states: [normal, battery]}.
type pointYAML struct {
	strict.Node
	Device strict.Str    `yaml:"device"` // left out: the device of what the reference stands in
	Metric strict.Str    `yaml:"metric"`
	Labels strict.Labels `yaml:"labels"`
	By     strict.Str    `yaml:"by"`     // a label that tells the phases apart: one point for each
	States []strict.Str  `yaml:"states"` // the states that mean yes
	Above  *float64      `yaml:"above"`  // or the value from which on it means yes
}

func (y *pointYAML) given() bool { return len(y.keysGiven()) > 0 }

func (y *pointYAML) keysGiven() []string {
	var out []string
	for _, key := range []string{"device", "metric", "labels", "by", "states", "above"} {
		if y.Has(key) {
			out = append(out, key)
		}
	}
	return out
}

// lookedUp is a reference whose device, metric and points are found.
type lookedUp struct {
	metric facility.Metric
	ids    []facility.PointID
	bound  bool // through a binding of the inventory
}

// reference finds the device and the metric of a reference and the points that
// they make. key names the reference in messages.
func (l *loader) reference(y *pointYAML, key string, owner facility.DeviceID) (lookedUp, bool) {
	var r lookedUp
	id := owner
	if y.Device.V != "" {
		id = facility.DeviceID(y.Device.V)
	}
	t, known := l.inventoried(id)
	switch {
	case id == "":
		l.add(y.Node.Place(), key+": no device is named", "add device: …, here or to the entry that this belongs to")
	case !known && y.Device.V != "":
		l.noDevice(y.Device)
	}
	m, ok := facility.LookupMetric(y.Metric.V)
	switch {
	case y.Metric.V == "":
		l.add(y.Node.Place(), key+": no metric is named", "`nezuban metrics` prints them all")
	case !ok:
		l.add(y.Metric.Place, fmt.Sprintf("metric %q is not known", y.Metric.V), suggestMetric(y.Metric.V))
	}
	if !known || !ok {
		return r, false
	}
	r.metric = m
	if ids, found := l.boundPoints(t, y); found {
		r.ids, r.bound = ids, true
		return r, len(ids) > 0
	}
	if !l.mayHave(t, m.Name) {
		l.add(y.Metric.Place, fmt.Sprintf("neither a profile nor a binding of device %s gives %s", t.Device.ID, m.Name), "bind an input to it in the inventory, or name another device")
		return r, false
	}
	labels := labelList(y.Labels)
	if y.By.V != "" {
		labels = append(labels, facility.Label{Name: y.By.V})
	}
	if !l.shaped(y, t, labels) {
		return r, false
	}
	r.ids = []facility.PointID{facility.MakePointID(t.Device.ID, m.Name, labelList(y.Labels))}
	return r, true
}

func (l *loader) noDevice(s strict.Str) {
	l.add(s.Place, fmt.Sprintf("device %q is not in the inventory", s.V), strict.Suggest(s.V, l.deviceIDs()))
}

// inventoried finds a device of the inventory, once all of it is read.
func (l *loader) inventoried(id facility.DeviceID) (*collectors.Target, bool) {
	if l.byID == nil {
		l.byID = make(map[facility.DeviceID]int, len(l.site.Devices))
		for i := range l.site.Devices {
			l.byID[l.site.Devices[i].Device.ID] = i
		}
	}
	i, ok := l.byID[id]
	if !ok {
		return nil, false
	}
	return &l.site.Devices[i], true
}

// holdsRack reports whether a device stands in the rack or a sensor hangs there.
func (l *loader) holdsRack(rack string) bool {
	if l.racks == nil {
		l.racks = map[string]bool{}
		for i := range l.site.Devices {
			t := &l.site.Devices[i]
			l.racks[t.Device.Rack] = true
			for _, b := range t.Bindings {
				l.racks[b.Labels["rack"]] = true
			}
		}
	}
	return l.racks[rack]
}

func labelList(m strict.Labels) []facility.Label {
	var out []facility.Label
	for _, name := range slices.Sorted(maps.Keys(m)) {
		out = append(out, facility.Label{Name: name, Value: m[name]})
	}
	return out
}

// boundPoints finds the inputs of a hub that a reference means: those whose
// binding has all of its labels. found is false where no binding of the device
// makes points of the metric, so that a profile must.
func (l *loader) boundPoints(t *collectors.Target, y *pointYAML) (ids []facility.PointID, found bool) {
	var shown []string
	taken := map[facility.PointID]bool{}
	for i := range t.Bindings {
		b := &t.Bindings[i]
		labels, ok := l.bindingPoint(t, b, y.Metric.V)
		if !ok {
			continue
		}
		found = true
		id := facility.MakePointID(t.Device.ID, y.Metric.V, labels)
		if taken[id] { // two inputs with the same labels: the second carries its number
			labels = append(labels, facility.Label{Name: "input", Value: b.Input})
			id = facility.MakePointID(t.Device.ID, y.Metric.V, labels)
		}
		taken[id] = true
		shown = append(shown, facility.SeriesName("", labels))
		if holds(labels, y.Labels) {
			ids = append(ids, id)
		}
	}
	if found && len(ids) == 0 {
		l.add(y.Key("labels"), fmt.Sprintf("no %s input of %s has these labels", y.Metric.V, t.Device.ID), "it has "+strings.Join(firstOf(shown, 4), ", "))
	}
	return ids, found
}

func firstOf(list []string, n int) []string {
	if len(list) > n {
		return append(slices.Clone(list[:n]), "…")
	}
	return list
}

func holds(labels []facility.Label, want strict.Labels) bool {
	for name, value := range want {
		if !slices.Contains(labels, facility.Label{Name: name, Value: value}) {
			return false
		}
	}
	return true
}

// bindingPoint is the labels of the point of a metric that a binding makes.
func (l *loader) bindingPoint(t *collectors.Target, b *collectors.Binding, metric string) ([]facility.Label, bool) {
	labels := labelList(b.Labels)
	if b.Zone != "" {
		labels = append(labels, facility.Label{Name: "zone", Value: b.Zone})
	}
	if b.Kind != "sensor" {
		return labels, b.Metric == metric
	}
	if b.Metric != "" && b.Metric != metric {
		return nil, false
	}
	name, ok := l.sensorLabel(t, metric)
	return append(labels, facility.Label{Name: name, Value: b.Input}), ok
}

// sensorLabel is the label under which the profiles of a device number the
// sensors that measure a metric by themselves.
func (l *loader) sensorLabel(t *collectors.Target, metric string) (string, bool) {
	for _, p := range l.profilesOf(t) {
		for i := range p.Tables {
			table := &p.Tables[i]
			senses := slices.ContainsFunc(table.Columns, func(q profile.Quantity) bool { return q.Metric.Name == metric && len(q.Labels) == 0 })
			if table.HoldsSensors() && senses && table.InputLabel() != "" {
				return table.InputLabel(), true
			}
		}
	}
	return "", false
}

// profilesOf lists the profiles that a device may have: the ones the inventory
// names, or all for its kind where it is identified by its answers.
func (l *loader) profilesOf(t *collectors.Target) []*profile.Profile {
	if l.site.Profiles == nil || t.Device.Engine != "snmp" {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(l.site.Profiles.All()), func(p *profile.Profile) bool {
		if len(t.Profiles) > 0 {
			return !slices.Contains(t.Profiles, p.Name)
		}
		return p.Kind != "" && p.Kind != t.Device.Kind
	})
}

// shaped checks the labels of a reference against those that the profiles of the
// device give to points of the metric; where no profile is known to have it,
// nothing can be said.
func (l *loader) shaped(y *pointYAML, t *collectors.Target, labels []facility.Label) bool {
	var shapes []string
	for _, p := range l.profilesOf(t) {
		for _, q := range p.Points {
			if q.Metric.Name != y.Metric.V {
				continue
			}
			if slices.Equal(namesOf(labels), namesOf(q.Labels)) && constantsHold(labels, q.Labels) {
				return true
			}
			shapes = append(shapes, shapeOf(nil, q.Labels))
		}
		for i := range p.Tables {
			table := &p.Tables[i]
			for _, q := range table.Columns {
				if q.Metric.Name != y.Metric.V {
					continue
				}
				index := rowLabels(table, &q)
				if slices.Equal(namesOf(labels), sortedNames(append(namesOf(q.Labels), index...))) && constantsHold(labels, q.Labels) {
					return true
				}
				shapes = append(shapes, shapeOf(index, q.Labels))
			}
		}
	}
	if len(shapes) == 0 {
		return true
	}
	slices.Sort(shapes)
	l.add(y.Key("labels"), fmt.Sprintf("device %s has no %s with %s", t.Device.ID, y.Metric.V, labelWords(labels)),
		"its profiles give it with "+strings.Join(firstOf(slices.Compact(shapes), 4), " or "))
	return false
}

// rowLabels are the names of the labels that tell a table's rows apart.
func rowLabels(t *profile.Table, q *profile.Quantity) []string {
	if q.Aggregate != "" {
		return nil
	}
	var out []string
	for _, name := range t.Index {
		if name != "_" {
			out = append(out, name)
		}
	}
	for _, c := range t.Labels {
		out = append(out, c.Name)
	}
	return out
}

func namesOf(labels []facility.Label) []string {
	out := make([]string, 0, len(labels))
	for _, l := range labels {
		out = append(out, l.Name)
	}
	return sortedNames(out)
}

func sortedNames(list []string) []string {
	slices.Sort(list)
	return list
}

// constantsHold reports whether labels that a profile fixes have their values; a
// label without a value stands for all of them.
func constantsHold(labels, constants []facility.Label) bool {
	for _, c := range constants {
		if !slices.Contains(labels, c) && !slices.Contains(labels, facility.Label{Name: c.Name}) {
			return false
		}
	}
	return true
}

func labelWords(labels []facility.Label) string {
	if len(labels) == 0 {
		return "no label"
	}
	return "labels " + facility.SeriesName("", slices.Clone(labels))
}

func shapeOf(index []string, constants []facility.Label) string {
	var parts []string
	for _, c := range constants {
		parts = append(parts, c.Name+": "+c.Value)
	}
	for _, name := range index {
		parts = append(parts, name+": …")
	}
	if len(parts) == 0 {
		return "no label"
	}
	slices.Sort(parts)
	return "labels: {" + strings.Join(parts, ", ") + "}"
}
