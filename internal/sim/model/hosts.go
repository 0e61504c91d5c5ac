package model

import (
	"math"
	"time"
)

// Server is one machine that is simulated singly.
type Server struct {
	Rack      int
	Powered   bool
	CPU       float64 // busy share, 0–1
	Load      [3]float64
	MemTotal  float64 // bytes
	MemUsed   float64 // share of it
	DiskRoot  float64 // used share of /
	DiskVar   float64 // used share of /var
	CPUC      float64 // processor temperature
	FanRPM    float64
	BusySec   float64 // processor seconds since boot, of all cores
	IdleSec   float64
	InOctets  float64
	OutOctets float64
	Booted    time.Duration // model time; negative: before the model was made
	around    float64
}

// ServerCores is the number of processors of every server.
const ServerCores = 4

// Sizes of every server's file systems in bytes.
const (
	RootBytes = 64e9
	VarBytes  = 256e9
)

// Watts is what the server draws.
func (s *Server) Watts() float64 { return 180 + 220*s.CPU }

// SwitchPorts is the number of interfaces of a switch: access ports, then two
// uplinks.
const SwitchPorts = 26

// Switch is one access switch.
type Switch struct {
	Rack    int
	Powered bool
	Booted  time.Duration // model time; negative: before the model was made
	Ports   [SwitchPorts]Port
	flapFor time.Duration
}

// A flapping uplink is down and up for so long in turn; together that is no
// multiple of a usual poll interval, so that some polls see it down.
const (
	linkDown = 5 * time.Second
	linkUp   = 6 * time.Second
)

// flap moves the first uplink.
func (s *Switch) flap(dt time.Duration, on bool) {
	uplink := &s.Ports[SwitchPorts-2]
	if !on {
		s.flapFor, uplink.OperUp = 0, uplink.AdminUp
		return
	}
	s.flapFor = (s.flapFor + dt) % (linkDown + linkUp)
	uplink.OperUp = uplink.AdminUp && s.flapFor >= linkDown
}

// Port is one interface of a switch.
type Port struct {
	AdminUp, OperUp     bool
	InOctets, OutOctets float64
	InErrors            float64
	rate                float64 // octets a second
}

func (m *Model) stepHosts(dt time.Duration) {
	s, sec := &m.s, dt.Seconds()
	for i := range s.Servers {
		srv := &s.Servers[i]
		powered := s.Racks[srv.Rack].Powered || s.Now == 0
		if powered && !srv.Powered && s.Now > 0 {
			srv.Booted, srv.BusySec, srv.IdleSec, srv.InOctets, srv.OutOctets = s.Now, 0, 0, 0, 0
		}
		srv.Powered = powered
		if !powered {
			srv.CPU, srv.FanRPM = 0, 0
			continue
		}
		srv.CPU = min(0.97, max(0.02, drift(m.rng, srv.CPU, srv.around, 0.06)))
		for j, minutes := range []float64{1, 5, 15} {
			srv.Load[j] += (srv.CPU*ServerCores - srv.Load[j]) * approach(sec, minutes*60)
		}
		srv.MemUsed = min(0.95, max(0.2, drift(m.rng, srv.MemUsed, 0.35+srv.around/2, 0.01)))
		srv.DiskVar = 0.52 + 0.03*math.Sin(s.Now.Hours()+float64(i))
		srv.CPUC += (s.Racks[srv.Rack].InletC + 18 + 28*srv.CPU - srv.CPUC) * approach(sec, 30)
		srv.FanRPM += (3000 + 120*(srv.CPUC-45) - srv.FanRPM) * approach(sec, 10)
		srv.BusySec += srv.CPU * ServerCores * sec
		srv.IdleSec += (1 - srv.CPU) * ServerCores * sec
		srv.InOctets += 4e6 * srv.CPU * sec
		srv.OutOctets += 9e6 * srv.CPU * sec
	}
	for i := range s.Switches {
		sw := &s.Switches[i]
		powered := s.Racks[sw.Rack].Powered || s.Now == 0
		if powered && !sw.Powered {
			sw.Booted = s.Now
		}
		sw.Powered = powered
		if !sw.Powered {
			continue
		}
		sw.flap(dt, m.faults.LinkFlap[i])
		for j := range sw.Ports {
			p := &sw.Ports[j]
			if !p.OperUp {
				continue
			}
			busy := p.rate * max(0.05, 1+0.3*m.rng.NormFloat64())
			p.InOctets += busy * sec
			p.OutOctets += busy * 1.7 * sec
		}
	}
}
