package facility

import (
	"sort"
	"strings"
	"time"
)

// A DeviceID names a device within a site: lower-case letters, digits, '-', '_'
// and '.', at most 63 bytes, beginning with a letter or digit.
type DeviceID string

// SelfDevice is the device under which the program's own alarms stand; no
// inventory may use the name.
const SelfDevice DeviceID = "nezuban"

// The devices under which the results of the facility's models stand as points;
// no inventory may use the names. Their engine is "model".
const (
	PowerModel   DeviceID = "power-model"   // power_paths_available{load}, power_redundancy{load} …
	CoolingModel DeviceID = "cooling-model" // cooling_units_running{room} …
	FireModel    DeviceID = "fire-model"    // fire_zone_state{zone} …
)

// A PointID names one quantity of one device:
// `ups-a1/ups_output_load_ratio{phase="1"}`. It is made by MakePointID and
// taken apart by its method Device alone; a Point carries the parts.
type PointID string

// A Label is one part of a point's place on its device.
type Label struct{ Name, Value string }

// Class is how often a point is polled.
type Class uint8

const (
	Normal Class = iota // analogues, 30 s unless the site says otherwise
	Fast                // states, 10 s
	Slow                // inventory, 1 h
)

func (c Class) String() string { return [...]string{"normal", "fast", "slow"}[c] }

// Severity is what a state of a device means.
type Severity uint8

const (
	SeverityUnknown Severity = iota
	SeverityNormal
	SeverityWarning
	SeverityCritical
)

func (s Severity) String() string {
	return [...]string{"unknown", "normal", "warning", "critical"}[s]
}

// A State is one value of an enumeration, with the maker's own name for it.
type State struct {
	Value    int64
	Name     string // lower_snake_case
	Severity Severity
}

// A Point is one quantity of one device, as its profile describes it.
type Point struct {
	ID       PointID
	Device   DeviceID
	Metric   string
	Labels   []Label // sorted by name
	Name     string  // what the device or the site calls it, sanitised; may be ""
	Class    Class
	Interval time.Duration // effective
	States   []State       // nil unless the metric's unit is UnitState
	OID      string        // numeric, where it comes from; "" where not SNMP
}

// State returns the enumeration's entry for v.
func (p *Point) State(v float64) (State, bool) {
	for _, s := range p.States {
		if float64(s.Value) == v {
			return s, true
		}
	}
	return State{}, false
}

// Label returns the value of one label, "" where it is absent.
func (p *Point) Label(name string) string {
	for _, l := range p.Labels {
		if l.Name == name {
			return l.Value
		}
	}
	return ""
}

// MakePointID builds the canonical id; labels are sorted in place.
func MakePointID(device DeviceID, metric string, labels []Label) PointID {
	var b strings.Builder
	b.WriteString(string(device))
	b.WriteByte('/')
	b.WriteString(SeriesName(metric, labels))
	return PointID(b.String())
}

// Device is the device of the point: what stands before the first slash.
func (id PointID) Device() DeviceID {
	device, _, _ := strings.Cut(string(id), "/")
	return DeviceID(device)
}

// escapeLabel escapes a label's value as the Prometheus text format does. It is
// made once: making one costs more than any use of it.
var escapeLabel = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// SeriesName writes metric and labels the way Prometheus prints a series,
// labels sorted by name: `temperature_celsius{sensor="inlet"}`.
func SeriesName(metric string, labels []Label) string {
	if len(labels) == 0 {
		return metric
	}
	sort.Slice(labels, func(i, j int) bool { return labels[i].Name < labels[j].Name })
	var b strings.Builder
	b.WriteString(metric)
	b.WriteByte('{')
	for i, l := range labels {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(l.Name)
		b.WriteString(`="`)
		b.WriteString(escapeLabel.Replace(l.Value))
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return b.String()
}
