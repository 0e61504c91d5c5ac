package snmp

import (
	"time"

	"nezuban/collectors"
	"nezuban/internal/facility"
)

// classes is a set of poll classes.
type classes uint8

const allClasses = classes(1<<facility.Fast | 1<<facility.Normal | 1<<facility.Slow)

func classOf(c facility.Class) classes { return 1 << c }

func (s classes) has(c facility.Class) bool { return s&classOf(c) != 0 }

// schedule is when the classes of one device are due. It holds no state.
type schedule struct {
	id        facility.DeviceID
	intervals collectors.Intervals
	present   classes // classes that have points; 0 counts as Fast
}

// fastest is the shortest interval in use.
func (s schedule) fastest() time.Duration {
	shortest := time.Duration(0)
	for _, c := range []facility.Class{facility.Fast, facility.Normal, facility.Slow} {
		if d := s.intervals.Of(c); s.uses(c) && (shortest == 0 || d < shortest) {
			shortest = d
		}
	}
	return shortest
}

func (s schedule) uses(c facility.Class) bool {
	return s.present.has(c) || s.present == 0 && c == facility.Fast
}

// next returns the first moment after since at which a class is due, and all
// classes due then. Its tick is later than since's.
func (s schedule) next(since time.Time) (at time.Time, due classes) {
	for _, c := range []facility.Class{facility.Fast, facility.Normal, facility.Slow} {
		if !s.uses(c) {
			continue
		}
		interval := s.intervals.Of(c)
		t := collectors.NextDue(since, s.id, interval)
		for facility.TickOf(t) <= facility.TickOf(since) {
			t = collectors.NextDue(t, s.id, interval)
		}
		switch {
		case due == 0 || t.Before(at):
			at, due = t, classOf(c)
		case t.Equal(at):
			due |= classOf(c)
		}
	}
	return at, due
}

// maxBackoff is the longest distance between two probes of an unreachable device.
const maxBackoff = 60 * time.Second

// backoff is the distance to the next probe after n probes without an answer.
func backoff(interval time.Duration, n int) time.Duration {
	d := interval
	for ; n > 0 && d < maxBackoff; n-- {
		d *= 2
	}
	return max(min(d, maxBackoff), interval)
}
