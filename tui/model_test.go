package tui

import (
	"fmt"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/internal/topology"
	"nezuban/internal/topology/cooling"
	"nezuban/internal/topology/fire"
)

// modelSnapshot is the facility of the goldens with a one-line, fire zones and
// rooms, in an evening on which UPS A2 has failed: one root, its consequences,
// one alarm shelved, one suppressed by design, one out of service, one request
// waiting.
func modelSnapshot() *live.Snapshot {
	s := facilitySnapshot()
	oneLine(s)
	fireZones(s)
	rooms(s)
	causes(s)
	held(s)
	s.Nuisances = []live.Nuisance{
		{Kind: "chattering", Rule: "LEAK", Device: "hub-1", Point: `hub-1/temperature_celsius{sensor="inlet"}`, Name: facility.Text{En: "leak sensor zone 12", Ja: "漏水センサー 区域12"}, Count: 14, Since: now.Add(-40 * time.Minute), Last: now.Add(-time.Minute), Proposal: live.Proposal{OffDelay: 90 * time.Second, Deadband: 0.5}},
		{Kind: "stale", Rule: "DISK", Device: "host-1", Name: facility.Text{En: "file system /var high", Ja: "ファイルシステム /var 高"}, Count: 1, Since: now.Add(-50 * time.Hour), Last: now.Add(-50 * time.Hour)},
	}
	return s
}

func node(id string, kind topology.Kind, side string, from ...topology.NodeID) topology.Node {
	return topology.Node{ID: topology.NodeID(id), Name: facility.Text{En: id, Ja: id}, Kind: kind, Side: side, From: from, Volts: 200}
}

// oneLine is a supply with an A and a B side, three racks and one with a single
// cord. UPS A2 delivers nothing; nobody knows about PDU B2.
func oneLine(s *live.Snapshot) {
	nodes := []topology.Node{
		node("utility-a", topology.Utility, "A"), node("utility-b", topology.Utility, "B"), node("gen-1", topology.Generator, ""),
		node("ats-a", topology.ATS, "A", "utility-a", "gen-1"), node("ats-b", topology.ATS, "B", "utility-b", "gen-1"),
		node("ups-a1", topology.UPS, "A", "ats-a"), node("ups-a2", topology.UPS, "A", "ats-a"), node("ups-b1", topology.UPS, "B", "ats-b"), node("ups-b2", topology.UPS, "B", "ats-b"),
		node("pdu-a1", topology.PDU, "A", "ups-a1"), node("pdu-a2", topology.PDU, "A", "ups-a2"), node("pdu-b1", topology.PDU, "B", "ups-b1"), node("pdu-b2", topology.PDU, "B", "ups-b2"),
		node("rack-1", topology.Load, "", "pdu-a1", "pdu-b1"), node("rack-2", topology.Load, "", "pdu-a2", "pdu-b1"), node("rack-3", topology.Load, "", "pdu-a2", "pdu-b2"), node("rack-4", topology.Load, "", "pdu-a2"),
	}
	for i := range nodes {
		n := &nodes[i]
		switch n.Kind {
		case topology.UPS:
			n.Device, n.RatedWatts, n.Place = facility.DeviceID(n.ID), 100e3, "B1F/elec"
			n.Name = facility.Text{En: "UPS " + string(n.ID[4:]), Ja: "UPS " + string(n.ID[4:])}
		case topology.Load:
			n.LoadWatts, n.Design, n.Rack = 8e3, topology.Design2N, string(n.ID)
			n.Name = facility.Text{En: "Rack 3C-0" + string(n.ID[5:]), Ja: "ラック 3C-0" + string(n.ID[5:])}
		case topology.Generator:
			n.StartTime = 12 * time.Second
		}
	}
	nodes[16].Design = topology.DesignN
	graph, problems := topology.Compile(topology.Model{Nodes: nodes})
	if graph == nil {
		panic(fmt.Sprint("the one-line of the tests: ", problems))
	}
	in := topology.Inputs{
		"utility-a": {Energised: topology.Yes}, "utility-b": {Energised: topology.Yes}, "gen-1": {Energised: topology.No, Ready: topology.Yes},
		"ats-a": {Energised: topology.Yes, Position: 1}, "ats-b": {Energised: topology.Yes, Position: 1},
		"ups-a1": {Energised: topology.Yes}, "ups-a2": {Energised: topology.No, Fault: topology.Yes}, "ups-b1": {Energised: topology.Yes}, "ups-b2": {Energised: topology.Yes},
		"pdu-a1": {Energised: topology.Yes}, "pdu-a2": {Energised: topology.No}, "pdu-b1": {Energised: topology.Yes},
	}
	s.Graph, s.Inputs, s.Power = graph, in, graph.Evaluate(in)
}

