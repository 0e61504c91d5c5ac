package live

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/topology"
	"nezuban/internal/topology/fire"
	"nezuban/sla"
)

// harmless are rules of which none protects life.
func harmless(o *Options) { o.Rules = []*alarm.Rule{hotRule, silentRule, staleRule} }

func stopOf(ids ...facility.DeviceID) []alarm.Suppression {
	var list []alarm.Suppression
	for i, id := range ids {
		list = append(list, alarm.Suppression{ID: fmt.Sprintf("SUP-%06d", i+1), Revision: 1, Type: alarm.PollingStop, State: alarm.InForce,
			Scope: alarm.Scope{Device: id}, By: "mori", Reason: "firmware", Since: start, Until: start.Add(time.Hour)})
	}
	return list
}

func (b *bench) device(id facility.DeviceID) *DeviceView {
	b.t.Helper()
	b.table.publish()
	for _, d := range b.table.Snapshot().Devices {
		if d.Device.ID == id {
			return d
		}
	}
	b.t.Fatalf("the snapshot has no device %s", id)
	return nil
}

func TestAStoppedDeviceIsNotJudged(t *testing.T) {
	b := newBench(t, harmless)
	b.poll(b.temp(25))
	b.table.SetStops(stopOf("hub-1"))
	b.pass(20 * time.Minute)
	b.want("nobody polls it")
	d := b.device("hub-1")
	if d.Reach(b.clk.Now()) != Stopped || d.Stop == nil || d.Stop.By != "mori" || !d.Stop.Until.Equal(start.Add(time.Hour)) {
		t.Errorf("reach %s, stop %+v", d.Reach(b.clk.Now()), d.Stop)
	}
	if p := b.view(tempID); p.Freshness(b.clk.Now()) != facility.Stale {
		t.Errorf("a reading of 20 minutes ago is %s", p.Freshness(b.clk.Now()))
	}
	b.table.SetStops(nil)
	if r := b.device("hub-1").Reach(b.clk.Now()); r != Late {
		t.Errorf("polled again, and nothing came yet: %s", r)
	}
	b.pass(74 * time.Second)
	b.want("it has the time of a new device")
	b.pass(3 * time.Second)
	b.want("it did not use it", "DEVICE-SILENT UNACK")
	b.poll(b.temp(25))
	b.want("it came", "DEVICE-SILENT RTNUN")
}

func TestADeviceThatAnswersAfterItsStopRaisesNothing(t *testing.T) {
	b := newBench(t, harmless)
	b.poll(b.temp(25))
	b.table.SetStops(stopOf("hub-1"))
	b.pass(20 * time.Minute)
	b.table.SetStops(nil)
	b.pass(10 * time.Second)
	b.rounds = 0
	b.poll() // the temperature comes later
	b.pass(20 * time.Second)
	b.poll()
	b.want("the point has its time too")
	b.poll(b.temp(25))
	b.want("all is back")
	if r := b.device("hub-1").Reach(b.clk.Now()); r != Up {
		t.Errorf("reach %s", r)
	}
	for range 8 { // from then on it is judged as ever
		b.pass(10 * time.Second)
		b.poll()
	}
	b.want("the temperature is old", "POINT-STALE UNACK")
}

func TestWhatStandsGoesOnStandingWhileStopped(t *testing.T) {
	b := newBench(t, harmless)
	b.poll(b.temp(30))
	b.fail(2)
	b.want("before", "HOT UNACK", "DEVICE-SILENT UNACK")
	b.table.SetStops(stopOf("hub-1"))
	b.pass(time.Hour)
	b.want("stopped", "HOT UNACK", "DEVICE-SILENT UNACK")
	b.table.SetStops(nil)
	b.pass(30 * time.Second)
	b.want("in its grace", "HOT UNACK", "DEVICE-SILENT UNACK")
	b.poll(b.temp(25))
	b.want("it answers", "HOT RTNUN", "DEVICE-SILENT RTNUN")
}

