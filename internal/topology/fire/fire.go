// Package fire is the model of a site's fire zones as pure functions: what the
// panel says of each zone, kept apart as alarm, supervisory, trouble, disabled
// and test; whether the suppression of a zone would work; which isolations stand,
// with whose permit and until when.
//
// nezuban watches fire systems, it is not one. Nothing here suppresses, delays
// or merges an alarm: an isolation is shown, the zone is still evaluated.
package fire

import (
	"time"

	"nezuban/internal/facility"
	"nezuban/internal/topology"
)

// State of a zone, as its panel and detectors say; the numbers are the values of
// the point fire_zone_state. A zone may be in several at once: State is the
// gravest, the others stand in Zone.Also.
type State uint8

const (
	Unknown State = iota // nothing tells: never normal
	Normal
	Test        // the panel or the zone is in test
	Disabled    // switched off at the panel
	Trouble     // a fault of the system itself
	Supervisory // a valve, a pressure, a key is not where it must be
	PreAlarm    // the first level of an aspirating detector
	Alarm       // fire
	Discharged  // agent released
)

// A ZoneModel is one zone of fire.yaml.
type ZoneModel struct {
	ID        string
	Name      facility.Text
	Place     string
	Detectors []DetectorModel
	// Points that tell of the whole zone; each may be empty.
	Alarm, Supervisory, Trouble, Disabled, Test, Discharge []topology.StateBinding
	Suppression                                            *SuppressionModel
	Isolations                                             []IsolationModel
	File                                                   string
	Line                                                   int
}

// A DetectorModel is one detector. A detector that reports by contacts has
// bindings; one on a loop or with a head of its own has a State.
type DetectorModel struct {
	ID     string
	Name   facility.Text
	State  facility.PointID // state with its own enumeration, read as [StateOf] says; "" none
	Level  facility.PointID // aspirating detector: obscuration, ratio per metre; "" none
	Levels []float64        // thresholds of Level, rising: alert, action, fire 1, fire 2

	Alarm, PreAlarm, Fault *topology.StateBinding // contacts; each nil where there is none
}

// A SuppressionModel is the extinguishing system of a zone.
type SuppressionModel struct {
	Agent       string                 // "N2", "FK-5-1-12" …
	Cylinders   []CylinderModel        // main and reserve
	Automatic   *topology.StateBinding // key switch: yes is automatic
	Isolated    *topology.StateBinding // valve or key: yes is isolated
	NoKey       bool                   // it has no key switch: always automatic. Without it, a nil Automatic is unknown
	NoValve     bool                   // nothing can isolate it. Without it, a nil Isolated is unknown
	ReleaseText facility.Text          // release logic, for people
}

// A CylinderModel is one bank of agent.
type CylinderModel struct {
	ID       string
	Reserve  bool
	Pressure facility.PointID // pascals
	Least    float64          // pascals; below it the bank is not ready. 0: unknown
}

// An IsolationModel is a permit in fire.yaml: somebody may work in the zone.
type IsolationModel struct {
	Permit string // reference
	What   facility.Text
	From   time.Time
	Until  time.Time
	Closed time.Time     // the permit was given back; zero: not yet
	Watch  string        // who keeps the fire watch; "" nobody named
	Every  time.Duration // between rounds; 0 none
}

// Ready says whether a zone's suppression would work.
type Ready uint8

const (
	ReadyUnknown Ready = iota
	NotReady
	ManualOnly
	ReadyAutomatic
)

// A Zone is one zone now.
type Zone struct {
	Model      *ZoneModel
	State      State
	Also       []State // others that hold at once, gravest first
	Detectors  []Detector
	Ready      Ready
	Why        []string // the Why… codes, the gravest first; nil where Ready is automatic and nothing is amiss
	Isolations []Isolation
	NotSeen    int // bound points without a known value
	Seen       int
}

// A Detector now.
type Detector struct {
	Model    *DetectorModel
	State    State
	Level    float64
	HasLevel bool
	Step     int // how many of Levels are reached
}

// An Isolation now.
type Isolation struct {
	Model   *IsolationModel
	Active  bool
	Overdue time.Duration // past its end while the panel still shows the zone disabled or the permit is not closed; 0 none
	Round   time.Time     // the next round of the fire watch while active; zero: none asked for
}

// Status of all zones, in the model's order.
type Status struct{ Zones []Zone }

// Count is how many zones are in each state. A zone that is in several counts in
// each, and one that nobody sees counts as unknown beside what it was in last.
func (s *Status) Count() (n [Discharged + 1]int) {
	for i := range s.Zones {
		z := &s.Zones[i]
		n[z.State]++
		for _, a := range z.Also {
			n[a]++
		}
		if z.State != Unknown && z.Seen == 0 {
			n[Unknown]++
		}
	}
	return n
}
