package live

import (
	"maps"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// SetStops says which devices are not polled for a while: the polling stops in
// force, all of them. While a device is stopped its absence is not judged: no
// alarm about it is raised, and none returns because of it. Its values grow old as
// ever. After the stop it has the time of a device that just became known.
func (t *Table) SetStops(list []alarm.Suppression) {
	mono := t.o.Clock.Mono()
	t.mu.Lock()
	t.stops = make(map[facility.DeviceID]*alarm.Suppression, len(list))
	for i := range list {
		x := list[i]
		t.stops[x.Scope.Device] = &x
	}
	for _, d := range t.order {
		was := d.stop
		d.stop = t.stops[d.info.ID]
		if was == nil && d.stop == nil {
			continue
		}
		t.outdate(d)
		if d.stop == nil {
			d.since, d.upSince, d.hasBatch = mono, mono, false
		}
	}
	t.mu.Unlock()
	wake(t.urgent)
}

// isStopped reports whether the absence of a device is nobody's concern now. That
// of one that protects life always is: a stop that such a device has all the same
// ends within a second, and until then the device is judged like any other.
func (d *device) isStopped() bool { return d.stop != nil && d.blind == nil && len(d.life) == 0 }

// Sight is what the rules see of a device: what nobody would see while its polling
// is stopped. False: it is not in the inventory, or nobody polls it.
func (t *Table) Sight(id facility.DeviceID) (alarm.Sight, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	d := t.devices[id]
	if d == nil || d.model {
		return alarm.Sight{}, false
	}
	x := alarm.Sight{Known: d.listed || len(d.points) > 0}
	zones := map[string]bool{}
	for _, p := range d.life {
		zones[zoneOf(p.info)] = true
	}
	t.expectZones(d, zones)
	x.Life = slices.Sorted(maps.Keys(zones))
	take := func(r *alarm.Rule) {
		if r.Type != alarm.EventOnly && (x.Gravest == 0 || r.Priority() < x.Gravest) {
			x.Gravest = r.Priority()
		}
	}
	lists := [][]*watch{d.watches, d.computed}
	for _, p := range d.points {
		lists = append(lists, p.of.watches, p.of.ages, p.of.computed)
	}
	for _, list := range lists {
		for _, w := range list {
			take(w.rule)
		}
	}
	for _, r := range t.ruleSet { // computed elsewhere, from its points too
		if name := groupOf(r); name != "" && slices.Contains(d.info.Groups, name) {
			take(r)
		}
	}
	return x, true
}

// stopCollector shows which devices are not polled, from the newest snapshot.
type stopCollector struct{ table *Table }

var stopDesc = prometheus.NewDesc("nezuban_device_polling_stopped", "1 while a person has stopped the polling of the device, else 0.", []string{"device"}, nil)

// Describe implements prometheus.Collector.
func (c stopCollector) Describe(ch chan<- *prometheus.Desc) { ch <- stopDesc }

// Collect implements prometheus.Collector.
func (c stopCollector) Collect(ch chan<- prometheus.Metric) {
	for _, d := range c.table.Snapshot().Devices {
		if d.IsModel() {
			continue
		}
		stopped := 0.0
		if d.Stop != nil {
			stopped = 1
		}
		ch <- prometheus.MustNewConstMetric(stopDesc, prometheus.GaugeValue, stopped, string(d.Device.ID))
	}
}
