package model

import (
	"math"
	"testing"
	"time"
)

const tick = 250 * time.Millisecond

func run(m *Model, d time.Duration, check func(State)) State {
	for end := m.Snapshot().Now + d; m.Snapshot().Now < end; {
		m.Step(tick)
		if check != nil {
			check(m.Snapshot())
		}
	}
	return m.Snapshot()
}

// conserve fails where power is lost or made anywhere in the tree.
func conserve(t *testing.T) func(State) {
	return func(s State) {
		t.Helper()
		for side := range s.UPS {
			for hall, u := range s.UPS[side] {
				pdus := 0.0
				for _, r := range s.Racks {
					if r.Hall == hall {
						pdus += r.PDUs[side].Watts
					}
				}
				if math.Abs(pdus-u.OutputWatts) > 1e-6 {
					t.Fatalf("at %v: PDUs on UPS %d/%d draw %.3f W, its output is %.3f W", s.Now, side, hall, pdus, u.OutputWatts)
				}
				if u.Charge < 0 || u.Charge > 1 {
					t.Fatalf("at %v: UPS %d/%d charge %v", s.Now, side, hall, u.Charge)
				}
				if u.Mode == UPSOff && u.OutputWatts != 0 {
					t.Fatalf("at %v: UPS %d/%d is off and gives %.1f W", s.Now, side, hall, u.OutputWatts)
				}
			}
			if in := s.Utility[side].Watts + s.Gens[side].Watts; math.Abs(in-s.ATS[side].Watts) > 1e-6 {
				t.Fatalf("at %v: sources of side %d give %.3f W, the switch passes %.3f W", s.Now, side, in, s.ATS[side].Watts)
			}
			if !s.Utility[side].Live && s.Utility[side].Watts > 0 {
				t.Fatalf("at %v: utility %d is dead and delivers %.1f W", s.Now, side, s.Utility[side].Watts)
			}
		}
		for i, r := range s.Racks {
			if sum := r.PDUs[A].Watts + r.PDUs[B].Watts; math.Abs(sum-r.Demand) > 1e-6 {
				t.Fatalf("at %v: rack %d wants %.1f W and gets %.1f W", s.Now, i, r.Demand, sum)
			}
		}
	}
}

func TestAnOrdinaryHourStaysOrdinary(t *testing.T) {
	m := New(1)
	s := run(m, time.Hour, conserve(t))
	for i, r := range s.Racks {
		if r.InletC < 19 || r.InletC > 24 {
			t.Errorf("rack %d inlet %.1f °C, want 19 to 24", i, r.InletC)
		}
	}
	for side := range s.UPS {
		for hall, u := range s.UPS[side] {
			if u.Mode != UPSNormal || u.Charge != 1 || u.OutputWatts < 10e3 || u.OutputWatts > 30e3 {
				t.Errorf("UPS %d/%d: mode %v charge %v output %.0f W", side, hall, u.Mode, u.Charge, u.OutputWatts)
			}
			for id, a := range u.Alarms {
				if a.Active {
					t.Errorf("UPS %d/%d reports alarm %d", side, hall, id)
				}
			}
		}
	}
	for i, h := range s.Halls {
		if h.PreAlarm[0] || h.PanelAlarm || h.Supervisory || h.Trouble || h.Door[0] || h.AgentPascals != AgentPascals {
			t.Errorf("hall %d is not quiet: %+v", i, h)
		}
	}
}

