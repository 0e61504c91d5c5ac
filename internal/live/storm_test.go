package live

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/clock"
	"nezuban/internal/facility"
	"nezuban/internal/topology"
)

const (
	stormDevices = 100
	stormPoints  = 100
)

// stormSite is a hundred devices of a hundred points each, all watched.
func stormSite() ([]facility.Device, map[facility.DeviceID][]facility.Point) {
	var devices []facility.Device
	points := map[facility.DeviceID][]facility.Point{}
	for i := range stormDevices {
		d := facility.Device{ID: facility.DeviceID(fmt.Sprintf("s-%03d", i)), Category: "cooling"}
		devices = append(devices, d)
		for k := range stormPoints {
			points[d.ID] = append(points[d.ID], at(d.ID, "temperature_celsius", nil, facility.Label{Name: "sensor", Value: fmt.Sprint(k)}))
		}
	}
	return devices, points
}

func stormBatch(d facility.DeviceID, points []facility.Point, now time.Time, first bool, value func(k int) float64) facility.Batch {
	tick := facility.TickOf(now)
	b := facility.Batch{Device: d, Tick: tick, Health: facility.Health{Rounds: 1, LastAnswer: now, Interval: 10 * time.Second}}
	if first {
		b.Points = points
	}
	for k, p := range points {
		b.Readings = append(b.Readings, facility.Reading{Point: p.ID, Tick: tick, Value: value(k), Quality: facility.Good})
	}
	return b
}

// Ten thousand alarms in ten seconds, three who watch: nothing is lost, nobody
// makes more than ten snapshots a second, and the last one shows everything.
func TestStormLosesNothingAndSnapshotsStayFew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		devices, points := stormSite()
		rec := newRecords()
		table := New(Options{Clock: clock.System(), Devices: devices, Rules: []*alarm.Rule{hotRule}, Committer: rec})
		done := make(chan error, 1)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { done <- table.Run(ctx) }()
		var watching sync.WaitGroup
		for range 3 {
			woken, end := table.Subscribe()
			watching.Go(func() {
				defer end()
				for {
					select {
					case <-ctx.Done():
						return
					case <-woken:
						_ = table.Snapshot().Standing
					}
				}
			})
		}
		for _, d := range devices {
			if err := table.Accept(stormBatch(d.ID, points[d.ID], time.Now(), true, func(int) float64 { return 20 })); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Second)
		synctest.Wait()
		before := table.Snapshot().Number
		for step := range 1000 { // each 10 ms ten of the ten thousand
			d := devices[step/10]
			hot := (step%10 + 1) * 10
			if err := table.Accept(stormBatch(d.ID, points[d.ID], time.Now(), false, func(k int) float64 {
				if k < hot {
					return 30
				}
				return 20
			})); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Millisecond)
		}
		synctest.Wait()
		made := table.Snapshot().Number - before
		time.Sleep(time.Second)
		synctest.Wait()
		if made > 100+hurries {
			t.Errorf("%d snapshots in ten seconds, want at most ten a second", made)
		}
		if got, want := len(rec.events), stormDevices*stormPoints; got != want {
			t.Errorf("%d events, want %d", got, want)
		}
		if got := len(table.Snapshot().Standing); got != stormDevices*stormPoints {
			t.Errorf("%d alarms on the last snapshot", got)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		watching.Wait()
	})
}

// stormed is a table at which ten thousand alarms stand behind one lost utility.
func stormed(tb testing.TB) (*Table, *records) {
	devices, points := stormSite()
	nodes := []topology.Node{{ID: "util", Kind: topology.Utility, Device: "meter-a", Volts: 400, RatedWatts: 1e6}}
	for _, d := range devices {
		nodes = append(nodes, topology.Node{ID: topology.NodeID(d.ID), Kind: topology.Load, Device: d.ID, From: []topology.NodeID{"util"}, LoadWatts: 1000, Design: topology.DesignN})
	}
	graph, problems := topology.Compile(topology.Model{Nodes: nodes})
	if graph == nil {
		tb.Fatal(problems)
	}
	devices = append(devices, facility.Device{ID: "meter-a"})
	points["meter-a"] = []facility.Point{at("meter-a", "meter_voltage_volts", nil)}
	clk := &steppedClock{wall: start, mono: time.Hour}
	rec := newRecords()
	table := New(Options{Clock: clk, Devices: devices, Rules: []*alarm.Rule{hotRule, utilityRule}, Committer: rec, Models: Models{OneLine: graph}})
	for _, d := range devices {
		if err := table.Accept(stormBatch(d.ID, points[d.ID], start, true, func(int) float64 { return 30 })); err != nil {
			tb.Fatal(err)
		}
	}
	table.commitAll(tb.Context())
	return table, rec
}

func TestStormIsOneLine(t *testing.T) {
	table, _ := stormed(t)
	table.publish()
	s := table.Snapshot()
	if len(s.Grouping.Groups) != 1 || len(s.Grouping.Groups[0].Members) != stormDevices*stormPoints {
		t.Errorf("%d groups, want one with all %d", len(s.Grouping.Groups), stormDevices*stormPoints)
	}
	before := s.Grouping
	table.publish()
	if after := table.Snapshot().Grouping; &after.Groups[0] != &before.Groups[0] {
		t.Error("grouped anew although nothing changed")
	}
}

// A snapshot after one more change among ten thousand standing alarms: sort,
// group, build.
func BenchmarkPublishStorm(b *testing.B) {
	table, rec := stormed(b)
	ids := rec.Standing()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		rec.note(b, ids[i%len(ids)].ID)
		i++
		table.publish()
	}
}

// The passing of a second with ten thousand standing alarms.
func BenchmarkTickStorm(b *testing.B) {
	table, _ := stormed(b)
	table.publish()
	b.ReportAllocs()
	for b.Loop() {
		table.tick()
	}
}
