package live

import (
	"time"

	"nezuban/internal/facility"
	"nezuban/internal/topology"
	"nezuban/internal/topology/fire"
)

// firePoints are all points that tell about a zone.
func firePoints(z *fire.ZoneModel) []facility.PointID {
	var out []facility.PointID
	for _, d := range z.Detectors {
		out = append(out, d.State, d.Level)
	}
	for _, list := range [][]topology.StateBinding{z.Alarm, z.Supervisory, z.Trouble, z.Disabled, z.Test, z.Discharge} {
		for _, b := range list {
			out = append(out, b.Point)
		}
	}
	if s := z.Suppression; s != nil {
		for _, b := range []*topology.StateBinding{s.Automatic, s.Isolated} {
			if b != nil {
				out = append(out, b.Point)
			}
		}
		for _, c := range s.Cylinders {
			out = append(out, c.Pressure)
		}
	}
	return out
}

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
