package sim

import (
	"fmt"
	"strings"
	"time"

	"nezuban/internal/facility"
	"nezuban/internal/sim/model"
	"nezuban/internal/topology"
)

// litresPerHour is what a generator of the model burns at its rated load:
// 0.25 l/kWh and 6 l/h of idling.
const litresPerHour = model.GenRatedWatts/1000*0.25 + 6

// lineVolts is the voltage between two lines of the low-voltage supply.
const lineVolts = 400

// atsRatedAmperes is what a transfer switch may carry in a phase: atsRatedVA at the
// nominal voltage, whole amperes.
const atsRatedAmperes = 286

// rackWatts is the rated draw of a rack; the largest of the model stays below.
const rackWatts = 7000

// OneLine is the power of the simulated facility as its drawing shows it: on each
// side a utility feed and a generator on a transfer switch, behind it one UPS for
// each hall and the side's air conditioners, behind each UPS the hall's rack PDUs,
// and racks with a cord to either side. Ratings are the model's. Rack PDUs are
// single-phase and take the phases in turn.
//
// Nodes that are devices have the device's id. The bindings are left to whoever
// knows how the devices are read.
func OneLine() topology.Model {
	var m topology.Model
	for side := model.A; side <= model.B; side++ {
		m.Nodes = append(m.Nodes, intakeNodes(side)...)
	}
	for side := model.A; side <= model.B; side++ {
		for hall := range model.Halls {
			id := upsID(side, hall)
			m.Nodes = append(m.Nodes, topology.Node{ID: topology.NodeID(id), Device: facility.DeviceID(id), Kind: topology.UPS, Side: sideName(side),
				From: []topology.NodeID{node("ats", side)}, RatedWatts: model.UPSRatedWatts,
				Bridging: time.Duration(model.UPSBatteryJoules / model.UPSRatedWatts * float64(time.Second))})
		}
	}
	for rack := range model.Halls * model.RacksPerHall {
		for side := model.A; side <= model.B; side++ {
			m.Nodes = append(m.Nodes, topology.Node{ID: topology.NodeID(pduID(rack, side)), Device: facility.DeviceID(pduID(rack, side)), Kind: topology.PDU, Side: sideName(side),
				From:  []topology.NodeID{topology.NodeID(upsID(side, rack/model.RacksPerHall))},
				Volts: model.NominalVolts, Phases: []int{rackPhase(rack)}, RatedAmperes: pduRatedAmps})
		}
	}
	for rack := range model.Halls * model.RacksPerHall {
		m.Nodes = append(m.Nodes, topology.Node{ID: topology.NodeID("rack-" + strings.ToLower(rackName(rack))), Kind: topology.Load,
			Name:  facility.Text{En: "Rack " + rackName(rack), Ja: "ラック " + rackName(rack)},
			Place: hallPlace(rack / model.RacksPerHall), Rack: rackName(rack), Design: topology.Design2N, Phases: []int{rackPhase(rack)}, LoadWatts: rackWatts,
			From: []topology.NodeID{topology.NodeID(pduID(rack, model.A)), topology.NodeID(pduID(rack, model.B))}})
	}
	for unit := range model.Halls * model.CRACsPerHall {
		id := cracID(unit)
		m.Nodes = append(m.Nodes, topology.Node{ID: topology.NodeID(id), Device: facility.DeviceID(id), Kind: topology.Load, Side: sideName(model.Side(unit % 2)),
			Name:   facility.Text{En: fmt.Sprintf("CRAC %d", unit+1), Ja: fmt.Sprintf("空調機 %d", unit+1)},
			Design: topology.DesignN, LoadWatts: model.CRACMostWatts, From: []topology.NodeID{node("ats", model.Side(unit%2))}})
	}
	return m
}

// intakeNodes are the sources of a side and the switch that takes one of them.
func intakeNodes(side model.Side) []topology.Node {
	feed, gen := sideName(side), fmt.Sprintf("gen-%d", int(side)+1)
	return []topology.Node{
		{ID: node("utility", side), Device: facility.DeviceID(node("meter", side)), Kind: topology.Utility, Side: feed, Volts: lineVolts,
			Name: facility.Text{En: "Utility " + feed, Ja: "商用電源 " + feed}},
		{ID: topology.NodeID(gen), Device: facility.DeviceID(gen), Kind: topology.Generator, Side: feed,
			Name: facility.Text{En: fmt.Sprintf("Generator %d", int(side)+1), Ja: fmt.Sprintf("発電機 %d", int(side)+1)}, Volts: lineVolts, RatedWatts: model.GenRatedWatts,
			StartTime:  model.ConfirmLoss + model.GenStart + model.GenWarmUp + model.WalkIn, // until the UPS draw from it
			FuelLitres: model.GenTankLitres, LitresPerHour: litresPerHour},
		{ID: node("ats", side), Device: facility.DeviceID(node("ats", side)), Kind: topology.ATS, Side: feed,
			Name: facility.Text{En: "ATS " + feed, Ja: "切替器 " + feed},
			From: []topology.NodeID{node("utility", side), topology.NodeID(gen)}, RatedAmperes: atsRatedAmperes},
	}
}

// node is the id of the one thing of a kind on a side.
func node(kind string, side model.Side) topology.NodeID {
	return topology.NodeID(kind + "-" + strings.ToLower(sideName(side)))
}

func upsID(side model.Side, hall int) string {
	return fmt.Sprintf("ups-%s%d", strings.ToLower(sideName(side)), hall+1)
}

func pduID(rack int, side model.Side) string {
	return fmt.Sprintf("pdu-%s-%s", strings.ToLower(rackName(rack)), strings.ToLower(sideName(side)))
}

func cracID(unit int) string { return fmt.Sprintf("crac-%d", unit+1) }

// rackPhase is the phase of a rack's PDUs.
func rackPhase(rack int) int { return rack%model.RacksPerHall%3 + 1 }

// A Room is one hall of the simulated facility with what cools and guards it.
type Room struct {
	ID    string // "hall-1"
	Name  facility.Text
	Place string
	Zone  string // fire zone
	Hub   string // device that the sensors and the fire panel's contacts hang on
	Units []string
	Racks []string
	// NeededUnits must run at the present load.
	NeededUnits int
	// AgentLeast is the pressure of the suppression agent, in pascals, below
	// which the panel reports supervisory.
	AgentLeast float64
}

// Rooms lists the halls.
func Rooms() []Room {
	var out []Room
	for hall := range model.Halls {
		n := fmt.Sprint(hall + 1)
		r := Room{ID: "hall-" + n, Name: facility.Text{En: "Hall " + n, Ja: "ホール" + n}, Place: hallPlace(hall), Zone: "Z-" + n, Hub: "hub-h" + n,
			NeededUnits: model.CRACsPerHall - 1, AgentLeast: model.AgentLowPascals}
		for u := range model.CRACsPerHall {
			r.Units = append(r.Units, cracID(hall*model.CRACsPerHall+u))
		}
		for k := range model.RacksPerHall {
			r.Racks = append(r.Racks, rackName(hall*model.RacksPerHall+k))
		}
		out = append(out, r)
	}
	return out
}
