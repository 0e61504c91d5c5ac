package main

import (
	"testing"
	"time"
)

func TestDropsAlarmUntilTheyEnd(t *testing.T) {
	var w dropWatch
	began := time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC)
	steps := []struct {
		after time.Duration
		count uint64
		want  bool
	}{{0, 0, false}, {10 * time.Second, 3, true}, {9 * time.Minute, 3, true}, {11 * time.Minute, 3, false}, {12 * time.Minute, 4, true}}
	for _, s := range steps {
		if got := w.see(s.count, began.Add(s.after)); got != s.want {
			t.Errorf("%d drops after %v: alarm %v, want %v", s.count, s.after, got, s.want)
		}
	}
}