func TestAStopLastsOverReloadAndRestart(t *testing.T) {
	b := newBench(t, harmless)
	b.poll(b.temp(25))
	b.table.SetStops(stopOf("hub-1"))
	b.table.Reload(Config{Rules: []*alarm.Rule{hotRule, silentRule, staleRule}, Devices: []facility.Device{hub}})
	b.pass(10 * time.Minute)
	b.want("reloaded")
	b.table.Reload(Config{Rules: []*alarm.Rule{silentRule}})
	b.table.Reload(Config{Rules: []*alarm.Rule{silentRule}, Devices: []facility.Device{hub}})
	b.pass(10 * time.Minute)
	b.want("it left the inventory and came back")
	b.restart(harmless)
	b.table.SetStops(stopOf("hub-1"))
	b.pass(10 * time.Minute)
	b.want("restarted")
	if r := b.device("hub-1").Reach(b.clk.Now()); r != Stopped {
		t.Errorf("reach %s", r)
	}
}

// No such stop is taken; should there be one all the same, fire is judged on.
func TestAStopNeverHidesWhatProtectsLife(t *testing.T) {
	b := newBench(t, nil)
	b.poll(b.temp(25), b.smoke(0))
	b.table.SetStops(stopOf("hub-1"))
	b.pass(40 * time.Second)
	b.want("smoke is not seen", "DEVICE-SILENT UNACK", "FIRE-UNSEEN UNACK")
	b = newBench(t, func(o *Options) {
		withBlind(o)
		o.Expected = map[facility.DeviceID][]facility.Point{"hub-1": {{ID: smokeID, Device: "hub-1", Metric: "smoke_state"}}}
	})
	b.table.SetStops(stopOf("hub-1"))
	b.pass(2 * time.Minute)
	b.want("it never told what it has", "DEVICE-SILENT UNACK", "FIRE-NOT-SEEN UNACK")
}

// A stop neither makes the whole site unreachable nor brings it back.
func TestStopsDoNotMoveTheAlarmOfTheSite(t *testing.T) {
	b, round := fleet(t, siteRule)
	round(0)
	var ids []facility.DeviceID
	for i := range 9 {
		ids = append(ids, facility.DeviceID(fmt.Sprintf("d-%d", i)))
	}
	last := func(moment string, want ...string) {
		t.Helper()
		for range 30 {
			b.clk.pass(10 * time.Second)
			b.accept(facility.Batch{Device: "d-9", Tick: facility.TickOf(b.clk.Now()), Health: facility.Health{Rounds: 1, LastAnswer: b.clk.Now(), Interval: 10 * time.Second}})
			b.table.tick()
		}
		b.table.commitAll(t.Context())
		b.want(moment, want...)
	}
	b.table.SetStops(stopOf(ids...))
	last("nine that answered are stopped")
	b.table.SetStops(nil)
	round(9)
	b.want("nine are silent", "SITE-UNREACHABLE UNACK")
	b.table.SetStops(stopOf(ids...))
	last("and stopped", "SITE-UNREACHABLE UNACK")
	b.table.SetStops(nil)
	round(0)
	b.want("all answer", "SITE-UNREACHABLE RTNUN")
}

// A target has no samples of that time: it is unknown, neither good nor bad.
func TestStoppedTimeIsUnknownToTargets(t *testing.T) {
	b := newBench(t, func(o *Options) { harmless(o); o.Targets = []sla.Target{inRange} })
	for range 4 {
		b.poll(b.temp(25))
		b.pass(30 * time.Second)
	}
	b.table.SetStops(stopOf("hub-1"))
	b.pass(10 * time.Minute)
	b.table.publish()
	if r := b.table.Snapshot().Targets[0]; r.Bad != 0 || r.Unknown != 600+30-75 || r.Good != 90+75 {
		t.Errorf("good %d, bad %d, unknown %d s; want 165, 0, 555: the last sample held for 75 s", r.Good, r.Bad, r.Unknown)
	}
}

func TestStopsAreAMetric(t *testing.T) {
	b, _ := fleet(t, siteRule)
	b.table.SetStops(stopOf("d-3"))
	b.table.publish()
	var want strings.Builder
	want.WriteString("# HELP nezuban_device_polling_stopped 1 while a person has stopped the polling of the device, else 0.\n# TYPE nezuban_device_polling_stopped gauge\n")
	for i := range 10 {
		fmt.Fprintf(&want, "nezuban_device_polling_stopped{device=\"d-%d\"} %d\n", i, map[bool]int{true: 1}[i == 3])
	}
	if err := testutil.GatherAndCompare(b.reg, strings.NewReader(want.String()), "nezuban_device_polling_stopped"); err != nil {
		t.Error(err)
	}
}

