package reports

import (
	"fmt"
	"time"

	"nezuban/sla"
)

// Daily reads a day ("2026-11-22") and returns its bounds in zone, [from, to):
// the same that a target's daily window has, also where the clocks change.
func Daily(period string, zone *time.Location) (from, to time.Time, err error) {
	day, err := time.Parse(time.DateOnly, period)
	if err != nil || len(period) != len(time.DateOnly) {
		return from, to, fmt.Errorf("period %q: want a day as YYYY-MM-DD, such as 2026-11-22", period)
	}
	noon := time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, zone)
	if noon.Format(time.DateOnly) != period {
		return from, to, fmt.Errorf("period %q: zone %s never had this day", period, zone)
	}
	from, to = sla.Bounds(sla.Window{Duration: "1d", Zone: zone}, noon)
	return from, to, nil
}

// ticksOf lists every third full hour of the local clock within [from, to].
func ticksOf(from, to time.Time, zone *time.Location) []Moment {
	list := []Moment{}
	for t := from; !t.After(to); t = t.Add(15 * time.Minute) { // offsets move by quarter hours
		if local := t.In(zone); local.Minute() == 0 && local.Second() == 0 && local.Hour()%3 == 0 {
			list = append(list, At(t, zone))
		}
	}
	return list
}
