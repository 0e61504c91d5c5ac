package live

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/sla"
)

func TestReadingRaisesAndClears(t *testing.T) {
	b := newBench(t, nil)
	b.poll(b.temp(25), b.smoke(0))
	b.want("normal")
	b.pass(10 * time.Second)
	b.poll(b.temp(28), b.smoke(1))
	b.want("hot and smoke", "HOT UNACK", "SMOKE UNACK")
	o := b.rec.Standing()[1]
	if o.Rule != "HOT" || o.Device != "hub-1" || o.Point != tempID || o.Place != "1F/hall-1" || o.Value != 28 || !o.HasLimit || o.Limit != 27 ||
		o.Level != "high" || o.Name.Ja != "吸気温度高 センサー1" || !o.RaisedAt.Equal(start.Add(10*time.Second)) || o.Unit != facility.UnitCelsius {
		t.Errorf("occurrence %+v", o)
	}
	if smoke := b.rec.Standing()[0]; smoke.Priority != facility.P1 || smoke.Zone != "Z-1" || smoke.Level != "alarm" {
		t.Errorf("fire alarm %+v", smoke)
	}
	b.pass(10 * time.Second)
	b.poll(b.temp(26), b.smoke(0))
	b.want("returned", "HOT RTNUN", "SMOKE LATUN")
	if v := b.view(tempID); v.Value != 26 || v.High == nil || *v.High != 27 || v.Low != nil || v.Freshness(b.clk.Now()) != facility.Fresh {
		t.Errorf("view %+v", v)
	}
}

func TestGuard(t *testing.T) {
	b := newBench(t, nil)
	b.poll(b.temp(25), b.smoke(0))
	now := facility.TickOf(b.clk.Now())
	health := facility.Health{Rounds: 2, LastAnswer: b.clk.Now(), Interval: 10 * time.Second}

	b.accept(facility.Batch{Device: "hub-1", Tick: now + 3600, Health: health, Readings: []facility.Reading{{Point: tempID, Tick: now + 3600, Value: 99, Quality: facility.Good}}})
	if b.refused == nil || !strings.Contains(b.refused.Error(), "hub-1") {
		t.Errorf("a batch stamped 1 h ahead: %v", b.refused)
	}
	b.wantRefused(facility.RefusedFuture, 1)
	b.accept(facility.Batch{Device: "nobody", Tick: now})
	if b.refused == nil {
		t.Error("a batch of an unknown device was taken")
	}
	b.clk.pass(10 * time.Second)
	now += 10
	b.accept(facility.Batch{Device: "hub-1", Tick: now, Health: health, Readings: []facility.Reading{
		{Point: tempID, Tick: now + 61, Value: 99, Quality: facility.Good},
		{Point: tempID, Tick: now - 60, Value: 99, Quality: facility.Good},
		{Point: "hub-1/other", Tick: now, Value: 99, Quality: facility.Good},
		{Point: tempID, Tick: 0, Value: 99, Quality: facility.Good},
		{Point: tempID, Tick: now, Value: math.NaN(), Quality: facility.Good},
		{Point: smokeID, Tick: now, Value: math.Inf(1), Quality: facility.Good},
	}})
	if b.refused != nil {
		t.Fatal(b.refused)
	}
	b.wantRefused(facility.RefusedFuture, 2)
	b.wantRefused(facility.RefusedMalformed, 2)
	b.wantRefused(facility.RefusedNotANumber, 2)
	if got := testutil.ToFloat64(b.table.metrics.outOfOrder); got != 1 {
		t.Errorf("out of order: %v, want 1", got)
	}
	b.want("nothing raised by what was refused")
	v := b.view(tempID)
	if v.Value != 25 || v.LastTick != now || v.LastQuality != facility.Missing || v.LastGood != now-10 {
		t.Errorf("after the garbage: %+v", v)
	}
	d := b.table.Snapshot().Devices[0]
	if d.Refused[facility.RefusedNotANumber] != 2 || d.Refused[facility.RefusedFuture] != 2 {
		t.Errorf("refused on the device: %v", d.Refused)
	}
	last := b.hist.batches[len(b.hist.batches)-1]
	if len(b.hist.batches) != 2 || len(last.Readings) != 2 || last.Readings[0].Quality != facility.Missing || last.Readings[0].Value != 0 {
		t.Errorf("history got %d batches, the last %+v; want two unanswered readings without the values", len(b.hist.batches), last.Readings)
	}
}

