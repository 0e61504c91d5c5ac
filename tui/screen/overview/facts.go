package overview

import (
	"math"
	"strconv"

	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/live"
	"nezuban/tui/session"
)

// A kind of figure in a box.
type kind uint8

const (
	states   kind = iota // how many points are normal, of all
	least                // the least value and where
	greatest             // the greatest value and where
)

// A figure is one line of a box, drawn from all points of some metrics.
type figure struct {
	category string
	kind     kind
	metrics  []string
	label    func(*i18n.Overview) string
	air      bool // leave out what sits inside of a machine
}

// figures of the boxes, in their order.
var figures = []figure{
	{"power", states, []string{"ups_output_source"}, func(o *i18n.Overview) string { return o.UPS }, false},
	{"power", states, []string{"genset_state"}, func(o *i18n.Overview) string { return o.Generator }, false},
	{"power", states, []string{"ats_redundancy_state", "ats_source"}, func(o *i18n.Overview) string { return o.ATS }, false},
	{"power", least, []string{"ups_battery_charge_ratio"}, func(o *i18n.Overview) string { return o.BatteryMin }, false},
	{"power", greatest, []string{"ups_output_load_ratio"}, func(o *i18n.Overview) string { return o.LoadMax }, false},
	{"fire", states, []string{"smoke_state"}, func(o *i18n.Overview) string { return o.Smoke }, false},
	{"fire", states, []string{"fire_panel_alarm_state", "fire_panel_supervisory_state", "fire_panel_trouble_state"}, func(o *i18n.Overview) string { return o.Panel }, false},
	{"fire", least, []string{"suppression_agent_pressure_pascals"}, func(o *i18n.Overview) string { return o.AgentPressure }, false},
	{"cooling", states, []string{"crac_state"}, func(o *i18n.Overview) string { return o.Cooling }, false},
	{"cooling", greatest, []string{"crac_supply_temperature_celsius"}, func(o *i18n.Overview) string { return o.SupplyMax }, false},
	{"cooling", greatest, []string{"temperature_celsius"}, func(o *i18n.Overview) string { return o.RoomMax }, true},
	{"cooling", states, []string{"leak_state"}, func(o *i18n.Overview) string { return o.Leak }, false},
	{"equipment", states, []string{"interface_oper_state"}, func(o *i18n.Overview) string { return o.Links }, false},
	{"resources", greatest, []string{"cpu_utilization_ratio"}, func(o *i18n.Overview) string { return o.CPUMax }, false},
	{"resources", greatest, []string{"memory_used_ratio"}, func(o *i18n.Overview) string { return o.MemoryMax }, false},
	{"resources", greatest, []string{"filesystem_used_ratio"}, func(o *i18n.Overview) string { return o.DiskMax }, false},
}

// A tally is what the points say about one figure.
type tally struct {
	all, normal, unknown int // unknown: stale, never answered, or a state nobody knows
	value                float64
	unit                 facility.Unit
	where                facility.DeviceID
}

func (t *tally) abnormal() int { return t.all - t.normal - t.unknown }

// A roll counts devices by reach.
type roll struct{ total, up, down, stale, unknown int }

func (r *roll) add(reach live.Reach) {
	r.total++
	switch reach {
	case live.Up:
		r.up++
	case live.Down:
		r.down++
	case live.Late:
		r.stale++
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
		reach := d.Reach(c.Now)
		r.add(reach)
		rolls[""].add(reach)
		for i := range d.Points {
			p := &d.Points[i]
			for _, n := range of[p.Point.Metric] {
				if figures[n].air && d.Device.Category == "resources" {
					continue
				}
				out[n].take(figures[n].kind, d.Device.ID, p, p.Freshness(c.Now))
			}
		}
	}
	return out, rolls
}

func (t *tally) take(k kind, d facility.DeviceID, p *live.PointView, fresh facility.Freshness) {
	t.all++
	if !fresh.Known() || math.IsNaN(p.Value) {
		t.unknown++
		return
	}
	if k == states {
		s, ok := p.Point.State(p.Value)
		switch {
		case !ok || s.Severity == facility.SeverityUnknown:
			t.unknown++
		case s.Severity == facility.SeverityNormal:
			t.normal++
		}
		return
	}
	t.normal++
	first := t.normal == 1
	if first || k == least && p.Value < t.value || k == greatest && p.Value > t.value {
		t.value, t.where = p.Value, d
		if m, ok := facility.LookupMetric(p.Point.Metric); ok {
			t.unit = m.Unit
		}
	}
}

// line writes one figure; "" where the facility has no such point.
func (t *tally) line(c *session.Context, f figure) string {
	if t.all == 0 {
		return ""
	}
	o := &c.T.Overview
	s := f.label(o) + " "
	switch {
	case t.unknown == t.all:
		return s + o.NoData + " ?" + strconv.Itoa(t.unknown)
	case f.kind == states:
		s += strconv.Itoa(t.normal) + "/" + strconv.Itoa(t.all) + " " + o.Normal
		if n := t.abnormal(); n > 0 {
			s += ", " + strconv.Itoa(n) + " " + o.Abnormal
		}
	default:
		s += i18n.FormatUnit(t.unit, t.value, c.T.Lang) + " " + c.DeviceName(t.where)
	}
	if t.unknown > 0 {
		s += " ?" + strconv.Itoa(t.unknown)
	}
	return s
}
