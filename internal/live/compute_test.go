package live

import (
	"context"
	"fmt"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

func expression(t *testing.T, src, group string) *alarm.Expression {
	t.Helper()
	e, err := alarm.CompileExpression(src, group)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

var (
	sourceStates = []facility.State{{Value: 3, Name: "normal", Severity: facility.SeverityNormal}, {Value: 5, Name: "battery", Severity: facility.SeverityCritical}}
	testStates   = []facility.State{{Value: 1, Name: "done_pass", Severity: facility.SeverityNormal}, {Value: 5, Name: "in_progress", Severity: facility.SeverityNormal}}
)

// A rack of devices, each with what it is asked for; polls hand over one batch.
type rack struct {
	*bench
	devices []facility.Device
	points  map[facility.DeviceID][]facility.Point
	told    map[facility.DeviceID]bool
}

func newRack(t *testing.T, points []facility.Point, devices []facility.Device, rules ...*alarm.Rule) *rack {
	t.Helper()
	r := &rack{devices: devices, points: map[facility.DeviceID][]facility.Point{}, told: map[facility.DeviceID]bool{}}
	for _, p := range points {
		r.points[p.Device] = append(r.points[p.Device], p)
	}
	r.bench = newBench(t, func(o *Options) { o.Devices, o.Rules = devices, rules })
	return r
}

func at(device facility.DeviceID, metric string, states []facility.State, labels ...facility.Label) facility.Point {
	return facility.Point{ID: facility.MakePointID(device, metric, labels), Device: device, Metric: metric, Labels: labels, States: states, Interval: 10 * time.Second}
}

// give hands over values by point id.
func (r *rack) give(device facility.DeviceID, values map[facility.PointID]float64) {
	tick := facility.TickOf(r.clk.Now())
	b := facility.Batch{Device: device, Tick: tick, Health: facility.Health{Rounds: 1, LastAnswer: r.clk.Now(), Interval: 10 * time.Second}}
	if !r.told[device] {
		b.Points, r.told[device] = r.points[device], true
	}
	for _, p := range r.points[device] { // in the order of the points, whatever the map's
		if v, ok := values[p.ID]; ok {
			b.Readings = append(b.Readings, facility.Reading{Point: p.ID, Tick: tick, Value: v, Quality: facility.Good})
		}
	}
	r.accept(b)
}

// The false page that others send: on battery in the UPS's own test.
func TestSelfTestIsNoOutage(t *testing.T) {
	rule := &alarm.Rule{ID: "ON-BATTERY", Revision: 1, Select: selector("kind=ups"), Type: alarm.Calculated, Class: alarm.Redundancy,
		Expression: expression(t, `is("ups_output_source", "battery") and not is("ups_test_result", "in_progress")`, "")}
	ups := facility.Device{ID: "ups-a1", Kind: "ups", Category: "power"}
	source, test := at("ups-a1", "ups_output_source", sourceStates), at("ups-a1", "ups_test_result", testStates)
	r := newRack(t, []facility.Point{source, test}, []facility.Device{ups}, rule)
	poll := func(src, tst float64) {
		r.clk.pass(10 * time.Second)
		r.give("ups-a1", map[facility.PointID]float64{source.ID: src, test.ID: tst})
	}
	poll(3, 1)
	poll(5, 5) // both in one batch, the source first
	r.want("it tests itself")
	poll(3, 1)
	r.want("the test has passed")
	poll(5, 1)
	r.want("an outage", "ON-BATTERY UNACK")
	if o := r.rec.Standing()[0]; o.Point != "" || o.Device != "ups-a1" || o.Level != alarm.LevelTrue {
		t.Errorf("occurrence %+v", o)
	}
	r.table.publish()
	if len(r.table.Snapshot().Unwatched) != 0 {
		t.Error("a calculated alarm counts as unwatched")
	}
	poll(3, 1)
	r.want("back", "ON-BATTERY RTNUN")
	r.clk.pass(30 * time.Second) // the test result grows old
	r.give("ups-a1", map[facility.PointID]float64{source.ID: 5})
	r.want("an unknown test result excuses nothing", "ON-BATTERY UNACK")
}

// The mean of a row: who stands out of it, and who cannot be judged.
func TestDeviationFromTheMeanOfAGroup(t *testing.T) {
	rule := &alarm.Rule{ID: "STANDS-OUT", Revision: 1, Select: selector("metric=temperature_celsius"), Type: alarm.Deviation, High: number(4), Deadband: 0.5,
		Reference: alarm.Reference{Mean: true, Group: "row-1"}, Class: alarm.Environment, Severity: alarm.Major, TimeToRespond: time.Hour}
	var devices []facility.Device
	var points []facility.Point
	for i := range 4 {
		d := facility.Device{ID: facility.DeviceID(fmt.Sprintf("s-%d", i)), Groups: []string{"row-1"}}
		if i == 3 {
			d.Groups = nil // another row, hot, and no part of the mean
		}
		devices = append(devices, d)
		points = append(points, at(d.ID, "temperature_celsius", nil))
	}
	r := newRack(t, points, devices, rule)
	poll := func(values ...float64) {
		r.clk.pass(10 * time.Second)
		for i, v := range values {
			r.give(devices[i].ID, map[facility.PointID]float64{points[i].ID: v})
		}
		r.table.tick()
		r.table.commitAll(t.Context())
	}
	poll(22, 22, 22, 40)
	poll(22, 22, 27, 40) // mean 23.67
	r.want("3.3 above")
	poll(22, 22, 30, 40) // mean 24.67
	r.want("5.3 above the mean", "STANDS-OUT UNACK")
	if o := r.rec.Standing()[0]; o.Device != "s-2" || o.Value != 30 {
		t.Errorf("occurrence %+v", o)
	}
	poll(22, 22, 23, 40)
	r.want("back in the row", "STANDS-OUT RTNUN")
}

func TestRateOfRise(t *testing.T) {
	rule := &alarm.Rule{ID: "RISES", Revision: 1, Select: selector("metric=temperature_celsius"), Type: alarm.Rate, High: number(5),
		Window: time.Minute, Per: 10 * time.Minute, Class: alarm.Environment, Severity: alarm.Major, TimeToRespond: time.Hour}
	b := newBench(t, func(o *Options) { o.Rules = []*alarm.Rule{rule} })
	for i := range 10 {
		b.poll(b.temp(22 + 0.05*float64(i)))
		b.pass(10 * time.Second)
	}
	b.want("0.3 K a minute is slow")
	for i := range 10 {
		b.poll(b.temp(23 + 0.2*float64(i)))
		b.pass(10 * time.Second)
	}
	b.want("1.2 K a minute", "RISES UNACK")
}

// A rule over a group: how many units of a hall run.
func TestCalculatedOverAGroup(t *testing.T) {
	states := []facility.State{{Value: 1, Name: "on", Severity: facility.SeverityNormal}, {Value: 2, Name: "off", Severity: facility.SeverityCritical}}
	rule := &alarm.Rule{ID: "HALL-HOT", Revision: 1, Select: selector("device=hall"), Type: alarm.Calculated, Class: alarm.Environment,
		Expression: expression(t, `mean("crac_supply_temperature_celsius") > 20 and unknown("crac_supply_temperature_celsius") == 0`, "hall-1")}
	devices := []facility.Device{{ID: "hall"}}
	var points []facility.Point
	for i := range 3 {
		d := facility.Device{ID: facility.DeviceID(fmt.Sprintf("crac-%d", i)), Groups: []string{"hall-1"}}
		devices = append(devices, d)
		points = append(points, at(d.ID, "crac_supply_temperature_celsius", nil), at(d.ID, "crac_state", states))
	}
	r := newRack(t, points, devices, rule)
	poll := func(values ...float64) {
		r.clk.pass(10 * time.Second)
		for i, v := range values {
			r.give(devices[i+1].ID, map[facility.PointID]float64{points[2*i].ID: v})
		}
		r.table.tick()
		r.table.commitAll(t.Context())
	}
	poll(16, 16, 16)
	r.want("cool")
	poll(16, 16, 30)
	r.want("mean 20.7", "HALL-HOT UNACK")
	poll(16, 16, 16)
	r.want("cool again", "HALL-HOT RTNUN")
	for range 3 {
		poll(30, 30)
	}
	r.want("one of them is not seen: the expression says so itself", "HALL-HOT RTNUN")
}

// An event is handed over and counted nowhere.
func TestEventsAreNoAlarms(t *testing.T) {
	event := *smokeRule
	event.ID, event.Type, event.FireAlarm, event.Class = "SMOKE-EVENT", alarm.EventOnly, false, alarm.Security
	got := &kept{}
	b := newBench(t, func(o *Options) { o.Rules, o.Committer = []*alarm.Rule{&event}, got })
	b.poll(b.smoke(0))
	b.pass(10 * time.Second)
	b.poll(b.smoke(1))
	b.pass(10 * time.Second)
	b.poll(b.smoke(0))
	if len(got.changes) != 2 || !got.changes[0].Active || got.changes[1].Active {
		t.Errorf("handed over %+v, want on and off", got.changes)
	}
	b.table.publish()
	if n := b.table.Snapshot().RatePer10Min; n != 0 {
		t.Errorf("%d annunciations for an event", n)
	}
}

// kept is a committer that only remembers.
type kept struct {
	nobody
	changes []alarm.Change
}

func (k *kept) Commit(_ context.Context, changes []alarm.Change) {
	k.changes = append(k.changes, changes...)
}
