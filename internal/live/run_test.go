package live

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/clock"
	"nezuban/internal/facility"
	"nezuban/sla"
)

// running starts a table's Run in the bubble and ends it with the test.
func running(t *testing.T, o Options) (*Table, func()) {
	t.Helper()
	o.Clock = clock.System()
	o.Devices = []facility.Device{hub}
	table := New(o)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- table.Run(ctx) }()
	return table, func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
}

func hubBatch(temp float64, points bool) facility.Batch {
	now := time.Now().UTC()
	tick := facility.TickOf(now)
	b := facility.Batch{Device: "hub-1", Tick: tick, Health: facility.Health{Rounds: 1, LastAnswer: now, Interval: 10 * time.Second},
		Readings: []facility.Reading{{Point: tempID, Tick: tick, Value: temp, Quality: facility.Good}, {Point: smokeID, Tick: tick, Value: 0, Quality: facility.Good}}}
	if points {
		b.Points = hubPoints()
	}
	return b
}

func TestSnapshotsAreAtMostTenASecondButAlarmsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rec := newRecords()
		table, stop := running(t, Options{Rules: allRules, Committer: rec})
		defer stop()
		woken, cancel := table.Subscribe()
		defer cancel()
		if err := table.Accept(hubBatch(25, true)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		time.Sleep(150 * time.Millisecond) // the bubble's clock
		synctest.Wait()
		before := table.Snapshot().Number
		for range 10_000 { // a second of readings, ten thousand batches
			if err := table.Accept(hubBatch(25, false)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(100 * time.Microsecond)
		}
		synctest.Wait()
		if n := table.Snapshot().Number - before; n < 9 || n > 12 {
			t.Errorf("%d snapshots in a second, want about ten", n)
		}
		for len(woken) > 0 {
			<-woken
		}
		if err := table.Accept(hubBatch(30, false)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // no time passes
		if s := table.Snapshot(); len(s.Standing) != 1 {
			t.Errorf("%d alarms on the snapshot at the moment of the reading, want 1", len(s.Standing))
		}
		select {
		case <-woken:
		default:
			t.Error("the subscriber was not woken")
		}
		rec.acknowledge(t, "ALM-000001", time.Now())
		table.Notify()
		synctest.Wait()
		if s := table.Snapshot(); s.Standing[0].State() != alarm.Acked {
			t.Errorf("after Notify the snapshot shows %s", s.Standing[0].State())
		}
	})
}

// stuck is a committer that hangs until it is let go.
type stuck struct {
	*records
	free    chan struct{}
	entered chan struct{}
}

func (s *stuck) Commit(ctx context.Context, changes []alarm.Change) {
	s.entered <- struct{}{}
	<-s.free
	if err := ctx.Err(); err != nil {
		s.errs = append(s.errs, err) // the last changes are written although the program ends
	}
	s.records.Commit(ctx, changes)
}

func TestStuckDiskDelaysNoReadingAndKeepsTheOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &stuck{newRecords(), make(chan struct{}), make(chan struct{}, 100)}
		table, stop := running(t, Options{Rules: []*alarm.Rule{hotRule}, Committer: c})
		begin := time.Now()
		if err := table.Accept(hubBatch(30, true)); err != nil {
			t.Fatal(err)
		}
		<-c.entered
		for i := range 7 {
			if err := table.Accept(hubBatch([]float64{25, 30}[i%2], false)); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("eight batches took %v behind a stuck committer", took)
		}
		if v := table.readings; v != 16 {
			t.Errorf("%d readings taken, want 16", v)
		}
		stopped := make(chan struct{})
		go func() { stop(); close(stopped) }()
		synctest.Wait()
		close(c.free)
		<-stopped // Run hands over what waits before it returns
		var got []alarm.EventKind
		for _, e := range c.events {
			got = append(got, e.Kind)
		}
		want := []alarm.EventKind{alarm.Raised, alarm.Returned, alarm.CameBack, alarm.Returned, alarm.CameBack, alarm.Returned, alarm.CameBack, alarm.Returned}
		if fmt.Sprint(got) != fmt.Sprint(want) || len(c.errs) > 0 {
			t.Errorf("events %v (%v), want %v", got, c.errs, want)
		}
	})
}

func TestAgesAreWatchedBetweenPolls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rec := newRecords()
		table, stop := running(t, Options{Rules: allRules, Committer: rec})
		defer stop()
		if err := table.Accept(hubBatch(25, true)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(25 * time.Second)
		synctest.Wait()
		if n := len(rec.Standing()); n != 0 {
			t.Fatalf("%d alarms within the maximum age", n)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if s := rec.Standing(); len(s) != 1 || s[0].Rule != "FIRE-UNSEEN" || s[0].RaisedAt.Sub(table.started) > 27*time.Second {
			t.Errorf("standing %+v, want the fire point within 2 s of its maximum age", s)
		}
	})
}

