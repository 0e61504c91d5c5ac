package sim

import (
	"nezuban/internal/sim/agent"
	"nezuban/internal/sim/model"
)

// cracView serves LIEBERT-GP-ENVIRONMENTAL-MIB (lgpEnvState, the Celsius and
// humidity tables), LIEBERT-GP-AGENT-MIB (lgpAgentIdent, managed devices) and
// LIEBERT-GP-CONDITIONS-MIB (lgpConditionsTable), enterprises.476.1.42.
func cracView(unit int) func(*agent.Tree, *device) {
	return func(t *agent.Tree, d *device) {
		c := &d.state.CRACs[unit]
		lgp := enterprise(476, 1, 42)
		cracIdent(t, d, lgp)
		onOff := func(f func() bool) func() agent.Value { return enum(func() int { return pick(f(), 1, 2) }) }
		env := lgp.Append(3, 4, 3) // lgpEnvState
		t.Scalar(env.Append(1), onOff(func() bool { return c.Running }))
		t.Scalar(env.Append(2), onOff(func() bool { return c.Running && c.Cooling > 0 }))
		for _, n := range []uint32{3, 4, 5} { // heating, humidifying, dehumidifying
			t.Scalar(env.Append(n), num(2))
		}
		t.Scalar(env.Append(7), onOff(func() bool { return c.Running }))
		t.Scalar(env.Append(8), onOff(func() bool { return c.Failed }))
		percent := func(f func() float64) func() agent.Value {
			return func() agent.Value { return agent.Gauge(100 * f()) }
		}
		t.Scalar(env.Append(9), percent(func() float64 { return c.Cooling }))
		t.Scalar(env.Append(10), percent(func() float64 { return 0 }))
		t.Scalar(env.Append(14), enum(func() int { return pick(c.Failed, 3, 1) })) // alarm, none
		t.Scalar(env.Append(15), num(1))                                           // auto
		t.Scalar(env.Append(16), percent(func() float64 { return c.Fan }))
		cracMeasures(t, c, lgp.Append(3, 4))
		cracConditions(t, d, c, lgp.Append(3, 2))
	}
}

func cracIdent(t *agent.Tree, d *device, lgp agent.OID) {
	for i, s := range []string{"Simulated Cooling", "agent card", "4.2.1", "C" + d.ID, "SC-32"} {
		t.Scalar(lgp.Append(2, 1, uint32(i+1)), str(s)) // lgpAgentIdent
	}
	t.Scalar(lgp.Append(2, 1, 6), num(1))
	for i, get := range []func() agent.Value{
		num(1), ref(lgp.Append(4, 3, 6)), str("Simulated Cooling"), str("SC-32"), str("2.20"), num(1), str("C" + d.ID), // lgpIcom
	} {
		t.Cell(lgp.Append(2, 4, 2, 1, uint32(i+1)), get, 1) // lgpAgentManagedDeviceEntry
	}
}

// cracMeasures serves lgpEnvTemperatureTableDegC and lgpEnvHumidityTableRel.
func cracMeasures(t *agent.Tree, c *model.CRAC, env agent.OID) {
	t.Scalar(env.Append(1, 3, 1), num(int(model.CRACSetC))) // lgpEnvTemperatureSettingDegC
	row := env.Append(1, 3, 3, 1)
	for i, m := range []struct {
		descr uint32 // lgpEnvTemperatureWellKnown
		get   func() float64
		high  int
	}{
		{2, func() float64 { return c.ReturnC }, 42}, // lgpEnvReturnAirTemperature
		{3, func() float64 { return c.SupplyC }, 27}, // lgpEnvSupplyAirTemperature
	} {
		id := uint32(i + 1)
		t.Cell(row.Append(1), func() agent.Value { return agent.Gauge(float64(id)) }, id)
		t.Cell(row.Append(2), ref(env.Append(1, 1, m.descr)), id)
		t.Cell(row.Append(3), round(1, m.get), id)
		t.Cell(row.Append(4), num(m.high), id)
		t.Cell(row.Append(5), num(10), id)
		t.Cell(row.Append(50), round(10, m.get), id)
		t.Cell(row.Append(51), num(10*m.high), id)
		t.Cell(row.Append(52), num(100), id)
	}
	const supply = 2 // the set point is the supply air's
	t.Cell(row.Append(6), num(int(model.CRACSetC)), supply)
	t.Cell(row.Append(53), num(int(10*model.CRACSetC)), supply)

	hum := env.Append(2, 2, 3, 1)
	rh := func() float64 { return c.ReturnRH }
	t.Cell(hum.Append(1), func() agent.Value { return agent.Gauge(1) }, 1)
	t.Cell(hum.Append(2), ref(env.Append(2, 1, 2)), 1) // lgpEnvReturnAirHumidity
	t.Cell(hum.Append(3), round(100, rh), 1)
	t.Cell(hum.Append(4), num(70), 1)
	t.Cell(hum.Append(5), num(20), 1)
	t.Cell(hum.Append(6), num(45), 1)
	t.Cell(hum.Append(50), round(1000, rh), 1)
}

// cracConditions serves lgpConditionsTable: one row, loss of air flow, while the
// unit has failed.
func cracConditions(t *agent.Tree, d *device, c *model.CRAC, cond agent.OID) {
	t.Scalar(cond.Append(2), func() agent.Value { return agent.Gauge(pickF(c.Failed, 1, 0)) })
	present := func(get func() agent.Value) func() agent.Value {
		return func() agent.Value {
			if !c.Failed {
				return agent.Value{}
			}
			return get()
		}
	}
	row := cond.Append(3, 1)
	t.Cell(row.Append(1), present(func() agent.Value { return agent.Gauge(1) }), 1)
	t.Cell(row.Append(2), present(ref(cond.Append(1, 5))), 1) // lgpConditionLossOfAirflow
	t.Cell(row.Append(3), present(func() agent.Value {
		return agent.Ticks(max(0, c.FailedAt-d.since(d.state)))
	}), 1)
	t.Cell(row.Append(10), present(num(6)), 1) // alarm
	t.Cell(row.Append(14), present(num(9)), 1) // critical
}
