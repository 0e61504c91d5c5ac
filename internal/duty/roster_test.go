package duty

import (
	"testing"
	"time"
)

func roster(t *testing.T, zone string, rotations ...Rotation) Roster {
	t.Helper()
	z, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return Roster{
		Zone:      z,
		Shifts:    []Shift{{"day", 8*time.Hour + 30*time.Minute}, {"night", 20*time.Hour + 30*time.Minute}},
		Rotations: rotations,
		People: []Person{{ID: "sato", Roles: []Role{Operator}}, {ID: "suzuki", Roles: []Role{Operator, ShiftLead}},
			{ID: "tanaka", Roles: []Role{ShiftLead}}, {ID: "mori", Roles: []Role{Auditor}}},
	}
}

func moment(t *testing.T, r Roster, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, r.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func names(people []Person) string {
	s := ""
	for _, p := range people {
		s += p.ID + " "
	}
	if s != "" {
		s = s[:len(s)-1]
	}
	return s
}

func TestTurnsOfDaysChangeAtTheWallClockAcrossSummerTime(t *testing.T) {
	r := roster(t, "Europe/Berlin")
	r.Rotations = []Rotation{{Name: "primary", People: []string{"sato", "suzuki", "tanaka"}, Days: 7, Start: moment(t, r, "2026-03-16 09:00")}}
	tests := []struct{ at, want string }{
		{"2026-03-16 08:59", ""}, // before the first hand-over
		{"2026-03-16 09:00", "sato"},
		{"2026-03-23 08:59", "sato"},
		{"2026-03-23 09:00", "suzuki"},
		{"2026-03-29 01:59", "suzuki"}, // the night of 23 hours
		{"2026-03-29 03:00", "suzuki"},
		{"2026-03-30 08:59", "suzuki"}, // 167 hours after the hand-over before
		{"2026-03-30 09:00", "tanaka"},
		{"2026-04-06 09:00", "sato"},
		{"2026-10-19 08:59", "sato"}, // turn 30 ends here, in summer time
		{"2026-10-19 09:00", "suzuki"},
		{"2026-10-26 08:59", "suzuki"}, // 169 hours
		{"2026-10-26 09:00", "tanaka"},
	}
	for _, tt := range tests {
		if got := names(r.OnCall("primary", moment(t, r, tt.at))); got != tt.want {
			t.Errorf("%s: on call %q, want %q", tt.at, got, tt.want)
		}
	}
}

func TestEveryMomentOfAYearBelongsToOneTurnThatNeverGoesBack(t *testing.T) {
	for _, days := range []int{0, 1, 2, 7} {
		r := roster(t, "America/New_York")
		rot := Rotation{Name: "primary", People: []string{"sato", "suzuki", "tanaka"}, Days: days, Start: moment(t, r, "2026-01-01 20:30")}
		r.Rotations = []Rotation{rot}
		last := 0
		for at := rot.Start; at.Year() < 2027; at = at.Add(15 * time.Minute) {
			turn, ok := r.turn(&rot, at)
			if !ok || turn < last || turn > last+1 {
				t.Fatalf("days %d, %v: turn %d (%v) after %d", days, at, turn, ok, last)
			}
			last = turn
		}
		want := map[int]int{0: 729, 1: 364, 2: 182, 7: 52}[days]
		if last < want-1 || last > want+1 {
			t.Errorf("days %d: %d hand-overs in a year, want about %d", days, last, want)
		}
	}
}

func TestTurnsByShift(t *testing.T) {
	r := roster(t, "Asia/Tokyo")
	start := moment(t, r, "2026-11-20 12:00") // in the day shift
	r.Rotations = []Rotation{
		{Name: "each", People: []string{"sato", "suzuki", "tanaka"}, Start: start},
		{Name: "nights", People: []string{"sato", "suzuki"}, Shifts: []string{"night"}, Start: start},
		{Name: "weekly-nights", People: []string{"tanaka", "sato"}, Shifts: []string{"night"}, Days: 7, Start: start},
	}
	tests := []struct{ rotation, at, want string }{
		{"each", "2026-11-20 12:00", "sato"},
		{"each", "2026-11-20 20:29", "sato"},
		{"each", "2026-11-20 20:30", "suzuki"},
		{"each", "2026-11-21 00:00", "suzuki"},
		{"each", "2026-11-21 08:30", "tanaka"},
		{"each", "2026-11-21 20:30", "sato"},
		{"nights", "2026-11-20 13:00", ""}, // the day is not its duty
		{"nights", "2026-11-20 20:30", "sato"},
		{"nights", "2026-11-21 08:29", "sato"},
		{"nights", "2026-11-21 08:30", ""},
		{"nights", "2026-11-21 23:00", "suzuki"},
		{"nights", "2026-11-22 23:00", "sato"},
		{"weekly-nights", "2026-11-25 22:00", "tanaka"},
		{"weekly-nights", "2026-11-25 12:00", ""},
		{"weekly-nights", "2026-11-27 22:00", "sato"},
		{"unknown", "2026-11-27 22:00", ""},
	}
	for _, tt := range tests {
		if got := names(r.OnCall(tt.rotation, moment(t, r, tt.at))); got != tt.want {
			t.Errorf("%s at %s: on call %q, want %q", tt.rotation, tt.at, got, tt.want)
		}
	}
}

func TestShiftsAcrossTheNightsOfSummerTime(t *testing.T) {
	r := roster(t, "Europe/Berlin")
	r.Shifts = []Shift{{"early", 2*time.Hour + 30*time.Minute}, {"late", 14 * time.Hour}} // 02:30 does not exist on 29 March and is there twice on 25 October
	r.Rotations = []Rotation{{Name: "each", People: []string{"sato", "suzuki"}, Start: moment(t, r, "2026-03-28 14:00")}}
	tests := []struct{ at, want, shift string }{
		{"2026-03-28T23:00:00+01:00", "sato", "late"},
		{"2026-03-29T01:59:00+01:00", "sato", "late"},
		{"2026-03-29T03:31:00+02:00", "suzuki", "early"},
		{"2026-03-29T14:00:00+02:00", "sato", "late"},
		{"2026-10-25T00:30:00+02:00", "sato", "late"},
		{"2026-10-25T13:00:00+01:00", "suzuki", "early"},
	}
	for _, tt := range tests {
		at, err := time.Parse(time.RFC3339, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		if got, shift := names(r.OnCall("each", at)), r.ShiftAt(at); got != tt.want || shift != tt.shift {
			t.Errorf("%s: %q in shift %q, want %q in %q", tt.at, got, shift, tt.want, tt.shift)
		}
	}
}

func TestOverridesWinWhileTheyLast(t *testing.T) {
	r := roster(t, "Asia/Tokyo")
	r.Rotations = []Rotation{{Name: "primary", People: []string{"sato"}, Days: 1, Start: moment(t, r, "2026-11-20 09:00"), Overrides: []Override{
		{Person: "suzuki", From: moment(t, r, "2026-11-22 18:00"), To: moment(t, r, "2026-11-23 09:00")},
		{Person: "tanaka", From: moment(t, r, "2026-11-22 22:00"), To: moment(t, r, "2026-11-22 23:00")},
		{Person: "gone", From: moment(t, r, "2026-11-25 00:00"), To: moment(t, r, "2026-11-26 00:00")},
	}}}
	tests := []struct{ at, want string }{
		{"2026-11-22 17:59", "sato"}, {"2026-11-22 18:00", "suzuki"}, {"2026-11-22 22:30", "tanaka"},
		{"2026-11-22 23:00", "suzuki"}, {"2026-11-23 08:59", "suzuki"}, {"2026-11-23 09:00", "sato"},
		{"2026-11-25 12:00", ""}, // nobody is better than the wrong one: the escalation goes on at once
	}
	for _, tt := range tests {
		if got := names(r.OnCall("primary", moment(t, r, tt.at))); got != tt.want {
			t.Errorf("%s: on call %q, want %q", tt.at, got, tt.want)
		}
	}
}

func TestResolve(t *testing.T) {
	r := roster(t, "Asia/Tokyo")
	at := moment(t, r, "2026-11-22 12:00")
	r.Rotations = []Rotation{
		{Name: "primary", People: []string{"sato"}, Days: 1, Start: at},
		{Name: "later", People: []string{"sato"}, Days: 1, Start: at.Add(time.Hour)},
	}
	tests := []struct{ to, want, err string }{
		{"on-call:primary", "sato", ""},
		{"on-call:later", "", "on-call:later: nobody is on call at 2026-11-22T12:00:00+09:00"},
		{"on-call:none", "", "on-call:none: there is no such rotation"},
		{"role:shift-lead", "suzuki tanaka", ""},
		{"role:manager", "", "role:manager: nobody has this role"},
		{"person:mori", "mori", ""},
		{"person:nobody", "", "person:nobody: there is no such person"},
		{"person:", "", "person:: there is no such person"},
		{"sato", "", `receiver "sato": want on-call:ROTATION, role:ROLE or person:ID`},
	}
	for _, tt := range tests {
		people, err := r.Resolve(tt.to, at)
		said := ""
		if err != nil {
			said = err.Error()
		}
		if names(people) != tt.want || said != tt.err {
			t.Errorf("%s: %q, %q; want %q, %q", tt.to, names(people), said, tt.want, tt.err)
		}
	}
}