func TestDeviceWithTooManyPointsIsCapped(t *testing.T) {
	b := newBench(t, nil)
	var batch facility.Batch
	now := facility.TickOf(b.clk.Now())
	for i := range 2500 {
		id := facility.PointID(fmt.Sprintf("hub-1/p%d", i))
		batch.Points = append(batch.Points, facility.Point{ID: id, Metric: "temperature_celsius", Interval: time.Minute})
		batch.Readings = append(batch.Readings, facility.Reading{Point: id, Tick: now, Value: 1, Quality: facility.Good})
	}
	batch.Device, batch.Tick = "hub-1", now
	b.accept(batch)
	b.table.publish()
	s := b.table.Snapshot()
	if s.Points != 2000 || s.ReadingsTotal != 2000 {
		t.Errorf("%d points and %d readings, want 2,000 each", s.Points, s.ReadingsTotal)
	}
	b.wantRefused(facility.RefusedPoints, 500+500)
}

func TestReloadKeepsConditions(t *testing.T) {
	delayed := *hotRule
	delayed.OnDelay = time.Minute
	b := newBench(t, func(o *Options) { o.Rules = []*alarm.Rule{&delayed} })
	b.poll(b.temp(30))
	b.pass(30 * time.Second)
	b.poll(b.temp(30))
	again := delayed
	again.Revision = 2
	b.table.Reload(Config{Rules: []*alarm.Rule{&again}, Devices: []facility.Device{hub}})
	b.pass(30 * time.Second)
	b.poll(b.temp(30))
	b.want("the delay went on over the reload", "HOT UNACK")
	if got := b.rec.Standing()[0].RuleRev; got != 2 {
		t.Errorf("raised under revision %d, want 2", got)
	}
	b.table.Reload(Config{Devices: []facility.Device{hub}})
	b.table.publish()
	if !b.table.Snapshot().Unwatched["ALM-000001"] {
		t.Error("the alarm of a rule that is gone is not marked")
	}
}

func TestForgottenAlarmIsAnnunciatedAgain(t *testing.T) {
	r := *hotRule
	r.Realarm = 30 * time.Minute
	b := newBench(t, func(o *Options) { o.Rules = []*alarm.Rule{&r} })
	b.poll(b.temp(30))
	b.rec.acknowledge(t, "ALM-000001", b.clk.Now())
	b.pass(29 * time.Minute)
	b.want("not yet", "HOT ACKED")
	b.pass(time.Minute)
	b.want("its time is over", "HOT UNACK")
	b.pass(time.Minute)
	b.want("once", "HOT UNACK")
	b.table.publish()
	if got := b.table.Snapshot().RatePer10Min; got != 1 {
		t.Errorf("annunciations in ten minutes: %d, want 1", got)
	}
}

var clockRule = &alarm.Rule{ID: "CLOCK-STEPPED", Revision: 1, Select: selector("device=nezuban"), Type: alarm.NoData, Class: alarm.Compliance, Severity: alarm.Major, TimeToRespond: time.Hour}

func TestClockStepsRaiseNothingElse(t *testing.T) {
	for _, by := range []time.Duration{365 * 24 * time.Hour, -time.Hour, 6 * time.Second} {
		t.Run(by.String(), func(t *testing.T) {
			b := newBench(t, func(o *Options) { o.Rules = append([]*alarm.Rule{clockRule}, allRules...) })
			b.poll(b.temp(25), b.smoke(0))
			b.clk.step(by)
			b.pass(5 * time.Second)
			b.want("the step itself", "CLOCK-STEPPED UNACK")
			b.poll(b.temp(30), b.smoke(0))
			b.want("evaluation goes on at once", "CLOCK-STEPPED UNACK", "HOT UNACK")
			b.table.publish()
			s := b.table.Snapshot()
			if s.ClockSteps != 1 || s.ClockStepBy != by {
				t.Errorf("%d steps, the last by %v; want 1 by %v", s.ClockSteps, s.ClockStepBy, by)
			}
			for range 61 {
				b.pass(10 * time.Second)
				b.poll(b.temp(30), b.smoke(0))
			}
			b.want("ten minutes later", "CLOCK-STEPPED RTNUN", "HOT UNACK")
		})
	}
	b := newBench(t, func(o *Options) { o.Rules = append([]*alarm.Rule{clockRule}, allRules...) })
	for range 100 { // a slow correction is no step
		b.clk.step(200 * time.Millisecond)
		b.pass(time.Second)
		b.poll(b.temp(25), b.smoke(0))
	}
	b.want("slewed by 20 s")
}

