package cooling

import "nezuban/internal/topology"

// Evaluate says how every room stands, with read answering what a point says now.
//
// A unit of which nothing is known does not run for all that anybody knows:
// Running and Spare count units that are known to run. Known is false while the
// unknown ones could make the difference between enough and not enough.
func Evaluate(rooms []RoomModel, read topology.Reader) *Status {
	out := &Status{Rooms: make([]Room, len(rooms))}
	for i := range rooms {
		out.Rooms[i] = room(&rooms[i], read)
	}
	return out
}

func room(m *RoomModel, read topology.Reader) Room {
	r := Room{Model: m, Needs: m.Need(), Units: make([]Unit, len(m.Units))}
	for i := range m.Units {
		u := unit(&m.Units[i], read)
		switch u.Running {
		case topology.Yes:
			r.Running++
		case topology.Unknown:
			r.Unknown++
		}
		r.Units[i] = u
	}
	r.Spare = r.Running - r.Needs
	r.Known = len(m.Units) > 0 && (r.Spare >= 0 || r.Spare+r.Unknown < 0)
	for _, id := range m.Inlets {
		p := read(id)
		if !p.Known {
			r.NotSeen++
			continue
		}
		if !r.HasInlet || p.Value > r.Hottest {
			r.Hottest, r.HotPoint, r.HasInlet = p.Value, id, true
		}
	}
	return r
}

// Need is how many units must run at the present load: what the site wrote, or
// all but one; never none while there are units.
func (m *RoomModel) Need() int {
	if m.Needs > 0 {
		return m.Needs
	}
	return max(min(1, len(m.Units)), len(m.Units)-1)
}

func unit(m *UnitModel, read topology.Reader) Unit {
	u := Unit{Model: m, Running: m.Running.Read(read)}
	if m.Supply != "" {
		if p := read(m.Supply); p.Known {
			u.Supply, u.HasSupply = p.Value, true
		}
	}
	if m.Return != "" {
		if p := read(m.Return); p.Known {
			u.Return, u.HasReturn = p.Value, true
		}
	}
	return u
}
