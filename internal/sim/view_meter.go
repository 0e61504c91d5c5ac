package sim

import (
	"math"

	"nezuban/internal/sim/agent"
	"nezuban/internal/sim/model"
)

// meterView serves JANITZA-MIB: rmsPhase (1), rmsSumme3 (2), energiePhase (4),
// energieSumme3 (5) and misc (8) of enterprises.34278.
func meterView(side model.Side) func(*agent.Tree, *device) {
	return func(t *agent.Tree, d *device) {
		u := &d.state.Utility[side]
		janitza := enterprise(34278)
		// Three balanced phases: a third of the power each.
		watts := func() float64 { return u.Watts / 3 }
		apparent := func() float64 { return watts() / model.PowerFactor }
		reactive := func() float64 { return watts() * math.Tan(math.Acos(model.PowerFactor)) }
		factor := func() float64 { return pickF(u.Watts > 0, model.PowerFactor, 0) }
		for i := range uint32(3) {
			volts := func() float64 { return u.Volts[i] }
			amps := func() float64 {
				if u.Volts[i] == 0 {
					return 0
				}
				return apparent() / u.Volts[i]
			}
			rms := janitza.Append(1)
			t.Scalar(rms.Append(1+i), round(10, volts))                                            // uLN1–3, 0.1 V
			t.Scalar(rms.Append(5+i), round(10, func() float64 { return volts() * math.Sqrt(3) })) // uL1L2 …, 0.1 V
			t.Scalar(rms.Append(8+i), round(1000, amps))                                           // iL1–3, mA
			t.Scalar(rms.Append(12+i), round(1, watts))                                            // pL1–3, W
			t.Scalar(rms.Append(16+i), round(1, reactive))                                         // qL1–3, var
			t.Scalar(rms.Append(20+i), round(1, apparent))                                         // sL1–3, VA
			t.Scalar(rms.Append(24+i), round(1000, factor))                                        // cosPL1–3, 0.001
			t.Scalar(janitza.Append(4, 1+i), round(1, func() float64 { return tenthKWh(u.Joules / 3) }))
		}
		t.Scalar(janitza.Append(2, 1), round(3, watts))
		t.Scalar(janitza.Append(2, 2), round(3, reactive))
		t.Scalar(janitza.Append(2, 3), round(3, apparent))
		t.Scalar(janitza.Append(2, 4), round(1000, factor))
		t.Scalar(janitza.Append(5, 1), round(1, func() float64 { return tenthKWh(u.Joules) })) // wh3, 0.1 kWh
		t.Scalar(janitza.Append(8, 1), round(100, func() float64 { return u.Hertz }))          // frequenz, 0.01 Hz
	}
}

// tenthKWh turns joules into whole tenths of a kilowatt-hour, cut, as counters
// do.
func tenthKWh(joules float64) float64 { return math.Floor(joules / 3.6e5) }

func pickF(on bool, yes, no float64) float64 {
	if on {
		return yes
	}
	return no
}
