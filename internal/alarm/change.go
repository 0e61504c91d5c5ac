package alarm

import (
	"strings"
	"time"

	"nezuban/internal/facility"
)

// A Change is the news that a condition went on, went off, or, while on, is to
// be annunciated once more. The evaluation makes it; the records keep what comes
// of it.
type Change struct {
	Rule *Rule

	Device   facility.DeviceID
	Point    facility.PointID // "" for an alarm of a whole device
	Place    string
	Category string
	Zone     string // fire zone of the point, "" none
	Name     facility.Text
	Unit     facility.Unit

	Active  bool
	Realarm bool      // the condition was on already: its level went graver or its re-alarm time is over
	At      time.Time // UTC; the tick of the reading, for absence the moment it was noticed

	Level    string // high, low_low …, the state's name, or no_data; of a return the level it returned from
	Value    float64
	HasValue bool
	Limit    float64
	HasLimit bool
}

// LevelNoData is the level of an alarm about absent data.
const LevelNoData = "no_data"

// Locate fills in where the change happened. p is nil for an alarm of a whole
// device.
func (c *Change) Locate(d *facility.Device, p *facility.Point) {
	c.Device, c.Place, c.Category = d.ID, d.Place, d.Category
	c.Name = c.Rule.Text.Name
	if p == nil {
		return
	}
	c.Point, c.Zone = p.ID, p.Label("zone")
	if m, ok := facility.LookupMetric(p.Metric); ok {
		c.Unit = m.Unit
	}
	if part := partName(p); part != "" {
		c.Name = facility.Text{En: join(c.Name.En, part), Ja: join(c.Name.Ja, part)}
	}
}

// partName is what people call the part of the device a point belongs to: its
// name, or its labels where it has none.
func partName(p *facility.Point) string {
	if p.Name != "" {
		return p.Name
	}
	parts := make([]string, 0, len(p.Labels))
	for _, l := range p.Labels {
		if l.Name != "zone" {
			parts = append(parts, l.Name+" "+l.Value)
		}
	}
	return strings.Join(parts, ", ")
}

func join(name, part string) string {
	if name == "" {
		return part
	}
	return name + " " + part
}