func fireZones(s *live.Snapshot) {
	bottle := facility.PointID(`hub-1/suppression_agent_pressure_pascals{zone="Z-1"}`)
	zone := func(id, place, en, ja string) *fire.ZoneModel {
		return &fire.ZoneModel{ID: id, Place: place, Name: facility.Text{En: en, Ja: ja}}
	}
	one := zone("Z-1", "1F/hall-1", "Hall 1", "サーバ室1")
	one.Suppression = &fire.SuppressionModel{Agent: "N2", Cylinders: []fire.CylinderModel{{ID: "main", Pressure: bottle, Least: 2.2e6}, {ID: "res", Reserve: true}}, ReleaseText: facility.Text{En: "two detectors or the handle, 30 s", Ja: "感知器2個または手動、30秒後"}}
	one.Detectors = []fire.DetectorModel{{ID: "S-1-01"}, {ID: "V-1", Name: facility.Text{En: "aspirating 1", Ja: "吸引式 1"}, Level: "x", Levels: []float64{0.0005, 0.001, 0.002}}}
	two := zone("Z-2", "3F/hall-c", "Hall 3C", "サーバ室3C")
	three := zone("Z-3", "B1F/elec-a", "Electrical room A", "電気室A")
	four := zone("Z-4", "4F/hall-a", "Hall 4A", "サーバ室4A")
	permit := fire.IsolationModel{Permit: "W-2231", What: facility.Text{En: "welding", Ja: "溶接"}, From: now.Add(-5 * time.Hour), Until: now.Add(-14 * time.Minute), Watch: "ito", Every: 30 * time.Minute}
	s.Fire = &fire.Status{Zones: []fire.Zone{
		{Model: one, State: fire.PreAlarm, Also: []fire.State{fire.Trouble}, Ready: fire.ManualOnly, Why: []string{"manual", "reserve_unknown"}, NotSeen: 1, Seen: 4,
			Detectors: []fire.Detector{{Model: &one.Detectors[0], State: fire.Normal}, {Model: &one.Detectors[1], State: fire.PreAlarm, Level: 0.0008, HasLevel: true, Step: 1}}},
		{Model: two, State: fire.Normal, Seen: 3},
		{Model: three, State: fire.Unknown, NotSeen: 5},
		{Model: four, State: fire.Disabled, Seen: 3, Isolations: []fire.Isolation{{Model: &permit, Active: true, Overdue: 14 * time.Minute}}},
	}}
	smoke := s.Standing[4]
	smoke.ID, smoke.Priority, smoke.Zone, smoke.Class, smoke.RaisedAt = "ALM-000130", facility.P2, "Z-1", alarm.LifeSafety, now.Add(-20*time.Minute)
	smoke.Name = facility.Text{En: "smoke pre-alarm", Ja: "煙 予備警報"}
	smoke.Active, smoke.IsAcked, smoke.AckedBy, smoke.Comment = true, false, "", ""
	s.Standing = append(s.Standing[:1], append([]alarm.Occurrence{smoke}, s.Standing[1:]...)...)
}

func rooms(s *live.Snapshot) {
	hall := &cooling.RoomModel{ID: "hall-c", Name: facility.Text{En: "Hall 3C", Ja: "サーバ室3C"}}
	plant := &cooling.RoomModel{ID: "plant", Name: facility.Text{En: "Plant", Ja: "機械室"}}
	s.Cooling = &cooling.Status{Rooms: []cooling.Room{{Model: hall, Running: 3, Spare: 0, Known: true, HasInlet: true, Hottest: 26.4}, {Model: plant, Running: 3, Spare: 2, Known: true}}}
}

