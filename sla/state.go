package sla

import (
	"slices"

	"nezuban/internal/facility"
)

// class of a state: listed is good, any other one is bad. Without a list the
// severity decides. A state without a name, or of unknown severity and not
// listed, is unknown.
func (i *StateIndicator) class(v float64, states []facility.State) class {
	at := slices.IndexFunc(states, func(s facility.State) bool { return float64(s.Value) == v })
	if at < 0 {
		return unknown
	}
	s := states[at]
	switch {
	case slices.Contains(i.Good, s.Name):
		return good
	case s.Severity == facility.SeverityUnknown:
		return unknown
	case len(i.Good) == 0 && s.Severity == facility.SeverityNormal:
		return good
	}
	return bad
}
