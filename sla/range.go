package sla

import (
	"math"

	"nezuban/internal/facility"
)

// class of a value: good within the bounds, both included. What is no number is
// unknown.
func (i *RangeIndicator) class(v float64, _ []facility.State) class {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return unknown
	case i.Min != nil && v < *i.Min, i.Max != nil && v > *i.Max:
		return bad
	}
	return good
}
