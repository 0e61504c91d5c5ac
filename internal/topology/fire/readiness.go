package fire

import (
	"slices"

	"nezuban/internal/topology"
)

// Codes of why a suppression is not ready, or what is amiss although it is.
const (
	WhyDischarged     = "discharged"      // the agent was released
	WhyPressureLow    = "pressure_low"    // a main bank is below its least pressure
	WhyIsolated       = "isolated"        // the valve or key that isolates it says so
	WhyManual         = "manual"          // the key stands on manual
	WhyDisabled       = "disabled"        // the panel shows the zone switched off
	WhyOnReserve      = "on_reserve"      // only the reserve could be released, after somebody switches over
	WhyReserveLow     = "reserve_low"     // the reserve is below its least pressure
	WhyReserveUnknown = "reserve_unknown" // nothing tells of the reserve
	WhyUnknown        = "unknown"         // pressure, key or valve is not known
)

// readiness is what the points of a suppression say together.
type readiness struct {
	ready        Ready
	why          []string
	seen, unseen int
}

// suppression says whether the agent would be released by itself. Certain bad
// news goes before the unknown, the unknown before good news: a bank that is low
// is not ready whatever else cannot be read, and nothing is ready while pressure,
// key or valve is unknown.
func suppression(m *SuppressionModel, read topology.Reader, discharged, disabled bool) readiness {
	r := readiness{ready: ReadyAutomatic}
	main, reserve := r.banks(m.Cylinders, read)
	isolated := r.switchOf(m.Isolated, m.NoValve, topology.No, read)
	automatic := r.switchOf(m.Automatic, m.NoKey, topology.Yes, read)

	if discharged {
		r.atBest(NotReady, WhyDischarged)
	}
	switch main {
	case topology.No:
		if reserve == topology.Yes {
			r.atBest(ManualOnly, WhyPressureLow)
			r.why = append(r.why, WhyOnReserve)
		} else {
			r.atBest(NotReady, WhyPressureLow)
		}
	case topology.Unknown:
		r.atBest(ReadyUnknown, WhyUnknown)
	}
	switch isolated {
	case topology.Yes:
		r.atBest(NotReady, WhyIsolated)
	case topology.Unknown:
		r.atBest(ReadyUnknown, WhyUnknown)
	}
	switch automatic {
	case topology.No:
		r.atBest(ManualOnly, WhyManual)
	case topology.Unknown:
		r.atBest(ReadyUnknown, WhyUnknown)
	}
	if disabled {
		r.atBest(ManualOnly, WhyDisabled)
	}
	if hasReserve(m.Cylinders) {
		switch reserve {
		case topology.No:
			r.why = append(r.why, WhyReserveLow)
		case topology.Unknown:
			r.why = append(r.why, WhyReserveUnknown)
		}
	}
	return r
}

// rank orders readiness from the worst to the best.
func rank(r Ready) int {
	return slices.Index([]Ready{NotReady, ReadyUnknown, ManualOnly, ReadyAutomatic}, r)
}

// atBest lowers the readiness to limit and notes why, the gravest first.
func (r *readiness) atBest(limit Ready, why string) {
	lower := rank(limit) < rank(r.ready)
	if lower {
		r.ready = limit
	}
	switch {
	case slices.Contains(r.why, why):
	case lower:
		r.why = slices.Insert(r.why, 0, why)
	default:
		r.why = append(r.why, why)
	}
}

func hasReserve(list []CylinderModel) bool {
	return slices.ContainsFunc(list, func(c CylinderModel) bool { return c.Reserve })
}

// banks says whether all main banks and all reserve banks hold their pressure.
// Without a main bank nothing is known of the agent.
func (r *readiness) banks(list []CylinderModel, read topology.Reader) (main, reserve topology.Tri) {
	mains, reserves := 0, 0
	main, reserve = topology.Yes, topology.Yes
	for i := range list {
		c := &list[i]
		t := r.bank(c, read)
		if c.Reserve {
			reserves++
			reserve = both(reserve, t)
		} else {
			mains++
			main = both(main, t)
		}
	}
	if mains == 0 {
		main = topology.Unknown
	}
	if reserves == 0 {
		reserve = topology.Unknown
	}
	return main, reserve
}

// both is no where either is no, unknown where either is unknown.
func both(a, b topology.Tri) topology.Tri {
	switch {
	case a == topology.No || b == topology.No:
		return topology.No
	case a == topology.Unknown || b == topology.Unknown:
		return topology.Unknown
	}
	return topology.Yes
}

func (r *readiness) bank(c *CylinderModel, read topology.Reader) topology.Tri {
	if c.Pressure == "" {
		return topology.Unknown
	}
	p := read(c.Pressure)
	r.seen, r.unseen = tally(r.seen, r.unseen, p.Known)
	switch {
	case !p.Known || c.Least <= 0:
		return topology.Unknown
	case p.Value < c.Least:
		return topology.No
	}
	return topology.Yes
}

// switchOf reads a key or valve; where the system has none, it is always there.
func (r *readiness) switchOf(b *topology.StateBinding, absent bool, there topology.Tri, read topology.Reader) topology.Tri {
	if b == nil {
		if absent {
			return there
		}
		return topology.Unknown
	}
	t := b.Read(read)
	r.seen, r.unseen = tally(r.seen, r.unseen, t != topology.Unknown)
	return t
}
