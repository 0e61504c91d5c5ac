package alarm_test

import (
	"fmt"
	"math/rand"
	"reflect"
	"slices"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// life makes the events of one occurrence: "on 0s, ack 30s, off 5m".
func life(id, rule string, p facility.Priority, steps ...any) []alarm.Event {
	var events []alarm.Event
	for i := 0; i < len(steps); i += 2 {
		e := alarm.Event{
			AlarmID: id, Revision: i/2 + 1, At: epoch.Add(steps[i+1].(time.Duration)), Actor: "rule:R",
			Rule: rule, Device: "d1", Priority: p, Class: alarm.Environment,
			Kind: map[string]alarm.EventKind{
				"on": alarm.Raised, "again": alarm.CameBack, "off": alarm.Returned, "ack": alarm.Acknowledged, "re": alarm.Realarmed, "held": alarm.Raised, "design": alarm.Suppressed,
			}[steps[i].(string)],
		}
		if steps[i] == "held" {
			e.Held = "SUP-1"
		}
		events = append(events, e)
	}
	return events
}

func TestMeasureADay(t *testing.T) {
	const s, m, h = time.Second, time.Minute, time.Hour
	events := slices.Concat(
		life("A-1", "HOT", 1, "on", 10*m, "ack", 10*m+40*s, "re", 20*m, "ack", 23*m, "off", 30*m),
		life("A-2", "HOT", 1, "on", 40*m, "off", 40*m+9*s, "ack", 41*m),
		life("A-3", "LEAK", 3, "on", 2*h, "off", 2*h+5*s, "again", 2*h+10*s, "off", 2*h+15*s, "again", 2*h+20*s, "off", 2*h+30*s),
		life("A-4", "SHELVED", 2, "held", 3*h, "off", 4*h),
		life("B-1", "UNSHELVED", 2, "held", 3*h, "re", 7*h, "ack", 7*h+m), // heard when the shelving ended
		life("A-5", "STALE", 4, "on", -2*h),
		life("A-6", "STALE", 4, "on", -h, "design", 22*h),
		life("A-7", "DRILL", 1, "on", 5*h, "ack", 5*h+s),
		life("A-8", "LATE", 4, "on", 24*h),
		life("A-9", "LEVEL", 4, "on", 6*h, "re", 6*h+m), // a graver level while nobody has acknowledged: no change to UNACK
	)
	day := alarm.Period{
		Spans: []alarm.Span{{From: epoch, To: epoch.Add(24 * h)}},
		Drill: func(id string) bool { return id == "A-7" },
	}
	got := alarm.Measure(events, day)
	figures := []struct {
		name string
		got  alarm.Figure
		n    int
		ids  []string
	}{
		{"annunciated", got.Annunciated, 8, []string{"A-1", "A-2", "A-3", "A-9", "B-1"}},
		{"held back", got.HeldBack, 2, []string{"A-4", "B-1"}},
		{"P1", got.ByPriority[1], 3, []string{"A-1", "A-2"}},
		{"P2", got.ByPriority[2], 1, []string{"B-1"}},
		{"acknowledged P2", got.Acks[2].Within, 1, []string{"B-1"}},
		{"P3", got.ByPriority[3], 3, []string{"A-3"}},
		{"P4", got.ByPriority[4], 1, []string{"A-9"}},
		{"fleeting", got.Fleeting, 3, []string{"A-2", "A-3"}},
		{"chattering", got.Chattering, 1, []string{"A-3"}},
		{"stale", got.Stale, 1, []string{"A-5"}},
		{"acknowledged P1", got.Acks[1].Figure, 3, []string{"A-1", "A-2"}},
		{"within two minutes", got.Acks[1].Within, 2, []string{"A-1", "A-2"}},
		{"busy ten minutes", got.BusyTen, 0, nil},
		{"most in ten minutes", got.MostInTen, 3, []string{"A-3"}},
	}
	for _, f := range figures {
		if f.got.N != f.n || !slices.Equal(f.got.IDs, f.ids) {
			t.Errorf("%s: %d of %v, want %d of %v", f.name, f.got.N, f.got.IDs, f.n, f.ids)
		}
	}
	if got.Acks[1].Median != m { // 40 s, 60 s, 3 min
		t.Errorf("median of P1 %v, want 1 min", got.Acks[1].Median)
	}
	if got.Seconds != 86400 || got.TenMinutes != 144 || got.Hours != 24 {
		t.Errorf("%d s, %d ten minutes, %d hours", got.Seconds, got.TenMinutes, got.Hours)
	}
	if got.Frequent[0].Rule != "HOT" || got.FrequentSum != 8 || got.FrequentShare().Decimal(2) != "1.00" {
		t.Errorf("frequent: %+v, share %s", got.Frequent, got.FrequentShare().Decimal(2))
	}
	if a, b, c := got.PerDay().Decimal(1), got.PerHour().Decimal(3), got.PriorityShare(1).Decimal(4); a != "8.0" || b != "0.333" || c != "0.3750" {
		t.Errorf("per day %s, per hour %s, share of P1 %s", a, b, c)
	}
}

// Random alarms over three days and odd spans against a count second by second.
func TestMeasureAgainstACount(t *testing.T) {
	for seed := range int64(15) {
		rnd := rand.New(rand.NewSource(seed))
		var events []alarm.Event
		var heard []int // seconds
		at := 0
		for i := range 400 {
			at += rnd.Intn([]int{20, 200, 1500}[i/60%3]) // storms and quiet
			events = append(events, life(fmt.Sprintf("A-%03d", i), fmt.Sprint("R", rnd.Intn(40)), 3, "on", time.Duration(at)*time.Second)...)
			heard = append(heard, at)
		}
		length := at + 1200
		spans := [][2]int{{length / 10, length / 3}, {length / 3, length / 2}, {length * 3 / 4, length * 3 / 4 / 600 * 600}}
		spans[2][1] = length - 7
		p := alarm.Period{}
		for _, s := range spans {
			p.Spans = append(p.Spans, alarm.Span{From: epoch.Add(time.Duration(s[0]) * time.Second), To: epoch.Add(time.Duration(s[1]) * time.Second)})
		}
		want := countSeconds(heard, spans, length)
		rnd.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		m := alarm.Measure(events, p)
		got := [6]int{m.Annunciated.N, m.BusyTen.N, m.BusyHours.N, m.MostInTen.N, int(m.FloodTime / time.Second), m.Floods.N}
		if got != want {
			t.Errorf("seed %d: annunciated, busy ten, busy hours, most, flood seconds, floods: %v, want %v", seed, got, want)
		}
		if len(m.MostInTen.IDs) != m.MostInTen.N || len(m.Annunciated.IDs) != m.Annunciated.N {
			t.Errorf("seed %d: figures without their occurrences", seed)
		}
		if !reflect.DeepEqual(m, alarm.Measure(events, p)) {
			t.Errorf("seed %d: the same counts differently", seed)
		}
	}
}

// countSeconds is the same by brute force.
func countSeconds(heard []int, spans [][2]int, length int) (want [6]int) {
	arrivals := make([]int, length+600)
	for _, at := range heard {
		arrivals[at]++
	}
	within := func(s [2]int, from, to int) (n int) {
		for at := max(from, s[0]); at < min(to, s[1]); at++ {
			n += arrivals[at]
		}
		return n
	}
	for _, s := range spans {
		want[0] += within(s, s[0], s[1])
		for at := s[0]; at < s[1]; at++ {
			if (at-s[0])%600 == 0 && within(s, at, at+600) > 10 {
				want[1]++
			}
			if (at-s[0])%3600 == 0 && within(s, at, at+3600) > 30 {
				want[2]++
			}
			want[3] = max(want[3], within(s, at, at+600))
		}
	}
	flood, rate, touched := false, 0, false
	for at := range length {
		rate += arrivals[at]
		if at >= 600 {
			rate -= arrivals[at-600]
		}
		if !flood && rate > 10 {
			flood, touched = true, false
		} else if flood && rate < 5 {
			flood = false
		}
		for _, s := range spans {
			if flood && at >= s[0] && at < s[1] {
				want[4]++
				if !touched {
					touched = true
					want[5]++
				}
			}
		}
	}
	return want
}

// Who sees an alarm after it came back a second time has let it wait since the
// first.
func TestWaitingSinceTheFirst(t *testing.T) {
	events := life("A-1", "HOT", 1, "on", time.Duration(0), "off", time.Minute, "again", 2*time.Minute, "ack", 3*time.Minute)
	m := alarm.Measure(events, alarm.Period{Spans: []alarm.Span{{From: epoch, To: epoch.Add(time.Hour)}}})
	if m.Acks[1].Median != 3*time.Minute || m.Acks[1].Within.N != 0 {
		t.Errorf("waited %v, want 3 min", m.Acks[1].Median)
	}
}

// One that arrives at the very moment at which another falls out of the ten
// minutes keeps the flood at five.
func TestFloodHoldsAtFive(t *testing.T) {
	var events []alarm.Event
	at := func(n int, seconds ...int) {
		for _, s := range seconds {
			for range n {
				events = append(events, life(fmt.Sprintf("A-%03d", len(events)), "R", 3, "on", time.Duration(s)*time.Second)...)
			}
		}
	}
	at(7, 0)              // gone at 600
	at(1, 10, 20, 30, 40) // eleven; from 600 on four, and one more
	at(1, 600)
	m := alarm.Measure(events, alarm.Period{Spans: []alarm.Span{{From: epoch, To: epoch.Add(time.Hour)}}})
	if want := 610*time.Second - 40*time.Second; m.FloodTime != want || m.Floods.N != 1 {
		t.Errorf("%d floods of %v, want one of %v", m.Floods.N, m.FloodTime, want)
	}
}

func TestMeasureNothing(t *testing.T) {
	m := alarm.Measure(nil, alarm.Period{})
	if got := m.PerDay().Decimal(2) + m.FloodShare().Decimal(2) + m.FrequentShare().Decimal(2) + m.BusyTenShare().Decimal(2); got != "" {
		t.Errorf("an empty period says %q, want nothing", got)
	}
}

// An acknowledgement after the clock went back never counts as a negative wait.
func TestMeasureAfterTheClockWentBack(t *testing.T) {
	events := life("A-1", "HOT", 1, "on", time.Hour, "ack", 10*time.Minute)
	m := alarm.Measure(events, alarm.Period{Spans: []alarm.Span{{From: epoch, To: epoch.Add(24 * time.Hour)}}})
	if m.Acks[1].N != 1 || m.Acks[1].Median != 0 {
		t.Errorf("waited %v, %d times", m.Acks[1].Median, m.Acks[1].N)
	}
}

func TestRatioTruncates(t *testing.T) {
	for want, r := range map[string]alarm.Ratio{"0.6666": {Num: 2, Den: 3}, "2.0000": {Num: 6, Den: 3}, "0.0099": {Num: 99999, Den: 10_000_000}} {
		if got := r.Decimal(4); got != want {
			t.Errorf("%d/%d is %s, want %s", r.Num, r.Den, got, want)
		}
	}
	if got := (alarm.Ratio{Num: 7, Den: 2}).Decimal(0); got != "3" {
		t.Errorf("7/2 without places is %s", got)
	}
}
