package snmp

import (
	"testing"
	"time"

	"nezuban/internal/facility"
)

// A device whose two requests together take longer than its interval is asked
// half as often once that is clear, and its points say so.
func TestDeviceThatCannotFinishIsAskedLessOften(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t, ups()...), newMailbox()
	running20(t, box, a.target("u"))
	_, n := box.until(t, "the first batch", 0, good(sourceID, 3))
	a.change(func(a *agent) { a.maxVars = 2 }) // several requests from now on …
	_, n = box.until(t, "a round in small requests", n, good(chargeID, 1))
	a.change(func(a *agent) { a.delay = 140 * time.Millisecond }) // … each within its time-out, but not all in 450 ms
	b, _ := box.until(t, "a longer interval", n, func(b facility.Batch) bool { return b.Health.Interval > 10*time.Second })
	if b.Health.Interval != 20*time.Second || b.Points == nil || b.Points[0].Interval < 20*time.Second {
		t.Errorf("interval %v, points %+v; want 20 s, said with the points", b.Health.Interval, b.Points)
	}
}

func TestOverrun(t *testing.T) {
	var o overrun
	for i, overran := range []bool{true, true, false, false, false} {
		if o.note(overran) {
			t.Errorf("round %d made the interval longer", i)
		}
	}
	if o.note(true) || !o.note(true) || o.by() != 2 {
		t.Errorf("factor %d, want 2 once it happens again", o.by())
	}
	for i := range 100 { // only the long rounds, every third
		o.note(i%3 == 0)
	}
	if o.by() != mostStretch {
		t.Errorf("factor %d, want the longest, and no more than %d", o.by(), mostStretch)
	}
	o = overrun{}
	for i := range 100 { // now and then
		o.note(i%10 == 0)
	}
	if o.by() != 1 {
		t.Errorf("factor %d for one round in ten", o.by())
	}
}
