package live

import (
	"testing"
	"time"

	"nezuban/internal/facility"
	"nezuban/sla"
)

func TestSnapshotSharesWhatDidNotChange(t *testing.T) {
	other := facility.Device{ID: "aaa-1"}
	b := newBench(t, func(o *Options) { o.Devices = []facility.Device{hub, other} })
	b.poll(b.temp(25), b.smoke(0))
	b.table.publish()
	before := b.table.Snapshot()
	b.pass(10 * time.Second)
	b.poll(b.temp(26), b.smoke(0))
	b.table.publish()
	after := b.table.Snapshot()
	if before.Devices[0] != after.Devices[0] || before.Devices[1] == after.Devices[1] {
		t.Error("want the untouched device shared and the polled one made anew")
	}
	if after.Number <= before.Number || after.Devices[0].Device.ID != "aaa-1" {
		t.Errorf("number %d after %d, first device %s", after.Number, before.Number, after.Devices[0].Device.ID)
	}
	if got := before.Devices[1].Points()[0].Value; got != 25 {
		t.Errorf("the older snapshot changed to %v", got)
	}
	if after.OldestSample != start {
		// the tick before the second poll found it
		t.Errorf("oldest sample %v, want %v", after.OldestSample, start)
	}
}

func TestFirstSnapshotHasEveryDeviceAndTarget(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Targets, o.Version = []sla.Target{inRange}, "1.2.3" })
	s := b.table.Snapshot()
	if len(s.Devices) != 1 || s.Devices[0].Reach(start) != Unknown || s.Version != "1.2.3" || !s.Started.Equal(start) {
		t.Errorf("first snapshot %+v", s)
	}
	if len(s.Targets) != 1 || s.Targets[0].Name != "inlet" || s.Targets[0].Verdict != sla.NotApplicable {
		t.Errorf("targets %+v, want one that is not applicable yet", s.Targets)
	}
}

// TestOldestSample: the oldest of those that are not stale, also of a device that
// sends nothing any more.
func TestOldestSample(t *testing.T) {
	b := newBench(t, nil)
	want := func(moment string, at time.Time) {
		t.Helper()
		b.table.tick()
		b.table.publish()
		if got := b.table.Snapshot().OldestSample; !got.Equal(at) {
			t.Errorf("%s: oldest %v, want %v", moment, got, at)
		}
	}
	b.poll(b.temp(24), b.smoke(0))
	want("both at once", start)
	b.pass(time.Minute)
	b.poll(b.smoke(0))
	want("smoke again", start)
	b.pass(16 * time.Second)
	want("the temperature is stale", start.Add(time.Minute))
	b.pass(10 * time.Second)
	want("both are stale", time.Time{})
	b.poll(b.temp(24))
	want("the temperature again", b.clk.Now())
}

// TestReadingsInAnyOrder: the points of readings are found, in whatever order
// and number they come.
func TestReadingsInAnyOrder(t *testing.T) {
	b := newBench(t, nil)
	for i, list := range [][]facility.PointID{{tempID, smokeID}, {smokeID, tempID}, {smokeID}, {tempID}, {"hub-1/nothing", smokeID, tempID}, {smokeID, "hub-1/nothing", tempID}} {
		b.clk.pass(10 * time.Second)
		want, readings := map[facility.PointID]float64{}, []facility.Reading(nil)
		for n, id := range list {
			v := float64(10*i + n)
			readings, want[id] = append(readings, facility.Reading{Point: id, Tick: facility.TickOf(b.clk.Now()), Value: v, Quality: facility.Good}), v
		}
		b.poll(readings...)
		for _, id := range []facility.PointID{tempID, smokeID} {
			if v, sent := want[id]; sent && b.view(id).Value != v {
				t.Errorf("list %d: %s is %v, want %v", i, id, b.view(id).Value, v)
			}
		}
	}
}
