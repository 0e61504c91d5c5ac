package live

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/topology"
	"nezuban/internal/topology/cooling"
	"nezuban/internal/topology/fire"
	"nezuban/sla"
)

const (
	meterA facility.PointID = `meter-a/meter_voltage_volts`
	meterB facility.PointID = `meter-b/meter_voltage_volts`
)

// twoFeeds is a rack on two utilities, each over a UPS.
func twoFeeds(t *testing.T) *topology.Graph {
	t.Helper()
	live := func(p facility.PointID) topology.Bindings {
		return topology.Bindings{Energised: &topology.StateBinding{Point: p, Above: number(180)}}
	}
	g, problems := topology.Compile(topology.Model{Nodes: []topology.Node{
		{ID: "util-a", Kind: topology.Utility, Side: "A", Device: "meter-a", Volts: 400, RatedWatts: 10_000, Bind: live(meterA)},
		{ID: "util-b", Kind: topology.Utility, Side: "B", Device: "meter-b", Volts: 400, RatedWatts: 10_000, Bind: live(meterB)},
		{ID: "ups-a", Kind: topology.UPS, Side: "A", Device: "ups-a", From: []topology.NodeID{"util-a"}, RatedWatts: 5000},
		{ID: "ups-b", Kind: topology.UPS, Side: "B", Device: "ups-b", From: []topology.NodeID{"util-b"}, RatedWatts: 5000},
		{ID: "r1", Name: facility.Text{En: "Rack 1"}, Kind: topology.Load, Rack: "R1", From: []topology.NodeID{"ups-a", "ups-b"}, LoadWatts: 1000, Design: topology.Design2N},
	}})
	if g == nil {
		t.Fatal(problems)
	}
	return g
}

var redundancyRule = &alarm.Rule{ID: "REDUNDANCY", Revision: 1, Select: selector("metric=power_redundancy"), Type: alarm.State, MinSeverity: facility.SeverityWarning,
	Class: alarm.Redundancy, Severity: alarm.Major, TimeToRespond: 10 * time.Minute, Text: alarm.Guidance{Name: facility.Text{En: "Redundancy lost", Ja: "冗長性喪失"}}}

var utilityRule = &alarm.Rule{ID: "UTILITY-LOST", Revision: 1, Select: selector("metric=meter_voltage_volts"), Type: alarm.Limit, Low: number(180), Effect: alarm.Loss,
	Class: alarm.Redundancy, Severity: alarm.Major, TimeToRespond: 5 * time.Minute, Text: alarm.Guidance{Name: facility.Text{En: "Utility lost", Ja: "受電喪失"}}}

func powerSite(t *testing.T, change func(*Options), rules ...*alarm.Rule) (*rack, func(a, b float64)) {
	t.Helper()
	devices := []facility.Device{{ID: "meter-a", Kind: "meter", Category: "power"}, {ID: "meter-b", Kind: "meter", Category: "power"}}
	points := []facility.Point{at("meter-a", "meter_voltage_volts", nil), at("meter-b", "meter_voltage_volts", nil)}
	r := newRack(t, points, devices)
	r.restart(func(o *Options) {
		o.Devices, o.Rules, o.Models.OneLine = devices, rules, twoFeeds(t)
		if change != nil {
			change(o)
		}
	})
	return r, func(a, b float64) {
		t.Helper()
		r.clk.pass(10 * time.Second)
		r.give("meter-a", map[facility.PointID]float64{meterA: a})
		r.give("meter-b", map[facility.PointID]float64{meterB: b})
		r.settle()
	}
}

// settle lets the models follow, as their loop would.
func (b *bench) settle() {
	b.t.Helper()
	b.table.tick()
	b.table.evaluateModels()
	b.table.commitAll(b.t.Context())
	b.table.publish()
}

const redundancyID facility.PointID = `power-model/power_redundancy{equipment="it",load="r1"}`

