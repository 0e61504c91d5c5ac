package reports

import (
	"fmt"
	"sort"
	"time"
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
	return startOf(noon, zone), startOf(noon.AddDate(0, 0, 1), zone), nil
}

// startOf is the first instant of noon's local day: where the clocks change at
// midnight that is not 00:00.
func startOf(noon time.Time, zone *time.Location) time.Time {
	day := noon.In(zone).Format(time.DateOnly)
	before := int64(36 * 3600)
	n := sort.Search(int(before), func(i int) bool {
		return time.Unix(noon.Unix()-before+int64(i), 0).In(zone).Format(time.DateOnly) >= day
	})
	return time.Unix(noon.Unix()-before+int64(n), 0).In(zone)
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
