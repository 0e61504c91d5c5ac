package topology

import (
	"time"

	"nezuban/internal/facility"
)

// Redundancy is how much a load may lose before it falls, now. The numbers are
// the values of the point power_redundancy.
type Redundancy uint8

const (
	RedundancyUnknown Redundancy = iota // what feeds it cannot be told
	Dead                                // not energised
	AtRisk                              // energised, but the next ordinary event drops it: on battery only, or its only path overloaded
	SinglePath                          // N: one path
	NPlusOne                            // N+1: loses no power with any one node lost, but both paths share a node
	TwoN                                // 2N: two paths without a node in common, and each carries it alone
)

// A NodeState is one node in a result.
type NodeState struct {
	Node      *Node
	Energised Tri
	Sources   []NodeID   // that energise it now; nil where unknown or dead
	Watts     [3]float64 // by phase, measured or summed from below
	HasWatts  bool
	Ratio     float64 // of its rating, the worst phase; HasRatio false where no rating is known
	HasRatio  bool
	Single    bool // a single point of failure now: losing it drops at least one load
	Drops     int  // loads that fall when it is lost
	Measured  bool // Energised comes from a point, not from what feeds it
}

// A LoadState is one load in a result.
type LoadState struct {
	Node       *Node
	Energised  Tri
	Cords      []Tri // by Node.From: live
	Paths      int   // disjoint paths to live or ready sources
	Redundancy Redundancy
	ByPhase    [3]Redundancy
	// WithoutA and WithoutB say whether the load survives the loss of a side with
	// the simultaneous loads against ratings; Unknown where a rating is missing.
	WithoutA, WithoutB Tri
	Headroom           float64 // smallest share of rating left on any node after the loss of the worse side; negative: overload
	HasHeadroom        bool
	Why                []NodeID // nodes that hold the redundancy down: dead, overloaded or shared
	Watts              float64
	HasWatts           bool
}

// A Side is one side of the supply as a whole.
type Side struct {
	Name         string // "A"
	Carries      Tri    // it could carry everything alone
	Worst        NodeID // the node that would be loaded most then
	WorstRatio   float64
	Watts        float64 // now
	Imbalance    float64 // (largest - smallest phase) / mean
	HasImbalance bool
}

// A Result is the one-line evaluated. Slices are in the model's order.
type Result struct {
	Nodes        []NodeState
	Loads        []LoadState
	Sides        []Side
	SinglePoints []NodeID
	// Bridging is whether the batteries outlast the start of a generator, and the
	// shortest battery time found; Unknown where nothing tells.
	Bridging    Tri
	ShortestRun time.Duration
	SlowestGen  time.Duration
	// FuelHours is what the fullest-loaded generator lasts; HasFuel false where
	// nothing tells.
	FuelHours float64
	HasFuel   bool
	// Falls are the loads that are dead in a what-if and were not before; Loses
	// those that keep power but lose redundancy. Empty in Evaluate.
	Falls, Loses []NodeID
	Overloaded   []NodeID // above their rating, now or in the what-if
}

// A Problem is a mistake of the model, in words for who wrote it.
type Problem struct {
	Node    NodeID
	What    string
	Hint    string
	Warning bool
}

// Compile and the evaluation:
//
//	func Compile(m Model) (*Graph, []Problem)      // *Graph nil only where a problem is no warning
//	func (g *Graph) Evaluate(in Inputs) *Result
//	func (g *Graph) WhatIf(in Inputs, lost []NodeID) *Result
//	func (g *Graph) Node(id NodeID) (*Node, bool)
//	func (g *Graph) Behind(element, cause facility.Element) (same, fed, standby bool)
//	func ReadCSV(r io.Reader) (Model, []Problem)
var _ = facility.Text{}
