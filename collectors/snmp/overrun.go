package snmp

import (
	"time"

	"nezuban/collectors"
	"nezuban/internal/facility"
)

// An overrun follows whether a device manages its rounds within its interval. One
// that again and again does not is asked half as often, and says so; its next
// discovery gives it another try.
type overrun struct {
	weight int
	factor time.Duration // by which its intervals are longer; 0 counts as 1
}

// Rounds of different classes differ in length: the long ones, every third by
// default, must weigh more than the short ones between them.
const (
	overranWeight = 3
	overrunAt     = 3 * overranWeight
	mostStretch   = 8
)

// note takes a round that was finished, or broken off for want of time; true says
// that the interval has just become longer.
func (o *overrun) note(overran bool) (longer bool) {
	if !overran {
		o.weight = max(0, o.weight-1)
		return false
	}
	if o.weight += overranWeight; o.weight < overrunAt || o.by() >= mostStretch {
		return false
	}
	o.weight, o.factor = 0, 2*o.by()
	return true
}

func (o *overrun) by() time.Duration { return max(1, o.factor) }

// stretch are the intervals that the device manages.
func (o *overrun) stretch(i collectors.Intervals) collectors.Intervals {
	if o.by() == 1 {
		return i
	}
	return collectors.Intervals{Fast: i.Of(facility.Fast) * o.by(), Normal: i.Of(facility.Normal) * o.by(), Slow: i.Of(facility.Slow) * o.by()}
}

// manages notes whether the device finished what it answered in time.
func (d *device) manages(overran bool) {
	if d.overrun.note(overran) {
		d.slowDown()
	}
}

// slowDown makes the device's points known with the interval that it manages, so
// that they do not count as stale in between.
func (d *device) slowDown() {
	asked := d.t.Intervals.Of(facility.Fast)
	d.log.Warn("device does not finish its rounds in time and is asked less often", "asked", asked.String(), "manages", d.interval().String())
	for i := range d.plan.points {
		p := &d.plan.points[i]
		p.Interval = d.overrun.stretch(d.t.Intervals).Of(p.Class)
	}
	d.sendPoints = true
}
