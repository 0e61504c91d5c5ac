package overview

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/live"
	"nezuban/internal/text"
	"nezuban/tui/session"
)

// A kind of figure in a box.
type kind uint8

const (
	states   kind = iota // how many points are normal, of all
	least                // the least value and where
	greatest             // the greatest value and where
)

// A figure is one fact of a box, drawn from all points of some metrics.
type figure struct {
	category string
	kind     kind
	metrics  []string
	label    func(*i18n.Overview) string
	kinds    []string // of the devices that are meant; nil all
}

// rooms are the kinds of device whose sensors stand in the air of a room. A
// thermometer in a server's processor says nothing about the cooling.
var rooms = []string{"envhub", "cooling"}

// figures of the boxes, in their order.
var figures = []figure{
	{"power", states, []string{"ups_output_source"}, func(o *i18n.Overview) string { return o.UPS }, nil},
	{"power", states, []string{"genset_state"}, func(o *i18n.Overview) string { return o.Generator }, nil},
	{"power", states, []string{"ats_redundancy_state", "ats_source"}, func(o *i18n.Overview) string { return o.ATS }, nil},
	{"power", least, []string{"ups_battery_charge_ratio"}, func(o *i18n.Overview) string { return o.BatteryMin }, nil},
	{"power", greatest, []string{"ups_output_load_ratio"}, func(o *i18n.Overview) string { return o.LoadMax }, nil},
	{"fire", states, firePanel, func(o *i18n.Overview) string { return o.Panel }, nil},
	{"fire", states, []string{"smoke_state"}, func(o *i18n.Overview) string { return o.Smoke }, nil},
	{"fire", least, []string{"suppression_agent_pressure_pascals"}, func(o *i18n.Overview) string { return o.AgentPressure }, nil},
	{"cooling", states, []string{"crac_state"}, func(o *i18n.Overview) string { return o.Cooling }, nil},
	{"cooling", greatest, []string{"crac_supply_temperature_celsius"}, func(o *i18n.Overview) string { return o.SupplyMax }, nil},
	{"cooling", greatest, []string{"temperature_celsius"}, func(o *i18n.Overview) string { return o.RoomMax }, rooms},
	{"cooling", states, []string{"leak_state"}, func(o *i18n.Overview) string { return o.Leak }, nil},
	{"equipment", states, []string{"interface_oper_state"}, func(o *i18n.Overview) string { return o.Links }, []string{"network"}},
	{"resources", greatest, []string{"cpu_utilization_ratio"}, func(o *i18n.Overview) string { return o.CPUMax }, nil},
	{"resources", greatest, []string{"memory_used_ratio"}, func(o *i18n.Overview) string { return o.MemoryMax }, nil},
	{"resources", greatest, []string{"filesystem_used_ratio"}, func(o *i18n.Overview) string { return o.DiskMax }, nil},
}

var firePanel = []string{"fire_panel_alarm_state", "fire_panel_supervisory_state", "fire_panel_trouble_state"}

// A fact is a figure in words: at length and, for a narrow line, in short.
type fact struct{ long, short string }

// A tally is what the points say about one figure.
type tally struct {
	all, normal, unknown int // unknown: stale, never answered, or a state nobody knows
	value                float64
	unit                 facility.Unit
	where                string // device, and the part where it has one
}

func (t *tally) abnormal() int { return t.all - t.normal - t.unknown }

// A roll counts devices by reach.
type roll struct{ total, up, down, stale, unknown, stopped int }

func (r *roll) add(reach live.Reach) {
	r.total++
	switch reach {
	case live.Up:
		r.up++
	case live.Down:
		r.down++
	case live.Late:
		r.stale++
	case live.Stopped:
		r.stopped++
	default:
		r.unknown++
	}
}

