package config

import (
	"fmt"
	"slices"
	"time"

	"nezuban/internal/config/strict"
	"nezuban/internal/facility"
	"nezuban/internal/topology"
	"nezuban/internal/topology/fire"
)

// fireYAML is fire.yaml.
type fireYAML struct {
	strict.Node
	Zones []zoneYAML `yaml:"zones"`
}

type zoneYAML struct {
	strict.Node
	ID          strict.Str      `yaml:"id"`
	Name        strict.Text     `yaml:"name"`
	Place       string          `yaml:"place"`
	Device      strict.Str      `yaml:"device"` // of the zone's points unless they name another
	Detectors   []detectorYAML  `yaml:"detectors"`
	Alarm       []pointYAML     `yaml:"alarm"`
	Supervisory []pointYAML     `yaml:"supervisory"`
	Trouble     []pointYAML     `yaml:"trouble"`
	Disabled    []pointYAML     `yaml:"disabled"`
	Test        []pointYAML     `yaml:"test"`
	Discharge   []pointYAML     `yaml:"discharge"`
	Suppression suppressionYAML `yaml:"suppression"`
	Isolations  []isolationYAML `yaml:"isolations"`
}

type detectorYAML struct {
	strict.Node
	ID       strict.Str  `yaml:"id"`
	Name     strict.Text `yaml:"name"`
	Device   strict.Str  `yaml:"device"`
	State    pointYAML   `yaml:"state"`
	Alarm    pointYAML   `yaml:"alarm"`
	PreAlarm pointYAML   `yaml:"pre_alarm"`
	Fault    pointYAML   `yaml:"fault"`
	Level    pointYAML   `yaml:"level"`
	Levels   []float64   `yaml:"levels"`
}

type suppressionYAML struct {
	strict.Node
	Agent     string         `yaml:"agent"`
	Cylinders []cylinderYAML `yaml:"cylinders"`
	Automatic pointYAML      `yaml:"automatic"`
	Isolated  pointYAML      `yaml:"isolated"`
	Absent    []strict.Str   `yaml:"absent"`
	Release   strict.Text    `yaml:"release"`
}

type cylinderYAML struct {
	strict.Node
	ID       strict.Str `yaml:"id"`
	Reserve  bool       `yaml:"reserve"`
	Pressure pointYAML  `yaml:"pressure"`
	Least    float64    `yaml:"least"`
}

type isolationYAML struct {
	strict.Node
	Permit strict.Str    `yaml:"permit"`
	What   strict.Text   `yaml:"what"`
	From   strict.Str    `yaml:"from"`
	Until  strict.Str    `yaml:"until"`
	Closed strict.Str    `yaml:"closed"`
	Watch  string        `yaml:"watch"`
	Every  time.Duration `yaml:"every"`
}

// loadFire reads fire.yaml.
func (l *loader) loadFire() {
	for _, doc := range l.optional("fire.yaml") {
		var y fireYAML
		if !doc.Into(&y) {
			continue
		}
		ids := map[string]strict.Place{}
		for i := range y.Zones {
			l.ownID(y.Zones[i].ID, &y.Zones[i].Node, "zone", ids)
			l.site.Fire = append(l.site.Fire, l.zoneModel(&y.Zones[i]))
		}
		if len(y.Zones) == 0 && l.probs.Errors() == 0 {
			l.warn(doc.Place(), "there are no fire zones", "")
		}
		l.zonesNobodyDrew(doc.Place(), ids)
	}
}

// ownID reports an id that is missing or stands twice.
func (l *loader) ownID(id strict.Str, n *strict.Node, what string, seen map[string]strict.Place) {
	first, twice := seen[id.V]
	switch {
	case id.V == "":
		l.add(n.Place(), fmt.Sprintf("a %s has no id", what), "")
		return
	case twice:
		l.add(id.Place, fmt.Sprintf("%s id %q is used twice", what, id.V), fmt.Sprintf("it stands at line %d already; choose another", first.Line))
		return
	}
	seen[id.V] = id.Place
}

