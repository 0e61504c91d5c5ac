package cooling_test

import (
	"testing"

	"nezuban/internal/facility"
	"nezuban/internal/topology"
	"nezuban/internal/topology/cooling"
)

func unit(id facility.PointID) cooling.UnitModel {
	return cooling.UnitModel{Running: &topology.StateBinding{Point: id, States: []string{"on"}}, Supply: id + "-supply", Return: id + "-return"}
}

func TestRoom(t *testing.T) {
	hall := cooling.RoomModel{ID: "hall-1", Needs: 2, Units: []cooling.UnitModel{unit("u1"), unit("u2"), unit("u3"), unit("u4")}}
	allButOne, single, empty := hall, hall, hall
	allButOne.Needs = 0
	single.Needs, single.Units = 0, hall.Units[:1]
	empty.Needs, empty.Units = 0, nil
	on, off, no := "on", "off", ""
	tests := []struct {
		name                    string
		m                       cooling.RoomModel
		states                  []string // "" unknown
		running, unknown, spare int
		known                   bool
	}{
		{"all run: N+2", hall, []string{on, on, on, on}, 4, 0, 2, true},
		{"two run: no spare", hall, []string{on, on, off, off}, 2, 0, 0, true},
		{"one runs: not enough", hall, []string{on, off, off, off}, 1, 0, -1, true},
		{"nothing is known", hall, []string{no, no, no, no}, 0, 4, -2, false},
		{"enough run for certain", hall, []string{on, on, no, no}, 2, 2, 0, true},
		{"the unknown one makes the difference", hall, []string{on, no, off, off}, 1, 1, -1, false},
		{"not enough, even if the unknown one ran", hall, []string{off, no, off, off}, 0, 1, -2, true},
		{"all but one must run, all do", allButOne, []string{on, on, on, on}, 4, 0, 1, true},
		{"all but one must run, two are off", allButOne, []string{on, on, off, off}, 2, 0, -1, true},
		{"a single unit must run", single, []string{off}, 0, 0, -1, true},
		{"no unit, nothing known", empty, nil, 0, 0, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			read := func(id facility.PointID) topology.Point {
				for i, u := range tt.m.Units {
					if u.Running.Point == id && tt.states[i] != no {
						return topology.Point{State: tt.states[i], Known: true}
					}
				}
				return topology.Point{}
			}
			r := cooling.Evaluate([]cooling.RoomModel{tt.m}, read).Rooms[0]
			if r.Running != tt.running || r.Unknown != tt.unknown || r.Spare != tt.spare || r.Known != tt.known {
				t.Errorf("got %d running, %d unknown, spare %d, known %v; want %d, %d, %d, %v",
					r.Running, r.Unknown, r.Spare, r.Known, tt.running, tt.unknown, tt.spare, tt.known)
			}
		})
	}
}

func TestTemperatures(t *testing.T) {
	m := cooling.RoomModel{ID: "hall-1", Units: []cooling.UnitModel{unit("u1")}, Inlets: []facility.PointID{"in-1", "in-2", "in-3"}}
	now := map[facility.PointID]topology.Point{
		"u1-supply": {Value: 19.5, Known: true}, "u1-return": {Value: 80}, // a return that is old
		"in-1": {Value: -3, Known: true}, "in-2": {Value: 99}, "in-3": {Value: -1, Known: true},
	}
	r := cooling.Evaluate([]cooling.RoomModel{m}, func(id facility.PointID) topology.Point { return now[id] }).Rooms[0]
	if u := r.Units[0]; !u.HasSupply || u.Supply != 19.5 || u.HasReturn {
		t.Errorf("unit: got %+v, want a supply of 19.5 and no return", u)
	}
	if !r.HasInlet || r.Hottest != -1 || r.HotPoint != "in-3" || r.NotSeen != 1 {
		t.Errorf("inlets: got %+v, want -1 at in-3 and one not seen", r)
	}
	if r = cooling.Evaluate([]cooling.RoomModel{m}, func(facility.PointID) topology.Point { return topology.Point{} }).Rooms[0]; r.HasInlet {
		t.Error("a room without a known inlet has a hottest one")
	}
}