// causes makes the loss of UPS A2 the root of what follows, one of which is
// graver than it and stands alone.
func causes(s *live.Snapshot) {
	s.Standing[0].Name, s.Standing[0].Effect, s.Standing[0].Class = facility.Text{En: "output lost", Ja: "出力喪失"}, alarm.Loss, alarm.Redundancy
	member := func(id, device, en, ja string, p facility.Priority) alarm.Occurrence {
		return alarm.Occurrence{ID: id, Revision: 1, Rule: "FEED-LOST", Device: facility.DeviceID(device), Place: "3F/hall-c", Category: "power", Priority: p, Active: true, RaisedAt: now.Add(-8 * time.Second), Count: 1, Name: facility.Text{En: en, Ja: ja}, Class: alarm.Redundancy}
	}
	s.Standing = append(s.Standing,
		member("ALM-000124", "pdu-dead", "feed A lost", "A系 給電喪失", facility.P3),
		member("ALM-000125", "host-1", "power supply 1 lost", "電源1 喪失", facility.P3),
		member("ALM-000126", "host-1", "redundancy lost", "冗長性喪失", facility.P4),
	)
	s.Grouping = alarm.Grouping{
		Groups: []alarm.Group{{Root: "ALM-000123", Members: []string{"ALM-000124", "ALM-000125", "ALM-000126"}, Priority: facility.P1}},
		RootOf: map[string]string{"ALM-000124": "ALM-000123", "ALM-000125": "ALM-000123", "ALM-000126": "ALM-000123"},
	}
}

// held puts one alarm under each of the three ways and a request beside them.
func held(s *live.Snapshot) {
	find := func(id string) *alarm.Occurrence {
		for i := range s.Standing {
			if s.Standing[i].ID == id {
				return &s.Standing[i]
			}
		}
		panic("no alarm " + id)
	}
	shelve := alarm.Suppression{ID: "SUP-000003", Revision: 1, Type: alarm.Shelving, State: alarm.InForce, By: "mori", Reason: "door being mended, W-2240", At: now.Add(-time.Hour), Since: now.Add(-time.Hour), Until: now.Add(56 * time.Minute), Matches: 1, Held: 2}
	leak := find("ALM-000098")
	leak.Shelve = &shelve
	shelve.Scope = alarm.Scope{Rule: leak.Rule, Device: leak.Device, Name: leak.Name}
	service := alarm.Suppression{ID: "SUP-000002", Revision: 2, Type: alarm.OutOfService, State: alarm.InForce, By: "mori", Approver: "sato", Reason: "sensor exchanged", Change: "MOC-2231", At: now.Add(-48 * time.Hour), Since: now.Add(-48 * time.Hour), Until: now.Add(5 * 24 * time.Hour), Matches: 1}
	disk := find("ALM-000071")
	disk.Service = &service
	service.Scope = alarm.Scope{Rule: disk.Rule, Device: disk.Device, Name: disk.Name}
	design := find("ALM-000119")
	design.Design, design.DesignAt, design.HeldBack = "ALM-000123", now.Add(-4*time.Second), 1
	waiting := alarm.Suppression{ID: "SUP-000004", Revision: 1, Type: alarm.Shelving, State: alarm.Waiting, By: "mori", Reason: "load test until 23:00", At: now.Add(-time.Minute), Until: now.Add(29 * time.Minute), Matches: 1}
	root := find("ALM-000123")
	waiting.Scope = alarm.Scope{Rule: root.Rule, Device: root.Device, Name: root.Name}
	over := alarm.Suppression{ID: "SUP-000001", Revision: 2, Type: alarm.Shelving, State: alarm.Over, By: "sato", Reason: "cleaning", At: now.Add(-9 * time.Hour), Since: now.Add(-9 * time.Hour), Until: now.Add(-time.Hour), EndedAt: now.Add(-time.Hour), EndedBy: "system:ops", EndedFor: "its time was over", Scope: alarm.Scope{Filter: "place~hall-1"}}
	s.Suppressions = []alarm.Suppression{waiting, shelve, service, over}
	s.Floods = []live.Flood{{Position: "all", Rate: 3}}
	s.Positions = []duty.Position{{ID: "all"}}
}