func TestUtilityLossIsCarriedByBatteryThenGeneratorAndEnds(t *testing.T) {
	m := New(7)
	run(m, time.Minute, conserve(t))
	lost := m.Snapshot().Now
	m.Break(func(f *Faults) { f.UtilityLoss[A] = true })

	s := run(m, time.Second, conserve(t))
	if u := s.UPS[A][0]; u.Mode != UPSBattery || !u.Alarms[AlarmOnBattery].Active || !u.Alarms[AlarmInputBad].Active {
		t.Fatalf("1 s after the loss UPS A1 is in mode %v, alarms %v", u.Mode, u.Alarms)
	}
	var genAt, backAt time.Duration
	lowest := 1.0
	run(m, 2*time.Minute, func(s State) {
		conserve(t)(s)
		u := s.UPS[A][0]
		lowest = min(lowest, u.Charge)
		if s.Gens[A].State == GenRunning && genAt == 0 {
			genAt = s.Now - lost
		}
		if u.Mode == UPSNormal && backAt == 0 {
			backAt = s.Now - lost
		}
		if s.UPS[B][0].Mode != UPSNormal {
			t.Fatalf("at %v: side B left the line", s.Now)
		}
	})
	if want := ConfirmLoss + GenStart; genAt < want || genAt > want+GenWarmUp+2*time.Second {
		t.Errorf("generator fit for load after %v", genAt)
	}
	if backAt < 25*time.Second || backAt > time.Minute {
		t.Errorf("UPS A1 back on line after %v, want 25 s to 1 min", backAt)
	}
	if lowest >= 1 || lowest < 0.9 {
		t.Errorf("battery went down to %v", lowest)
	}
	if s := m.Snapshot(); s.Gens[A].Watts < 20e3 || s.ATS[A].Source != 1 {
		t.Errorf("generator carries %.0f W, source %d", s.Gens[A].Watts, s.ATS[A].Source)
	}

	m.Break(func(f *Faults) { f.UtilityLoss[A] = false })
	s = run(m, 20*time.Minute, func(s State) {
		conserve(t)(s)
		if s.UPS[A][0].Mode != UPSNormal {
			t.Fatalf("at %v: the way back interrupts the UPS input", s.Now)
		}
	})
	if s.ATS[A].Source != 0 || s.Gens[A].State != GenReady || s.UPS[A][0].Charge < 0.999 || s.Gens[A].RPM != 0 {
		t.Errorf("after the return: source %d, generator %v at %.0f rpm, charge %v", s.ATS[A].Source, s.Gens[A].State, s.Gens[A].RPM, s.UPS[A][0].Charge)
	}
}

func TestAFailedUPSGoesToBypassThenOffAndTheOtherSideCarries(t *testing.T) {
	m := New(3)
	before := run(m, time.Minute, nil)
	m.Break(func(f *Faults) { f.UPSFail[A][1] = true })
	if s := run(m, 5*time.Second, conserve(t)); s.UPS[A][1].Mode != UPSBypass || !s.Racks[6].PDUs[A].Live {
		t.Fatalf("5 s after the failure mode %v", s.UPS[A][1].Mode)
	}
	s := run(m, time.Minute, conserve(t))
	if s.UPS[A][1].Mode != UPSOff || s.Racks[6].PDUs[A].Live || !s.Racks[6].Powered {
		t.Fatalf("65 s after the failure: mode %v, PDU A live %v, rack powered %v", s.UPS[A][1].Mode, s.Racks[6].PDUs[A].Live, s.Racks[6].Powered)
	}
	if got, was := s.UPS[B][1].OutputWatts, before.UPS[B][1].OutputWatts; got < 1.7*was {
		t.Errorf("side B carries %.0f W, before %.0f W", got, was)
	}
	m.Break(func(f *Faults) { f.UPSFail[A][1] = false })
	if s := run(m, 10*time.Second, conserve(t)); s.UPS[A][1].Mode != UPSNormal || s.Racks[6].PDUs[A].Watts == 0 {
		t.Errorf("after repair: mode %v", s.UPS[A][1].Mode)
	}
}

func TestWithoutUtilityAndFuelTheBatteryEmptiesAndNothingGoesNegative(t *testing.T) {
	m := New(5)
	m.s.Gens[A].Fuel = 0.0001
	m.Break(func(f *Faults) { f.UtilityLoss[A] = true })
	m.faults.UPSFail[B][0] = true
	s := run(m, 2*time.Hour, conserve(t))
	if s.Gens[A].Fuel != 0 || s.Gens[A].Live() {
		t.Fatalf("generator runs on %.4f of fuel, state %v", s.Gens[A].Fuel, s.Gens[A].State)
	}
	if u := s.UPS[A][0]; u.Mode != UPSOff || u.Charge != 0 || s.Racks[0].Powered || s.Servers[0].Powered {
		t.Errorf("after two hours: mode %v charge %v rack powered %v", u.Mode, u.Charge, s.Racks[0].Powered)
	}
	m.Break(func(f *Faults) { *f = Faults{} })
	s = run(m, 3*time.Hour, conserve(t))
	if u := s.UPS[A][0]; u.Mode != UPSNormal || u.Charge < 0.999 || !s.Servers[0].Powered || s.Servers[0].Booted <= 0 {
		t.Errorf("after all came back: mode %v charge %v server %+v", u.Mode, u.Charge, s.Servers[0])
	}
}

