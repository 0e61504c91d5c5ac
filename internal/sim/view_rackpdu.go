package sim

import (
	"nezuban/internal/sim/agent"
	"nezuban/internal/sim/model"
)

// Load states of rPDU2 tables, PowerNet-MIB: lowLoad 1, normal 2, nearOverload 3,
// overload 4.
func loadState(amperes, rated float64) int {
	switch {
	case amperes < 0.1:
		return 1
	case amperes >= rated:
		return 4
	case amperes >= 0.8*rated:
		return 3
	}
	return 2
}

const (
	pduRatedAmps  = 63.0 // one PDU carries its rack alone with room to spare
	bankRatedAmps = 32.0
)

// pduView serves the rPDU2 group of PowerNet-MIB, enterprises.318.1.1.26: one
// phase, two banks, eight switched and metered outlets.
func pduView(rack int, side model.Side) func(*agent.Tree, *device) {
	return func(t *agent.Tree, d *device) {
		p := &d.state.Racks[rack].PDUs[side]
		pdu := enterprise(318, 1, 1, 26)
		pduIdent(t, d, pdu)
		kva := func() float64 { return p.Watts / model.PowerFactor }
		current := func() float64 { return amps(p.Watts, model.NominalVolts) }
		state := enum(func() int { return loadState(current(), pduRatedAmps) })
		energy := round(1, func() float64 { return tenthKWh(p.Joules) })
		factor := round(100, func() float64 { return pickF(p.Watts > 0, model.PowerFactor, 0) })

		t.Scalar(pdu.Append(3), num(1)) // rPDU2DeviceTableSize
		dev := pdu.Append(4, 3, 1)      // rPDU2DeviceStatusEntry
		for col, get := range map[uint32]func() agent.Value{
			1: num(1), 2: num(1), 3: str(d.Name), 4: state,
			5: round(0.1, func() float64 { return p.Watts }), // 0.01 kW
			6: num(900), 9: energy, 11: num(2), 12: num(1), 13: num(1), 14: num(3),
			16: round(0.1, kva), 17: factor,
		} {
			t.Cell(dev.Append(col), get, 1)
		}
		phase := pdu.Append(6, 3, 1) // rPDU2PhaseStatusEntry
		for col, get := range map[uint32]func() agent.Value{
			1: num(1), 2: num(1), 3: num(1), 4: state,
			5: round(10, current), // 0.1 A
			6: num(int(model.NominalVolts)),
			7: round(0.1, func() float64 { return p.Watts }),
			8: round(0.1, kva), 9: factor,
		} {
			t.Cell(phase.Append(col), get, 1)
		}
		pduBanks(t, p, pdu)
		pduOutlets(t, p, pdu)
	}
}

func pduIdent(t *agent.Tree, d *device, pdu agent.OID) {
	t.Scalar(pdu.Append(1), num(1))
	for i, get := range []func() agent.Value{
		num(1), num(1), str(d.Name), str(d.Place), str("R01"), str("v7.1.4"), str("03/21/2022"), str("RP-63-8M"), str("P" + d.ID),
	} {
		t.Cell(pdu.Append(2, 1, uint32(i+1)), get, 1) // rPDU2IdentEntry
	}
	for i, n := range []int{1, 1, -1, model.Outlets, model.Outlets, model.Outlets, 1, 2, int(pduRatedAmps), 1} {
		get := num(n)
		if i == 2 {
			get = str(d.Name)
		}
		t.Cell(pdu.Append(4, 2, 1, uint32(i+1)), get, 1) // rPDU2DevicePropertiesEntry
	}
	t.Cell(pdu.Append(4, 2, 1, 12), num(int(pduRatedAmps)), 1)
	t.Cell(pdu.Append(4, 2, 1, 13), num(145), 1) // 0.1 kW
}

// pduBanks serves rPDU2BankStatusTable: outlets 1–4 are bank 1, the rest bank 2.
func pduBanks(t *agent.Tree, p *model.PDU, pdu agent.OID) {
	t.Scalar(pdu.Append(7), num(2))
	row := pdu.Append(8, 3, 1)
	for bank := uint32(1); bank <= 2; bank++ {
		current := func() float64 {
			watts := 0.0
			for _, w := range p.Outlets[(bank-1)*model.Outlets/2 : bank*model.Outlets/2] {
				watts += w
			}
			return amps(watts, model.NominalVolts)
		}
		t.Cell(row.Append(1), num(int(bank)), bank)
		t.Cell(row.Append(2), num(1), bank)
		t.Cell(row.Append(3), num(int(bank)), bank)
		t.Cell(row.Append(4), enum(func() int { return loadState(current(), bankRatedAmps) }), bank)
		t.Cell(row.Append(5), round(10, current), bank)
	}
}

func pduOutlets(t *agent.Tree, p *model.PDU, pdu agent.OID) {
	t.Scalar(pdu.Append(9, 1), num(model.Outlets))
	t.Scalar(pdu.Append(9, 3), num(model.Outlets))
	switched, metered := pdu.Append(9, 2, 3, 1), pdu.Append(9, 4, 3, 1)
	for n := uint32(1); n <= model.Outlets; n++ {
		name := str("outlet " + string(rune('0'+n)))
		watts := func() float64 { return p.Outlets[n-1] }
		current := func() float64 { return amps(watts(), model.NominalVolts) }
		for i, get := range []func() agent.Value{num(int(n)), num(1), name, num(int(n)), num(2), num(2)} {
			t.Cell(switched.Append(uint32(i+1)), get, n) // on, no command pending
		}
		for col, get := range map[uint32]func() agent.Value{
			1: num(int(n)), 2: num(1), 3: name, 4: num(int(n)),
			5:  enum(func() int { return loadState(current(), 10) }),
			6:  round(10, current), // 0.1 A
			7:  round(1, watts),
			11: round(1, func() float64 { return tenthKWh(p.Joules / model.Outlets) }),
			12: str("IEC C13"),
		} {
			t.Cell(metered.Append(col), get, n)
		}
	}
}
