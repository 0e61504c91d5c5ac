// Package cooling is the model of a site's cooling as pure functions: rooms and
// rows, the units that serve them, what may still be lost (N+x), supply, return
// and rack inlet temperatures.
package cooling

import (
	"nezuban/internal/facility"
	"nezuban/internal/topology"
)

// A RoomModel is one room or row of cooling.yaml.
type RoomModel struct {
	ID     string
	Name   facility.Text
	Place  string
	Needs  int // units that must run at the present load; 0: all but one
	Units  []UnitModel
	Inlets []facility.PointID // rack inlet temperatures
	Racks  []string           // racks it serves: their inlet alarms follow from its units
	File   string
	Line   int
}

// A UnitModel is one cooling unit.
type UnitModel struct {
	Device  facility.DeviceID
	Running *topology.StateBinding
	Supply  facility.PointID // celsius
	Return  facility.PointID
	Power   topology.NodeID // node of the one-line that feeds it; "" not said
}

// A Unit now.
type Unit struct {
	Model                *UnitModel
	Running              topology.Tri
	Supply, Return       float64
	HasSupply, HasReturn bool
}

// A Room now.
type Room struct {
	Model    *RoomModel
	Units    []Unit
	Needs    int  // units that must run: the model's, or all but one
	Running  int  // units known to run
	Unknown  int  // units of which nothing is known
	Spare    int  // Running - Needs: N+Spare, at least; negative: not enough
	Known    bool // false: too many units unknown to tell whether enough run
	Hottest  float64
	HotPoint facility.PointID
	HasInlet bool // false: no inlet is known
	NotSeen  int  // inlets without a known value
}

// Status of all rooms, in the model's order.
type Status struct{ Rooms []Room }
