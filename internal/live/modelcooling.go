package live

import (
	"nezuban/internal/facility"
	"nezuban/internal/topology/cooling"
)

func coolingResults(rooms []cooling.RoomModel, lang string) []facility.Point {
	var out []facility.Point
	for i := range rooms {
		r := &rooms[i]
		name, label := r.Name.In(lang), facility.Label{Name: "room", Value: r.ID}
		out = append(out, resultPoint(facility.CoolingModel, "cooling_units_running", name, label),
			resultPoint(facility.CoolingModel, "cooling_units_spare", name, label))
		if len(r.Inlets) > 0 {
			out = append(out, resultPoint(facility.CoolingModel, "cooling_inlet_max_celsius", name, label))
		}
	}
	return out
}

// coolingReadings makes readings of a status, in the order of the points. A unit
// of which nothing is known may or may not run: the spare is not known then,
// unless there are too few all the same.
func coolingReadings(points []facility.Point, s *cooling.Status, tick facility.Tick) []facility.Reading {
	out := newReadings(points, tick)
	for i := range s.Rooms {
		r := &s.Rooms[i]
		out.add(float64(r.Running), r.Unknown == 0)
		out.add(float64(r.Spare), r.Unknown == 0 || r.Spare+r.Unknown < 0)
		if len(r.Model.Inlets) > 0 {
			out.add(r.Hottest, r.HasInlet)
		}
	}
	return out.list
}
