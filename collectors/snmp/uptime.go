package snmp

import "time"

// uptime follows a device's sysUpTime (SNMPv2-MIB: hundredths of a second in 32
// bits, zero after 497.1 days) to tell a restart from a wrap.
type uptime struct {
	slack time.Duration // what polling itself may add between two looks, on our clock
	known bool
	ticks uint32        // last seen
	mono  time.Duration // when, on our monotonic clock
}

// observe takes a new value and reports whether the agent restarted in between.
func (u *uptime) observe(ticks uint32, mono time.Duration) (restarted bool) {
	before := *u
	*u = uptime{slack: u.slack, known: true, ticks: ticks, mono: mono}
	if !before.known {
		return false
	}
	elapsed := mono - before.mono
	tolerance := max(5*time.Second, elapsed/50, before.slack)
	expected := time.Duration(before.ticks)*10*time.Millisecond + elapsed
	got := time.Duration(ticks) * 10 * time.Millisecond
	const wrap = (1 << 32) * 10 * time.Millisecond
	near := func(want time.Duration) bool { d := got - want; return -tolerance <= d && d <= tolerance }
	switch {
	case near(expected), near(expected - wrap):
		return false
	case ticks < before.ticks:
		return true
	}
	return got < expected-tolerance // higher than before, yet far under: a restart during an outage
}
