package sla

// A CoverageIndicator is good while a valid reading is held. A device that does
// not answer a live collector is bad; while the collector itself is away, nobody
// knows.
type CoverageIndicator struct {
	Metric string // "": every point that the selector picks
}