// zonesNobodyDrew warns of inputs that the inventory puts into a fire zone that
// fire.yaml does not have: their zone would be missing on the screen.
func (l *loader) zonesNobodyDrew(at strict.Place, zones map[string]strict.Place) {
	said := map[string]bool{}
	var known []string
	for id := range zones {
		known = append(known, id)
	}
	slices.Sort(known)
	for i := range l.site.Devices {
		t := &l.site.Devices[i]
		for _, b := range t.Bindings {
			if _, ok := zones[b.Zone]; b.Zone == "" || ok || said[b.Zone] {
				continue
			}
			said[b.Zone] = true
			l.warn(strict.Place{File: at.File}, fmt.Sprintf("device %s has inputs in fire zone %s, which is not among the zones here", t.Device.ID, b.Zone), strict.Suggest(b.Zone, known))
		}
	}
}

// zoneModel checks one zone and translates it.
func (l *loader) zoneModel(y *zoneYAML) fire.ZoneModel {
	m := fire.ZoneModel{ID: y.ID.V, Name: facility.Text{En: y.ID.V, Ja: y.ID.V}, Place: y.Place, File: y.Node.Place().File, Line: y.Node.Place().Line}
	if y.Has("name") {
		m.Name = l.text(&y.Name, "name")
	}
	device, ok := l.owner(y.Device, "")
	if !ok {
		return m // what hangs on it would all be reported again
	}
	if t, ok := l.inventoried(device); ok {
		m.Place = pick(m.Place, t.Device.Place)
	}
	ids := map[string]strict.Place{}
	for i := range y.Detectors {
		d := &y.Detectors[i]
		l.ownID(d.ID, &d.Node, "detector", ids)
		m.Detectors = append(m.Detectors, l.detector(d, device))
	}
	for _, g := range []struct {
		key  string
		from []pointYAML
		to   *[]topology.StateBinding
	}{{"alarm", y.Alarm, &m.Alarm}, {"supervisory", y.Supervisory, &m.Supervisory}, {"trouble", y.Trouble, &m.Trouble},
		{"disabled", y.Disabled, &m.Disabled}, {"test", y.Test, &m.Test}, {"discharge", y.Discharge, &m.Discharge}} {
		for i := range g.from {
			if b := l.yesNo(&g.from[i], g.key, device); b != nil {
				*g.to = append(*g.to, *b)
			}
		}
	}
	if len(y.Detectors)+len(y.Alarm) == 0 {
		l.warn(y.Node.Place(), fmt.Sprintf("nothing in zone %s can report a fire: it has neither detectors nor an alarm of the panel", quoted(y.ID.V)), "add detectors: or alarm:")
	}
	if y.Has("suppression") {
		m.Suppression = l.suppression(&y.Suppression, device)
	}
	permits := map[string]strict.Place{}
	for i := range y.Isolations {
		if iso, ok := l.isolation(&y.Isolations[i], permits); ok {
			m.Isolations = append(m.Isolations, iso)
		}
	}
	return m
}

// owner is the device that points belong to unless they name another; false
// where the inventory does not have it.
func (l *loader) owner(s strict.Str, outer facility.DeviceID) (facility.DeviceID, bool) {
	if s.V == "" {
		return outer, true
	}
	if _, ok := l.inventoried(facility.DeviceID(s.V)); !ok {
		l.noDevice(s)
		return "", false
	}
	return facility.DeviceID(s.V), true
}

