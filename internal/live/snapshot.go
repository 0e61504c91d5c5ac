package live

import (
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/topology"
	"nezuban/internal/topology/cooling"
	"nezuban/internal/topology/fire"
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

	Devices  []*DeviceView          // sorted by id; those of the models too, see IsModel
	Standing []alarm.Occurrence     // every alarm that is not NORM, gravest first: priority, unacknowledged before acknowledged, oldest last
	Rules    map[string]*alarm.Rule // guidance for the standing alarms; shared, read only
	Targets  []sla.Result

	ReadingsTotal uint64
	Points        int
	OldestSample  time.Time // oldest last-good stamp among points that are not stale
	RatePer10Min  int       // annunciations in the last 10 min, at the busiest position
	Stores        Stores

	// Unwatched are the ids of standing alarms that nothing evaluates any more: the
	// rule, the device or the point is gone. They never clear by themselves.
	Unwatched map[string]bool

	// What the alarms are worth together: functions of Standing and of the facility's
	// models, made anew with every snapshot that changes them.
	Grouping     alarm.Grouping
	Suppressions []alarm.Suppression // in force, waiting, and those over for less than 24 h; newest first
	Floods       []Flood             // one for each operator position
	Nuisances    []Nuisance          // chattering, fleeting and stale ones, the worst first
	Happenings   []Happening         // the latest events that are no alarms, newest first
	Positions    []duty.Position

	Power   *topology.Result // nil: no oneline.yaml
	Graph   *topology.Graph  // of Power; shared, read only
	Inputs  topology.Inputs  // that Power was made of, for a what-if; read only
	Fire    *fire.Status     // nil: no fire.yaml
	Cooling *cooling.Status  // nil: no cooling.yaml
	Notify  NotifyStatus

	ClockSteps    uint64        // steps of our own clock since the program started
	LastClockStep time.Time     // zero: none
	ClockStepBy   time.Duration // of the last one; negative: back
}

// A Flood is how busy one operator position is.
type Flood struct {
	Position string
	Rate     int       // annunciations in the last ten minutes
	Active   bool      // entered above 10, not yet below 5
	Since    time.Time // zero: no flood
	Deferred int       // P3 and P4 lines held behind the counter
}

// A Nuisance is an alarm that tells too often, too briefly or for too long.
type Nuisance struct {
	Kind     string // "chattering", "fleeting", "stale"
	Rule     string
	Device   facility.DeviceID
	Point    facility.PointID
	Name     facility.Text
	Count    int       // annunciations or changes in the window
	Since    time.Time // first of them
	Last     time.Time
	Proposal Proposal // never applied by the program
}

// A Proposal is a changed delay or deadband that would have kept a nuisance
// quiet.
type Proposal struct {
	OffDelay time.Duration // 0 none
	OnDelay  time.Duration
	Deadband float64 // 0 none
}

// A Happening is one event that is no alarm: a rule of type event went on or off.
type Happening struct {
	Rule   string
	At     time.Time
	Device facility.DeviceID
	Point  facility.PointID
	Name   facility.Text
	Level  string
	On     bool
}

// NotifyStatus is how messages to people get out.
type NotifyStatus struct {
	Configured bool
	Waiting    int // due and not sent yet
	Failed     int // refused for good in the last 24 h
	Channels   []ChannelStatus
}

// ChannelStatus of one way out.
type ChannelStatus struct {
	Name      string
	Failing   bool
	Since     time.Time // failing since
	LastSent  time.Time
	LastError string
	NextTry   time.Time
	Waiting   int
	Heartbeat bool // a dead-man heartbeat, not a channel for notices
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
	Stopped Reach = "stopped" // a person has stopped its polling for a while
)

// A DeviceView is one device as of a snapshot.
type DeviceView struct {
	Device   facility.Device
	Identity facility.Identity
	Health   facility.Health
	Refused  map[string]uint64 // by the guard, by cause, besides Health.Refused
	points   *pointViews       // nil: none

	Stop *alarm.Suppression // the polling stop in force; nil: it is polled
}

// A PointView is one point as of a snapshot.
type PointView struct {
	Point       *facility.Point
	Value       float64       // last good value
	LastGood    facility.Tick // 0: never
	LastTick    facility.Tick // last reading of any quality
	MaxAge      time.Duration
	Low, High   *float64 // limits of the rules that watch it, nearest to normal; nil none
	LastQuality facility.Quality
	Vanished    bool // the device does not list it any more; kept for alarms and targets until the next reload
}

// IsModel reports whether the points are results of one of the facility's models:
// nothing is polled, and nothing can fail to answer.
func (d *DeviceView) IsModel() bool { return d.Device.Engine == "model" }

// SharesEngineID lists the other devices that name the same SNMPv3 engine as d:
// a cloned image, or two addresses of one device. Their time windows and keys get
// in each other's way, and a trap of one may be taken for the other's.
func SharesEngineID(all []*DeviceView, d *DeviceView) []facility.DeviceID {
	if d.Identity.EngineID == "" {
		return nil
	}
	var out []facility.DeviceID
	for _, x := range all {
		if x.Identity.EngineID == d.Identity.EngineID && x.Device.ID != d.Device.ID {
			out = append(out, x.Device.ID)
		}
	}
	return out
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
	case d.Stop != nil:
		return Stopped
	case h.Rounds == 0:
		return Unknown
	case h.ConsecFailed >= 2 || h.LastAnswer.IsZero():
		return Down
	case h.ConsecFailed == 1:
		return Late
	}
	if d.anyStale(now) {
		return Late
	}
	return Up
}
