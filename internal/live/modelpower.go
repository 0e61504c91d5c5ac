package live

import (
	"nezuban/internal/facility"
	"nezuban/internal/topology"
)

// powerPoints are the points around one one-line: those that tell about it and
// those that it results in.
type powerPoints struct {
	list  []facility.Point
	bound []facility.PointID
}

func newPowerPoints(g *topology.Graph, lang string) *powerPoints {
	empty := g.Evaluate(topology.Inputs{}) // what there is, with nothing known of it
	p := &powerPoints{bound: g.Points()}
	for _, l := range empty.Loads {
		name := l.Node.Name.In(lang)
		labels := l.Node.Labels()
		redundancy := resultPoint(facility.PowerModel, "power_redundancy", name, labels...)
		redundancy.States = facility.RedundancyStates(string(l.Node.Design))
		p.list = append(p.list, redundancy, resultPoint(facility.PowerModel, "power_paths_available", name, labels...), resultPoint(facility.PowerModel, "power_load_headroom_ratio", name, labels...))
	}
	for _, s := range empty.Sides {
		label := facility.Label{Name: "side", Value: s.Name}
		for _, metric := range []string{"power_failover_headroom_ratio", "power_side_carries_all", "power_phase_imbalance_ratio"} {
			p.list = append(p.list, resultPoint(facility.PowerModel, metric, "", label))
		}
	}
	for _, metric := range []string{"power_side_imbalance_ratio", "power_battery_bridging", "power_fuel_seconds", "power_single_points"} {
		p.list = append(p.list, resultPoint(facility.PowerModel, metric, ""))
	}
	return p
}

// read makes readings of a result, in the order of the points.
func (p *powerPoints) read(r *topology.Result, tick facility.Tick) []facility.Reading {
	out := newReadings(p.list, tick)
	doubt := false
	for i := range r.Loads {
		l := &r.Loads[i]
		known := l.Redundancy != topology.RedundancyUnknown
		doubt = doubt || !known
		out.add(float64(l.Redundancy), known)
		out.add(float64(l.Paths), known)
		out.add(l.Headroom, known && l.HasHeadroom)
	}
	for i := range r.Sides {
		s := &r.Sides[i]
		out.add(1-s.WorstRatio, s.Carries != topology.Unknown)
		out.addTri(s.Carries)
		out.add(s.Imbalance, s.HasImbalance)
	}
	out.add(r.SideImbalance())
	out.addTri(r.Bridging)
	out.add(r.FuelHours*3600, r.HasFuel)
	// Among loads of which nothing is known there may be more; none is none only
	// where everything is known.
	out.add(float64(len(r.SinglePoints)), len(r.Loads) > 0 && (!doubt || len(r.SinglePoints) > 0))
	return out.list
}
