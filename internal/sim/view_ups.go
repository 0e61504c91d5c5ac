package sim

import (
	"math"

	"nezuban/internal/sim/agent"
	"nezuban/internal/sim/model"
)

// Values of upsBatteryStatus and upsOutputSource, RFC 1628.
const (
	batteryNormal   = 2
	batteryLow      = 3
	batteryDepleted = 4

	sourceNone    = 2
	sourceNormal  = 3
	sourceBypass  = 4
	sourceBattery = 5
)

// upsView serves every readable object of UPS-MIB, RFC 1628.
func upsView(side model.Side, hall int) func(*agent.Tree, *device) {
	return func(t *agent.Tree, d *device) {
		v := upsObjects{t: t, d: d, u: &d.state.UPS[side][hall], mib: mib2(33, 1)}
		v.ident()
		v.battery()
		v.input(side)
		v.output()
		v.bypass(side)
		v.alarms()
		v.testAndControl()
		v.config()
		v.heralds()
	}
}

type upsObjects struct {
	t   *agent.Tree
	d   *device
	u   *model.UPS
	mib agent.OID
}

func (v upsObjects) scalar(group, n uint32, get func() agent.Value) {
	v.t.Scalar(v.mib.Append(group, n), get)
}

func (v upsObjects) ident() {
	for i, s := range []string{"Simulated Power", "SP-60 60 kVA", "2.14", "1.9", v.d.ID, v.d.Rack} {
		v.scalar(1, uint32(i+1), str(s))
	}
}

func (v upsObjects) battery() {
	u := v.u
	v.scalar(2, 1, enum(func() int {
		switch {
		case u.Charge <= 0:
			return batteryDepleted
		case u.Runtime() < model.LowRuntime:
			return batteryLow
		}
		return batteryNormal
	}))
	v.scalar(2, 2, enum(func() int { return int(u.OnBattery.Seconds()) }))
	v.scalar(2, 3, enum(func() int { return max(1, int(u.Runtime().Minutes())) })) // a PositiveInteger
	v.scalar(2, 4, round(100, func() float64 { return u.Charge }))
	volts := func() float64 { return 400 + 36*u.Charge + pickF(u.ChargeWatts < 0, -12, 0) }
	v.scalar(2, 5, round(10, volts))
	v.scalar(2, 6, round(10, func() float64 { return u.ChargeWatts / volts() }))
	v.scalar(2, 7, round(1, func() float64 { return u.BatteryC }))
}

func (v upsObjects) input(side model.Side) {
	u, s := v.u, v.d.state
	v.scalar(3, 1, func() agent.Value { return agent.Count32(float64(u.LineBads)) })
	v.scalar(3, 2, num(3))
	volts, hertz := supply(s, side)
	row := v.mib.Append(3, 3, 1)
	for line := uint32(1); line <= 3; line++ {
		lv := func() float64 { return volts(line - 1) }
		v.t.Cell(row.Append(1), num(int(line)), line)
		v.t.Cell(row.Append(2), round(10, hertz), line)
		v.t.Cell(row.Append(3), round(1, lv), line)
		v.t.Cell(row.Append(4), round(10, func() float64 { return amps(u.InputWatts/3, lv()) }), line)
		v.t.Cell(row.Append(5), round(1.0/3, func() float64 { return u.InputWatts }), line)
	}
}

// supply is what a side's transfer switch gives to its UPS.
func supply(s *model.State, side model.Side) (volts func(phase uint32) float64, hertz func() float64) {
	x, util, gen := &s.ATS[side], &s.Utility[side], &s.Gens[side]
	volts = func(phase uint32) float64 {
		switch {
		case !x.Live():
			return 0
		case x.Source == 0:
			return util.Volts[phase]
		}
		return gen.Volts()
	}
	hertz = func() float64 {
		switch {
		case !x.Live():
			return 0
		case x.Source == 0:
			return util.Hertz
		}
		return gen.Hertz()
	}
	return volts, hertz
}