func TestCheckpointIsSavedEveryMinuteAndAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &checkpoints{}
		table, stop := running(t, Options{Targets: []sla.Target{inRange}, Checkpoints: store})
		if err := table.Accept(hubBatch(25, true)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(61 * time.Second)
		synctest.Wait()
		minute := len(store.data)
		if minute == 0 {
			t.Error("nothing saved after a minute")
		}
		store.data = nil
		stop()
		if len(store.data) == 0 {
			t.Error("nothing saved at the end")
		}
	})
}

func TestBackfillTellsOfTheTimeBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now().UTC()
		since := began.Add(-2 * time.Hour)
		asked := 0
		device := hub
		device.Since = since
		o := Options{Targets: []sla.Target{inRange}, Backfill: func(_ context.Context, p facility.PointID, from, to time.Time) ([]sla.Sample, error) {
			if asked++; asked < 3 {
				return nil, errors.New("history is starting")
			}
			if p != tempID {
				t.Errorf("asked for %s", p)
			}
			var s []sla.Sample
			for at := since; at.Before(began); at = at.Add(30 * time.Second) {
				if !at.Before(from) {
					s = append(s, sla.Sample{At: at.Unix(), Value: 20, Known: true})
				}
			}
			return s, nil
		}}
		o.Clock, o.Devices = clock.System(), []facility.Device{device}
		table := New(o)
		ctx, cancel := context.WithCancel(t.Context())
		var g sync.WaitGroup
		g.Go(func() {
			if err := table.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		for i := range 4 {
			if err := table.Accept(hubBatch([]float64{30, 25, 25, 25}[i], i == 0)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Second)
		}
		synctest.Wait()
		time.Sleep(time.Second)
		synctest.Wait()
		r := table.Snapshot().Targets[0]
		window, _ := sla.Bounds(inRange.Window, time.Now())
		begin := since
		if window.After(begin) {
			begin = window
		}
		if want := int64(r.AsOf.Sub(begin).Seconds()); r.Good != want-10 || r.Bad != 10 || r.Unknown != 0 {
			t.Errorf("good %d s, bad %d s, unknown %d s; want all of the %d s since service began, 10 of them bad", r.Good, r.Bad, r.Unknown, want)
		}
		cancel()
		g.Wait()
	})
}

// Many engines, consoles and a reload at once; the race detector is the judge.
func TestEverythingAtOnce(t *testing.T) {
	var devices []facility.Device
	for i := range 20 {
		devices = append(devices, facility.Device{ID: facility.DeviceID(fmt.Sprintf("d-%02d", i))})
	}
	rec := newRecords()
	table := New(Options{Clock: clock.System(), Devices: devices, Rules: allRules, Targets: []sla.Target{inRange}, Committer: rec, Checkpoints: &checkpoints{}})
	ctx, cancel := context.WithCancel(t.Context())
	var run, work sync.WaitGroup
	run.Go(func() {
		if err := table.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	for _, d := range devices {
		work.Go(func() {
			id := facility.PointID(d.ID) + "/temperature_celsius"
			for i := range 300 {
				now := time.Now().UTC()
				b := facility.Batch{Device: d.ID, Tick: facility.TickOf(now), Health: facility.Health{Rounds: uint64(i + 1), LastAnswer: now, Interval: time.Second},
					Readings: []facility.Reading{{Point: id, Tick: facility.TickOf(now), Value: float64(20 + i%2*10), Quality: facility.Good}}}
				if i%50 == 0 {
					b.Points = []facility.Point{{ID: id, Device: d.ID, Metric: "temperature_celsius", Interval: time.Second}}
				}
				if err := table.Accept(b); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Go(func() {
		for range 50 {
			table.Reload(Config{Rules: allRules, Targets: []sla.Target{inRange}, Devices: devices})
			table.Notify()
		}
	})
	run.Go(func() {
		ch, stop := table.Subscribe()
		defer stop()
		for ctx.Err() == nil {
			select {
			case <-ctx.Done():
			case <-ch:
			}
			for _, d := range table.Snapshot().Devices {
				d.Reach(time.Now())
			}
		}
	})
	work.Wait()
	cancel()
	run.Wait()
	if len(rec.errs) > 0 {
		t.Errorf("%d changes refused, the first: %v", len(rec.errs), rec.errs[0])
	}
	for _, o := range rec.Standing() { // every device ended hot
		if !o.Active {
			t.Errorf("%s at %s is %s, want active", o.Rule, o.Device, o.State())
		}
	}
	if got := len(rec.Standing()); got != 20 {
		t.Errorf("%d alarms stand, want one of each of 20 devices", got)
	}
}
