package config

import (
	"fmt"
	"slices"

	"nezuban/collectors"
	"nezuban/internal/config/strict"
	"nezuban/internal/facility"
)

type bindingYAML struct {
	strict.Node
	Input  strict.Str   `yaml:"input"`
	Kind   strict.Str   `yaml:"kind"`
	Metric strict.Str   `yaml:"metric"`
	Name   strict.Str   `yaml:"name"`
	Zone   strict.Str   `yaml:"zone"`
	Normal strict.Str   `yaml:"normal"`
	Labels bindingLabel `yaml:"labels"`
	Scale  float64      `yaml:"scale"`
	Offset float64      `yaml:"offset"`
}

type bindingLabel = strict.Labels

// contactMetrics are the meanings that a dry contact can have.
var contactMetrics = []string{"smoke_state", "leak_state", "door_state", "contact_state",
	"fire_panel_alarm_state", "fire_panel_supervisory_state", "fire_panel_trouble_state",
	"fire_panel_disabled_state", "fire_panel_discharge_state",
	"suppression_manual_state", "suppression_isolated_state", "suppression_abort_state", "fire_damper_state"}

// bindings checks what the inputs of a hub mean.
func (l *loader) bindings(list []bindingYAML) []collectors.Binding {
	var out []collectors.Binding
	seen := map[string]bool{}
	for i := range list {
		y := &list[i]
		b := collectors.Binding{Input: y.Input.V, Kind: y.Kind.V, Metric: y.Metric.V, Name: y.Name.V, Zone: y.Zone.V,
			Normal: y.Normal.V, Labels: y.Labels, Scale: y.Scale, Offset: y.Offset}
		if b.Input == "" {
			l.add(y.Node.Place(), "a binding has no input", `name the hub's own number of the input, for example input: "3"`)
		}
		key := b.Kind + " " + b.Input
		if b.Kind == "sensor" {
			key += " " + b.Metric // one input may hold a sensor of each
		}
		if seen[key] {
			l.add(y.At("input"), fmt.Sprintf("%s input %s is bound twice", b.Kind, b.Input), "")
		} else {
			seen[key] = true
		}
		m, ok := facility.LookupMetric(b.Metric)
		switch {
		case b.Metric == "" && b.Kind == "sensor":
		case b.Metric == "":
			l.add(y.Node.Place(), "a binding has no metric", strict.Suggest("", contactMetrics))
		case !ok:
			l.add(y.Metric.Place, fmt.Sprintf("metric %q is not known", b.Metric), suggestMetric(b.Metric))
		}
		switch b.Kind {
		case "contact":
			l.contact(y, &b, ok)
		case "analogue":
			if ok && m.Unit == facility.UnitState {
				l.add(y.Metric.Place, fmt.Sprintf("metric %s is a state; an analogue input gives a number", b.Metric), "")
			}
			if !y.Has("scale") {
				b.Scale = 1
			} else if b.Scale == 0 {
				l.add(y.At("scale"), "scale: 0 makes every value the same", "value = raw × scale + offset, in the metric's base unit")
			}
		case "sensor":
			l.sensor(y)
		default:
			l.add(y.At("kind"), fmt.Sprintf("binding kind %q is not known", b.Kind), "write contact, analogue or sensor")
		}
		out = append(out, b)
	}
	return out
}

// sensor checks what a binding says of a sensor that has its meaning already.
func (l *loader) sensor(y *bindingYAML) {
	for _, key := range []string{"normal", "scale", "offset"} {
		if y.Has(key) {
			l.add(y.At(key), key+" belongs to contacts and analogue inputs; a sensor's value is the device's own", "remove it")
		}
	}
	for _, name := range []string{"input", "sensor"} {
		if y.Labels[name] != "" {
			l.add(y.At("labels"), fmt.Sprintf("label %s is the device's own number of the sensor", name), "choose another label, for example rack")
		}
	}
}

func (l *loader) contact(y *bindingYAML, b *collectors.Binding, known bool) {
	if known && !slices.Contains(contactMetrics, b.Metric) {
		l.add(y.Metric.Place, fmt.Sprintf("metric %s is nothing that a contact can say", b.Metric), strict.Suggest("", contactMetrics))
	}
	if b.Normal != "" && b.Normal != "closed" && b.Normal != "open" {
		l.add(y.Normal.Place, fmt.Sprintf("normal: %q is no state of a contact", b.Normal), "write closed or open: the state while nothing is wrong")
	}
	for _, key := range []string{"scale", "offset"} {
		if y.Has(key) {
			l.add(y.At(key), key+" belongs to analogue inputs", "remove it")
		}
	}
	stage := b.Labels["stage"]
	if b.Metric == "smoke_state" && stage != "pre_alarm" && stage != "alarm" {
		l.add(y.At("labels"), "a smoke detector's contact must say what it reports", "add labels: {stage: pre_alarm} or {stage: alarm}")
	}
}
