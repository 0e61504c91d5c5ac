package model

import "time"

// setUp puts the facility into the state of an ordinary day.
func (m *Model) setUp() {
	s := &m.s
	for side := range s.Utility {
		s.Utility[side] = Utility{Live: true, Volts: [3]float64{NominalVolts, NominalVolts, NominalVolts}, Hertz: NominalHertz, Joules: 3.6e12}
		s.Gens[side] = Generator{
			CoolantC: 38, BatteryVolt: 27.2, Fuel: 0.93 - 0.02*float64(side),
			Ran: time.Duration(212+9*side) * time.Hour, Starts: 141 + 3*side,
		}
		s.ATS[side] = Transfer{live: true, trustFor: UtilityTrust}
		for hall := range s.UPS[side] {
			s.UPS[side][hall] = UPS{Charge: 1, BatteryC: 24, InputLive: true, inputFor: WalkIn, Test: TestPassed, TestAt: -90 * time.Hour}
		}
	}
	for i := range s.Racks {
		s.Racks[i] = Rack{
			Hall: i / RacksPerHall, Tilt: 0.46 + 0.02*float64(i%5), InletC: CRACSetC + 2 + 0.3*float64(i%3),
			Powered: true, base: rackBase(i),
		}
		for side := range s.Racks[i].PDUs {
			s.Racks[i].PDUs[side] = PDU{Live: true, Since: -time.Duration(90+i) * 24 * time.Hour, Joules: 3.6e9 * float64(8+i)}
		}
	}
	for i := range s.CRACs {
		s.CRACs[i] = CRAC{
			Side: Side(i % 2), Hall: i / CRACsPerHall, Running: true, poweredFor: cracRestart,
			SupplyC: CRACSetC, ReturnC: 32, ReturnRH: 0.43,
		}
	}
	for i := range s.Halls {
		s.Halls[i] = Hall{HotC: 34, HotRH: hotAisleRH, AgentPascals: AgentPascals, clearFor: panelReset}
	}
	s.setUpHosts()
}

func (s *State) setUpHosts() {
	perHall := Servers / Halls
	for i := range s.Servers {
		around := 0.12 + 0.04*float64(i*5%9)
		s.Servers[i] = Server{
			Rack:    i/perHall*RacksPerHall + i%perHall/2, // two to a rack, the first four racks
			Powered: true, CPU: around, around: around,
			MemTotal: 64 << 30, MemUsed: 0.35 + around/2, DiskRoot: 0.31 + 0.01*float64(i), DiskVar: 0.52,
			CPUC: 42, FanRPM: 3600, Booted: -time.Duration(20+i) * 24 * time.Hour,
			Load: [3]float64{around * ServerCores, around * ServerCores, around * ServerCores},
		}
		up := -s.Servers[i].Booted.Seconds()
		s.Servers[i].BusySec, s.Servers[i].IdleSec = up*around*ServerCores, up*(1-around)*ServerCores
		s.Servers[i].InOctets, s.Servers[i].OutOctets = up*around*4e6, up*around*9e6
	}
	for i := range s.Switches {
		sw := &s.Switches[i]
		sw.Rack, sw.Powered, sw.Booted = i*RacksPerHall+RacksPerHall-1, true, -time.Duration(200+i)*24*time.Hour
		for j := range sw.Ports {
			used := j < 18 || j >= SwitchPorts-2
			sw.Ports[j] = Port{AdminUp: used, OperUp: used, rate: 2e5 * float64(1+j*7%11)}
			if used {
				sw.Ports[j].InOctets, sw.Ports[j].OutOctets = sw.Ports[j].rate*3e5, sw.Ports[j].rate*5.1e5
			}
		}
	}
}