func TestPowerModelIsADeviceLikeAnyOther(t *testing.T) {
	met := sla.Target{Name: "redundant", Kind: sla.KindRange, Range: &sla.RangeIndicator{Metric: "power_paths_available", Min: number(2)},
		Combine: sla.Pooled, TargetPPM: 999_000, Policy: sla.PolicyExclude, MaxUnknownPPM: 20_000, Window: sla.Window{Duration: "1d", Zone: time.UTC}}
	r, round := powerSite(t, func(o *Options) { o.Targets = []sla.Target{met} }, redundancyRule, utilityRule, silentRule)
	r.settle()
	if v := r.view(redundancyID); v.LastGood != 0 || v.LastQuality != facility.Missing || v.LastTick == 0 {
		t.Errorf("before anything is known: %+v, want a reading without a value", v)
	}
	round(230, 230)
	r.want("both feeds")
	if v := r.view(redundancyID); v.Value != float64(topology.TwoN) || v.Point.Name != "Rack 1" || v.MaxAge != 25*time.Second {
		t.Errorf("redundancy %+v, want 2N", v)
	}
	round(0, 230)
	r.want("one feed", "UTILITY-LOST UNACK", "REDUNDANCY UNACK")
	s := r.table.Snapshot()
	if s.Power == nil || s.Graph == nil || s.Inputs["util-a"].Energised != topology.No {
		t.Errorf("snapshot: power %v, inputs %+v", s.Power != nil, s.Inputs)
	}
	if len(s.Grouping.Groups) != 1 || len(s.Grouping.Groups[0].Members) != 1 {
		t.Fatalf("groups %+v, want the lost redundancy behind the lost utility", s.Grouping.Groups)
	}
	if root, _ := r.rec.book.Get(s.Grouping.Groups[0].Root); root.Rule != "UTILITY-LOST" {
		t.Errorf("root %s", root.Rule)
	}
	if res := s.Targets[0]; res.Good != 10 || res.Good+res.Bad+res.Unknown < 20 {
		t.Errorf("target: good %d, bad %d, unknown %d s", res.Good, res.Bad, res.Unknown)
	}
	round(230, 230)
	r.want("both again", "UTILITY-LOST RTNUN", "REDUNDANCY RTNUN")
	var written []facility.Reading
	for _, b := range r.hist.batches {
		if b.Device == facility.PowerModel {
			written = append(written, b.Readings[0])
		}
	}
	if len(written) != 4 || written[1].Value != 5 || written[2].Value != 3 || written[3].Value != 5 || written[0].Quality != facility.Missing {
		t.Errorf("history got %+v", written)
	}
}

// Nobody measures any more: unknown, neither redundant nor lost.
func TestWhatNobodyMeasuresIsUnknown(t *testing.T) {
	r, round := powerSite(t, nil, redundancyRule)
	round(230, 230)
	for range 3 {
		r.clk.pass(10 * time.Second)
		r.settle()
	}
	v := r.view(redundancyID)
	if v.LastQuality != facility.Missing || v.LastGood >= v.LastTick || v.Freshness(r.clk.Now()).String() == "fresh" {
		t.Errorf("30 s after the last measurement: %+v", v)
	}
	r.want("unknown raises and clears nothing")
	if in := r.table.Snapshot().Inputs["util-a"]; in.Energised != topology.Unknown {
		t.Errorf("input %+v, want unknown", in)
	}
}

func TestModelsStayFreshWithoutChange(t *testing.T) {
	r, round := powerSite(t, nil, redundancyRule)
	round(230, 230)
	first := r.view(redundancyID).LastTick
	for range 9 {
		r.clk.pass(time.Second)
		r.settle()
	}
	if got := r.view(redundancyID).LastTick; got != first {
		t.Errorf("nothing changed, nothing is due: tick %d, want %d", got, first)
	}
	r.clk.pass(time.Second)
	r.settle()
	if got := r.view(redundancyID).LastTick; got != first+10 {
		t.Errorf("tick %d, want %d: as if it were polled", got, first+10)
	}
}

// Two changes in one second: rules see both at once, history the last one.
func TestHistoryGetsTheLastOfASecond(t *testing.T) {
	r, round := powerSite(t, nil, redundancyRule)
	round(230, 230)
	r.clk.pass(time.Second)
	r.give("meter-a", map[facility.PointID]float64{meterA: 0})
	r.table.evaluateModels()
	r.give("meter-a", map[facility.PointID]float64{meterA: 230})
	r.table.evaluateModels()
	r.table.commitAll(t.Context())
	r.want("seen both times", "REDUNDANCY RTNUN")
	last := func() facility.Reading {
		for i := len(r.hist.batches) - 1; ; i-- {
			if b := r.hist.batches[i]; b.Device == facility.PowerModel {
				return b.Readings[0]
			}
		}
	}
	if v := last(); v.Value != float64(topology.SinglePath) {
		t.Errorf("history has %v", v.Value)
	}
	r.clk.pass(time.Second)
	r.settle()
	if v := last(); v.Value != float64(topology.TwoN) || v.Tick != facility.TickOf(r.clk.Now()) {
		t.Errorf("a second later history has %+v, want 2N", v)
	}
}

