package sim

import (
	"math"

	"nezuban/internal/sim/agent"
	"nezuban/internal/sim/model"
)

// Values of xATSGeneratorStatusOperational, PowerNet-MIB.
const (
	genOperReady    = 3
	genOperStarting = 4
	genOperIdle     = 5
	genOperRunning  = 6
	genOperShutdown = 10
)

// generatorView serves xATSGenerator of PowerNet-MIB, enterprises.318.1.1.18.1.
// Units are metric, as xATSGeneratorSettingsMetricUnit says.
func generatorView(side model.Side) func(*agent.Tree, *device) {
	return func(t *agent.Tree, d *device) {
		g := &d.state.Gens[side]
		gen := enterprise(318, 1, 1, 18, 1)
		for i, f := range []func() agent.Value{str("GS-200"), str("G" + d.ID), str("04/12/2021"), num(400), num(200), num(50)} {
			t.Scalar(gen.Append(1, uint32(i+1)), f) // xATSGeneratorIdent
		}
		t.Scalar(gen.Append(2, 1), str(d.Name))
		t.Scalar(gen.Append(2, 2), enum(func() int { return genOperational(g.State) }))
		t.Scalar(gen.Append(2, 3), num(3)) // automatic
		t.Scalar(gen.Append(2, 4), enum(func() int { return pick(d.state.ATS[side].StartSignal, 2, 1) }))

		t.Scalar(gen.Append(3, 1), round(10, func() float64 { return g.BatteryVolt }))  // 0.1 V
		t.Scalar(gen.Append(3, 2), round(0.01, func() float64 { return g.OilPascals })) // 0.1 kPa
		t.Scalar(gen.Append(3, 3), round(1, func() float64 { return g.CoolantC }))      // °C
		t.Scalar(gen.Append(3, 4), round(1, func() float64 { return g.RPM }))           // rpm
		t.Scalar(gen.Append(3, 5), num(1))                                              // oil level ok
		t.Scalar(gen.Append(3, 6), num(1))                                              // coolant level ok
		t.Scalar(gen.Append(4, 1), round(10, g.Hertz))                                  // 0.1 Hz
		t.Scalar(gen.Append(4, 2), round(0.01, func() float64 { return g.Watts }))      // 0.1 kW
		apparent := func() float64 { return g.Watts / model.PowerFactor }
		t.Scalar(gen.Append(4, 3), round(0.01, apparent)) // 0.1 kVA
		factor := round(100, func() float64 { return pickF(g.Watts > 0, model.PowerFactor, 0) })
		t.Scalar(gen.Append(4, 4), factor)
		t.Scalar(gen.Append(4, 5), num(3))
		row := gen.Append(4, 6, 1) // xATSGeneratorOutputPhaseEntry
		for phase := uint32(1); phase <= 3; phase++ {
			t.Cell(row.Append(1), num(int(phase)), phase)
			t.Cell(row.Append(2), round(math.Sqrt(3), g.Volts), phase)
			t.Cell(row.Append(3), round(1, g.Volts), phase)
			t.Cell(row.Append(4), round(1, func() float64 {
				if v := g.Volts(); v > 0 {
					return apparent() / 3 / v
				}
				return 0
			}), phase)
			t.Cell(row.Append(5), round(0.01/3, func() float64 { return g.Watts }), phase)
			t.Cell(row.Append(6), round(0.01/3, apparent), phase)
			t.Cell(row.Append(7), factor, phase)
		}
		t.Scalar(gen.Append(5, 9), num(2)) // xATSGeneratorSettingsMetricUnit: enabled
		t.Scalar(gen.Append(6, 1), round(1, func() float64 { return math.Floor(g.Ran.Hours()) }))
		t.Scalar(gen.Append(6, 2), enum(func() int { return g.Starts }))
		t.Scalar(gen.Append(6, 3), round(1, func() float64 { return math.Floor(g.Joules / 3.6e6) }))
		t.Scalar(gen.Append(7, 1), num(1)) // diesel
		t.Scalar(gen.Append(7, 2), num(int(model.GenTankLitres)))
		t.Scalar(gen.Append(7, 3), round(100, func() float64 { return g.Fuel }))
	}
}

func genOperational(s model.GenState) int {
	switch s {
	case model.GenStarting:
		return genOperStarting
	case model.GenIdle:
		return genOperIdle
	case model.GenRunning, model.GenCooling:
		return genOperRunning
	case model.GenShutdown:
		return genOperShutdown
	}
	return genOperReady
}
