package model

import "time"

// Cooling figures.
const (
	CRACCapacityWatts = 32e3
	CRACSetC          = 19.0 // supply air set point
	cracFanWatts      = 2.2e3
	cracCOP           = 4.0
	CRACMostWatts     = cracFanWatts + CRACCapacityWatts/cracCOP // fans and compressors at full capacity
	cracRestart       = 15 * time.Second                         // after its power returns
	rackLag           = 200.0                                    // seconds; the air and the metal around a rack
)

// CRAC is one computer-room air conditioner.
type CRAC struct {
	Side       Side // transfer switch it hangs on
	Hall       int
	Running    bool
	Failed     bool
	FailedAt   time.Duration // model time
	SupplyC    float64
	ReturnC    float64
	ReturnRH   float64 // ratio
	Cooling    float64 // ratio of capacity
	Fan        float64 // ratio
	Watts      float64
	poweredFor time.Duration
}

// reach is how much a rack's inlet follows each of the hall's three units: the
// nearest most.
func reach(rack, unit int) float64 {
	if rack%RacksPerHall/2 == unit%CRACsPerHall {
		return 0.7
	}
	return 0.15
}

func (m *Model) stepCooling(dt time.Duration) {
	s := &m.s
	sec := dt.Seconds()
	for hall := range s.Halls {
		units := s.CRACs[hall*CRACsPerHall : (hall+1)*CRACsPerHall]
		heat := 0.0
		for i := range s.Racks {
			if s.Racks[i].Hall == hall {
				heat += s.Racks[i].Demand
			}
		}
		running := 0
		for i := range units {
			units[i].settle(dt, s.ATS[units[i].Side].Live(), m.faults.CRACFail[hall*CRACsPerHall+i], s.Now)
			if units[i].Running {
				running++
			}
		}
		hot := s.Halls[hall].HotC
		for i := range units {
			units[i].air(sec, heat, running, hot, m.rng.NormFloat64())
		}
		// Hot aisle: the mean inlet plus what the racks give off; it climbs while
		// nothing carries the heat away.
		mean := 0.0
		for i := range s.Racks {
			r := &s.Racks[i]
			if r.Hall != hall {
				continue
			}
			target := 0.0
			for j := range units {
				supply := units[j].SupplyC
				if !units[j].Running {
					supply = hot
				}
				target += reach(i, j) * supply
			}
			r.InletC += (target + 2 + 0.3*float64(i%3) - r.InletC) * approach(sec, rackLag)
			mean += r.InletC / RacksPerHall
		}
		rise := 12 * heat / 36e3
		s.Halls[hall].HotC += (min(mean+rise, 55) - hot) * approach(sec, rackLag/2)
	}
}

// settle decides whether the unit runs.
func (c *CRAC) settle(dt time.Duration, live, failed bool, now time.Duration) {
	if live {
		c.poweredFor += dt
	} else {
		c.poweredFor = 0
	}
	if failed && !c.Failed {
		c.FailedAt = now
	}
	c.Failed = failed
	c.Running = live && !failed && (c.Running || c.poweredFor >= cracRestart)
}

// air settles temperatures and load; heat is the hall's, shared by the running
// units.
func (c *CRAC) air(sec, heat float64, running int, hot, noise float64) {
	c.Cooling, c.Fan, c.Watts = 0, 0, 0
	supply := hot - 1
	if c.Running {
		share := heat / float64(running)
		c.Cooling = min(1, share/CRACCapacityWatts)
		c.Fan = 0.55 + 0.45*c.Cooling
		c.Watts = cracFanWatts*c.Fan*c.Fan + c.Cooling*CRACCapacityWatts/cracCOP
		// Past its capacity the unit can no longer hold the set point.
		supply = CRACSetC + 0.1*noise + max(0, share/CRACCapacityWatts-1)*12
	}
	c.SupplyC += (supply - c.SupplyC) * approach(sec, 25)
	c.ReturnC += (hot - 1.5 - c.ReturnC) * approach(sec, 30)
	c.ReturnRH += (min(max(0.46-0.012*(c.ReturnC-30), 0.1), 0.9) + 0.002*noise - c.ReturnRH) * approach(sec, 60)
}
