package main

import (
	"testing"
	"time"

	"nezuban/internal/config"
)

func TestShiftEnd(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	site := &config.Site{Shifts: []config.Shift{{ID: "day", Start: 8*time.Hour + 30*time.Minute}, {ID: "night", Start: 20 * time.Hour}}}
	site.Facility.Zone = berlin
	tests := []struct{ name, now, want string }{
		{"by day", "2026-11-22T12:00:00+01:00", "2026-11-22T20:00:00+01:00"},
		{"by night, before midnight", "2026-11-22T23:00:00+01:00", "2026-11-23T08:30:00+01:00"},
		{"by night, after midnight", "2026-11-23T03:00:00+01:00", "2026-11-23T08:30:00+01:00"},
		{"at the very end the next one counts", "2026-11-22T20:00:00+01:00", "2026-11-23T08:30:00+01:00"},
		{"the night the clocks go back is an hour longer", "2026-10-24T22:00:00+02:00", "2026-10-25T08:30:00+01:00"},
		{"the night they go forward is an hour shorter", "2026-03-28T22:00:00+01:00", "2026-03-29T08:30:00+02:00"},
	}
	for _, tt := range tests {
		now, _ := time.Parse(time.RFC3339, tt.now)
		want, _ := time.Parse(time.RFC3339, tt.want)
		if got := shiftEnd(site, now); !got.Equal(want) {
			t.Errorf("%s: the shift at %s ends %s, want %s", tt.name, tt.now, got.Format(time.RFC3339), tt.want)
		}
	}
	if got := shiftEnd(&config.Site{Facility: site.Facility}, time.Now()); !got.IsZero() {
		t.Errorf("a site without shifts has one that ends %s", got)
	}
}
