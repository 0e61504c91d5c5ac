package topology

import (
	"time"

	"nezuban/internal/facility"
)

// NodeID names a node of the one-line within a site: lower-case letters,
// digits, '-', '_' and '.'.
type NodeID string

// Kind is what a node is.
type Kind string

const (
	Utility     Kind = "utility"     // a source
	Generator   Kind = "generator"   // a source
	Transformer Kind = "transformer" //
	Switchgear  Kind = "switchgear"  // a bus that feeds several
	Tie         Kind = "tie"         // joins two buses when closed; normally open unless NormallyClosed
	ATS         Kind = "ats"         // takes one of From, by position
	STS         Kind = "sts"         // the same without a break
	UPS         Kind = "ups"         // From[0] input; a second one is the bypass supply
	PDU         Kind = "pdu"         //
	Breaker     Kind = "breaker"     //
	Load        Kind = "load"        // a rack with its cords, or anything else that is fed
)

// Design is the redundancy a load was designed with.
type Design string

const (
	Design2N   Design = "2N"
	DesignNp1  Design = "N+1"
	DesignN    Design = "N"
	DesignNone Design = "" // not said
)

// A Node is one element of the one-line.
type Node struct {
	ID     NodeID
	Name   facility.Text
	Kind   Kind
	Side   string // "A", "B" … or "": both or neither
	Place  string
	Device facility.DeviceID // the device that this node is; "" none
	Rack   string            // load: the rack, which joins the devices standing in it to this node
	From   []NodeID          // what feeds it; a load's cords in order; an ATS or STS the positions in order

	Volts        float64 // nominal, line to line; 0: as its feeder
	Phases       []int   // that it uses, of 1, 2, 3; nil: all three
	RatedWatts   float64 // 0: unknown
	RatedAmperes float64 // per phase; 0: unknown
	LoadWatts    float64 // load: the measured or rated draw where no point tells; 0: unknown
	Design       Design  // load

	NormallyOpen   bool          // breaker
	NormallyClosed bool          // tie
	Needs          int           // of From that must be live for full capacity (parallel modules: N of N+1); 0: 1
	StartTime      time.Duration // generator: from the call to taking load
	FuelLitres     float64       // generator: of a full tank; 0 unknown
	LitresPerHour  float64       // generator: at rated load; 0 unknown
	Bridging       time.Duration // UPS: battery time at rated load where no point tells

	Bind Bindings

	File string // where it is written
	Line int
}

// Labels of the points that are computed of a load: its id, and whether it is IT
// equipment, which stands in a rack, or plant such as air conditioners, which may
// wait for the generator.
func (n *Node) Labels() []facility.Label {
	equipment := "plant"
	if n.Rack != "" {
		equipment = "it"
	}
	return []facility.Label{{Name: "equipment", Value: equipment}, {Name: "load", Value: string(n.ID)}}
}

// Bindings say which points tell about a node. All optional.
type Bindings struct {
	Energised *StateBinding      // output is live
	Position  *StateBinding      // ATS, STS: States[i] selects From[i]; breaker, tie: States[0] means closed
	Fault     *StateBinding      // cannot deliver although fed
	Watts     []facility.PointID // total, or by phase (three)
	Amperes   []facility.PointID // by phase; converted with Volts
	LoadRatio facility.PointID   // of RatedWatts
	Runtime   facility.PointID   // UPS: seconds of battery at the present load
	Fuel      facility.PointID   // generator: ratio of a full tank
	Ready     *StateBinding      // generator: stands ready to start
}

// A StateBinding reads yes or no out of a point: its state is one of States, or,
// for an analogue, its value is at least Above.
type StateBinding struct {
	Point  facility.PointID
	States []string
	Above  *float64
}

// A Model is a one-line as written.
type Model struct{ Nodes []Node }

// Tri is yes, no or unknown. The zero value is unknown.
type Tri uint8

const (
	Unknown Tri = iota
	No
	Yes
)

// An Input is what is known of one node now. Zero values are unknown.
type Input struct {
	Energised Tri
	Position  int // 1-based into From (ATS, STS); breaker, tie: 1 closed, 2 open; 0 unknown
	Fault     Tri
	Ready     Tri        // generator
	Watts     [3]float64 // by phase
	HasWatts  bool
	Runtime   time.Duration // UPS
	HasRun    bool
	Fuel      float64 // ratio
	HasFuel   bool
}

// Inputs by node; an absent node is unknown.
type Inputs map[NodeID]Input
