package sla

import (
	"testing"
	"time"
)

var issueZones = []string{"Asia/Tokyo", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"}

// Windows of every duration and phase follow each other without gap or overlap,
// begin where the local calendar says, and contain every instant they are asked
// for, through changes of the clocks and leap years.
func TestWindowsOfEveryDurationThroughTheYears(t *testing.T) {
	phases := map[string][]string{
		"1d": {"", "2026-04-01 08:30:00", "2026-04-01 02:30:00"},
		"1w": {"", "2026-04-01 00:00:00", "2026-04-05 02:30:00"}, // 2026-04-01 is a Wednesday
		"1M": {"", "2026-04-01 00:00:00", "2026-01-21 00:00:00"},
		"1Q": {"", "2026-04-01 00:00:00", "2026-02-01 00:00:00"},
		"1Y": {"", "2026-04-01 00:00:00", "2026-07-15 06:00:00"},
	}
	for _, name := range issueZones {
		z := zone(t, name)
		for duration, list := range phases {
			for _, phase := range list {
				w := Window{Duration: duration, Zone: z}
				if phase != "" {
					var err error
					if w.Phase, err = time.Parse(time.DateTime, phase); err != nil {
						t.Fatal(err)
					}
				}
				walk(t, w, name)
			}
		}
		walk(t, Window{Duration: "shift", Zone: z, Shifts: []time.Duration{2*time.Hour + 30*time.Minute, 8 * time.Hour, 20 * time.Hour}}, name)
	}
}

// walk goes from the middle of 2023 to 2029, window by window.
func walk(t *testing.T, w Window, name string) {
	t.Helper()
	at, end := time.Date(2023, 6, 1, 12, 0, 0, 0, time.UTC), time.Date(2029, 1, 1, 0, 0, 0, 0, time.UTC)
	from, to := Bounds(w, at)
	for to.Before(end) {
		for _, inside := range []time.Time{from, from.Add(to.Sub(from) / 2), to.Add(-time.Second)} {
			if f, u := Bounds(w, inside); !f.Equal(from) || !u.Equal(to) {
				t.Fatalf("%s %s %v: %v lies in %v … %v, not in %v … %v", name, w.Duration, w.Phase, inside, from, to, f, u)
			}
		}
		if d := to.Sub(from); d < w.Shortest()-2*time.Hour {
			t.Fatalf("%s %s: %v … %v is shorter than %v", name, w.Duration, from, to, w.Shortest())
		}
		checkFace(t, w, from)
		from, to = Bounds(w, to)
	}
}

// checkFace: the local clock shows the phase, or the first thing after it where
// the clocks skip that.
func checkFace(t *testing.T, w Window, from time.Time) {
	t.Helper()
	l := from.In(w.Zone)
	before := from.Add(-time.Second).In(w.Zone)
	face := l.Format("15:04:05")
	skipped := l.Sub(before) == time.Second && (l.Hour()*60+l.Minute())-(before.Hour()*60+before.Minute()) > 1
	if w.Duration == "shift" {
		return
	}
	want := "00:00:00"
	if !w.Phase.IsZero() {
		want = w.Phase.Format("15:04:05")
	}
	if face != want && !skipped {
		t.Errorf("%s in %s begins at %s, want %s", w.Duration, w.Zone, l, want)
	}
	switch p := w.Phase; {
	case w.Duration == "1w" && p.IsZero() && l.Weekday() != time.Monday, w.Duration == "1w" && !p.IsZero() && l.Weekday() != p.Weekday():
		t.Errorf("a week begins on %s", l)
	case w.Duration == "1Y" && !p.IsZero() && (l.Month() != p.Month() || l.Day() != p.Day()), w.Duration == "1Q" && p.IsZero() && (int(l.Month()-1)%3 != 0 || l.Day() != 1):
		t.Errorf("%s begins on %s", w.Duration, l)
	}
}

// Lengths that the edge-case list names.
func TestFiscalYearsQuartersAndWeeks(t *testing.T) {
	april := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name, zone, duration string
		phase                time.Time
		at                   time.Time
		from                 string
		hours                float64
	}{
		{"fiscal year with Feb 29", "Asia/Tokyo", "1Y", april, time.Date(2028, 2, 29, 0, 0, 0, 0, time.UTC), "2027-04-01", 366 * 24},
		{"fiscal year without", "Asia/Tokyo", "1Y", april, time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC), "2026-04-01", 365 * 24},
		{"its last second", "Asia/Tokyo", "1Y", april, time.Date(2027, 3, 31, 14, 59, 59, 0, time.UTC), "2026-04-01", 365 * 24},
		{"its first second", "Asia/Tokyo", "1Y", april, time.Date(2027, 3, 31, 15, 0, 0, 0, time.UTC), "2027-04-01", 366 * 24},
		{"fiscal quarter", "Asia/Tokyo", "1Q", april, time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC), "2026-10-01", 92 * 24},
		{"calendar quarter in New York, clocks forward", "America/New_York", "1Q", time.Time{}, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), "2026-01-01", 90*24 - 1},
		{"week from Wednesday, Berlin, clocks back", "Europe/Berlin", "1w", april, time.Date(2026, 10, 25, 12, 0, 0, 0, time.UTC), "2026-10-21", 169},
		{"leap year", "UTC", "1Y", time.Time{}, time.Date(2028, 7, 1, 0, 0, 0, 0, time.UTC), "2028-01-01", 366 * 24},
		{"Lord Howe, half an hour back", "Australia/Lord_Howe", "1w", time.Time{}, time.Date(2026, 4, 4, 0, 0, 0, 0, time.UTC), "2026-03-30", 168.5},
		{"Lord Howe, half an hour forward", "Australia/Lord_Howe", "1M", time.Time{}, time.Date(2026, 10, 10, 0, 0, 0, 0, time.UTC), "2026-10-01", 743.5},
	} {
		w := Window{Duration: tt.duration, Zone: zone(t, tt.zone), Phase: tt.phase}
		from, to := Bounds(w, tt.at)
		if got := from.In(w.Zone).Format(time.DateOnly); got != tt.from || to.Sub(from).Hours() != tt.hours {
			t.Errorf("%s: from %s, %v h; want %s, %v h", tt.name, got, to.Sub(from).Hours(), tt.from, tt.hours)
		}
	}
}

// A leap second is no second of Unix time: the month that had one is as long as
// any other of 31 days.
func TestALeapSecondIsNotCounted(t *testing.T) {
	from, to := Bounds(Window{Duration: "1M", Zone: time.UTC}, time.Date(2016, 12, 31, 23, 59, 59, 0, time.UTC))
	if got := to.Unix() - from.Unix(); got != 31*86400 {
		t.Errorf("December 2016 has %d s, want %d", got, 31*86400)
	}
}
