package alarm

import "nezuban/internal/facility"

// A Reference is what a deviation rule measures from: a fixed value, another
// metric of the same device with the same labels (a set point), or the mean of
// the points that the rule's selector matches in the same group of devices.
type Reference struct {
	Value  *float64 // base unit
	Metric string   // of the same device
	Mean   bool     // of all points that the rule watches with the same Group; needs at least two
	Group  string
}

// Sources are the points of one device, or of all devices of a group, from
// which a rule computes: who evaluates looks them up. known is false where
// there is no such point or its data is old.
type Sources interface {
	// Value of the first point of a metric whose labels match ("" any).
	Value(metric string, labels ...facility.Label) (v float64, known bool)
	// State name of the same.
	State(metric string, labels ...facility.Label) (name string, known bool)
	// Values of all points of a metric that are known, and how many are not.
	Values(metric string) (values []float64, unknown int)
}
