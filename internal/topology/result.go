package topology

import "time"

// Redundancy is how much a load may lose before it falls, now. The numbers are
// the values of the point power_redundancy.
type Redundancy uint8

const (
	RedundancyUnknown Redundancy = iota // what feeds it cannot be told
	Dead                                // not energised
	AtRisk                              // energised, but the next ordinary event drops it: on battery only, fewer modules than needed, or its only path overloaded
	SinglePath                          // N: one path, or the loss of a side overloads the other
	NPlusOne                            // N+1: no one source, transformer or UPS drops it, but its paths share a panel, a switch or a parallel system
	TwoN                                // 2N: two paths without a node in common, and no side is known to be too weak to carry it alone
)

func (r Redundancy) String() string {
	if int(r) >= len(redundancies) {
		return redundancies[RedundancyUnknown]
	}
	return redundancies[r]
}

// redundancies are the names of the states of power_redundancy.
var redundancies = [...]string{"unknown", "dead", "at_risk", "single_path", "n_plus_1", "two_n"}

// A NodeState is one node in a result.
type NodeState struct {
	Node      *Node
	Energised Tri
	Sources   []NodeID   // that energise it now; nil where unknown or dead
	Watts     [3]float64 // by phase, measured or summed from below
	HasWatts  bool
	Ratio     float64 // of its rating, the worst phase; HasRatio false where no rating is known
	HasRatio  bool
	Battery   bool // a UPS that carries its load from its battery
	Single    bool // a single point of failure now: losing it drops at least one load
	Drops     int  // loads that fall when it is lost
	Measured  bool // Energised comes from a point, not from what feeds it
}

// A LoadState is one load in a result.
type LoadState struct {
	Node       *Node
	Energised  Tri
	Cords      []Tri // by Node.From: live
	Paths      int   // disjoint paths to live or ready sources, as far as they are certain
	Redundancy Redundancy
	ByPhase    [3]Redundancy // with the ratings of each phase alone; unknown for phases it does not use
	// WithoutA and WithoutB say whether the load survives the loss of a side with
	// the simultaneous loads against ratings; Unknown where a rating is missing.
	WithoutA, WithoutB Tri
	Headroom           float64 // smallest share of rating left on any node after the loss of the worse side; negative: overload
	HasHeadroom        bool
	Why                []NodeID // nodes that hold the redundancy down: dead, overloaded or shared; nil for 2N
	Watts              float64  // that it draws, or would if it were fed
	HasWatts           bool
	// Battery is how long batteries carry it: now, where nothing else does; in a
	// what-if before it falls. 0: no battery, or nobody knows.
	Battery time.Duration
}

// A Level is all nodes of one kind.
type Level struct {
	Kind       Kind
	Nodes      int
	Live, Dead int        // energised and not; the others are not known
	Able       int        // could deliver: fed from live or ready sources, no fault
	Single     int        // of them single points of failure
	Redundancy Redundancy // for the loads that have more than N: N where one node drops one of them, 2N where a whole side of the level may be lost
}

// A Side is one side of the supply as a whole.
type Side struct {
	Name         string  // "A"
	Carries      Tri     // it could carry alone all loads that have a cord on it
	Worst        NodeID  // the node that would be loaded most then; "" where nothing is known
	WorstRatio   float64 // 1 less it is the headroom
	Watts        float64 // that the loads draw from it now
	HasWatts     bool    // false: at least so much
	Imbalance    float64 // (largest - smallest phase) / mean
	HasImbalance bool
}

// A Result is the one-line evaluated. Slices are in the model's order.
type Result struct {
	Nodes        []NodeState
	Loads        []LoadState
	Sides        []Side  // by name
	Levels       []Level // from the sources down; only kinds that there are
	SinglePoints []NodeID
	// Bridging is whether the batteries outlast the start of a generator, and the
	// shortest battery time found; Unknown where nothing tells.
	Bridging    Tri
	ShortestRun time.Duration
	SlowestGen  time.Duration
	// FuelHours is what the generator with the least fuel lasts at its rated load;
	// HasFuel false where nothing tells.
	FuelHours float64
	HasFuel   bool
	// Falls are the loads that are dead in a what-if, once batteries are empty, and
	// were not before; Loses those that keep power but lose redundancy. Empty in
	// Evaluate.
	Falls, Loses []NodeID
	Overloaded   []NodeID // above their rating, now or in the what-if
}

// SideImbalance is how unevenly the sides share the load now: (largest -
// smallest) / mean; false where a side's load is not known, or there is one side.
func (r *Result) SideImbalance() (float64, bool) {
	if len(r.Sides) < 2 {
		return 0, false
	}
	least, most, sum := r.Sides[0].Watts, r.Sides[0].Watts, 0.0
	for i := range r.Sides {
		if !r.Sides[i].HasWatts {
			return 0, false
		}
		least, most, sum = min(least, r.Sides[i].Watts), max(most, r.Sides[i].Watts), sum+r.Sides[i].Watts
	}
	if sum <= 0 {
		return 0, false
	}
	return (most - least) * float64(len(r.Sides)) / sum, true
}

// A Problem is a mistake of the model, in words for who wrote it.
type Problem struct {
	Node    NodeID
	What    string
	Hint    string
	Warning bool
	Line    int // of the table or file, where the node says it; 0: the file as a whole
}