// Taking a batch of 60 readings under two rules a device and one target makes no
// garbage.
func TestAcceptDoesNotAllocate(t *testing.T) {
	table, batch, advance := loaded(60)
	allocs := testing.AllocsPerRun(200, func() {
		advance()
		if err := table.Accept(batch); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 0 {
		t.Errorf("%v allocations a batch, want 0", allocs)
	}
}

// loaded is a table with one device of n points, a batch, and a way to make the
// batch the next one.
func loaded(n int) (*Table, facility.Batch, func()) {
	clk := &steppedClock{wall: start, mono: time.Hour}
	table := New(Options{Clock: clk, Devices: []facility.Device{hub}, Rules: allRules, Targets: []sla.Target{inRange}})
	batch := facility.Batch{Device: "hub-1", Tick: facility.TickOf(start), Health: facility.Health{Rounds: 1, LastAnswer: start, Interval: 10 * time.Second}}
	for i := range n {
		metric := "humidity_ratio"
		if i == 0 {
			metric = "temperature_celsius"
		}
		id := facility.PointID(fmt.Sprintf("hub-1/p%d", i))
		batch.Points = append(batch.Points, facility.Point{ID: id, Metric: metric, Interval: 10 * time.Second})
		batch.Readings = append(batch.Readings, facility.Reading{Point: id, Tick: batch.Tick, Value: 20, Quality: facility.Good})
	}
	if err := table.Accept(batch); err != nil {
		panic(err)
	}
	batch.Points = nil
	return table, batch, func() {
		clk.pass(10 * time.Second)
		for i := range batch.Readings {
			batch.Readings[i].Tick += 10
			batch.Readings[i].Value = 20 + float64(i%3)
		}
	}
}

func BenchmarkAccept60(b *testing.B) {
	table, batch, advance := loaded(60)
	b.ReportAllocs()
	for b.Loop() {
		advance()
		if err := table.Accept(batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/60, "ns/reading")
}

// A device that calls its points otherwise each time gets no more series than
// twice what it may have, a day; what it had goes on.
func TestADeviceThatRenamesItsPointsIsBounded(t *testing.T) {
	b := newBench(t, nil)
	b.poll(b.temp(25), b.smoke(0))
	seen := map[facility.PointID]bool{}
	for round := range 10 {
		list := hubPoints()
		for i := range 1000 {
			label := []facility.Label{{Name: "sensor", Value: fmt.Sprintf("r%d-%d", round, i)}}
			list = append(list, facility.Point{ID: facility.MakePointID("hub-1", "temperature_celsius", label), Device: "hub-1",
				Metric: "temperature_celsius", Labels: label, Interval: 30 * time.Second})
		}
		b.clk.pass(time.Second)
		b.accept(facility.Batch{Device: "hub-1", Tick: facility.TickOf(b.clk.Now()), Points: list, Readings: []facility.Reading{b.temp(25), b.smoke(0)},
			Health: facility.Health{Rounds: uint64(round + 2), LastAnswer: b.clk.Now(), Interval: 10 * time.Second}})
		for id := range b.table.devices["hub-1"].described {
			seen[id] = true
		}
	}
	if len(seen) > maxNewcomers+len(hubPoints()) {
		t.Errorf("%d points came to be, want at most %d", len(seen), maxNewcomers)
	}
	d := b.table.devices["hub-1"]
	if d.byID[tempID] == nil || d.byID[smokeID] == nil || d.refused[facility.RefusedPoints] == 0 {
		t.Errorf("its own points went, or nothing was counted: %v", d.refused)
	}
	b.clk.pass(newcomerWindow + time.Second)
	if !d.mayGrow(b.clk.Mono()) {
		t.Error("nothing new a day later")
	}
}
