package model

import "time"

// Rack is one rack with its two PDUs.
type Rack struct {
	Hall    int
	Demand  float64 // watts the equipment wants
	Tilt    float64 // share of the A PDU while both feeds stand
	PDUs    [2]PDU  // by Side
	InletC  float64
	Powered bool

	base float64
}

// PDU is one rack PDU; it and its management part live off its own feed.
type PDU struct {
	Live    bool
	Since   time.Duration // model time its management part started; negative: before the model was made
	Watts   float64
	Joules  float64 // energy since the model was made
	Outlets [Outlets]float64
}

// outletShare is how a rack's load lies on the outlets.
var outletShare = [Outlets]float64{0.20, 0.18, 0.15, 0.13, 0.12, 0.10, 0.08, 0.04}

func (m *Model) stepRacks(dt time.Duration) {
	s := &m.s
	for i := range s.Racks {
		r := &s.Racks[i]
		r.base = drift(m.rng, r.base, rackBase(i), 40)
		want := r.base
		for j := range s.Servers {
			if srv := &s.Servers[j]; srv.Rack == i {
				want += srv.Watts()
			}
		}
		liveA, liveB := s.UPS[A][r.Hall].Live(), s.UPS[B][r.Hall].Live()
		shareA := r.Tilt
		switch {
		case !liveA && !liveB:
			want, shareA = 0, 0
		case !liveA:
			shareA = 0
		case !liveB:
			shareA = 1
		}
		r.Powered = liveA || liveB
		r.Demand = want
		r.PDUs[A].step(dt, s.Now, liveA, want*shareA)
		r.PDUs[B].step(dt, s.Now, liveB, want*(1-shareA))
	}
}

func (p *PDU) step(dt, now time.Duration, live bool, watts float64) {
	if live && !p.Live {
		p.Since = now
	}
	p.Live, p.Watts = live, watts
	p.Joules += watts * dt.Seconds()
	for i, share := range outletShare {
		p.Outlets[i] = watts * share
	}
}

// rackBase is the load of a rack beside the servers that are simulated singly.
func rackBase(i int) float64 { return 4200 + 350*float64(i*7%6) }

// balance carries the load up the tree: PDUs to UPS, UPS and CRAC units to the
// transfer switch, that to whichever source it has selected.
func (m *Model) balance(dt time.Duration) {
	s := &m.s
	for side := range s.UPS {
		total := 0.0
		for hall := range s.UPS[side] {
			watts := 0.0
			for i := range s.Racks {
				if s.Racks[i].Hall == hall {
					watts += s.Racks[i].PDUs[side].Watts
				}
			}
			u := &s.UPS[side][hall]
			u.flow(dt, watts)
			total += u.InputWatts
		}
		for i := range s.CRACs {
			if s.CRACs[i].Side == Side(side) {
				total += s.CRACs[i].Watts
			}
		}
		t := &s.ATS[side]
		t.Watts = total
		s.Utility[side].Watts, s.Gens[side].Watts = 0, 0
		switch {
		case t.Source == 0:
			s.Utility[side].Watts = total
			s.Utility[side].Joules += total * dt.Seconds()
		default:
			s.Gens[side].Watts = total
			s.Gens[side].Joules += total * dt.Seconds()
		}
	}
}
