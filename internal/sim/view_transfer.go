package sim

import (
	"nezuban/internal/sim/agent"
	"nezuban/internal/sim/model"
)

// atsRatedVA is the rated load of one phase of a transfer switch.
const atsRatedVA = 66e3

// transferView serves the ats group of PowerNet-MIB, enterprises.318.1.1.8. Source
// A is the utility, source B the generator.
func transferView(side model.Side) func(*agent.Tree, *device) {
	return func(t *agent.Tree, d *device) {
		x, u, g := &d.state.ATS[side], &d.state.Utility[side], &d.state.Gens[side]
		ats := enterprise(318, 1, 1, 8)
		for i, f := range []func() agent.Value{
			str("R02"), str("v7.1.2"), str("06/18/2023"), str("02/03/2022"), str("ATS-200-3P"), str("T" + d.ID), num(230), num(50), num(300),
		} {
			t.Scalar(ats.Append(1, uint32(i+1)), f) // atsIdent
		}
		t.Scalar(ats.Append(4, 1), str(d.Name)) // atsConfigProductName
		t.Scalar(ats.Append(4, 2), num(1))      // atsConfigPreferredSource: sourceA
		status := ats.Append(5, 1)
		t.Scalar(status.Append(1), num(2)) // atsCommEstablished
		t.Scalar(status.Append(2), enum(func() int { return x.Source + 1 }))
		// The other source is ready too where the utility stands and the generator could start.
		t.Scalar(status.Append(3), enum(func() int { return pick(u.Live && g.State != model.GenShutdown, 2, 1) }))
		t.Scalar(status.Append(4), enum(func() int { return pick(x.Watts/3 > atsRatedVA, 1, 2) }))
		for _, n := range []uint32{5, 6, 7, 8, 9, 10} { // power supplies and switch: ok
			t.Scalar(status.Append(n), num(2))
		}
		t.Scalar(status.Append(12), enum(func() int { return pick(u.Live, 2, 1) }))
		// Source B is judged by the generator's ready contact: a set that stands by is well.
		t.Scalar(status.Append(13), enum(func() int { return pick(g.State != model.GenShutdown, 2, 1) }))
		t.Scalar(status.Append(14), enum(func() int { return pick(u.Live && g.Live(), 1, 2) }))
		t.Scalar(status.Append(15), enum(func() int { return pick(x.Live(), 2, 1) }))
		t.Scalar(status.Append(16), num(2))
		transferInputs(t, ats, x, u, g)
		transferOutputs(t, ats, x, u, g)
	}
}

func transferInputs(t *agent.Tree, ats agent.OID, x *model.Transfer, u *model.Utility, g *model.Generator) {
	t.Scalar(ats.Append(5, 3, 1), num(2)) // atsNumInputs
	row, phases := ats.Append(5, 3, 2, 1), ats.Append(5, 3, 3, 1)
	hertz := []func() float64{func() float64 { return u.Hertz }, g.Hertz}
	for src := range uint32(2) {
		t.Cell(row.Append(1), num(int(src+1)), src+1)
		t.Cell(row.Append(2), num(3), src+1)
		t.Cell(row.Append(3), num(4), src+1) // three phases, to neutral
		t.Cell(row.Append(4), round(1, hertz[src]), src+1)
		t.Cell(row.Append(5), num(2), src+1) // main
		t.Cell(row.Append(6), str([]string{"utility", "generator"}[src]), src+1)
		for phase := uint32(1); phase <= 3; phase++ {
			volts := g.Volts
			if src == 0 {
				volts = func() float64 { return u.Volts[phase-1] }
			}
			watts := func() float64 { return pickF(x.Source == int(src), x.Watts/3, 0) }
			t.Cell(phases.Append(1), num(int(src+1)), src+1, phase)
			t.Cell(phases.Append(2), num(int(phase)), src+1, phase)
			t.Cell(phases.Append(3), round(1, volts), src+1, phase)
			t.Cell(phases.Append(6), round(1, func() float64 { return amps(watts(), volts()) }), src+1, phase)
			t.Cell(phases.Append(9), round(1, watts), src+1, phase)
		}
	}
}

func transferOutputs(t *agent.Tree, ats agent.OID, x *model.Transfer, u *model.Utility, g *model.Generator) {
	t.Scalar(ats.Append(5, 4, 1), num(1)) // atsNumOutputs
	row, phases := ats.Append(5, 4, 2, 1), ats.Append(5, 4, 3, 1)
	t.Cell(row.Append(1), num(1), 1)
	t.Cell(row.Append(2), num(3), 1)
	t.Cell(row.Append(3), num(4), 1)
	t.Cell(row.Append(4), round(1, func() float64 { return pickF(x.Source == 0, u.Hertz, g.Hertz()) }), 1)
	apparent := func() float64 { return pickF(x.Live(), x.Watts/3/model.PowerFactor, 0) }
	share := round(100/atsRatedVA, apparent)
	for phase := uint32(1); phase <= 3; phase++ {
		volts := func() float64 { return pickF(x.Source == 0, u.Volts[phase-1], g.Volts()) }
		t.Cell(phases.Append(1), num(1), 1, phase)
		t.Cell(phases.Append(2), num(int(phase)), 1, phase)
		t.Cell(phases.Append(3), round(1, volts), 1, phase)
		t.Cell(phases.Append(4), round(10, func() float64 { // 0.1 A
			return amps(apparent()*model.PowerFactor, volts())
		}), 1, phase)
		t.Cell(phases.Append(7), round(1, apparent), 1, phase)
		t.Cell(phases.Append(10), share, 1, phase)
		t.Cell(phases.Append(13), round(1, apparent), 1, phase)
		t.Cell(phases.Append(16), share, 1, phase)
		t.Cell(phases.Append(19), enum(func() int { return pick(apparent() > atsRatedVA, 4, 1) }), 1, phase)
	}
}

// amps is the current of a load at the facility's power factor; 0 without
// voltage.
func amps(watts, volts float64) float64 {
	if volts <= 0 {
		return 0
	}
	return watts / model.PowerFactor / volts
}
