package live

import (
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/topology"
	"nezuban/internal/topology/fire"
)

var blindDeviceRule = &alarm.Rule{ID: RuleFireNotSeen, Revision: 1, Select: selector("device=nezuban"), Type: alarm.NoData,
	Class: alarm.LifeSafety, Severity: alarm.Severe, TimeToRespond: 5 * time.Minute,
	Text: alarm.Guidance{Name: facility.Text{En: "Fire points cannot be seen", Ja: "防火監視不能"}}}

func withBlind(o *Options) { o.Rules = append([]*alarm.Rule{blindDeviceRule}, allRules...) }

func TestFirePointsOfASilentDeviceAreOneAlarm(t *testing.T) {
	b := newBench(t, withBlind)
	b.poll(b.temp(25), b.smoke(0))
	b.pass(10 * time.Second)
	b.fail(1)
	b.want("one lost round")
	b.pass(10 * time.Second)
	b.fail(2)
	b.want("it does not answer", "DEVICE-SILENT UNACK", "FIRE-NOT-SEEN UNACK")
	for n := 3; n < 10; n++ {
		b.pass(10 * time.Second)
		b.fail(n)
	}
	b.want("the detector has no alarm of its own", "DEVICE-SILENT UNACK", "FIRE-NOT-SEEN UNACK")
	o := b.rec.Standing()[0]
	if o.Rule != RuleFireNotSeen || o.Priority != facility.P1 || o.Zone != "Z-1" || o.Name.En != "Fire points cannot be seen: Z-1" || o.Name.Ja != "防火監視不能 Z-1" {
		t.Errorf("occurrence %+v", o)
	}
	b.pass(time.Second)
	b.poll(b.temp(25)) // the detector's class comes later
	b.want("it answers, the detector is not seen yet", "DEVICE-SILENT RTNUN", "FIRE-NOT-SEEN UNACK")
	b.pass(9 * time.Second)
	b.poll(b.temp(25), b.smoke(0))
	b.want("everything is seen", "DEVICE-SILENT RTNUN", "FIRE-NOT-SEEN RTNUN")
	b.table.publish()
	if g := b.table.Snapshot().Grouping; len(g.Groups) != 0 {
		t.Errorf("a life-safety alarm stands in a group: %+v", g)
	}
}

// Readings are old before the device has failed often enough to be called
// silent: that too is one alarm, not one for each detector.
func TestFirePointsThatAgeTogetherAreOneAlarm(t *testing.T) {
	b := newBench(t, withBlind)
	b.poll(b.temp(25), b.smoke(0))
	b.pass(20 * time.Second)
	b.fail(1)
	b.pass(6 * time.Second)
	b.fail(1)
	b.want("old, and not known to be silent", "FIRE-NOT-SEEN UNACK")
	b.pass(4 * time.Second)
	b.fail(2)
	b.want("silent", "DEVICE-SILENT UNACK", "FIRE-NOT-SEEN UNACK")
	b.poll(b.temp(25), b.smoke(0))
	b.want("everything is seen", "DEVICE-SILENT RTNUN", "FIRE-NOT-SEEN RTNUN")
}

// A detector that stays away when its hub is back speaks for itself.
func TestAFirePointThatStaysAwayHasItsOwnAlarm(t *testing.T) {
	b := newBench(t, withBlind)
	b.poll(b.temp(25), b.smoke(0))
	b.pass(20 * time.Second)
	b.fail(2)
	b.pass(10 * time.Second)
	for range 3 {
		b.poll(b.temp(25))
		b.want("it may still come", "DEVICE-SILENT RTNUN", "FIRE-NOT-SEEN UNACK")
		b.pass(8 * time.Second)
	}
	b.pass(2 * time.Second)
	b.poll(b.temp(25))
	b.want("it had its time", "DEVICE-SILENT RTNUN", "FIRE-NOT-SEEN RTNUN", "FIRE-UNSEEN UNACK")
}

// 3 a.m.: the hub was dead before the program started, and has never told what
// hangs on it.
func TestAHubThatNeverAnsweredIsNotSeen(t *testing.T) {
	smoke := facility.Point{ID: smokeID, Device: "hub-1", Metric: "smoke_state", Labels: []facility.Label{{Name: "zone", Value: "Z-9"}}}
	expected := map[facility.DeviceID][]facility.Point{"hub-1": {smoke}}
	zones := []fire.ZoneModel{{ID: "Z-7", Alarm: []topology.StateBinding{{Point: "hub-1/fire_panel_alarm_state", States: []string{"alarm"}}}}}
	for name, change := range map[string]func(*Options){
		"Z-9": func(o *Options) { withBlind(o); o.Expected = expected },
		"Z-7": func(o *Options) { withBlind(o); o.Models.Fire = zones },
	} {
		b := newBench(t, change)
		b.pass(70 * time.Second)
		b.want("it may still answer")
		b.pass(6 * time.Second)
		b.want("it does not", "DEVICE-SILENT UNACK", "FIRE-NOT-SEEN UNACK")
		if o := b.rec.Standing()[0]; o.Zone != name {
			t.Errorf("zone %q, want %s", o.Zone, name)
		}
		b.poll(b.temp(25), b.smoke(0))
		b.want("it came", "DEVICE-SILENT RTNUN", "FIRE-NOT-SEEN RTNUN")
	}
	b := newBench(t, withBlind)
	b.pass(2 * time.Minute)
	b.want("nothing says that it protects life", "DEVICE-SILENT UNACK")
}

func TestFireNotSeenGoesOnOverARestart(t *testing.T) {
	store := &checkpoints{}
	change := func(o *Options) { withBlind(o); o.Checkpoints = store }
	b := newBench(t, change)
	b.poll(b.temp(25), b.smoke(0))
	b.pass(20 * time.Second)
	b.fail(2)
	b.want("silent", "DEVICE-SILENT UNACK", "FIRE-NOT-SEEN UNACK")
	b.table.save(t.Context())
	b.restart(change)
	if err := b.table.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.pass(2 * time.Minute)
	b.want("once", "DEVICE-SILENT UNACK", "FIRE-NOT-SEEN UNACK")
	b.poll(b.temp(25), b.smoke(0))
	b.want("back", "DEVICE-SILENT RTNUN", "FIRE-NOT-SEEN RTNUN")
}