func TestACRACFailureWarmsItsRacksOverMinutes(t *testing.T) {
	m := New(11)
	run(m, 10*time.Minute, nil)
	m.Break(func(f *Faults) { f.CRACFail[0] = true })
	soon := run(m, 10*time.Second, nil)
	later := run(m, 10*time.Minute, nil)
	if soon.Racks[0].InletC > 23.5 {
		t.Errorf("10 s after the failure the inlet is %.1f °C already", soon.Racks[0].InletC)
	}
	if later.Racks[0].InletC < 27 || later.Racks[0].InletC > 45 {
		t.Errorf("10 min after the failure its rack's inlet is %.1f °C, want 27 to 45", later.Racks[0].InletC)
	}
	if later.Racks[4].InletC > 26 {
		t.Errorf("a rack of another unit is at %.1f °C", later.Racks[4].InletC)
	}
	if later.CRACs[1].Cooling <= soon.CRACs[3].Cooling {
		t.Errorf("the neighbour does not work harder: %.2f", later.CRACs[1].Cooling)
	}
	m.Break(func(f *Faults) { f.CRACFail[0] = false })
	if s := run(m, 30*time.Minute, nil); s.Racks[0].InletC > 23 || !s.CRACs[0].Running {
		t.Errorf("30 min after repair the inlet is %.1f °C", s.Racks[0].InletC)
	}
}

func TestSmokeGoesFromPreAlarmToAlarmToThePanel(t *testing.T) {
	m := New(1)
	m.Break(func(f *Faults) { f.Smoke[0] = true })
	for _, st := range []struct {
		after             time.Duration
		pre, alarm, panel bool
	}{{time.Second, true, false, false}, {15 * time.Second, true, true, false}, {4 * time.Second, true, true, true}} {
		h := run(m, st.after, nil).Halls[0]
		if h.PreAlarm[0] != st.pre || h.SmokeAlarm[0] != st.alarm || h.PanelAlarm != st.panel || h.PreAlarm[1] {
			t.Fatalf("%v further: pre-alarm %v alarm %v panel %v", st.after, h.PreAlarm[0], h.SmokeAlarm[0], h.PanelAlarm)
		}
	}
	m.Break(func(f *Faults) { f.Smoke[0] = false })
	if h := run(m, 10*time.Second, nil).Halls[0]; h.PreAlarm[0] || h.SmokeAlarm[0] || h.PanelAlarm {
		t.Errorf("after the cause is gone: %+v", h)
	}
}

func TestAgentPressureFallsAndTheSupervisoryContactFollows(t *testing.T) {
	m := New(1)
	m.Break(func(f *Faults) { f.PressureLow[1] = true })
	h := run(m, 30*time.Second, nil).Halls[1]
	if h.AgentPascals >= AgentLowPascals || !h.Supervisory {
		t.Fatalf("after 30 s: %.2f MPa, supervisory %v", h.AgentPascals/1e6, h.Supervisory)
	}
	m.Break(func(f *Faults) { f.PressureLow[1] = false })
	if h := run(m, time.Minute, nil).Halls[1]; h.AgentPascals != AgentPascals || h.Supervisory {
		t.Errorf("after refilling: %.2f MPa, supervisory %v", h.AgentPascals/1e6, h.Supervisory)
	}
}

func TestABatteryTestRunsOnceAndKeepsItsResult(t *testing.T) {
	m := New(1)
	m.Break(func(f *Faults) { f.SelfTest[A][0] = true })
	u := run(m, 10*time.Second, conserve(t)).UPS[A][0]
	if u.Mode != UPSBattery || u.Test != TestInProgress || !u.InputLive || !u.Alarms[AlarmTestInProgress].Active || u.Alarms[AlarmInputBad].Active {
		t.Fatalf("after 10 s: %+v", u)
	}
	s := run(m, 15*time.Second, conserve(t))
	if u = s.UPS[A][0]; u.Mode != UPSNormal || u.Test != TestPassed {
		t.Fatalf("after 25 s: mode %v, result %v", u.Mode, u.Test)
	}
	if u = run(m, time.Minute, nil).UPS[A][0]; u.Test != TestPassed || u.TestAt != s.UPS[A][0].TestAt {
		t.Errorf("one asking runs one test; a minute later: %v begun at %v", u.Test, u.TestAt)
	}
	if !s.Utility[A].Live || s.ATS[A].StartSignal {
		t.Error("a test is no outage: the generator was called")
	}

	m.Break(func(f *Faults) { f.SelfTest[A][0], f.SelfTestFail[A][0] = false, false })
	run(m, time.Second, nil)
	m.Break(func(f *Faults) { f.SelfTestFail[A][0] = true })
	run(m, 30*time.Second, nil)
	m.Break(func(f *Faults) { f.SelfTestFail[A][0] = false })
	if u = run(m, time.Hour, nil).UPS[A][0]; u.Test != TestError || !u.Alarms[AlarmTestFailed].Active {
		t.Errorf("an hour after a failed test: result %v, alarm %v", u.Test, u.Alarms[AlarmTestFailed])
	}
	m.Break(func(f *Faults) { f.SelfTest[A][0] = true })
	if u = run(m, 30*time.Second, nil).UPS[A][0]; u.Test != TestPassed || u.Alarms[AlarmTestFailed].Active {
		t.Errorf("after a test that is passed: result %v, alarm %v", u.Test, u.Alarms[AlarmTestFailed])
	}
}