func TestModelDevicesTakeNothingFromOutsideAndAreNeverSilent(t *testing.T) {
	r, round := powerSite(t, nil, silentRule, siteRule)
	round(230, 230)
	r.accept(facility.Batch{Device: facility.PowerModel, Tick: facility.TickOf(r.clk.Now()), Readings: []facility.Reading{{Point: redundancyID, Tick: facility.TickOf(r.clk.Now()), Value: 1, Quality: facility.Good}}})
	if r.refused == nil {
		t.Error("a batch of an engine for a model's device was taken")
	}
	r.table.Reload(Config{Rules: []*alarm.Rule{silentRule, siteRule}, Devices: r.devices})
	r.settle()
	s := r.table.Snapshot()
	if len(s.Devices) != 2 || s.Power != nil || s.Points != 2 {
		t.Errorf("after a reload without a one-line: %d devices, %d points, power %v", len(s.Devices), s.Points, s.Power)
	}
	r.table.Reload(Config{Rules: []*alarm.Rule{redundancyRule}, Devices: r.devices, Models: Models{OneLine: twoFeeds(t)}})
	r.settle()
	if v := r.view(redundancyID); v.Value != float64(topology.TwoN) {
		t.Errorf("after a reload with one: %+v, want 2N from what the table knows", v)
	}
}

func TestFireAndCoolingModels(t *testing.T) {
	states := []facility.State{{Value: 0, Name: "normal", Severity: facility.SeverityNormal}, {Value: 1, Name: "alarm", Severity: facility.SeverityCritical}}
	running := []facility.State{{Value: 1, Name: "off", Severity: facility.SeverityCritical}, {Value: 2, Name: "on", Severity: facility.SeverityNormal}}
	devices := []facility.Device{{ID: "hub-1", Kind: "envhub", Category: "fire"}, {ID: "crac-1", Kind: "cooling"}, {ID: "crac-2", Kind: "cooling"}, {ID: "srv-1", Kind: "host", Rack: "R1"}}
	panel := at("hub-1", "fire_panel_alarm_state", states, facility.Label{Name: "zone", Value: "Z-1"})
	points := []facility.Point{panel, at("crac-1", "crac_state", running), at("crac-2", "crac_state", running), at("srv-1", "temperature_celsius", nil)}
	on := func(p facility.PointID) *topology.StateBinding {
		return &topology.StateBinding{Point: p, States: []string{"on"}}
	}
	models := Models{
		Fire: []fire.ZoneModel{{ID: "Z-1", Name: facility.Text{En: "Hall 1", Ja: "1号室"}, Alarm: []topology.StateBinding{{Point: panel.ID, States: []string{"alarm"}}}}},
		Cooling: []cooling.RoomModel{{ID: "hall-1", Needs: 1, Units: []cooling.UnitModel{
			{Device: "crac-1", Running: on(points[1].ID)}, {Device: "crac-2", Running: on(points[2].ID)}},
			Inlets: []facility.PointID{points[3].ID}, Racks: []string{"R1"}}},
	}
	r := newRack(t, points, devices)
	r.restart(func(o *Options) { o.Devices, o.Rules, o.Models = devices, nil, models })
	give := func(i int, v float64) { r.give(points[i].Device, map[facility.PointID]float64{points[i].ID: v}) }
	r.clk.pass(10 * time.Second)
	for i, v := range []float64{0, 2, 2, 24} {
		give(i, v)
	}
	r.settle()
	value := func(id facility.PointID, want float64) {
		t.Helper()
		if v := r.view(id); v.Value != want || v.LastQuality != facility.Good {
			t.Errorf("%s is %v (%s), want %v", id, v.Value, v.LastQuality, want)
		}
	}
	const zone, spare, units = `fire-model/fire_zone_state{zone="Z-1"}`, `cooling-model/cooling_units_spare{room="hall-1"}`, `cooling-model/cooling_units_running{room="hall-1"}`
	value(zone, float64(fire.Normal))
	value(spare, 1)
	value(units, 2)
	value(`cooling-model/cooling_inlet_max_celsius{room="hall-1"}`, 24)
	r.clk.pass(5 * time.Second)
	give(0, 1)
	give(1, 1)
	r.settle()
	value(zone, float64(fire.Alarm))
	value(spare, 0)
	supply := r.table.Supply()
	crac := facility.Element{Device: "crac-1", Point: points[1].ID}
	for e, want := range map[facility.Element]alarm.Relation{
		{Device: facility.CoolingModel, Point: spare}: alarm.Fed,
		{Device: "srv-1", Point: points[3].ID}:        alarm.Cooled,
		{Device: "srv-1"}:                             alarm.Cooled,
		{Device: "crac-2"}:                            alarm.Unrelated,
		{Device: facility.FireModel, Point: zone}:     alarm.Unrelated,
	} {
		if got := supply.Behind(e, crac); got != want {
			t.Errorf("%v behind the unit: got %v, want %v", e, got, want)
		}
	}
	r.clk.pass(26 * time.Second) // one unit is not heard of
	give(2, 2)
	r.settle()
	if v := r.view(spare); v.LastQuality != facility.Missing {
		t.Errorf("spare with a unit unknown: %+v, want unknown", v)
	}
	value(zone, float64(fire.Alarm)) // in fire when last seen, and nobody has seen it end
	r.table.Reload(Config{Devices: devices, Models: models})
	r.settle()
	value(zone, float64(fire.Alarm))
	give(0, 0)
	r.settle()
	value(zone, float64(fire.Normal))
	r.clk.pass(26 * time.Second)
	give(2, 2)
	r.settle()
	if v := r.view(zone); v.LastQuality != facility.Missing {
		t.Errorf("zone that was normal with its panel unseen: %+v, want unknown", v)
	}
}

