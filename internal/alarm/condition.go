package alarm

import (
	"slices"
	"time"

	"nezuban/internal/facility"
)

// A Sample is what one poll brought for one point.
type Sample struct {
	Tick   facility.Tick
	Value  float64        // base unit; for states the device's own integer
	Known  bool           // false: no answer
	State  facility.State // the profile's entry for Value; zero where the metric is no state or the profile has no such value
	MaxAge time.Duration  // of the point; 0: unknown

	// Point is what was polled: the metric and labels by which a deviation rule
	// finds its reference. nil for rules that need none.
	Point *facility.Point
}

// pending is the change that a delay is holding back.
type pending uint8

const (
	none pending = iota
	towardsOn
	towardsOff
)

// A Condition is what is known of one rule at one point. The zero value is
// "off, nothing seen".
type Condition struct {
	Active bool
	Level  string // while Active: the gravest level annunciated; "" otherwise

	held    string // the level in which the deadband holds the value; "" within limits
	rank    int    // of Level
	pending pending
	since   time.Duration // start of the pending change, on the time line of the samples
	last    time.Duration // latest known sample
	seen    bool
	window  []moment // rate rules: the samples of the window, oldest first; never modified once set
}

// Seen reports whether the condition rests on at least one known sample.
func (c Condition) Seen() bool { return c.seen }

// Resume returns the condition that belongs to an occurrence that stands, for a
// program that starts anew. states is the point's enumeration.
func (r *Rule) Resume(o Occurrence, states []facility.State) Condition {
	if !o.Active {
		return Condition{}
	}
	c := Condition{Active: true, Level: o.Level}
	switch r.Type {
	case Limit, Deviation, Rate:
		c.held, c.rank = o.Level, limitRank(o.Level)
	case Calculated:
		c.held, c.rank = LevelTrue, 1
	case State:
		c.held = o.Level
		for _, s := range states {
			if s.Name == o.Level {
				c.rank = stateRank(s)
			}
		}
	case NoData:
		c.held, c.rank = LevelNoData, 1
	}
	return c
}

// Next returns the condition after one more sample of the point, and the change
// where there is one; who calls adds where (Change.Locate). It is for limit and
// state rules, and for event rules, which have the fields of one of the two;
// every other rule is left as it is.
func (r *Rule) Next(c Condition, s Sample) (Condition, *Change) {
	kind := r.judgedBy()
	if kind != Limit && kind != State || !s.Known {
		return c, nil
	}
	level, rank, limit := "", 0, (*float64)(nil)
	if !c.Active {
		c.held = "" // the deadband holds what was raised, not what may be
	}
	if kind == Limit {
		level, limit = r.limitLevel(c.held, s.Value)
		rank = limitRank(level)
	} else {
		var judged bool
		if level, judged = r.stateLevel(s.State); !judged {
			return c, nil
		}
		if level != "" {
			rank = stateRank(s.State)
		}
	}
	if kind == Limit && level == "" && c.Active {
		limit = r.limitOf(c.Level)
	}
	at := time.Duration(s.Tick) * time.Second
	before := c
	c, changed := r.step(c, level, rank, at, s.MaxAge)
	if !changed {
		return c, nil
	}
	ch := r.change(before, c, s.Tick.Time())
	ch.Value, ch.HasValue = s.Value, true
	if limit != nil {
		ch.Limit, ch.HasLimit = *limit, true
	}
	return c, ch
}

// judgedBy is the type whose fields decide: an event rule has a limit's or a
// state's.
func (r *Rule) judgedBy() Type {
	switch {
	case r.Type != EventOnly:
		return r.Type
	case len(r.limits()) > 0:
		return Limit
	}
	return State
}

// An Age is what the passing of time alone says of a point or a device.
type Age struct {
	At   time.Time     // wall clock, for the stamp of a change
	Mono time.Duration // monotonic clock, for the delays
	Old  bool          // no reading within the maximum age, or the device is unreachable
}

