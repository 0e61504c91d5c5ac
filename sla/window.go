package sla

import (
	"fmt"
	"slices"
	"time"
)

// A Window is a calendar window in an IANA zone.
type Window struct {
	Duration string // "shift", "1d", "1w", "1M", "1Q" or "1Y"
	Zone     *time.Location
	// Phase says where windows begin, as local date and time without a zone: the
	// time of day of 1d, also the weekday of 1w, the day of 1M, the month of 1Q and
	// 1Y. The zero time is the calendar's own: midnight, Monday, the first, January.
	Phase time.Time
	// Shifts are the beginnings of the site's shifts after local midnight, rising;
	// for "shift" only.
	Shifts []time.Duration
}

// Durations a window may have.
var Durations = []string{"shift", "1d", "1w", "1M", "1Q", "1Y"}

// lastPhaseDay is the latest day on which every month can begin.
const lastPhaseDay = 28

// Check reports what is wrong with a window; nil where nothing is.
func (w Window) Check() error {
	switch {
	case !slices.Contains(Durations, w.Duration):
		return fmt.Errorf("window %q is not known; use shift, 1d, 1w, 1M, 1Q or 1Y", w.Duration)
	case w.Zone == nil:
		return fmt.Errorf("window %s has no time zone", w.Duration)
	case w.Duration == "shift" && len(w.Shifts) == 0:
		return fmt.Errorf("the site has no shifts; write shifts: into site.yaml, or use 1d")
	case w.Duration == "shift" && !w.Phase.IsZero():
		return fmt.Errorf("shifts begin where site.yaml says; leave startTime out")
	case w.byMonth() && w.Phase.Day() > lastPhaseDay:
		return fmt.Errorf("a window of %s cannot begin on day %d: not every month has it", w.Duration, w.Phase.Day())
	}
	for i, s := range w.Shifts {
		if s < 0 || s >= 24*time.Hour || i > 0 && s <= w.Shifts[i-1] {
			return fmt.Errorf("shifts do not rise within a day")
		}
	}
	return nil
}

func (w Window) byMonth() bool {
	return w.Duration == "1M" || w.Duration == "1Q" || w.Duration == "1Y"
}

// months that a window has; 0 where it counts days.
func (w Window) months() int {
	return map[string]int{"1M": 1, "1Q": 3, "1Y": 12}[w.Duration]
}

// Bounds returns the calendar window that contains at: local dates in the
// window's zone, as UTC instants. Adjacent windows share an instant. A window
// that Check refuses is empty.
func Bounds(w Window, at time.Time) (from, to time.Time) {
	if w.Check() != nil {
		return at.UTC(), at.UTC()
	}
	k := w.index(at)
	from, to = w.begin(k), w.begin(k+1)
	for at.Before(from) {
		k--
		from, to = w.begin(k), from
	}
	for !at.Before(to) {
		k++
		from, to = to, w.begin(k+1)
	}
	for !from.Before(to) { // a date that a zone never had
		k++
		to = w.begin(k + 1)
	}
	return from, to
}

// index guesses the number of the window around at; Bounds corrects it.
func (w Window) index(at time.Time) int {
	y, m, d := at.In(w.Zone).Date()
	days := int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	switch w.Duration {
	case "shift":
		return days * len(w.Shifts)
	case "1d":
		return days
	case "1w":
		return floorDiv(days-w.weekPhase(), 7)
	}
	return floorDiv(y*12+int(m)-1-w.monthPhase(), w.months())
}

// begin is the first instant of window number k.
func (w Window) begin(k int) time.Time {
	switch w.Duration {
	case "shift":
		n := len(w.Shifts)
		day := floorDiv(k, n)
		return w.instant(1970, 1, 1+day, w.Shifts[k-day*n])
	case "1d":
		return w.instant(1970, 1, 1+k, w.timeOfDay())
	case "1w":
		return w.instant(1970, 1, 1+w.weekPhase()+7*k, w.timeOfDay())
	}
	month := w.monthPhase() + w.months()*k
	return w.instant(0, time.Month(month+1), max(1, w.Phase.Day()), w.timeOfDay())
}

func (w Window) timeOfDay() time.Duration {
	if w.Phase.IsZero() {
		return 0
	}
	h, m, s := w.Phase.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
}

// weekPhase is a day, counted from 1970-01-01, on which a week begins.
func (w Window) weekPhase() int {
	if w.Phase.IsZero() {
		return 4 // 1970-01-05 was a Monday
	}
	y, m, d := w.Phase.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()/86400) % 7
}

func (w Window) monthPhase() int {
	if w.Phase.IsZero() {
		return 0
	}
	return (int(w.Phase.Month()) - 1) % w.months()
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// instant is when a local date and time begins: the first second at which the
// local clock shows it or something later of the same day, also where the clocks
// skip it or show it twice.
func (w Window) instant(y int, m time.Month, d int, of time.Duration) time.Time {
	if of == 0 {
		return startOfDay(y, m, d, w.Zone)
	}
	want := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Add(of) // the wall clock's face
	t := time.Date(y, m, d, 0, 0, int(of/time.Second), 0, w.Zone)
	if start, _ := t.ZoneBounds(); !start.IsZero() {
		_, now := t.Zone()
		_, before := start.Add(-time.Second).Zone()
		first := t.Add(time.Duration(now-before) * time.Second)
		if now < before && first.Before(start) && wall(first, w.Zone).Equal(want) {
			return first.UTC() // shown twice
		}
	}
	if face := wall(t, w.Zone); !face.Equal(want) { // skipped
		if face.Before(want) {
			_, end := t.ZoneBounds()
			return end.UTC()
		}
		start, _ := t.ZoneBounds()
		return start.UTC()
	}
	return t.UTC()
}

// wall is what the local clock shows, written as if it were UTC.
func wall(t time.Time, zone *time.Location) time.Time {
	l := t.In(zone)
	return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), 0, time.UTC)
}

// startOfDay is the first instant of a local date, also where midnight does not
// exist (the clocks go forward over it) or exists twice.
func startOfDay(y int, m time.Month, d int, zone *time.Location) time.Time {
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	noon := time.Date(y, m, d, 12, 0, 0, 0, zone)
	if t.Day() != noon.Day() { // midnight was skipped, and t lies before the gap
		_, end := t.ZoneBounds()
		return end.UTC()
	}
	start, _ := t.ZoneBounds()
	if start.IsZero() {
		return t.UTC()
	}
	_, now := t.Zone()
	_, before := start.Add(-time.Second).Zone()
	first := t.Add(time.Duration(now-before) * time.Second)
	if first.Before(start) && first.Before(t) && first.In(zone).Day() == t.Day() && first.In(zone).Hour() == 0 {
		return first.UTC() // midnight came twice
	}
	return t.UTC()
}

// Shortest is the least length that a window of this duration can have, without
// changes of the clock: what budgets are checked against at load.
func (w Window) Shortest() time.Duration {
	day := 24 * time.Hour
	switch w.Duration {
	case "1w":
		return 7 * day
	case "1M":
		return 28 * day
	case "1Q":
		return 89 * day // February, March and April of a common year
	case "1Y":
		return 365 * day
	case "shift":
		least := day
		for i, s := range w.Shifts {
			next := day + w.Shifts[0]
			if i+1 < len(w.Shifts) {
				next = w.Shifts[i+1]
			}
			least = min(least, next-s)
		}
		return least
	}
	return day
}
