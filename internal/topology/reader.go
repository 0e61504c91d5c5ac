package topology

import "nezuban/internal/facility"

// A Point is what a bound point says now.
type Point struct {
	Value float64
	State string // name of the state; "" for an analogue
	Known bool   // false: there is no such point, or its data is old
	Was   bool   // not known now; Value and State are what it said last
}

// A Reader answers what a point says now.
type Reader func(id facility.PointID) Point

// Read answers a binding: Unknown where the point is not known or its state has
// no name. A nil binding is Unknown.
func (b *StateBinding) Read(read Reader) Tri {
	if b == nil {
		return Unknown
	}
	p := read(b.Point)
	if !p.Known {
		return Unknown
	}
	return b.says(p)
}

// Last answers a binding whose point is not known now by what the point said
// last; Unknown where it is known, and where it never said anything.
func (b *StateBinding) Last(read Reader) Tri {
	if b == nil {
		return Unknown
	}
	p := read(b.Point)
	if p.Known || !p.Was {
		return Unknown
	}
	return b.says(p)
}

func (b *StateBinding) says(p Point) Tri {
	if b.Above != nil {
		return tri(p.Value >= *b.Above)
	}
	if p.State == "" {
		return Unknown
	}
	for _, s := range b.States {
		if s == p.State {
			return Yes
		}
	}
	return No
}

func tri(v bool) Tri {
	if v {
		return Yes
	}
	return No
}
