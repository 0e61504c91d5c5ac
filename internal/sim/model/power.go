package model

import (
	"math/rand/v2"
	"time"
)

// Nominal supply: 230/400 V, 50 Hz.
const (
	NominalVolts = 230.0
	NominalHertz = 50.0
	PowerFactor  = 0.97
)

// Utility is one incoming feed, as its meter sees it.
type Utility struct {
	Live   bool
	Volts  [3]float64 // line to neutral
	Hertz  float64
	Watts  float64 // delivered
	Joules float64 // delivered since the model was made
}

func (u *Utility) step(live bool, rng *rand.Rand) {
	u.Live = live
	for i := range u.Volts {
		n := drift(rng, max(u.Volts[i], 200), NominalVolts, 1.0)
		if !live {
			n = 0
		} else if u.Volts[i] == 0 {
			n = NominalVolts
		}
		u.Volts[i] = n
	}
	u.Hertz = 0
	if live {
		u.Hertz = NominalHertz + rng.NormFloat64()*0.01
	}
}

// GenState is where a generator is in its run.
type GenState int

// The states of a generator.
const (
	GenReady GenState = iota
	GenStarting
	GenIdle // runs, warming up, not yet fit for load
	GenRunning
	GenCooling
	GenShutdown // stopped itself: out of fuel, or it did not start
)

// Times of the standby power. A UPS is on battery from the loss until
// ConfirmLoss + GenStart + GenWarmUp + WalkIn have passed: 37 s.
const (
	ConfirmLoss  = 3 * time.Second  // the transfer switch waits before it calls the generator
	GenStart     = 12 * time.Second // cranking until the engine runs
	GenGivesUp   = 60 * time.Second // an engine that does not catch is cranked for so long
	GenWarmUp    = 12 * time.Second // until voltage and frequency are fit for load
	WalkIn       = 10 * time.Second // a UPS takes up a returned input this slowly
	UtilityTrust = 30 * time.Second // utility must stand this long before load returns to it
	GenCoolDown  = 60 * time.Second // run without load before the stop
)

// Generator is one standby set.
type Generator struct {
	State       GenState
	In          time.Duration // time in State
	RPM         float64
	CoolantC    float64
	OilPascals  float64
	Fuel        float64 // ratio of the tank
	BatteryVolt float64 // starting battery
	Watts       float64 // delivered
	Joules      float64
	Ran         time.Duration // engine hours since new
	Starts      int
	failed      bool // gave up starting; until what kept it from that is gone
}

// Generator ratings.
const (
	GenRatedWatts = 200e3
	GenTankLitres = 990.0
	genRPM        = 1500.0 // 50 Hz, four poles
)

// Live tells whether the set is fit for load.
func (g *Generator) Live() bool { return g.State == GenRunning || g.State == GenCooling }

// Hertz and Volts are what the alternator gives.
func (g *Generator) Hertz() float64 { return g.RPM / genRPM * NominalHertz }

// Volts is the line-to-neutral voltage.
func (g *Generator) Volts() float64 {
	if g.RPM < genRPM/2 {
		return 0
	}
	return NominalVolts * g.RPM / genRPM
}

func (g *Generator) enter(s GenState) { g.State, g.In = s, 0 }

func (g *Generator) step(dt time.Duration, start, noStart bool) {
	g.In += dt
	g.failed = g.failed && noStart
	if g.Fuel <= 0 || g.failed {
		if g.State != GenShutdown {
			g.enter(GenShutdown)
		}
	} else if g.State == GenShutdown {
		g.enter(GenReady)
	}
	switch g.State {
	case GenReady:
		if start {
			g.enter(GenStarting)
			g.Starts++
		}
	case GenStarting:
		switch {
		case noStart && g.In >= GenGivesUp:
			g.failed = true
			g.enter(GenShutdown)
		case noStart:
		case g.In >= GenStart:
			g.enter(GenIdle)
		}
	case GenIdle:
		if g.In >= GenWarmUp {
			g.enter(GenRunning)
		}
	case GenRunning:
		if !start {
			g.enter(GenCooling)
		}
	case GenCooling:
		if start {
			g.enter(GenRunning)
		} else if g.In >= GenCoolDown {
			g.enter(GenReady)
		}
	}
	g.engine(dt)
}

func (g *Generator) engine(dt time.Duration) {
	sec := dt.Seconds()
	target, coolant, oil, battery := 0.0, 38.0, 0.0, 27.2 // jacket heater, float charge
	switch g.State {
	case GenStarting:
		target, battery = 250, 21.5
	case GenIdle, GenRunning, GenCooling:
		target, coolant, oil, battery = genRPM, 62+24*g.Watts/GenRatedWatts, 420e3, 28.1
		g.Ran += dt
		// 0.25 l/kWh at load and 6 l/h of idling.
		g.Fuel = max(0, g.Fuel-(g.Watts/1000*0.25+6)*sec/3600/GenTankLitres)
	}
	g.RPM += (target - g.RPM) * approach(sec, 1.5)
	if g.RPM < 5 {
		g.RPM = 0
	}
	g.OilPascals = oil * g.RPM / genRPM
	g.CoolantC += (coolant - g.CoolantC) * approach(sec, 180)
	g.BatteryVolt += (battery - g.BatteryVolt) * approach(sec, 2)
}

// approach is the share of a gap that a first-order lag of tau closes in sec.
func approach(sec, tau float64) float64 { return sec / (tau + sec) }

// Transfer is one automatic transfer switch: source 0 is the utility, source 1
// the generator.
type Transfer struct {
	Source      int
	StartSignal bool // calls the generator
	Watts       float64
	lossFor     time.Duration
	trustFor    time.Duration
	live        bool
}

// Live tells whether the output has power.
func (t *Transfer) Live() bool { return t.live }

func (t *Transfer) step(dt time.Duration, u *Utility, g *Generator) {
	if u.Live {
		t.lossFor = 0
		t.trustFor += dt
	} else {
		t.trustFor = 0
		t.lossFor += dt
	}
	switch {
	case t.lossFor >= ConfirmLoss:
		t.StartSignal = true
	case t.trustFor >= UtilityTrust || t.Source == 0 && t.trustFor > 0:
		t.StartSignal = false
	}
	switch {
	case t.Source == 0 && !u.Live && g.Live():
		t.Source = 1
	case t.Source == 1 && (t.trustFor >= UtilityTrust || u.Live && !g.Live()):
		t.Source = 0 // closed transition: both sources stand, no gap
	}
	t.live = t.Source == 0 && u.Live || t.Source == 1 && g.Live()
}
