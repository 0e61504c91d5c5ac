package model

import (
	"math/rand/v2"
	"sync"
	"time"
)

// A Side is one of the two independent power paths.
type Side int

// The sides.
const (
	A Side = iota
	B
)

// Sizes of the facility.
const (
	Halls        = 2
	RacksPerHall = 6
	CRACsPerHall = 3
	Servers      = 16
	Outlets      = 8 // metered outlets of a rack PDU
)

// A State is the whole facility at one moment.
type State struct {
	Now      time.Duration // since the model was made
	Utility  [2]Utility    // by Side
	Gens     [2]Generator
	ATS      [2]Transfer
	UPS      [2][Halls]UPS // by Side and hall
	Racks    [Halls * RacksPerHall]Rack
	CRACs    [Halls * CRACsPerHall]CRAC
	Halls    [Halls]Hall
	Servers  [Servers]Server
	Switches [Halls]Switch
}

// Faults are what a script may break. The zero value is a healthy facility.
type Faults struct {
	UtilityLoss [2]bool
	UPSFail     [2][Halls]bool
	CRACFail    [Halls * CRACsPerHall]bool
	Smoke       [Halls]bool
	PressureLow [Halls]bool // suppression agent leaks away
	Flapping    [Halls]bool // the front door's contact chatters

	SelfTest     [2][Halls]bool // the UPS tests its battery once and passes
	SelfTestFail [2][Halls]bool // the same, and the battery fails it
	BatteryFlap  [2][Halls]bool // the UPS calls its battery bad and good in turn
	GenNoStart   [2]bool        // the engine cranks and does not catch
	LinkFlap     [Halls]bool    // the first uplink of the switch goes down and up
	PanelTrouble [Halls]bool
	ZoneDisabled [Halls]bool // switched off at the panel
}

// A Model is a State with the lock and the noise that move it.
type Model struct {
	mu     sync.RWMutex // protects what follows
	s      State
	faults Faults
	rng    *rand.Rand
}

// New makes a healthy facility whose noise follows seed.
func New(seed int64) *Model {
	m := &Model{rng: rand.New(rand.NewPCG(uint64(seed), 0x9e3779b97f4a7c15))}
	m.setUp()
	m.Step(0)
	return m
}

// Locker is held while State is read.
func (m *Model) Locker() sync.Locker { return m.mu.RLocker() }

// State is the live state; read it under Locker only, and never change it.
func (m *Model) State() *State { return &m.s }

// Snapshot is a copy of the state.
func (m *Model) Snapshot() State {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.s
}

// Break changes the set faults. It takes effect with the next step.
func (m *Model) Break(change func(*Faults)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(&m.faults)
}

// Step moves the facility on by dt. Above a second the short moments of a
// transfer are passed over; the balances hold all the same.
func (m *Model) Step(dt time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := &m.s
	s.Now += dt
	for side := range s.Utility {
		s.Utility[side].step(!m.faults.UtilityLoss[side], m.rng)
		s.Gens[side].step(dt, s.ATS[side].StartSignal, m.faults.GenNoStart[side])
		s.ATS[side].step(dt, &s.Utility[side], &s.Gens[side])
	}
	m.stepHosts(dt)
	for side := range s.UPS {
		for hall := range s.UPS[side] {
			u := &s.UPS[side][hall]
			u.examine(dt, m.faults.SelfTest[side][hall], m.faults.SelfTestFail[side][hall], m.faults.BatteryFlap[side][hall], s.Now)
			u.step(dt, s.ATS[side].Live(), m.faults.UPSFail[side][hall], s.Now)
		}
	}
	m.stepRacks(dt)
	m.stepCooling(dt)
	m.balance(dt)
	for hall := range s.Halls {
		s.Halls[hall].step(dt, &m.faults, hall, m.rng)
	}
}

// drift moves v by noise and pulls it back to around: an AR(1) walk whose spread
// is about width.
func drift(rng *rand.Rand, v, around, width float64) float64 {
	return v + (around-v)*0.02 + rng.NormFloat64()*width*0.2
}