func TestAnOutageDuringABatteryTestIsAnOutage(t *testing.T) {
	m := New(1)
	m.Break(func(f *Faults) { f.SelfTest[A][0] = true })
	run(m, 5*time.Second, nil)
	m.Break(func(f *Faults) { f.UtilityLoss[A] = true })
	s := run(m, 5*time.Second, conserve(t))
	if u := s.UPS[A][0]; u.Mode != UPSBattery || u.InputLive || !u.Alarms[AlarmInputBad].Active || !s.ATS[A].StartSignal {
		t.Errorf("5 s into the outage: %+v, generator called %v", u, s.ATS[A].StartSignal)
	}
}

func TestAGeneratorThatDoesNotStartGivesUp(t *testing.T) {
	m := New(1)
	m.Break(func(f *Faults) { f.UtilityLoss[B], f.GenNoStart[B] = true, true })
	if g := run(m, 50*time.Second, conserve(t)).Gens[B]; g.State != GenStarting || g.Live() {
		t.Fatalf("after 50 s: state %v", g.State)
	}
	s := run(m, 60*time.Second, conserve(t))
	if s.Gens[B].State != GenShutdown || s.UPS[B][0].Mode != UPSBattery {
		t.Fatalf("after 110 s: generator %v, UPS %v; want shut down, on battery", s.Gens[B].State, s.UPS[B][0].Mode)
	}
	m.Break(func(f *Faults) { f.GenNoStart[B] = false })
	if s = run(m, time.Minute, conserve(t)); s.Gens[B].State != GenRunning || s.ATS[B].Source != 1 {
		t.Errorf("a minute after the repair: generator %v, source %d", s.Gens[B].State, s.ATS[B].Source)
	}
}

func TestADisabledZoneRaisesNoPanelAlarm(t *testing.T) {
	m := New(1)
	m.Break(func(f *Faults) { f.ZoneDisabled[0], f.Smoke[0] = true, true })
	if h := run(m, time.Minute, nil).Halls[0]; !h.Disabled || !h.SmokeAlarm[0] || h.PanelAlarm {
		t.Errorf("disabled %v, detector %v, panel %v; the detector's own contact still tells", h.Disabled, h.SmokeAlarm[0], h.PanelAlarm)
	}
}

func TestAFlappingUplinkIsSeenDownByPolls(t *testing.T) {
	m := New(1)
	m.Break(func(f *Faults) { f.LinkFlap[0] = true })
	down := 0
	for range 12 { // a poll every ten seconds
		if !run(m, 10*time.Second, nil).Switches[0].Ports[SwitchPorts-2].OperUp {
			down++
		}
	}
	if down < 3 || down > 9 {
		t.Errorf("%d of 12 polls saw it down", down)
	}
}

func TestAFlappingDoorChangesEveryFewSeconds(t *testing.T) {
	m := New(1)
	m.Break(func(f *Faults) { f.Flapping[0] = true })
	changes, was := 0, false
	run(m, 30*time.Second, func(s State) {
		if s.Halls[0].Door[0] != was {
			was, changes = !was, changes+1
		}
	})
	if changes < 8 || changes > 12 {
		t.Errorf("%d changes in 30 s", changes)
	}
}

func TestTheSameSeedAndStepsGiveTheSameFacility(t *testing.T) {
	story := func(seed int64) State {
		m := New(seed)
		run(m, time.Minute, nil)
		m.Break(func(f *Faults) { f.UtilityLoss[A] = true })
		return run(m, time.Minute, nil)
	}
	if story(42) != story(42) {
		t.Error("two runs of seed 42 differ")
	}
	if story(42) == story(43) {
		t.Error("seeds 42 and 43 give the same noise")
	}
}
