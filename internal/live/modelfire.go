package live

import (
	"time"

	"nezuban/internal/facility"
	"nezuban/internal/topology/fire"
)

func fireResults(zones []fire.ZoneModel, lang string) []facility.Point {
	var out []facility.Point
	for i := range zones {
		z := &zones[i]
		name, label := z.Name.In(lang), facility.Label{Name: "zone", Value: z.ID}
		out = append(out, resultPoint(facility.FireModel, "fire_zone_state", name, label))
		if z.Suppression != nil {
			out = append(out, resultPoint(facility.FireModel, "fire_suppression_ready", name, label))
		}
		if len(z.Isolations) > 0 {
			out = append(out, resultPoint(facility.FireModel, "fire_isolation_overdue_seconds", name, label))
		}
	}
	return out
}

// fireReadings makes readings of a status, in the order of the points.
func fireReadings(points []facility.Point, s *fire.Status, tick facility.Tick) []facility.Reading {
	out := newReadings(points, tick)
	for i := range s.Zones {
		z := &s.Zones[i]
		out.add(float64(z.State), z.State != fire.Unknown)
		if z.Model.Suppression != nil {
			out.add(float64(z.Ready)-float64(fire.NotReady), z.Ready != fire.ReadyUnknown)
		}
		if len(z.Model.Isolations) > 0 {
			var overdue time.Duration
			for _, iso := range z.Isolations {
				overdue = max(overdue, iso.Overdue)
			}
			out.add(overdue.Truncate(time.Second).Seconds(), true)
		}
	}
	return out.list
}
