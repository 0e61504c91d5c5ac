package sla

// class of a value: good within the bounds, both included. What is no number is
// unknown.
func (i *RangeIndicator) class(v float64) class {
	switch {
	case !isNumber(v):
		return unknown
	case i.Min != nil && v < *i.Min, i.Max != nil && v > *i.Max:
		return bad
	}
	return good
}