func TestEveryPointOfAModelIsFound(t *testing.T) {
	z := fire.ZoneModel{
		Detectors:   []fire.DetectorModel{{State: "a", Level: "b", Alarm: &topology.StateBinding{Point: "c"}, Fault: &topology.StateBinding{Point: "d"}}},
		Discharge:   []topology.StateBinding{{Point: "e"}, {Point: ""}},
		Suppression: &fire.SuppressionModel{Cylinders: []fire.CylinderModel{{Pressure: "f"}}, Isolated: &topology.StateBinding{Point: "g"}},
		Isolations:  []fire.IsolationModel{{From: start}},
	}
	got := pointsIn(z)
	slices.Sort(got)
	if fmt.Sprint(got) != "[a b c d e f g]" {
		t.Errorf("got %v", got)
	}
}

// The points of models are known before the checkpoint is read; their accounts go
// on all the same.
func TestAccountsOfModelsGoOnAfterARestart(t *testing.T) {
	met := sla.Target{Name: "redundant", Kind: sla.KindRange, Range: &sla.RangeIndicator{Metric: "power_paths_available", Min: number(2)},
		Combine: sla.Pooled, TargetPPM: 999_000, Policy: sla.PolicyExclude, MaxUnknownPPM: 20_000, Window: sla.Window{Duration: "1d", Zone: time.UTC}}
	store := &checkpoints{}
	configure := func(o *Options) { o.Targets, o.Checkpoints = []sla.Target{met}, store }
	r, round := powerSite(t, configure)
	for range 5 {
		round(230, 230)
	}
	before := r.table.Snapshot().Targets[0]
	r.table.save(t.Context())
	r.restart(func(o *Options) {
		o.Devices, o.Models.OneLine = []facility.Device{{ID: "meter-a", Kind: "meter", Category: "power"}, {ID: "meter-b", Kind: "meter", Category: "power"}}, twoFeeds(t)
		configure(o)
	})
	if err := r.table.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.table.publish()
	if got := r.table.Snapshot().Targets[0]; before.Good == 0 || got.Good != before.Good || got.Eligible != before.Eligible {
		t.Errorf("after the restart good %d of %d, want %d of %d", got.Good, got.Eligible, before.Good, before.Eligible)
	}
}
