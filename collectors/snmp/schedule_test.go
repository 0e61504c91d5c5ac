package snmp

import (
	"testing"
	"time"

	"nezuban/collectors"
	"nezuban/internal/facility"
)

func TestScheduleSharesTicks(t *testing.T) {
	s := schedule{id: "ups-a1", present: allClasses}
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	last := map[facility.Class]time.Time{}
	rounds := map[facility.Class]int{}
	for end := at.Add(2 * time.Hour); ; {
		next, due := s.next(at)
		if next.After(end) {
			break
		}
		if facility.TickOf(next) <= facility.TickOf(at) {
			t.Fatalf("tick of %v is not after that of %v", next, at)
		}
		for _, c := range []facility.Class{facility.Fast, facility.Normal, facility.Slow} {
			if !due.has(c) {
				continue
			}
			if before, ok := last[c]; ok && next.Sub(before) != s.intervals.Of(c) {
				t.Errorf("class %v: %v after the one before, want %v", c, next.Sub(before), s.intervals.Of(c))
			}
			last[c] = next
			rounds[c]++
		}
		if due.has(facility.Normal) && !due.has(facility.Fast) || due.has(facility.Slow) && !due.has(facility.Normal) {
			t.Errorf("%v: classes %b do not ride on the faster one's tick", next, due)
		}
		at = next
	}
	if rounds[facility.Fast] != 720 || rounds[facility.Normal] != 240 || rounds[facility.Slow] != 2 {
		t.Errorf("rounds in 2 h: %v, want 720, 240 and 2", rounds)
	}
}

func TestScheduleOfAnUnknownDevice(t *testing.T) {
	s := schedule{id: "x", intervals: collectors.Intervals{Fast: 5 * time.Second}}
	if got := s.fastest(); got != 5*time.Second {
		t.Errorf("fastest %v, want the fast interval while no points are known", got)
	}
	s.present = classOf(facility.Slow)
	if got := s.fastest(); got != time.Hour {
		t.Errorf("fastest %v, want 1h where only slow points exist", got)
	}
}

func TestBackoff(t *testing.T) {
	want := []time.Duration{10 * time.Second, 20 * time.Second, 40 * time.Second, 60 * time.Second, 60 * time.Second}
	for n, w := range want {
		if got := backoff(10*time.Second, n); got != w {
			t.Errorf("after %d probes %v, want %v", n, got, w)
		}
	}
	if got := backoff(5*time.Minute, 0); got != 5*time.Minute {
		t.Errorf("a device asked every 5 min is probed after %v, want its interval", got)
	}
}
