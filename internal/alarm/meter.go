package alarm

import (
	"time"

	"nezuban/internal/facility"
)

// The marks of a flood at one operator position (ISA-18.2): it begins above the
// first number of annunciations in ten minutes and ends below the second.
const (
	floodWindow = 10 * time.Minute
	floodEnters = 10
	floodLeaves = 5
)

// A Meter counts what one operator position has to bear: annunciations in the
// last ten minutes, floods, and which alarms chatter or flee. It counts on a
// monotonic clock that the caller passes, so a step of the wall clock changes
// nothing; wall times are for people. Its memory is bounded. It is not safe for
// concurrent use.
type Meter struct {
	filter  facility.Selector
	seconds [int(floodWindow / time.Second)]struct {
		second int64
		n      int
	}
	flood  bool
	since  time.Time
	tracks map[standingKey]*track
	mono   time.Duration // the latest that was passed
	swept  time.Duration
}

// NewMeter returns a Meter of the position whose alarms the filter matches.
func NewMeter(filter facility.Selector) *Meter {
	return &Meter{filter: filter, tracks: map[standingKey]*track{}}
}

// A FloodChange is the begin or the end of a flood.
type FloodChange struct {
	Begins bool
	At     time.Time
	Rate   int // annunciations in the last ten minutes
}

// Add counts one event as it happens. o is the occurrence after the event, for
// the filter; device are the attributes of its device, nil where unknown. What a
// suppression held back is no annunciation, yet it chatters all the same.
func (m *Meter) Add(e Event, o Occurrence, device facility.Attributes, mono time.Duration) {
	if !m.filter.Match(o.Attributes(device)) {
		return
	}
	mono = m.advance(mono)
	if e.annunciates() && e.Held == "" {
		s := &m.seconds[int(mono/time.Second)%len(m.seconds)]
		if now := int64(mono / time.Second); s.second != now {
			s.second, s.n = now, 0
		}
		s.n++
	}
	switch e.Kind {
	case Raised, CameBack, Returned:
		m.track(e, mono)
	}
}

// advance keeps the time line from going back.
func (m *Meter) advance(mono time.Duration) time.Duration {
	m.mono = max(m.mono, mono)
	return m.mono
}

// Rate is the number of annunciations in the last ten minutes, to the second.
func (m *Meter) Rate(mono time.Duration) int {
	now := int64(m.advance(mono) / time.Second)
	n := 0
	for i := range m.seconds {
		if s := &m.seconds[i]; s.n > 0 && now-s.second < int64(len(m.seconds)) {
			n += s.n
		}
	}
	return n
}

// Tick lets time pass, after every event and at least every few seconds. It
// returns the begin or end of a flood, nil where neither happened.
func (m *Meter) Tick(mono time.Duration, wall time.Time) *FloodChange {
	rate := m.Rate(mono)
	m.forget()
	switch {
	case !m.flood && rate > floodEnters:
		m.flood, m.since = true, wall.UTC()
		return &FloodChange{Begins: true, At: wall.UTC(), Rate: rate}
	case m.flood && rate < floodLeaves:
		m.flood, m.since = false, time.Time{}
		return &FloodChange{At: wall.UTC(), Rate: rate}
	}
	return nil
}

// Flood reports whether the position is in a flood since the last Tick, and
// since when.
func (m *Meter) Flood() (active bool, since time.Time) { return m.flood, m.since }

// Tracked is how many alarms are remembered for chattering and fleeing.
func (m *Meter) Tracked() int { return len(m.tracks) }
