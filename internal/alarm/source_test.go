package alarm_test

import (
	"math"
	"math/rand"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// A steady slope is measured as such at every distance of the samples, also a
// hundred times closer than the window keeps them.
func TestRateOfASteadySlope(t *testing.T) {
	const slope = 0.013 // per second
	for _, every := range []int{1, 7, 30, 60, 299, 600} {
		high := slope*3600 - 0.5
		r := &alarm.Rule{ID: "R", Type: alarm.Rate, High: &high, Deadband: 0.1, Window: 10 * time.Minute, Per: time.Hour}
		c, raised := alarm.Condition{}, -1
		for at := 0; at < 3000; at += every {
			var ch *alarm.Change
			c, ch = r.NextFrom(c, alarm.Sample{Tick: facility.Tick(1_000_000 + at), Value: slope * float64(at), Known: true, MaxAge: 2000 * time.Second}, nil)
			if ch == nil {
				continue
			}
			if !ch.Active || math.Abs(ch.Value-slope*3600) > 1e-6 {
				t.Errorf("every %d s: %+v", every, ch)
			}
			raised = at
		}
		if raised < 600 || raised >= 600+every {
			t.Errorf("every %d s: raised at %d s, want as soon as the samples reach back 600 s", every, raised)
		}
		if n := alarm.WindowLength(c); n > 40 {
			t.Errorf("every %d s: %d samples are kept", every, n)
		}
	}
}

// A condition is a value: what was made from it later does not change it.
func TestConditionIsAValue(t *testing.T) {
	high := 5.0
	r := &alarm.Rule{ID: "R", Type: alarm.Rate, High: &high, Deadband: 0.1, Window: time.Minute, Per: time.Minute}
	rnd := rand.New(rand.NewSource(1))
	sample := func(tick int, v float64) alarm.Sample {
		return alarm.Sample{Tick: facility.Tick(tick), Value: v, Known: true}
	}
	c := alarm.Condition{}
	for tick := 1; tick < 500; tick++ {
		v := rnd.Float64() * 20
		fork := c
		for i := range 5 { // another future of the same past
			fork, _ = r.NextFrom(fork, sample(tick+i, rnd.Float64()*1000), nil)
		}
		a, chA := r.NextFrom(c, sample(tick, v), nil)
		_, chB := r.NextFrom(c, sample(tick, v), nil)
		if (chA == nil) != (chB == nil) || chA != nil && *chA != *chB {
			t.Fatalf("tick %d: the same sample gives %+v, then %+v", tick, chA, chB)
		}
		c = a
	}
}

func TestRateBeginsAnewAfterAGap(t *testing.T) {
	high := 5.0
	r := &alarm.Rule{ID: "R", Type: alarm.Rate, High: &high, Deadband: 0.1, Window: 60 * time.Second, Per: 60 * time.Second}
	for name, ticks := range map[string][]int{
		"a gap":                 {0, 20, 40, 60, 100, 120, 140},
		"the clock goes back":   {100, 120, 140, 160, 60, 80, 100},
		"the same moment again": {0, 20, 40, 60, 60, 80, 100},
	} {
		c := alarm.Condition{}
		for i, tick := range ticks {
			v := 20.0
			if i >= 4 {
				v = 90
			}
			var ch *alarm.Change
			c, ch = r.NextFrom(c, alarm.Sample{Tick: facility.Tick(1000 + tick), Value: v, Known: true, MaxAge: 25 * time.Second}, nil)
			if ch != nil {
				t.Errorf("%s: %+v at %d", name, ch, tick)
			}
		}
	}
}

// After a restart a condition goes on in the level that stands, for every type.
func TestResume(t *testing.T) {
	high, window := 5.0, time.Minute
	e, err := alarm.CompileExpression(`is("source", "battery")`, "")
	if err != nil {
		t.Fatal(err)
	}
	nought := 0.0
	for _, r := range []*alarm.Rule{
		{Type: alarm.Limit, High: &high, Deadband: 1},
		{Type: alarm.Deviation, High: &high, Deadband: 1, Reference: alarm.Reference{Value: &nought}},
		{Type: alarm.Rate, High: &high, Deadband: 1, Window: window, Per: window},
		{Type: alarm.Calculated, Expression: e},
	} {
		level, src := "high", asked{"source": "battery"}
		if r.Type == alarm.Calculated {
			level = alarm.LevelTrue
		}
		c := r.Resume(alarm.Occurrence{Active: true, Level: level}, nil)
		if !c.Active || c.Level != level {
			t.Errorf("%s: resumed as %+v", r.Type, c)
		}
		next := r.NextFrom
		if r.Type == alarm.Limit {
			next = func(c alarm.Condition, s alarm.Sample, _ alarm.Sources) (alarm.Condition, *alarm.Change) {
				return r.Next(c, s)
			}
		}
		for i := range 3 { // inside the deadband, and on: no second alarm, no return
			v := 4.5
			if r.Type == alarm.Rate {
				v *= float64(i)
			}
			var ch *alarm.Change
			if c, ch = next(c, alarm.Sample{Tick: facility.Tick(1 + 60*i), Value: v, Known: true}, src); ch != nil {
				t.Errorf("%s: %+v after the restart", r.Type, ch)
			}
		}
		src["source"] = "mains"
		var ch *alarm.Change
		if c, ch = next(c, alarm.Sample{Tick: 500, Value: 0, Known: true}, src); ch == nil || ch.Active || ch.Level != level {
			t.Errorf("%s: %+v, want the return from %s", r.Type, ch, level)
		}
	}
}

func TestOtherTypesAreLeftAlone(t *testing.T) {
	high := 5.0
	on := alarm.Sample{Tick: 10, Value: 99, Known: true}
	for _, typ := range []alarm.Type{alarm.Limit, alarm.State, alarm.NoData, alarm.EventOnly} {
		r := &alarm.Rule{Type: typ, High: &high}
		if _, ch := r.NextFrom(alarm.Condition{}, on, asked{}); ch != nil {
			t.Errorf("NextFrom judges a %s rule", typ)
		}
	}
	for _, typ := range []alarm.Type{alarm.Deviation, alarm.Rate, alarm.Calculated, alarm.NoData} {
		r := &alarm.Rule{Type: typ, High: &high}
		if _, ch := r.Next(alarm.Condition{}, on); ch != nil {
			t.Errorf("Next judges a %s rule", typ)
		}
	}
	event := &alarm.Rule{Type: alarm.EventOnly, High: &high}
	if _, ch := event.Next(alarm.Condition{}, on); ch == nil || !ch.Active || ch.Level != "high" {
		t.Errorf("an event rule with a limit: %+v", ch)
	}
}
