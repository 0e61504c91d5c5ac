package main

import (
	"strings"
	"testing"
	"time"

	"nezuban/internal/config"
	"nezuban/internal/facility"
)

func TestPeriodsOfPerformance(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	site := &config.Site{Facility: facility.Site{Zone: berlin}, Shifts: []config.Shift{{ID: "day", Start: 8 * time.Hour}, {ID: "night", Start: 20 * time.Hour}}}
	now := time.Date(2026, time.November, 10, 12, 0, 0, 0, berlin)
	for _, tt := range []struct {
		period string
		spans  int
		hours  float64
		err    string
	}{
		{"2026-10-12", 1, 24, ""},
		{"2026-10-25", 1, 25, ""}, // the clocks go back
		{"2026-10-24/night", 1, 13, ""},
		{"2026-10", 1, 31*24 + 1, ""},
		{"2026-10/night", 31, 31*12 + 1, ""},
		{"2026-11-10", 1, 12, ""}, // so far
		{"2026-11-01..2026-11-03", 1, 72, ""},
		{"2026-11-11", 0, 0, "future"},
		{"2026-11/late", 0, 0, "late"},
		{"2026-11-03..2026-11-01", 0, 0, "want a day"},
		{"soon", 0, 0, "want a day"},
	} {
		spans, err := spansOf(site, tt.period, now)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s: %v, want %q", tt.period, err, tt.err)
			}
			continue
		}
		total := time.Duration(0)
		for _, s := range spans {
			total += s.To.Sub(s.From)
		}
		if err != nil || len(spans) != tt.spans || total.Hours() != tt.hours {
			t.Errorf("%s: %d spans of %v h, %v; want %d of %v h", tt.period, len(spans), total.Hours(), err, tt.spans, tt.hours)
		}
	}
}