func (l *loader) detector(y *detectorYAML, outer facility.DeviceID) fire.DetectorModel {
	m := fire.DetectorModel{ID: y.ID.V, Name: facility.Text{En: y.ID.V, Ja: y.ID.V}, Levels: y.Levels}
	if y.Has("name") {
		m.Name = l.text(&y.Name, "name")
	}
	device, ok := l.owner(y.Device, outer)
	if !ok {
		return m
	}
	m.State = l.ownState(&y.State, device)
	m.Alarm = l.yesNo(&y.Alarm, "alarm", device)
	m.PreAlarm = l.yesNo(&y.PreAlarm, "pre_alarm", device)
	m.Fault = l.yesNo(&y.Fault, "fault", device)
	m.Level = l.level(y, device)
	if !y.State.given() && !y.Alarm.given() && !y.PreAlarm.given() && !y.Level.given() {
		l.add(y.Node.Place(), fmt.Sprintf("detector %s has no point that reports a fire", quoted(y.ID.V)), "add alarm:, pre_alarm:, state: or level:")
	}
	return m
}

// ownState looks up a state that a detector reports by itself; one of its states
// must mean fire, or nobody would ever learn of one.
func (l *loader) ownState(y *pointYAML, device facility.DeviceID) facility.PointID {
	if !y.given() {
		return ""
	}
	id := l.number(y, "state", device, facility.UnitState)
	if id == "" {
		return ""
	}
	for _, s := range l.known.states[y.Metric.V] {
		if is := fire.StateOf(s); is == fire.Alarm || is == fire.PreAlarm {
			return id
		}
	}
	l.add(y.Metric.Place, fmt.Sprintf("state: no state of %s says alarm", y.Metric.V), "write alarm: {metric: …, states: […]} instead")
	return ""
}

// level looks up the obscuration of an aspirating detector and its thresholds.
func (l *loader) level(y *detectorYAML, device facility.DeviceID) facility.PointID {
	id := l.number(&y.Level, "level", device, facility.UnitRatio)
	switch {
	case y.Has("levels") && !y.Level.given():
		l.add(y.Key("levels"), "levels without a level mean nothing", "add level: {metric: …}")
	case y.Level.given() && len(y.Levels) == 0:
		l.add(y.Level.Node.Place(), "level: its thresholds are missing", "add levels: [alert, action, fire 1, fire 2], as ratios: 0.08 % a metre is 0.0008")
	case len(y.Levels) > 4:
		l.add(y.At("levels"), fmt.Sprintf("levels: %d thresholds; there are alert, action, fire 1 and fire 2", len(y.Levels)), "")
	}
	for i, v := range y.Levels {
		if v <= 0 || v > 1 || i > 0 && v <= y.Levels[i-1] {
			l.add(y.At("levels"), "levels must rise from above 0 to at most 1", "they are ratios: 0.08 % a metre is 0.0008")
			break
		}
	}
	return id
}

func (l *loader) suppression(y *suppressionYAML, device facility.DeviceID) *fire.SuppressionModel {
	m := &fire.SuppressionModel{Agent: y.Agent,
		Automatic: l.yesNo(&y.Automatic, "automatic", device), Isolated: l.yesNo(&y.Isolated, "isolated", device)}
	if y.Has("release") {
		m.ReleaseText = l.text(&y.Release, "release")
	}
	ids, mains := map[string]strict.Place{}, 0
	for i := range y.Cylinders {
		c := &y.Cylinders[i]
		l.ownID(c.ID, &c.Node, "cylinder", ids)
		if !c.Pressure.given() {
			l.add(c.Node.Place(), fmt.Sprintf("cylinder %s has no pressure", quoted(c.ID.V)), "add pressure: {metric: suppression_agent_pressure_pascals}")
		}
		if c.Least <= 0 {
			l.add(c.At("least"), fmt.Sprintf("cylinder %s does not say below which pressure it is not ready", quoted(c.ID.V)), "add least: in pascals, 3.8 MPa is 3800000")
		}
		if !c.Reserve {
			mains++
		}
		m.Cylinders = append(m.Cylinders, fire.CylinderModel{ID: c.ID.V, Reserve: c.Reserve, Least: c.Least,
			Pressure: l.number(&c.Pressure, "pressure", device, facility.UnitPascals)})
	}
	if mains == 0 {
		l.add(y.Node.Place(), "the suppression has no main cylinder, so nobody could say whether it is ready", "add cylinders: [{id: …, pressure: {…}, least: …}]")
	}
	l.absent(y, m)
	return m
}

