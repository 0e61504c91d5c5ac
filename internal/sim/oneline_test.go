package sim

import (
	"testing"
	"time"

	"nezuban/internal/sim/model"
	"nezuban/internal/topology"
)

// Every node that is a device is one, and every device of the power supply and of
// cooling is drawn.
func TestOneLineNamesTheDevices(t *testing.T) {
	drawn := map[string]topology.Kind{}
	for _, n := range OneLine().Nodes {
		if n.Device != "" {
			drawn[string(n.Device)] = n.Kind
		}
	}
	kinds := map[string]topology.Kind{"meter": topology.Utility, "generator": topology.Generator, "ats": topology.ATS, "ups": topology.UPS, "pdu": topology.PDU, "cooling": topology.Load}
	for _, d := range plan() {
		kind, power := kinds[d.Kind]
		if power && drawn[d.ID] != kind {
			t.Errorf("%s is drawn as %q, want %s", d.ID, drawn[d.ID], kind)
		}
		if power {
			delete(drawn, d.ID)
		}
	}
	for id := range drawn {
		t.Errorf("%s is drawn and does not exist", id)
	}
	hubs := map[string]Device{}
	for _, d := range plan() {
		hubs[d.ID] = d.Device
	}
	for _, r := range Rooms() {
		if len(hubs[r.Hub].Bindings) == 0 || hubs[r.Hub].Bindings[0].Zone != r.Zone || hubs[r.Units[0]].Place != r.Place {
			t.Errorf("room %s: hub %s, zone %s, units %v are not what the devices are", r.ID, r.Hub, r.Zone, r.Units)
		}
	}
}

// The drawing tells the truth: whatever is taken away, the racks and air
// conditioners that it says fall are those that lose power in the model.
func TestOneLineFallsAsTheModelDoes(t *testing.T) {
	g, problems := topology.Compile(OneLine())
	for _, p := range problems {
		t.Errorf("%s: %s", p.Node, p.What)
	}
	if g == nil {
		t.FailNow()
	}
	healthy := topology.Inputs{}
	for _, n := range g.Nodes() {
		switch n.Kind {
		case topology.Utility:
			healthy[n.ID] = topology.Input{Energised: topology.Yes}
		case topology.Generator:
			healthy[n.ID] = topology.Input{Energised: topology.No, Ready: topology.Yes}
		case topology.ATS:
			healthy[n.ID] = topology.Input{Energised: topology.Yes, Position: 1}
		}
	}
	for lost := range 64 { // utilities, then UPS
		var gone []topology.NodeID
		m := model.New(1)
		m.Break(func(f *model.Faults) {
			for side := model.A; side <= model.B; side++ {
				if lost>>side&1 == 1 {
					f.UtilityLoss[side] = true
					gone = append(gone, node("utility", side))
				}
				for hall := range model.Halls {
					if lost>>(2+2*int(side)+hall)&1 == 1 {
						f.UPSFail[side][hall] = true
						gone = append(gone, topology.NodeID(upsID(side, hall)))
					}
				}
			}
		})
		for range 240 { // two minutes: transfers, starts and failures are over
			m.Step(500 * time.Millisecond)
		}
		s, r := m.Snapshot(), g.WhatIf(healthy, gone)
		live := map[topology.NodeID]topology.Tri{}
		for _, l := range r.Loads {
			live[l.Node.ID] = l.Energised
		}
		for _, n := range g.Nodes() {
			if n.Kind != topology.Load {
				continue
			}
			want := topology.No
			for i := range s.Racks {
				if n.Rack == rackName(i) && s.Racks[i].Powered {
					want = topology.Yes
				}
			}
			for i := range s.CRACs {
				if string(n.ID) == cracID(i) && s.CRACs[i].Running {
					want = topology.Yes
				}
			}
			if live[n.ID] != want {
				t.Errorf("without %v: the drawing says %v for %s, the model %v", gone, live[n.ID], n.ID, want)
			}
		}
	}
}

// Ratings of the drawing hold in the model: no rack draws more than is drawn, and
// the cooling units that a room needs carry its heat, one less does not.
func TestOneLineRatings(t *testing.T) {
	m := model.New(1)
	for range 1200 {
		m.Step(time.Second)
	}
	s := m.Snapshot()
	heat := map[int]float64{}
	for i := range s.Racks {
		heat[s.Racks[i].Hall] += s.Racks[i].Demand
		if s.Racks[i].Demand > rackWatts {
			t.Errorf("rack %s draws %.0f W, drawn for %d", rackName(i), s.Racks[i].Demand, rackWatts)
		}
	}
	for hall, r := range Rooms() {
		if n := float64(r.NeededUnits); heat[hall] > n*model.CRACCapacityWatts || heat[hall] < (n-1)*model.CRACCapacityWatts {
			t.Errorf("%s: %d units of %.0f W for %.0f W of heat", r.ID, r.NeededUnits, model.CRACCapacityWatts, heat[hall])
		}
	}
}
