package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nezuban/collectors"
	"nezuban/internal/config/strict"
	"nezuban/internal/facility"
)

// pointKeys are the attributes by which a definition or target picks points.
var pointKeys = []string{"kind", "category", "device", "place", "rack", "feed", "group", "metric", "zone"}

// selection is a selector that was checked term by term.
type selection struct {
	facility.Selector
	metric string   // of its metric= term, "" none
	terms  []string // as written
	ok     bool
}

// selection parses a selector of a definition or target and checks the words in
// it that can be checked.
func (l *loader) selection(s strict.Str) selection {
	sel, err := facility.ParseSelector(s.V)
	out := selection{Selector: sel, ok: err == nil}
	if err != nil {
		l.add(s.Place, err.Error(), "")
		return out
	}
	for _, term := range strings.FieldsFunc(s.V, separator) {
		out.terms = append(out.terms, term)
		key, op, value := splitTerm(term)
		if !l.term(s.Place, term, key, op, value) {
			out.ok = false
		}
		if key == "metric" && op == "=" {
			if out.metric != "" && out.metric != value {
				l.add(s.Place, fmt.Sprintf("the selector asks for metric %s and %s at once and can match nothing", out.metric, value), "write one definition for each")
				out.ok = false
			}
			out.metric = value
		}
	}
	return out
}

func separator(r rune) bool { return r == ',' || r == ' ' || r == '\t' }

func splitTerm(term string) (key, op, value string) {
	i := strings.IndexAny(term, "=!~<>")
	if i < 0 {
		return term, "", ""
	}
	j := i
	for j < len(term) && strings.ContainsRune("=!~<>", rune(term[j])) {
		j++
	}
	return term[:i], term[i:j], term[j:]
}

// term checks one term whose key has a known set of values.
func (l *loader) term(at strict.Place, term, key, op, value string) bool {
	what, known := "", []string(nil)
	switch {
	case strings.HasPrefix(key, "label."):
		return true
	case !slices.Contains(pointKeys, key):
		l.add(at, fmt.Sprintf("selector term %q: %s is an attribute of alarms, not of points", term, key), strict.Suggest(key, pointKeys))
		return false
	case op != "=" && op != "!=":
		return true
	case key == "kind":
		what, known = "kind", facility.Kinds
	case key == "category":
		what, known = "category", facility.Categories
	case key == "device":
		what, known = "device", append(l.deviceIDs(), string(facility.SelfDevice), string(facility.PowerModel), string(facility.CoolingModel), string(facility.FireModel))
	case key == "metric":
		if _, ok := facility.LookupMetric(value); !ok {
			l.add(at, fmt.Sprintf("selector term %q: metric %q is not known", term, value), suggestMetric(value))
			return false
		}
		return true
	}
	if what != "" && !slices.Contains(known, value) {
		l.add(at, fmt.Sprintf("selector term %q: %s %q is not known", term, what, value), strict.Suggest(value, known))
		return false
	}
	return true
}

func (l *loader) deviceIDs() []string {
	var out []string
	for _, d := range l.site.Devices {
		out = append(out, string(d.Device.ID))
	}
	return out
}

// matchesAny reports whether a device of the inventory may have points that the
// selector picks. What only a poll can tell (labels, zones, and the metrics of a
// device whose profile is not named) counts as possible.
func (l *loader) matchesAny(s selection) bool { return l.matches(s, l.mayHave) }

func (l *loader) matches(s selection, has func(*collectors.Target, string) bool) bool {
	var certain []string
	for _, term := range s.terms {
		if key, _, _ := splitTerm(term); key != "metric" && key != "zone" && !strings.HasPrefix(key, "label.") {
			certain = append(certain, term)
		}
	}
	sel, err := facility.ParseSelector(strings.Join(certain, ","))
	if err != nil {
		return true
	}
	for model, file := range modelFiles {
		d, _ := facility.ModelDevice(model, "")
		if sel.Match(facility.DeviceAttributes(&d)) && slices.Contains(facility.ModelMetrics(model), s.metric) {
			_, err := os.Stat(filepath.Join(l.dir, file))
			return err == nil
		}
	}
	if sel.Match(facility.DeviceAttributes(&facility.Device{ID: facility.SelfDevice})) && len(certain) > 0 && s.metric == "" {
		return true // what nezuban says of itself
	}
	return slices.ContainsFunc(l.site.Devices, func(t collectors.Target) bool {
		if sel.Match(facility.DeviceAttributes(&t.Device)) && (s.metric == "" || has(&t, s.metric)) {
			return true
		}
		return slices.ContainsFunc(t.Bindings, func(b collectors.Binding) bool {
			return sel.Match(boundAttributes(&t.Device, &b)) && (s.metric == "" || b.Metric == s.metric || b.Metric == "" && has(&t, s.metric))
		})
	})
}

// modelFiles are the files whose presence makes a model compute its points.
var modelFiles = map[facility.DeviceID]string{
	facility.PowerModel: "oneline.yaml", facility.FireModel: "fire.yaml", facility.CoolingModel: "cooling.yaml",
}

// boundAttributes are those of the point that a binding makes or names: a label
// `group` puts it into a group that the device is not in.
func boundAttributes(d *facility.Device, b *collectors.Binding) facility.Attributes {
	p := facility.Point{Metric: b.Metric}
	for name, value := range b.Labels {
		p.Labels = append(p.Labels, facility.Label{Name: name, Value: value})
	}
	return facility.PointAttributes(d, &p)
}

// mayHave reports whether a device may have points of a metric: through a
// binding, a profile that the inventory names, or one found by identification.
func (l *loader) mayHave(t *collectors.Target, metric string) bool {
	if slices.ContainsFunc(t.Bindings, func(b collectors.Binding) bool { return b.Metric == metric }) {
		return true
	}
	has := func(profile string) bool { return slices.Contains(l.known.profiles[profile], metric) }
	if t.Device.Engine == "snmp" && len(t.Profiles) > 0 {
		return slices.ContainsFunc(t.Profiles, has)
	}
	// The meaning of a dry contact comes from a binding alone, unless some
	// profile reports it by itself.
	return !slices.Contains(contactMetrics, metric) || metric == "contact_state" || slices.ContainsFunc(l.known.names, has)
}

// isMadeFor reports whether a profile for devices of this kind reports the metric.
// The probe that a UPS may have in its battery room makes it no sensor of the racks.
func (l *loader) isMadeFor(t *collectors.Target, metric string) bool {
	if t.Device.Kind == "ups" && (metric == "temperature_celsius" || metric == "humidity_ratio") {
		return false
	}
	return slices.Contains(l.known.kinds[t.Device.Kind], metric)
}
