package fire

import (
	"slices"
	"time"

	"nezuban/internal/facility"
	"nezuban/internal/topology"
)

// Evaluate says how every zone stands, with read answering what a point says now
// and now on the site's clock.
//
// A zone's state is the gravest of what its panel and its detectors say.
// Whatever else holds (an isolation, a test, a zone switched off), an alarm stays
// an alarm, also one that is not seen any more: what cannot be seen may burn on.
// A zone is normal only where every one of its detector and panel
// points is known and none of them says anything else; a zone without such points
// is unknown.
func Evaluate(zones []ZoneModel, read topology.Reader, now time.Time) *Status {
	out := &Status{Zones: make([]Zone, len(zones))}
	for i := range zones {
		out.Zones[i] = zone(&zones[i], read, now)
	}
	return out
}

// StateOf reads a state that a detector reports by itself: alert, action and
// pre_alarm are the early levels, fire and alarm (also alarm_1, fire_2 …) are
// fire. A name that says none of this is unknown.
func StateOf(name string) State {
	switch name {
	case "normal", "ok", "quiet":
		return Normal
	case "test", "in_test":
		return Test
	case "disabled", "isolated", "off":
		return Disabled
	case "fault", "trouble", "failed":
		return Trouble
	case "supervisory":
		return Supervisory
	case "pre_alarm", "prealarm", "alert", "action", "pre_alarm_1", "pre_alarm_2":
		return PreAlarm
	case "alarm", "fire", "alarm_1", "alarm_2", "fire_1", "fire_2", "active":
		return Alarm
	case "discharged", "released":
		return Discharged
	}
	return Unknown
}

func zone(m *ZoneModel, read topology.Reader, now time.Time) Zone {
	z := Zone{Model: m}
	var said [Discharged + 1]bool
	seen, unseen := 0, 0
	for i := range m.Detectors {
		d, known, unknown := detector(&m.Detectors[i], read)
		z.Detectors = append(z.Detectors, d)
		said[d.State] = true
		seen, unseen = seen+known, unseen+unknown
	}
	for _, group := range []struct {
		state    State
		bindings []topology.StateBinding
	}{
		{Discharged, m.Discharge}, {Alarm, m.Alarm}, {Supervisory, m.Supervisory},
		{Trouble, m.Trouble}, {Disabled, m.Disabled}, {Test, m.Test},
	} {
		for i := range group.bindings {
			switch group.bindings[i].Read(read) {
			case topology.Yes:
				said[group.state] = true
				seen++
			case topology.No:
				seen++
			default:
				unseen++
				if lasts(group.state) && group.bindings[i].Last(read) == topology.Yes {
					said[group.state] = true
				}
			}
		}
	}
	z.State, z.Also = gravest(said, seen > 0 && unseen == 0)
	z.Isolations = isolations(m.Isolations, said[Disabled], now)
	if m.Suppression != nil {
		s := suppression(m.Suppression, read, said[Discharged], said[Disabled])
		z.Ready, z.Why = s.ready, s.why
		seen, unseen = seen+s.seen, unseen+s.unseen
	}
	z.Seen, z.NotSeen = seen, unseen
	return z
}

// gravest is the state to show and what holds beside it.
func gravest(said [Discharged + 1]bool, allKnown bool) (State, []State) {
	var held []State
	for s := Discharged; s > Normal; s-- {
		if said[s] {
			held = append(held, s)
		}
	}
	switch {
	case len(held) > 0:
		return held[0], held[1:]
	case allKnown:
		return Normal, nil
	}
	return Unknown, nil
}

// detector reads one detector and counts its points that are known and that are
// not.
func detector(m *DetectorModel, read topology.Reader) (d Detector, seen, unseen int) {
	d.Model = m
	var said [Discharged + 1]bool
	for _, c := range []struct {
		state State
		b     *topology.StateBinding
	}{{Alarm, m.Alarm}, {PreAlarm, m.PreAlarm}, {Trouble, m.Fault}} {
		if c.b == nil {
			continue
		}
		switch c.b.Read(read) {
		case topology.Yes:
			said[c.state] = true
			seen++
		case topology.No:
			seen++
		default:
			unseen++
			if lasts(c.state) && c.b.Last(read) == topology.Yes {
				said[c.state] = true
			}
		}
	}
	if s, known := ownState(m.State, read); m.State != "" {
		said[s] = true
		seen, unseen = tally(seen, unseen, known)
	}
	if m.Level != "" {
		p := read(m.Level)
		seen, unseen = tally(seen, unseen, p.Known)
		if p.Was && stateOfStep(steps(p.Value, m.Levels)) == Alarm {
			said[Alarm] = true
		}
		if p.Known {
			d.Level, d.HasLevel = p.Value, true
			d.Step = steps(p.Value, m.Levels)
			said[stateOfStep(d.Step)] = true
		}
	}
	d.State, _ = gravest(said, seen > 0 && unseen == 0)
	return d, seen, unseen
}

// lasts reports whether a state stays what a zone is in when what said so is not
// seen any more.
func lasts(s State) bool { return s == Alarm || s == Discharged }

// ownState is the state that a detector reports by itself; one that we have no
// word for counts as not known.
func ownState(id facility.PointID, read topology.Reader) (State, bool) {
	if id == "" {
		return Unknown, false
	}
	p := read(id)
	s := StateOf(p.State)
	switch {
	case p.Known:
		return s, s != Unknown
	case p.Was && lasts(s):
		return s, false
	}
	return Unknown, false
}

func tally(seen, unseen int, known bool) (int, int) {
	if known {
		return seen + 1, unseen
	}
	return seen, unseen + 1
}

// steps counts the thresholds that a level has reached.
func steps(level float64, levels []float64) int {
	n := 0
	for _, t := range levels {
		if level >= t {
			n++
		}
	}
	return n
}

// stateOfStep follows the order alert, action, fire 1, fire 2.
func stateOfStep(step int) State {
	switch {
	case step >= 3:
		return Alarm
	case step >= 1:
		return PreAlarm
	}
	return Normal
}

// isolations says which permits stand. A permit is overdue past its end until it
// is given back. One that was given back is overdue all the same while the panel
// still shows the zone disabled and no other permit accounts for that: somebody
// went home without switching the zone on again.
func isolations(models []IsolationModel, disabled bool, now time.Time) []Isolation {
	out := make([]Isolation, 0, len(models))
	active, last := false, -1
	for i := range models {
		m := &models[i]
		iso := Isolation{Model: m, Active: !now.Before(m.From) && now.Before(m.end())}
		if m.Closed.IsZero() && !now.Before(m.Until) {
			iso.Overdue = now.Sub(m.Until)
		}
		active = active || iso.Active || iso.Overdue > 0
		if iso.Active {
			iso.Round = m.round(now)
		} else if !m.Closed.IsZero() && !now.Before(m.end()) && (last < 0 || models[last].end().Before(m.end())) {
			last = i
		}
		out = append(out, iso)
	}
	if disabled && !active && last >= 0 {
		out[last].Overdue = now.Sub(models[last].end())
	}
	return slices.Clip(out)
}

// end is when nobody may count on the permit any longer.
func (m *IsolationModel) end() time.Time {
	if !m.Closed.IsZero() && m.Closed.Before(m.Until) {
		return m.Closed
	}
	return m.Until
}

// round is the next round of the fire watch, counted from the beginning.
func (m *IsolationModel) round(now time.Time) time.Time {
	if m.Every <= 0 {
		return time.Time{}
	}
	return m.From.Add((now.Sub(m.From)/m.Every + 1) * m.Every)
}
