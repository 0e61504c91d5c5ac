package model

import "time"

// UPSMode is where a UPS's output comes from.
type UPSMode int

// The modes of a UPS.
const (
	UPSNormal UPSMode = iota
	UPSBattery
	UPSBypass
	UPSOff // no output
)

// Alarms of the UPS-MIB's well-known list that the model raises, RFC 1628
// section 4 (upsWellKnownAlarms).
const (
	AlarmBatteryBad      = 1
	AlarmOnBattery       = 2
	AlarmLowBattery      = 3
	AlarmDepletedBattery = 4
	AlarmInputBad        = 6
	AlarmOutputOverload  = 8
	AlarmOnBypass        = 9
	AlarmOutputOff       = 14
	AlarmGeneralFault    = 18
	AlarmTestFailed      = 19
	AlarmAwaitingPower   = 21
	AlarmTestInProgress  = 24
	alarmSlots           = 25
)

// Ratings of a UPS.
const (
	UPSRatedWatts    = 54e3
	UPSRatedVA       = 60e3
	UPSBatteryJoules = 54e3 * 600.0 // ten minutes at full load
	upsEfficiency    = 0.95
	upsChargeWatts   = 5e3
	LowRuntime       = 3 * time.Minute  // battery counts as low below this
	FailToOff        = 20 * time.Second // a failed UPS holds on bypass this long
)

// A UPSAlarm is one condition the UPS reports.
type UPSAlarm struct {
	Active bool
	Since  time.Duration // model time
}

// UPS is one uninterruptible supply, double conversion.
type UPS struct {
	Mode        UPSMode
	InputLive   bool
	OnBattery   time.Duration // time on battery, 0 on line
	Charge      float64       // ratio
	OutputWatts float64
	InputWatts  float64
	ChargeWatts float64 // into the battery; negative while it discharges
	BatteryC    float64
	LineBads    int // times the input went out of tolerance
	Alarms      [alarmSlots]UPSAlarm
	Test        TestResult
	TestAt      time.Duration // model time the last test began
	inputFor    time.Duration // input stands since
	failedFor   time.Duration
	testFor     time.Duration // since the test was asked for; 0 nobody did
	flapFor     time.Duration
	batteryBad  bool
}

// Live tells whether the output has power.
func (u *UPS) Live() bool { return u.Mode != UPSOff }

// Runtime is the time left on battery at the present load.
func (u *UPS) Runtime() time.Duration {
	watts := max(u.OutputWatts, 500) / upsEfficiency
	return time.Duration(u.Charge * UPSBatteryJoules / watts * float64(time.Second))
}

// TestResult is what came of the last battery test; the numbers are those of
// upsTestResultsSummary, RFC 1628.
type TestResult int

// The results of a test.
const (
	TestPassed     TestResult = 1
	TestError      TestResult = 3
	TestInProgress TestResult = 5
)

const (
	// SelfTestTime is how long a battery test runs.
	SelfTestTime = 20 * time.Second
	// batteryFlap is how often a battery that is neither good nor bad changes.
	batteryFlap = 4 * time.Second
)

// examine moves the UPS's test of its battery on: it runs once for every time it is
// asked for, and its result stays until the next.
func (u *UPS) examine(dt time.Duration, test, fail, flap bool, now time.Duration) {
	switch {
	case !test && !fail:
		if u.testFor = 0; u.Test == TestInProgress {
			u.Test = TestPassed // stopped early by who asked for it
		}
	case u.testFor == 0:
		u.Test, u.TestAt, u.testFor = TestInProgress, now, max(dt, 1)
	default:
		u.testFor += dt
	}
	if u.Test == TestInProgress && u.testFor > SelfTestTime {
		u.Test = TestPassed
		if fail {
			u.Test = TestError
		}
	}
	if !flap {
		u.flapFor, u.batteryBad = batteryFlap, false
	} else if u.flapFor += dt; u.flapFor >= batteryFlap {
		u.flapFor, u.batteryBad = 0, !u.batteryBad
	}
}

// step settles the mode; balance settles the power that flows then.
func (u *UPS) step(dt time.Duration, inputLive, failed bool, now time.Duration) {
	if u.InputLive && !inputLive {
		u.LineBads++
	}
	u.InputLive = inputLive
	if inputLive {
		u.inputFor += dt
	} else {
		u.inputFor = 0
	}
	if failed {
		u.failedFor += dt
	} else {
		u.failedFor = 0
	}
	switch {
	case failed && inputLive && u.failedFor < FailToOff:
		u.Mode = UPSBypass
	case failed:
		u.Mode = UPSOff
	case u.Test == TestInProgress && u.Charge > 0 && u.Mode != UPSOff:
		u.Mode = UPSBattery
	case inputLive && (u.inputFor >= WalkIn || u.Mode == UPSNormal || u.Mode == UPSBypass):
		u.Mode = UPSNormal
	case u.Charge > 0 && (u.Mode != UPSOff || inputLive):
		u.Mode = UPSBattery
	default:
		u.Mode = UPSOff
	}
	if u.Mode == UPSBattery {
		u.OnBattery += dt
	} else {
		u.OnBattery = 0
	}
	u.raise(now, failed)
}

func (u *UPS) raise(now time.Duration, failed bool) {
	set := func(id int, on bool) {
		if a := &u.Alarms[id]; a.Active != on {
			*a = UPSAlarm{Active: on, Since: now}
		}
	}
	set(AlarmOnBattery, u.Mode == UPSBattery)
	set(AlarmLowBattery, u.Mode == UPSBattery && u.Runtime() < LowRuntime)
	set(AlarmDepletedBattery, u.Charge <= 0)
	set(AlarmInputBad, !u.InputLive)
	set(AlarmOutputOverload, u.OutputWatts > UPSRatedWatts)
	set(AlarmOnBypass, u.Mode == UPSBypass)
	set(AlarmOutputOff, u.Mode == UPSOff)
	set(AlarmGeneralFault, failed)
	set(AlarmBatteryBad, u.batteryBad)
	set(AlarmTestFailed, u.Test == TestError)
	set(AlarmTestInProgress, u.Test == TestInProgress)
	set(AlarmAwaitingPower, u.Mode == UPSOff && !u.InputLive && !failed)
}

// flow settles the power through the UPS for an output of watts.
func (u *UPS) flow(dt time.Duration, watts float64) {
	sec := dt.Seconds()
	u.OutputWatts, u.InputWatts, u.ChargeWatts = watts, 0, 0
	switch u.Mode {
	case UPSNormal:
		if gap := (1 - u.Charge) * UPSBatteryJoules; gap > 0 {
			// Constant power, falling off over the last tenth as chargers do.
			u.ChargeWatts = upsChargeWatts * min(1, (1-u.Charge)*10+0.02)
			if sec > 0 {
				u.ChargeWatts = min(u.ChargeWatts, gap/sec)
			}
		}
		u.InputWatts = watts/upsEfficiency + u.ChargeWatts
	case UPSBypass:
		u.InputWatts = watts
	case UPSBattery:
		u.ChargeWatts = -watts / upsEfficiency
	}
	u.Charge = min(1, max(0, u.Charge+u.ChargeWatts*sec/UPSBatteryJoules))
	heat := 24.0
	if u.ChargeWatts != 0 {
		heat = 24 + 6*min(1, max(u.ChargeWatts, -u.ChargeWatts)/20e3)
	}
	u.BatteryC += (heat - u.BatteryC) * approach(sec, 900)
}