// NextAge is Next for no_data rules, called whenever time has passed or data has
// come.
func (r *Rule) NextAge(c Condition, a Age) (Condition, *Change) {
	if r.Type != NoData {
		return c, nil
	}
	level, rank := "", 0
	if a.Old {
		level, rank = LevelNoData, 1
	}
	before := c
	c, changed := r.step(c, level, rank, a.Mono, 0)
	if !changed {
		return c, nil
	}
	return c, r.change(before, c, a.At)
}

// step applies the delays: level is what the value alone says now.
func (r *Rule) step(c Condition, level string, rank int, at, maxAge time.Duration) (Condition, bool) {
	gap := c.seen && maxAge > 0 && at-c.last > maxAge
	c.held, c.last, c.seen = level, at, true
	want, delay := none, time.Duration(0)
	switch {
	case level == "" && c.Active:
		want, delay = towardsOff, r.OffDelay
	case level != "" && (!c.Active || graver(c.rank, rank)):
		want, delay = towardsOn, r.OnDelay
	}
	if want == none {
		c.pending = none
		return c, false
	}
	if r.FireAlarm {
		delay = 0
	}
	// Unknown time never helps an alarm to clear, and a clock that went back
	// starts the delay again.
	if c.pending != want || at < c.since || want == towardsOff && gap {
		c.pending, c.since = want, at
	}
	if at-c.since < delay {
		return c, false
	}
	c.pending = none
	c.Active, c.Level, c.rank = want == towardsOn, level, rank
	return c, true
}

func (r *Rule) change(before, after Condition, at time.Time) *Change {
	ch := &Change{Rule: r, Active: after.Active, At: at.UTC(), Level: after.Level}
	if after.Active {
		ch.Realarm = before.Active
	} else {
		ch.Level = before.Level
	}
	return ch
}

// limitLevel is the level of a value: beyond a limit by anything at all, and, in
// a level already, not yet back by the whole deadband.
func (r *Rule) limitLevel(held string, v float64) (string, *float64) {
	above := func(limit *float64, levels ...string) bool {
		return limit != nil && (v > *limit || slices.Contains(levels, held) && v > *limit-r.Deadband)
	}
	below := func(limit *float64, levels ...string) bool {
		return limit != nil && (v < *limit || slices.Contains(levels, held) && v < *limit+r.Deadband)
	}
	switch {
	case above(r.HighHigh, "high_high"):
		return "high_high", r.HighHigh
	case below(r.LowLow, "low_low"):
		return "low_low", r.LowLow
	case above(r.High, "high", "high_high"):
		return "high", r.High
	case below(r.Low, "low", "low_low"):
		return "low", r.Low
	}
	return "", nil
}

func (r *Rule) limitOf(level string) *float64 {
	switch level {
	case "high_high":
		return r.HighHigh
	case "high":
		return r.High
	case "low":
		return r.Low
	case "low_low":
		return r.LowLow
	}
	return nil
}

func limitRank(level string) int {
	switch level {
	case "high":
		return 1
	case "high_high":
		return 2
	case "low":
		return -1
	case "low_low":
		return -2
	}
	return 0
}

// stateLevel is the name of an abnormal state, "" for a normal one. It judges
// nothing where the profile cannot name the state, or names it as unknown and
// the rule does not list it.
func (r *Rule) stateLevel(s facility.State) (level string, judged bool) {
	switch {
	case s.Name == "":
		return "", false
	case slices.Contains(r.States, s.Name):
		return s.Name, true
	case s.Severity == facility.SeverityUnknown:
		return "", false
	case len(r.States) == 0 && s.Severity >= r.MinSeverity && r.MinSeverity > 0:
		return s.Name, true
	}
	return "", true
}

func stateRank(s facility.State) int { return int(s.Severity) + 1 }

// graver reports whether a level of rank b is news to somebody who knows rank a:
// farther out on the same side, or on the other side.
func graver(a, b int) bool {
	if a*b < 0 {
		return true
	}
	return max(b, -b) > max(a, -a)
}

// WholeDevice reports whether a no_data rule watches devices, not points: its
// selector speaks of nothing that only a point has.
func (r *Rule) WholeDevice() bool {
	if r.Type != NoData {
		return false
	}
	for _, key := range selectorKeys(r.Select) {
		if key == "metric" || key == "zone" || len(key) > 6 && key[:6] == "label." {
			return false
		}
	}
	return true
}
