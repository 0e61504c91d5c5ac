package live

import (
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/sla"
)

// A Snapshot is everything a console draws, immutable, numbered. Consoles pull
// it; nobody pushes.
type Snapshot struct {
	Number  uint64
	At      time.Time // when it was made, our clock, UTC
	Version string
	Started time.Time
	Site    facility.Site

	Devices  []*DeviceView          // sorted by id
	Standing []alarm.Occurrence     // every alarm that is not NORM, gravest first: priority, unacknowledged before acknowledged, oldest last
	Rules    map[string]*alarm.Rule // guidance for the standing alarms; shared, read only
	Targets  []sla.Result

	ReadingsTotal uint64
	Points        int
	OldestSample  time.Time // oldest last-good stamp among points that are not stale
	RatePer10Min  int       // annunciations in the last 10 min
	Stores        Stores

	// Unwatched are the ids of standing alarms that nothing evaluates any more: the
	// rule, the device or the point is gone. They never clear by themselves.
	Unwatched map[string]bool

	ClockSteps    uint64        // steps of our own clock since the program started
	LastClockStep time.Time     // zero: none
	ClockStepBy   time.Duration // of the last one; negative: back
}

// Stores is how the two stores do; shown on every console.
type Stores struct {
	History HistoryStatus
	Records RecordsStatus
}

// HistoryStatus of the history child or cluster.
type HistoryStatus struct {
	State          string // "ok", "starting", "down", "full"
	Detail         string // English sentence, "" when ok
	SamplesTotal   uint64 // accepted since the daemon started
	HeldSamples    int    // waiting in the daemon
	DroppedSamples uint64
}

// RecordsStatus of the records store.
type RecordsStatus struct {
	State   string // "ok", "read_only", "down"
	Detail  string
	Pending int // evaluator events waiting to be written
}

// Reach is whether a device answers.
type Reach string

const (
	Up      Reach = "up"      // answered its last round
	Down    Reach = "down"    // two or more rounds without an answer, or never answered
	Late    Reach = "stale"   // one failed round, or values past their age
	Unknown Reach = "unknown" // not polled yet
)

// A DeviceView is one device as of a snapshot.
type DeviceView struct {
	Device   facility.Device
	Identity facility.Identity
	Health   facility.Health
	Refused  map[string]uint64 // by the guard, by cause, besides Health.Refused
	Points   []PointView       // in the profile's order
}

// A PointView is one point as of a snapshot.
type PointView struct {
	Point       *facility.Point
	Value       float64       // last good value
	LastGood    facility.Tick // 0: never
	LastTick    facility.Tick // last reading of any quality
	LastQuality facility.Quality
	MaxAge      time.Duration
	Low, High   *float64 // limits of the rules that watch it, nearest to normal; nil none
	Vanished    bool     // the device does not list it any more; kept for alarms and targets until the next reload
}

// Freshness of the point at now.
func (p *PointView) Freshness(now time.Time) facility.Freshness {
	switch {
	case p.LastGood == 0:
		return facility.Never
	case now.Sub(p.LastGood.Time()) > p.MaxAge:
		return facility.Stale
	case p.LastQuality != facility.Good:
		return facility.NoAnswer
	}
	return facility.Fresh
}

// Reach of the device at now.
func (d *DeviceView) Reach(now time.Time) Reach {
	h := d.Health
	switch {
	case h.Rounds == 0:
		return Unknown
	case h.ConsecFailed >= 2 || h.LastAnswer.IsZero():
		return Down
	case h.ConsecFailed == 1:
		return Late
	}
	for i := range d.Points {
		if d.Points[i].Freshness(now) == facility.Stale {
			return Late
		}
	}
	return Up
}