// absent reads what a suppression does not have. What is neither bound nor absent
// is there and unknown, so the suppression is never called ready: that is worth a
// word.
func (l *loader) absent(y *suppressionYAML, m *fire.SuppressionModel) {
	parts := map[string]struct {
		bound *topology.StateBinding
		none  *bool
		key   string
	}{"key": {m.Automatic, &m.NoKey, "automatic"}, "valve": {m.Isolated, &m.NoValve, "isolated"}}
	for _, a := range y.Absent {
		p, ok := parts[a.V]
		switch {
		case !ok:
			l.add(a.Place, fmt.Sprintf("absent: %q is no part of a suppression", a.V), strict.Suggest(a.V, []string{"key", "valve"}))
		case y.Has(p.key):
			l.add(a.Place, fmt.Sprintf("absent: there is no %s, yet %s reads one", a.V, p.key), "keep one of the two")
		default:
			*p.none = true
		}
	}
	for _, name := range []string{"key", "valve"} {
		if p := parts[name]; !y.Has(p.key) && !*p.none {
			l.warn(y.Node.Place(), fmt.Sprintf("no point tells of the suppression's %s, so it is never known to be ready", name),
				fmt.Sprintf("add %s: {…}, or absent: [%s] where it has none", p.key, name))
		}
	}
}

func (l *loader) isolation(y *isolationYAML, seen map[string]strict.Place) (fire.IsolationModel, bool) {
	before := l.probs.Errors()
	m := fire.IsolationModel{Permit: y.Permit.V, Watch: y.Watch, Every: y.Every}
	switch first, twice := seen[m.Permit]; {
	case m.Permit == "":
		l.add(y.Node.Place(), "an isolation names no permit", "add permit: and the number of the permit to work")
	case twice:
		l.add(y.Permit.Place, fmt.Sprintf("permit %q stands twice in this zone", m.Permit), fmt.Sprintf("it stands at line %d already", first.Line))
	}
	seen[m.Permit] = y.Permit.Place
	if y.Has("what") {
		m.What = l.text(&y.What, "what")
	}
	for _, k := range []struct {
		key  string
		s    strict.Str
		to   *time.Time
		must bool
	}{{"from", y.From, &m.From, true}, {"until", y.Until, &m.Until, true}, {"closed", y.Closed, &m.Closed, false}} {
		switch {
		case k.s.V != "":
			*k.to = l.siteTime(k.s, k.key)
		case k.must:
			l.add(y.Node.Place(), fmt.Sprintf("permit %s: %s is missing", quoted(m.Permit), k.key), "every isolation has a beginning and an end, for example "+k.key+": 2026-11-22T23:30")
		}
	}
	if !m.From.IsZero() && !m.Until.IsZero() && !m.Until.After(m.From) {
		l.add(y.Until.Place, fmt.Sprintf("permit %s ends before it begins", quoted(m.Permit)), "")
	}
	if !m.From.IsZero() && !m.Closed.IsZero() && m.Closed.Before(m.From) {
		l.add(y.Closed.Place, fmt.Sprintf("permit %s is given back before it begins", quoted(m.Permit)), "")
	}
	return m, l.probs.Errors() == before
}

// siteTime reads a time of day of the site's zone, or one with its offset.
func (l *loader) siteTime(s strict.Str, key string) time.Time {
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, s.V, l.site.Facility.Zone); err == nil {
			return t.UTC()
		}
	}
	if t, err := time.Parse(time.RFC3339, s.V); err == nil {
		return t.UTC()
	}
	l.add(s.Place, fmt.Sprintf("%s: %q is no time", key, s.V), "write day and time of the site's zone, for example 2026-11-22T23:30")
	return time.Time{}
}
