package sla

import (
	"fmt"
	"time"
)

// Check reports what is wrong with a window; nil where nothing is.
func (w Window) Check() error {
	if w.Duration != "1d" && w.Duration != "1M" {
		return fmt.Errorf("window %q is not supported; use 1d or 1M", w.Duration)
	}
	if w.Zone == nil {
		return fmt.Errorf("window %s has no time zone", w.Duration)
	}
	return nil
}

// Bounds returns the calendar window that contains at: local dates in the
// window's zone, as UTC instants. Adjacent windows share an instant. A window
// that Check refuses is empty.
func Bounds(w Window, at time.Time) (from, to time.Time) {
	if w.Check() != nil {
		return at.UTC(), at.UTC()
	}
	y, m, d := at.In(w.Zone).Date()
	if w.Duration == "1M" {
		return startOfDay(y, m, 1, w.Zone), startOfDay(y, m+1, 1, w.Zone)
	}
	return startOfDay(y, m, d, w.Zone), startOfDay(y, m, d+1, w.Zone)
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
