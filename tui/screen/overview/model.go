package overview

import (
	"math"
	"strconv"

	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/topology"
	"nezuban/internal/topology/fire"
	"nezuban/tui/session"
)

// model are the facts that the facility's own models tell of an area: those that
// ask for somebody, and the others. Where there is no model there are none, and
// the figures of the devices stand alone.
func (s *Screen) model(category string) (first, rest []fact) {
	snap := s.c.Snapshot
	if snap == nil {
		return nil, nil
	}
	switch {
	case category == "power" && snap.Power != nil:
		return s.power(snap.Power)
	case category == "fire" && snap.Fire != nil:
		return s.zones(snap.Fire)
	case category == "cooling" && snap.Cooling != nil:
		return s.rooms()
	}
	return nil, nil
}

// power counts the loads that have the redundancy they were designed with; those
// that are dead, at risk or unknown are told first.
func (s *Screen) power(r *topology.Result) (first, rest []fact) {
	o := &s.c.T.Overview
	var n [int(topology.TwoN) + 1]int
	designed := 0
	for i := range r.Loads {
		l := &r.Loads[i]
		n[min(int(l.Redundancy), len(n)-1)]++
		if l.Redundancy != topology.RedundancyUnknown && !session.BelowDesign(l) {
			designed++
		}
	}
	for _, x := range []topology.Redundancy{topology.Dead, topology.AtRisk, topology.RedundancyUnknown} {
		if n[x] > 0 {
			first = append(first, same(o.Lost(s.c.RedundancyWord(x), n[x])))
		}
	}
	all := fact{o.Redundant(designed, len(r.Loads)), o.Redundant(designed, len(r.Loads))}
	if designed < len(r.Loads) {
		first = append(first, all)
	} else {
		rest = append(rest, all)
	}
	rest = append(rest, same(o.SinglePoints+" "+strconv.Itoa(len(r.SinglePoints))))
	if r.HasFuel {
		rest = append(rest, same(o.Fuel+" "+strconv.FormatFloat(math.Floor(r.FuelHours), 'f', 0, 64)+" h"))
	}
	return first, rest
}

// zones counts the fire zones by every state but normal.
func (s *Screen) zones(st *fire.Status) (first, rest []fact) {
	o := &s.c.T.Overview
	n, notReady := st.Count(), 0
	for i := range st.Zones {
		z := &st.Zones[i]
		if z.Model.Suppression != nil && z.Ready == fire.NotReady {
			notReady++
		}
	}
	for x := fire.Discharged; x > fire.Normal; x-- {
		if n[x] > 0 {
			first = append(first, same(o.Lost(s.c.ZoneWord(x), n[x])))
		}
	}
	if n[fire.Unknown] > 0 {
		first = append(first, same(o.Lost(s.c.ZoneWord(fire.Unknown), n[fire.Unknown])))
	}
	if notReady > 0 {
		first = append(first, same(o.Lost(o.NotReady, notReady)))
	}
	zones := o.Zones + " " + strconv.Itoa(n[fire.Normal]) + "/" + strconv.Itoa(len(st.Zones))
	return first, append(rest, fact{zones + " " + o.Normal, zones})
}

// rooms are named where a unit less than needed runs or nothing can be told; the
// others by the least that is to spare.
func (s *Screen) rooms() (first, rest []fact) {
	o := &s.c.T.Overview
	least, roomiest, known := 0, "", false
	hottest, where := math.Inf(-1), ""
	for i := range s.c.Snapshot.Cooling.Rooms {
		r := &s.c.Snapshot.Cooling.Rooms[i]
		name := r.Model.Name.In(s.c.T.Lang)
		if name == "" {
			name = r.Model.ID
		}
		name = s.c.Clean(name)
		switch {
		case !r.Known:
			first = append(first, same(name+" N+?"))
		case r.Spare <= 0:
			first = append(first, same(name+" "+spare(r.Spare)))
		case !known || r.Spare < least:
			least, roomiest, known = r.Spare, name, true
		}
		if r.HasInlet && r.Hottest > hottest {
			hottest, where = r.Hottest, name
		}
	}
	switch {
	case known && len(first) > 0: // then it must not be read as all rooms'
		rest = append(rest, same(roomiest+" "+spare(least)))
	case known:
		rest = append(rest, same(spare(least)))
	}
	if where != "" {
		inlet := o.Inlet + " " + i18n.FormatUnit(facility.UnitCelsius, hottest, s.c.T.Lang)
		rest = append(rest, fact{inlet + " " + where, inlet})
	}
	return first, rest
}

// spare writes what may still be lost: N+2, N+0, N-1.
func spare(n int) string {
	if n < 0 {
		return "N" + strconv.Itoa(n)
	}
	return "N+" + strconv.Itoa(n)
}
