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
	if got := before.Devices[1].Points[0].Value; got != 25 {
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
