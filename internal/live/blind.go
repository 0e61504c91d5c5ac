package live

import (
	"slices"
	"strings"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// protects reports whether a rule of class life safety watches the point.
func (p *point) protects() bool {
	isLife := func(w *watch) bool { return w.rule.Class == alarm.LifeSafety }
	return slices.ContainsFunc(p.of.watches, isLife) || slices.ContainsFunc(p.of.ages, isLife) || slices.ContainsFunc(p.of.computed, isLife)
}

// setBlind finds out whether points of a device protect life, and in which
// zones. A device that has not told its points yet is judged by what the
// inventory and fire.yaml say it has: one that never answers is not seen either.
func (t *Table) setBlind(d *device) {
	old := d.blind
	r := t.rules[RuleFireNotSeen]
	if r == nil || d.model {
		d.blind, d.zones = nil, nil
		return
	}
	zones := map[string]bool{}
	for _, p := range d.life {
		zones[zoneOf(p.info)] = true
	}
	if len(d.points) == 0 {
		t.expectZones(d, zones)
	}
	if len(zones) == 0 {
		if old == nil || !old.cond.Active { // what is on still has to return
			d.blind, d.zones = nil, nil
		}
		return
	}
	d.zones = nil
	for z := range zones {
		if z != "" {
			d.zones = append(d.zones, z)
		}
	}
	slices.Sort(d.zones)
	var before []*watch
	if old != nil {
		before = []*watch{old}
	}
	d.blind = t.watch(r, d.info.ID, nil, before)
}

// zoneOf is the point's zone or, where it has none, its own name.
func zoneOf(p *facility.Point) string {
	if z := p.Label("zone"); z != "" {
		return z
	}
	return p.Name
}

// expectZones adds the zones that a device will be seen to watch over once it
// answers.
func (t *Table) expectZones(d *device, zones map[string]bool) {
	for i := range t.expected[d.info.ID] {
		p := &t.expected[d.info.ID][i]
		attrs := facility.PointAttributes(&d.info, p)
		for _, r := range t.ruleSet {
			if r.Class == alarm.LifeSafety && !r.WholeDevice() && r.ID != RuleFireNotSeen && r.Select.Match(attrs) {
				zones[zoneOf(p)] = true
				break
			}
		}
	}
	prefix := string(d.info.ID) + "/"
	for i := range t.models.set.Fire {
		z := &t.models.set.Fire[i]
		for _, id := range pointsIn(*z) {
			if strings.HasPrefix(string(id), prefix) {
				zones[z.ID] = true
				break
			}
		}
	}
}

// evaluateBlind raises one alarm, which names the zones, for all points of a
// device that protect life and cannot be seen. It stays until they are seen
// again, or until they had the time for it: then each speaks for itself.
func (t *Table) evaluateBlind(d *device, answers bool, now time.Time, mono time.Duration) {
	w := d.blind
	if w == nil {
		return
	}
	old := !answers || w.cond.Active && d.awaits(mono)
	var ch *alarm.Change
	if w.cond, ch = w.rule.NextAge(w.cond, alarm.Age{At: now, Mono: mono, Old: old}); ch == nil {
		return
	}
	ch.Locate(&d.info, nil)
	ch.Zone = strings.Join(d.zones, ",")
	if len(d.zones) > 0 {
		list := strings.Join(d.zones, ", ")
		ch.Name = facility.Text{En: ch.Name.En + ": " + list, Ja: ch.Name.Ja + " " + list}
	}
	t.enqueue(ch, mono)
	t.outdate(d)
}

// awaits reports whether a point that protects life may still come back within
// its maximum age after the device answered again.
func (d *device) awaits(mono time.Duration) bool {
	for _, p := range d.life {
		if !p.fresh(mono) && mono-d.upSince <= p.maxAge {
			return true
		}
	}
	return false
}

// allOld reports whether a device had points that protect life, and none of them
// is known any more.
func (t *Table) allOld(d *device, mono time.Duration) bool {
	seen := false
	for _, p := range d.life {
		if p.lastGood == 0 {
			continue
		}
		if p.fresh(mono) || t.justWoke(p.maxAge, mono) {
			return false
		}
		seen = true
	}
	return seen
}
