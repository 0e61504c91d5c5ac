package alarm

import (
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

	// Priority is graver than the rule's where the condition has become graver than
	// the rule alone says (a second failure); 0: the rule's. While an alarm stands
	// its priority only rises, unless its rule gets a new revision.
	Priority facility.Priority
}

// LevelNoData is the level of an alarm about absent data.
const LevelNoData = "no_data"

// LevelTrue is the level of an alarm whose expression holds.
const LevelTrue = "true"

// NoProcedure is the procedure of a rule for which the site has none yet; the
// builtin rules have it. Screens write it in the reader's language.
const NoProcedure = "none assigned"

// Locate fills in where the change happened. p is nil for an alarm of a whole
// device. The name is the rule's words first, which nothing cuts, and then the
// part of the device; it never says a word twice.
func (c *Change) Locate(d *facility.Device, p *facility.Point) {
	c.Device, c.Place, c.Category = d.ID, d.Place, d.Category
	c.Name = c.Rule.Text.Name
	if p == nil {
		return
	}
	c.Point, c.Zone = p.ID, p.Label("zone")
	m, known := facility.LookupMetric(p.Metric)
	if known {
		c.Unit = m.Unit
	}
	if known && c.Rule.Type == NoData && p.Name == "" { // one rule for many quantities
		c.Name = facility.Text{En: join(c.Name.En, m.Short), Ja: join(c.Name.Ja, m.HelpJa)}
	}
	part := p.Part(d, c.Name)
	c.Name = facility.Text{En: join(c.Name.En, part.En), Ja: join(c.Name.Ja, part.Ja)}
}

func join(name, part string) string {
	if name == "" || part == "" {
		return name + part
	}
	return name + " " + part
}
