package alarm_test

import (
	"fmt"
	"math/rand"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// The rate and the flood against a plain count over random arrivals: heavy and
// light stretches, whole seconds, hours of them.
func TestMeterAgainstACount(t *testing.T) {
	for seed := range int64(20) {
		rnd := rand.New(rand.NewSource(seed))
		m := alarm.NewMeter(facility.Selector{})
		var heard []time.Duration
		flood, mono := false, time.Duration(0)
		for step := range 800 {
			mono += time.Duration(rnd.Intn([]int{5, 60, 400}[step/100%3])) * time.Second
			e := alarm.Event{AlarmID: "A", Kind: alarm.Raised, Rule: fmt.Sprint(rnd.Intn(50)), At: epoch.Add(mono)}
			if rnd.Intn(4) == 0 {
				e.Held = "SUP-1"
			} else {
				heard = append(heard, mono)
			}
			m.Add(e, alarm.Occurrence{}, nil, mono)
			want := 0
			for _, at := range heard {
				if mono-at < 10*time.Minute {
					want++
				}
			}
			change := m.Tick(mono, epoch.Add(mono))
			if got := m.Rate(mono); got != want {
				t.Fatalf("seed %d at %v: rate %d, want %d", seed, mono, got, want)
			}
			switch {
			case !flood && want > 10, flood && want < 5:
				flood = !flood
				if change == nil || change.Begins != flood {
					t.Fatalf("seed %d at %v, rate %d: %+v, want the flood to become %v", seed, mono, want, change, flood)
				}
			case change != nil:
				t.Fatalf("seed %d at %v, rate %d: a change %+v, want none", seed, mono, want, change)
			}
			if now, since := m.Flood(); now != flood || flood == since.IsZero() {
				t.Fatalf("seed %d at %v: flood %v since %v, want %v", seed, mono, now, since, flood)
			}
		}
	}
}

func TestMeterOfAPosition(t *testing.T) {
	power, err := facility.ParseSelector("category=power priority<=2")
	if err != nil {
		t.Fatal(err)
	}
	m := alarm.NewMeter(power)
	for _, o := range []alarm.Occurrence{{Category: "power", Priority: 2}, {Category: "power", Priority: 3}, {Category: "cooling", Priority: 1}} {
		m.Add(alarm.Event{Kind: alarm.Raised, At: epoch}, o, nil, time.Second)
	}
	if got := m.Rate(time.Second); got != 1 {
		t.Errorf("rate %d, want 1: the others are another position's", got)
	}
}

// A storm of many different alarms takes bounded memory and keeps the bad actors.
func TestMeterIsBounded(t *testing.T) {
	m := alarm.NewMeter(facility.Selector{})
	add := func(kind alarm.EventKind, device string, mono time.Duration) {
		m.Add(alarm.Event{Kind: kind, Rule: "R", Device: facility.DeviceID(device), At: epoch.Add(mono)}, alarm.Occurrence{}, nil, mono)
	}
	for i := range 3 {
		add(alarm.CameBack, "bad", time.Duration(i)*time.Second)
		add(alarm.Returned, "bad", time.Duration(i)*time.Second)
	}
	for i := range 50_000 {
		add(alarm.Raised, fmt.Sprint(i), 10*time.Second)
	}
	if got := m.Rate(10 * time.Second); got != 50_003 {
		t.Errorf("rate %d, want 50003", got)
	}
	if got := m.Tracked(); got > 10_000 {
		t.Errorf("%d alarms are remembered", got)
	}
	list := m.Nuisances(nil, nil, epoch)
	if len(list) != 2 || list[0].Device != "bad" || list[0].Kind != alarm.Chattering || list[0].Count != 3 || !list[0].Now {
		t.Errorf("the bad actor is forgotten: %+v", list)
	}
	m.Tick(25*time.Hour, epoch)
	if got := m.Tracked(); got != 0 {
		t.Errorf("%d alarms are remembered a day later", got)
	}
}

func TestStale(t *testing.T) {
	shelved := alarm.Suppression{}
	standing := []alarm.Occurrence{
		{ID: "1", Revision: 1, Rule: "OLD", Active: true, OnAt: epoch},
		{ID: "2", Revision: 1, Rule: "ACKED", Active: true, IsAcked: true, OnAt: epoch.Add(time.Minute)},
		{ID: "3", Revision: 1, Rule: "SHELVED", Active: true, OnAt: epoch, Shelve: &shelved},
		{ID: "4", Revision: 1, Rule: "GONE", OnAt: epoch},
		{ID: "5", Revision: 1, Rule: "CAMEBACK", Active: true, RaisedAt: epoch, OnAt: epoch.Add(time.Hour)},
	}
	m := alarm.NewMeter(facility.Selector{})
	list := m.Nuisances(standing, nil, epoch.Add(24*time.Hour+time.Minute+1))
	if len(list) != 2 || list[0].Rule != "OLD" || list[1].Rule != "ACKED" || list[0].Kind != alarm.StaleAlarm {
		t.Errorf("stale: %+v", list)
	}
}

// The off-delay that is proposed covers the pauses of a minute at most; a day
// between two excursions is no chattering, and neither is a level that changes.
func TestProposalForgetsLongPauses(t *testing.T) {
	m := alarm.NewMeter(facility.Selector{})
	add := func(kind alarm.EventKind, at time.Duration) {
		m.Add(alarm.Event{Kind: kind, At: epoch.Add(at)}, alarm.Occurrence{}, nil, at)
	}
	add(alarm.Raised, time.Hour)
	add(alarm.Returned, 2*time.Hour)
	for i := range 3 {
		at := 3*time.Hour + time.Duration(i)*20*time.Second
		add(alarm.CameBack, at)
		add(alarm.Returned, at+13*time.Second)
	}
	list := m.Nuisances(nil, nil, epoch)
	if len(list) != 1 || list[0].Proposal.OffDelay != 10*time.Second {
		t.Errorf("proposed: %+v, want an off-delay of 10 s over the pauses of 7 s", list)
	}
}

// What is proposed for a value that swings about its limit is a deadband that is
// wider than the swing.
func TestProposedDeadband(t *testing.T) {
	m := alarm.NewMeter(facility.Selector{})
	for i, v := range []float64{26.8, 26.6, 26.9} {
		at := time.Duration(i) * 15 * time.Second
		m.Add(alarm.Event{Kind: alarm.CameBack, At: epoch.Add(at)}, alarm.Occurrence{}, nil, at)
		at += 12 * time.Second
		m.Add(alarm.Event{Kind: alarm.Returned, At: epoch.Add(at), Value: v, HasValue: true, Limit: 27, HasLimit: true}, alarm.Occurrence{}, nil, at)
	}
	list := m.Nuisances(nil, nil, epoch)
	if len(list) != 1 {
		t.Fatalf("nuisances: %+v", list)
	}
	p := list[0].Proposal
	if p.Deadband < 0.49 || p.Deadband > 0.51 || p.OffDelay != 5*time.Second || p.OnDelay != 0 {
		t.Errorf("proposed: %+v, want a deadband of 0.5 and an off-delay of 5 s", p)
	}
}
