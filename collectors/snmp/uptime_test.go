package snmp

import (
	"math"
	"testing"
	"time"
)

func TestUptimeTellsRestartFromWrap(t *testing.T) {
	type step struct {
		mono  time.Duration
		ticks uint32
		want  bool
	}
	const hour = 360000 // in ticks
	tests := []struct {
		name  string
		steps []step
	}{
		{"running on", []step{{0, 1000, false}, {10 * time.Second, 2000, false}, {20 * time.Second, 3004, false}}},
		{"a restart", []step{{0, 100 * hour, false}, {10 * time.Second, 300, true}, {20 * time.Second, 1300, false}}},
		{"a wrap after 497 days is none", []step{{0, math.MaxUint32 - 500, false}, {10 * time.Second, 499, false}}},
		{"a restart near the wrap is one", []step{{0, math.MaxUint32 - 100*hour, false}, {10 * time.Second, 499, true}}},
		{"a restart during an outage, higher than before", []step{{0, 1000, false}, {2 * time.Hour, hour, true}}},
		{"a long outage without restart", []step{{0, 1000, false}, {2 * time.Hour, 2*hour + 1000, false}}},
		{"polling that adds a little", []step{{0, hour, false}, {60 * time.Second, hour + 5000, false}}},
		{"a device whose clock runs a little slow", []step{{0, hour, false}, {time.Hour, 2*hour - hour/100, false}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u := uptime{slack: 12 * time.Second}
			for i, s := range tt.steps {
				if got := u.observe(s.ticks, s.mono); got != s.want {
					t.Errorf("step %d, %d ticks at %v: restart %v, want %v", i, s.ticks, s.mono, got, s.want)
				}
			}
		})
	}
}
