package live

import (
	"testing"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/topology/cooling"
)

func TestSupplyKnowsPowerCoolingAndNetwork(t *testing.T) {
	c := Config{
		Devices: []facility.Device{
			{ID: "meter-a", Rack: ""}, {ID: "meter-b"}, {ID: "ups-a"}, {ID: "ups-b"},
			{ID: "srv-1", Rack: "R1", Via: "sw-1"}, {ID: "sw-1", Via: "core"}, {ID: "core"}, {ID: "crac-1"}, {ID: "crac-2"}, {ID: "srv-9", Rack: "R9"},
		},
		Models: Models{OneLine: twoFeeds(t), Cooling: []cooling.RoomModel{
			{ID: "hall", Racks: []string{"R1"}, Units: []cooling.UnitModel{{Device: "crac-1", Power: "ups-a"}, {Device: "crac-2"}}},
		}},
	}
	s := newSupply(c, newModelSet(c.Models, "en"))
	dev := func(id facility.DeviceID) facility.Element { return facility.Element{Device: id} }
	result := func(id facility.PointID) facility.Element {
		return facility.Element{Device: facility.PowerModel, Point: id}
	}
	tests := []struct {
		name           string
		element, cause facility.Element
		want           alarm.Relation
	}{
		{"a UPS behind its utility", dev("ups-a"), dev("meter-a"), alarm.Fed},
		{"not behind the other", dev("ups-a"), dev("meter-b"), alarm.Unrelated},
		{"the utility's own alarm", dev("meter-a"), facility.Element{Device: "meter-a", Point: meterA}, alarm.Same},
		{"a load's redundancy", result(redundancyID), dev("meter-b"), alarm.Fed},
		{"what stands in the load's rack", dev("srv-1"), dev("ups-b"), alarm.Fed},
		{"what stands elsewhere", dev("srv-9"), dev("ups-b"), alarm.Unrelated},
		{"a rack feeds nothing", dev("ups-b"), dev("srv-1"), alarm.Unrelated},
		{"a side's headroom, loss on that side", result(`power-model/power_side_carries_all{side="A"}`), dev("ups-a"), alarm.Fed},
		{"loss on the other side", result(`power-model/power_side_carries_all{side="A"}`), dev("ups-b"), alarm.Unrelated},
		{"single points, any loss", result(`power-model/power_single_points`), dev("ups-b"), alarm.Fed},
		{"single points, but no node", result(`power-model/power_single_points`), dev("sw-1"), alarm.Unrelated},
		{"a cooling unit behind its power", dev("crac-1"), dev("meter-a"), alarm.Fed},
		{"a cooling unit of unknown power", dev("crac-2"), dev("meter-a"), alarm.Unrelated},
		{"a server warms when a unit stops", dev("srv-1"), dev("crac-2"), alarm.Cooled},
		{"readings through a switch", dev("srv-1"), dev("sw-1"), alarm.Reached},
		{"and through the one before", dev("srv-1"), dev("core"), alarm.Reached},
		{"not the other way", dev("core"), dev("srv-1"), alarm.Unrelated},
		{"everything when the site is silent", dev("srv-9"), dev(SelfDevice), alarm.Reached},
		{"no channel of ours is a site", dev("srv-9"), facility.Element{Device: SelfDevice, Point: "nezuban/mail"}, alarm.Unrelated},
	}
	for _, tt := range tests {
		for range 2 { // the second answer is remembered
			if got := s.Behind(tt.element, tt.cause); got != tt.want {
				t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
			}
		}
	}
	if !s.Carries("core") || !s.Carries("sw-1") || s.Carries("srv-1") {
		t.Error("carriers are the switches, and nobody else")
	}
	if got := newSupply(Config{Devices: c.Devices}, newModelSet(Models{}, "en")).Behind(dev("ups-a"), dev("meter-a")); got != alarm.Unrelated {
		t.Errorf("without a one-line: %v", got)
	}
}
