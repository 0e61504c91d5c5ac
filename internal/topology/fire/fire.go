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

// A DetectorModel is one detector.
type DetectorModel struct {
	ID     string
	Name   facility.Text
	State  facility.PointID // state with its own enumeration: normal, pre_alarm, alarm, fault …
	Level  facility.PointID // aspirating detector: obscuration, ratio per metre; "" none
	Levels []float64        // thresholds of Level, rising: alert, action, fire 1, fire 2
}

// A SuppressionModel is the extinguishing system of a zone.
type SuppressionModel struct {
	Agent       string                 // "N2", "FK-5-1-12" …
	Cylinders   []CylinderModel        // main and reserve
	Automatic   *topology.StateBinding // key switch: yes is automatic
	Isolated    *topology.StateBinding // valve or key: yes is isolated
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
	Why        []string // codes: "pressure_low", "isolated", "manual", "reserve_low", "unknown"
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
}

// Status of all zones, in the model's order.
type Status struct{ Zones []Zone }

// Evaluate, with read answering what a point says now:
//
//	func Evaluate(zones []ZoneModel, read topology.Reader, now time.Time) *Status
var _ = time.Second