// count goes once through all points.
func count(c *session.Context) ([]tally, map[string]*roll) {
	out := make([]tally, len(figures))
	of := map[string][]int{}
	for i, f := range figures {
		for _, m := range f.metrics {
			of[m] = append(of[m], i)
		}
	}
	rolls := map[string]*roll{"": {}}
	for _, d := range c.Snapshot.Devices {
		r := rolls[d.Device.Category]
		if r == nil {
			r = &roll{}
			rolls[d.Device.Category] = r
		}
		if d.Device.Engine != "model" { // which nobody polls
			reach := d.Reach(c.Now)
			r.add(reach)
			rolls[""].add(reach)
		}
		troubled := tellsOfTrouble(c, d)
		points := d.Points()
		for i := range points {
			p := &points[i]
			for _, n := range of[p.Point.Metric] {
				if k := figures[n].kinds; k != nil && !slices.Contains(k, d.Device.Kind) {
					continue
				}
				if out[n].take(figures[n].kind, p, p.Freshness(c.Now), troubled) {
					out[n].where = where(c, &d.Device, p.Point)
				}
			}
		}
	}
	return out, rolls
}

// where a value was read: the device, and the part where it has a name.
func where(c *session.Context, d *facility.Device, p *facility.Point) string {
	name := c.DeviceName(d.ID)
	if p.Name == "" {
		return name
	}
	metric, _ := facility.LookupMetric(p.Metric)
	part := p.Part(d, facility.Text{En: metric.Short, Ja: metric.HelpJa}).In(c.T.Lang)
	out, _ := text.Clean(strings.TrimSpace(name+" "+part), 100)
	return out
}

// tellsOfTrouble reports whether a device has alarms of its own: whatever the
// reading next to them says, it is not normal.
func tellsOfTrouble(c *session.Context, d *live.DeviceView) bool {
	points := d.Points()
	for i := range points {
		p := &points[i]
		switch p.Point.Metric {
		case "ups_alarms_present", "crac_alarms_present":
			if p.Value > 0 && p.Freshness(c.Now).Known() {
				return true
			}
		case "device_fault_state":
			if s, ok := p.Point.State(p.Value); ok && s.Severity >= facility.SeverityWarning && p.Freshness(c.Now).Known() {
				return true
			}
		}
	}
	return false
}

// take counts a point of a device, of one that tells of trouble as abnormal; true
// where its value is the extreme so far.
func (t *tally) take(k kind, p *live.PointView, fresh facility.Freshness, troubled bool) bool {
	t.all++
	if !fresh.Known() || p.Vanished || math.IsNaN(p.Value) {
		t.unknown++
		return false
	}
	if k == states {
		s, ok := p.Point.State(p.Value)
		switch {
		case !ok || s.Severity == facility.SeverityUnknown:
			t.unknown++
		case s.Severity == facility.SeverityNormal && !troubled:
			t.normal++
		}
		return false
	}
	t.normal++
	first := t.normal == 1
	if !first && (k == least && p.Value >= t.value || k == greatest && p.Value <= t.value) {
		return false
	}
	t.value = p.Value
	if m, ok := facility.LookupMetric(p.Point.Metric); ok {
		t.unit = m.Unit
	}
	return true
}

// fact writes one figure; an empty one where the facility has no such point.
func (t *tally) fact(c *session.Context, f figure) fact {
	if t.all == 0 {
		return fact{}
	}
	o := &c.T.Overview
	head, tail, of := f.label(o)+" ", "", "/"+strconv.Itoa(t.all)
	if t.unknown > 0 {
		tail = " ?" + strconv.Itoa(t.unknown)
	}
	short := tail
	if f.category == "fire" {
		short = "" // the area's first fact counts them all
	}
	switch n := t.abnormal(); {
	case t.unknown == t.all:
		return fact{head + o.NoData + tail, head + "?" + strconv.Itoa(t.unknown)}
	case f.kind == states && n > 0:
		s := head + strconv.Itoa(n) + of + " "
		return fact{s + o.Abnormal + tail, s + o.AbnormalShort + short}
	case f.kind == states:
		return fact{head + strconv.Itoa(t.normal) + of + " " + o.Normal + tail, head + strconv.Itoa(t.normal) + of + short}
	}
	s := head + i18n.FormatUnit(t.unit, t.value, c.T.Lang)
	return fact{s + " " + t.where + tail, s + short}
}