func TestSightOfADevice(t *testing.T) {
	severe := &alarm.Rule{ID: "HOT-ROOM", Revision: 1, Select: selector("metric=temperature_celsius"), Type: alarm.Limit, High: number(35), Deadband: 1,
		Class: alarm.Environment, Severity: alarm.Severe, TimeToRespond: 5 * time.Minute}
	silentP1 := &alarm.Rule{ID: "SILENT-P1", Revision: 1, Type: alarm.NoData, Class: alarm.Redundancy, Severity: alarm.Severe, TimeToRespond: 5 * time.Minute}
	row := &alarm.Rule{ID: "ROW", Revision: 1, Select: selector("metric=temperature_celsius"), Type: alarm.Deviation, High: number(5), Deadband: 1,
		Reference: alarm.Reference{Mean: true, Group: "row-1"}, Class: alarm.Environment, Severity: alarm.Severe, TimeToRespond: 5 * time.Minute}
	zone := fire.ZoneModel{ID: "Z-7", Alarm: []topology.StateBinding{{Point: "hub-1/fire_panel_alarm_state", States: []string{"alarm"}}}}
	inRow := hub
	inRow.Groups = []string{"row-1"}
	tests := []struct {
		name   string
		change func(*Options)
		points []facility.Point // nil: it never answered
		want   alarm.Sight
	}{
		{"only small rules", harmless, hubPoints()[:1], alarm.Sight{Known: true, Gravest: facility.P3}},
		{"a P1 rule over a point", func(o *Options) { o.Rules = []*alarm.Rule{severe, silentRule} }, hubPoints()[:1], alarm.Sight{Known: true, Gravest: facility.P1}},
		{"a P1 rule over the device", func(o *Options) { o.Rules = []*alarm.Rule{hotRule, silentP1} }, hubPoints()[:1], alarm.Sight{Known: true, Gravest: facility.P1}},
		{"a P1 rule over its group", func(o *Options) { o.Rules, o.Devices = []*alarm.Rule{row, silentRule}, []facility.Device{inRow} }, nil, alarm.Sight{Gravest: facility.P1}},
		{"no rule", func(o *Options) { o.Rules = nil }, hubPoints(), alarm.Sight{Known: true}},
		{"a smoke detector", nil, hubPoints(), alarm.Sight{Known: true, Gravest: facility.P1, Life: []string{"Z-1"}}},
		{"it never answered", harmless, nil, alarm.Sight{Gravest: silentRule.Priority()}},
		{"a smoke detector in the inventory", func(o *Options) {
			o.Expected = map[facility.DeviceID][]facility.Point{"hub-1": {{ID: smokeID, Device: "hub-1", Metric: "smoke_state", Name: "Smoke 1"}}}
		}, nil, alarm.Sight{Gravest: silentRule.Priority(), Life: []string{"Smoke 1"}}},
		{"a zone of fire.yaml", func(o *Options) { harmless(o); o.Models.Fire = []fire.ZoneModel{zone} }, hubPoints()[:1], alarm.Sight{Known: true, Gravest: facility.P3, Life: []string{"Z-7"}}},
	}
	for _, tt := range tests {
		b := newBench(t, tt.change)
		if tt.points != nil {
			b.accept(facility.Batch{Device: "hub-1", Tick: facility.TickOf(b.clk.Now()), Points: tt.points, Health: facility.Health{Rounds: 1, LastAnswer: b.clk.Now()}})
		}
		got, ok := b.table.Sight("hub-1")
		if !ok || got.Known != tt.want.Known || got.Gravest != tt.want.Gravest || !slices.Equal(got.Life, tt.want.Life) {
			t.Errorf("%s: %+v, %v, want %+v", tt.name, got, ok, tt.want)
		}
	}
	b := newBench(t, nil)
	for _, id := range []facility.DeviceID{"no-such", SelfDevice, facility.PowerModel} {
		if got, ok := b.table.Sight(id); ok {
			t.Errorf("%s is polled: %+v", id, got)
		}
	}
}
