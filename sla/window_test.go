package sla

import (
	"testing"
	"time"
	_ "time/tzdata"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// Calendar months are as long as the calendar and the clocks make them.
func TestMonths(t *testing.T) {
	tests := []struct {
		zone, at string
		hours    float64
	}{
		{"Asia/Tokyo", "2026-10-15", 744},
		{"Asia/Tokyo", "2026-11-15", 720},
		{"Asia/Tokyo", "2027-02-01", 672},
		{"Asia/Tokyo", "2028-02-29", 696},
		{"America/New_York", "2026-03-08", 743},
		{"America/New_York", "2026-11-01", 721},
		{"Europe/Berlin", "2026-03-31", 743},
		{"Europe/Berlin", "2026-10-01", 745},
		{"Australia/Lord_Howe", "2026-04-10", 720.5},
		{"UTC", "2026-12-31", 744},
	}
	for _, tt := range tests {
		z := zone(t, tt.zone)
		at, err := time.ParseInLocation("2006-01-02", tt.at, z)
		if err != nil {
			t.Fatal(err)
		}
		from, to := Bounds(Window{Duration: "1M", Zone: z}, at.Add(12*time.Hour))
		if got := to.Sub(from).Hours(); got != tt.hours {
			t.Errorf("%s %s: %v h, want %v", tt.zone, tt.at, got, tt.hours)
		}
		next, _ := Bounds(Window{Duration: "1M", Zone: z}, to)
		if !next.Equal(to) {
			t.Errorf("%s %s: the next month begins at %v, this one ends at %v", tt.zone, tt.at, next, to)
		}
		if f, e := Bounds(Window{Duration: "1M", Zone: z}, to.Add(-time.Second)); !f.Equal(from) || !e.Equal(to) {
			t.Errorf("%s %s: its last second belongs to %v…%v", tt.zone, tt.at, f, e)
		}
	}
}

func TestMonthInTokyoBeginsTheDayBeforeInUTC(t *testing.T) {
	from, to := Bounds(Window{Duration: "1M", Zone: zone(t, "Asia/Tokyo")}, time.Date(2026, 10, 31, 15, 0, 0, 0, time.UTC))
	if got := from.Format(time.RFC3339) + " " + to.Format(time.RFC3339); got != "2026-10-31T15:00:00Z 2026-11-30T15:00:00Z" {
		t.Errorf("got %s", got)
	}
}

// A day begins at the first second of its date, also where the clocks skip or
// repeat midnight. The oracle walks over the seconds.
func TestDaysWithoutOrWithTwoMidnights(t *testing.T) {
	for _, tt := range []struct{ zone, around string }{
		{"America/Sao_Paulo", "2018-11-04"}, // 00:00 does not exist
		{"America/Sao_Paulo", "2018-02-18"}, // 23:00 comes twice
		{"America/Havana", "2025-11-02"},    // 00:00 comes twice
		{"America/Havana", "2025-03-09"},    // 00:00 does not exist
		{"Africa/Cairo", "2026-04-24"},
		{"Asia/Amman", "2021-10-29"},   // 00:00 comes twice, east of Greenwich
		{"Asia/Amman", "2022-02-25"},   // 00:00 does not exist
		{"Asia/Beirut", "2025-10-26"},  // 23:00 comes twice
		{"Pacific/Apia", "2011-12-29"}, // the 30th does not exist
		{"Asia/Tokyo", "2026-11-22"},
		{"America/New_York", "2026-11-01"},
		{"Australia/Lord_Howe", "2026-04-05"},
	} {
		z := zone(t, tt.zone)
		day, err := time.Parse("2006-01-02", tt.around)
		if err != nil {
			t.Fatal(err)
		}
		begin := day.Add(-48 * time.Hour)
		first := map[string]time.Time{} // first second of each local date
		for s := range 5 * 24 * 3600 {
			at := begin.Add(time.Duration(s) * time.Second)
			date := at.In(z).Format("2006-01-02")
			if _, ok := first[date]; !ok {
				first[date] = at
			}
		}
		for date, want := range first {
			if want.Equal(begin) {
				continue // its beginning lies before the walk
			}
			from, to := Bounds(Window{Duration: "1d", Zone: z}, want)
			if !from.Equal(want) || !to.After(from) {
				t.Errorf("%s: %s begins at %v (ends %v), want %v", tt.zone, date, from, to, want)
			}
		}
	}
}

func TestWindowsThatAreNotSupported(t *testing.T) {
	at := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	for _, w := range []Window{{Duration: "30d", Zone: time.UTC}, {Zone: time.UTC}, {Duration: "1M"}, {Duration: "shift", Zone: time.UTC}} {
		if w.Check() == nil {
			t.Errorf("%+v is accepted", w)
		}
		if from, to := Bounds(w, at); !from.Equal(to) {
			t.Errorf("%+v: %v…%v, want an empty window", w, from, to)
		}
	}
}