func (v upsObjects) output() {
	u := v.u
	v.scalar(4, 1, enum(func() int {
		switch u.Mode {
		case model.UPSBattery:
			return sourceBattery
		case model.UPSBypass:
			return sourceBypass
		case model.UPSOff:
			return sourceNone
		}
		return sourceNormal
	}))
	v.scalar(4, 2, round(10, func() float64 { return pickF(u.Live(), model.NominalHertz, 0) }))
	v.scalar(4, 3, num(3))
	row := v.mib.Append(4, 4, 1)
	volts := func() float64 { return pickF(u.Live(), model.NominalVolts, 0) }
	for line := uint32(1); line <= 3; line++ {
		v.t.Cell(row.Append(1), num(int(line)), line)
		v.t.Cell(row.Append(2), round(1, volts), line)
		v.t.Cell(row.Append(3), round(10, func() float64 { return amps(u.OutputWatts/3, volts()) }), line)
		v.t.Cell(row.Append(4), round(1.0/3, func() float64 { return u.OutputWatts }), line)
		v.t.Cell(row.Append(5), round(100/model.UPSRatedWatts, func() float64 { return min(u.OutputWatts, 2*model.UPSRatedWatts) }), line)
	}
}

func (v upsObjects) bypass(side model.Side) {
	u := v.u
	volts, hertz := supply(v.d.state, side)
	v.scalar(5, 1, round(10, hertz))
	v.scalar(5, 2, num(3))
	row := v.mib.Append(5, 3, 1)
	watts := func() float64 { return pickF(u.Mode == model.UPSBypass, u.OutputWatts/3, 0) }
	for line := uint32(1); line <= 3; line++ {
		lv := func() float64 { return volts(line - 1) }
		v.t.Cell(row.Append(1), num(int(line)), line)
		v.t.Cell(row.Append(2), round(1, lv), line)
		v.t.Cell(row.Append(3), round(10, func() float64 { return amps(watts(), lv()) }), line)
		v.t.Cell(row.Append(4), round(1, watts), line)
	}
}

// alarms serves upsAlarmTable; a condition's upsAlarmId is its number in
// upsWellKnownAlarms, and its row exists while it holds.
func (v upsObjects) alarms() {
	u, d := v.u, v.d
	v.scalar(6, 1, func() agent.Value {
		n := 0
		for _, a := range u.Alarms {
			n += pick(a.Active, 1, 0)
		}
		return agent.Gauge(float64(n))
	})
	row := v.mib.Append(6, 2, 1)
	for id := range u.Alarms {
		if id == 0 {
			continue
		}
		a := &u.Alarms[id]
		present := func(get func() agent.Value) func() agent.Value {
			return func() agent.Value {
				if !a.Active {
					return agent.Value{}
				}
				return get()
			}
		}
		v.t.Cell(row.Append(1), present(num(id)), uint32(id))
		v.t.Cell(row.Append(2), present(ref(v.mib.Append(6, 3, uint32(id)))), uint32(id))
		v.t.Cell(row.Append(3), present(func() agent.Value { return agent.Ticks(max(0, a.Since-d.began())) }), uint32(id))
	}
}

// testAndControl serves upsTest and upsControl, which can be read only.
func (v upsObjects) testAndControl() {
	quick, u, d := v.mib.Append(7, 7, 4), v.u, v.d // upsTestQuickBatteryTest
	v.scalar(7, 1, ref(quick))
	v.scalar(7, 2, num(0))
	v.scalar(7, 3, enum(func() int { return int(u.Test) }))
	v.scalar(7, 4, func() agent.Value {
		return agent.Str(map[model.TestResult]string{model.TestInProgress: "battery test runs", model.TestError: "battery test failed"}[u.Test])
	})
	v.scalar(7, 5, func() agent.Value { return agent.Ticks(max(0, u.TestAt-d.began())) })
	v.scalar(7, 6, enum(func() int { // TimeInterval, hundredths of a second
		return int(min(model.SelfTestTime, d.state.Now-u.TestAt).Milliseconds() / 10)
	}))
	v.scalar(8, 1, num(1)) // output
	for n := uint32(2); n <= 4; n++ {
		v.scalar(8, n, num(-1)) // nothing pending
	}
	v.scalar(8, 5, num(1)) // on
}

func (v upsObjects) config() {
	for i, n := range []float64{
		model.NominalVolts, model.NominalHertz * 10, model.NominalVolts, model.NominalHertz * 10,
		model.UPSRatedVA, model.UPSRatedWatts, math.Round(model.LowRuntime.Minutes()), 2, 195, 264,
	} {
		v.scalar(9, uint32(i+1), num(int(n)))
	}
}
