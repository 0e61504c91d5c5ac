package live

import (
	"context"
	"strings"
	"testing"
	"time"

	"nezuban/sla"
)

var inRange = sla.Target{Name: "inlet", Kind: sla.KindRange, Range: &sla.RangeIndicator{Metric: "temperature_celsius", Max: number(27)},
	Combine: sla.Pooled, TargetPPM: 995_000, Policy: sla.PolicyExclude, MaxUnknownPPM: 20_000, Window: sla.Window{Duration: "1d", Zone: time.UTC}}

// checkpoints keeps one checkpoint in memory.
type checkpoints struct{ data []byte }

func (c *checkpoints) SaveAccounts(_ context.Context, data []byte) error {
	c.data = data
	return nil
}

func (c *checkpoints) LoadAccounts(context.Context) ([]byte, error) { return c.data, nil }

func TestTargetsCountOnAfterARestart(t *testing.T) {
	store := &checkpoints{}
	var stored []sla.Sample // what history would have
	entity := sla.Entity{ID: string(tempID), Since: start.Unix(), MaxAge: 75 * time.Second}
	configure := func(o *Options) { o.Targets, o.Checkpoints = []sla.Target{inRange}, store }
	b := newBench(t, configure)
	poll := func(v float64) {
		b.poll(b.temp(v), b.smoke(0))
		stored = append(stored, sla.Sample{At: b.clk.Now().Unix(), Value: v, Known: true})
		b.pass(30 * time.Second)
	}
	check := func(moment string) {
		t.Helper()
		entity.Samples = stored
		b.table.publish()
		got, want := b.table.Snapshot().Targets[0], sla.Score(&inRange, b.clk.Now(), b.clk.Now(), []sla.Entity{entity}, nil)
		if got.Good != want.Good || got.Bad != want.Bad || got.Unknown != want.Unknown || got.Verdict != want.Verdict || got.BudgetLeftMicros != want.BudgetLeftMicros {
			t.Fatalf("%s:\ngot  %+v\nwant %+v", moment, got, want)
		}
	}
	for i := range 20 {
		poll(25 + float64(i%4)) // 28 is bad
		check("running")
	}
	b.table.save(context.Background())
	b.clk.pass(10 * time.Minute) // the program is down
	b.restart(configure)
	if err := b.table.Restore(context.Background()); err != nil {
		t.Fatal(err)
	}
	b.pass(time.Second)
	check("taken up before the device has answered")
	if b.table.Snapshot().Points != 2 {
		t.Errorf("%d points known before the device has answered, want 2", b.table.Snapshot().Points)
	}
	for range 20 {
		poll(26)
		check("after the restart")
	}
	if r := b.table.Snapshot().Targets[0]; r.Unknown < 500 || r.Unknown > 600 || r.Bad != 5*30+45 {
		t.Errorf("unknown %d s, bad %d s; want the ten minutes less what was held, and 195: the last sample was bad and held for 75 s", r.Unknown, r.Bad)
	}
}

func TestUnansweredDeviceKeepsItsPlaceAfterARestart(t *testing.T) {
	store := &checkpoints{}
	configure := func(o *Options) { o.Targets, o.Checkpoints = []sla.Target{inRange}, store }
	b := newBench(t, configure)
	b.poll(b.temp(25), b.smoke(0))
	b.table.save(context.Background())
	b.clk.pass(time.Minute)
	b.restart(configure)
	if err := b.table.Restore(context.Background()); err != nil {
		t.Fatal(err)
	}
	b.pass(20 * time.Second)
	b.want("not yet")
	b.pass(60 * time.Second)
	b.want("neither device nor fire point was heard of since the start", "DEVICE-SILENT UNACK", "FIRE-UNSEEN UNACK")
	b.table.publish()
	if r := b.table.Snapshot().Targets[0]; r.Unknown != 60+20+60-75 || r.Verdict != sla.InsufficientData {
		t.Errorf("unknown %d s, %s; want 65, insufficient_data", r.Unknown, r.Verdict)
	}
}

func TestCheckpointOfAnotherVersionIsRefused(t *testing.T) {
	for data, want := range map[string]string{`{"version":99}`: "version 99", `{`: "read checkpoint", "": ""} {
		b := newBench(t, func(o *Options) { o.Checkpoints = &checkpoints{[]byte(data)} })
		err := b.table.Restore(context.Background())
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", data, err, want)
		}
	}
}
