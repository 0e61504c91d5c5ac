package alarm

import (
	"cmp"
	"math"
	"slices"
	"time"

	"nezuban/internal/facility"
)

// NuisanceKind is how an alarm wears people out.
type NuisanceKind string

const (
	Chattering NuisanceKind = "chattering" // on three times within a minute
	Fleeting   NuisanceKind = "fleeting"   // gone before anybody could act
	StaleAlarm NuisanceKind = "stale"      // annunciated without a break for more than a day
)

const (
	chatterTimes   = 3
	chatterWindow  = 60 * time.Second
	chatterQuiet   = 10 * time.Minute // without a change: it has stopped
	fleetingBelow  = 10 * time.Second
	staleAfter     = 24 * time.Hour
	remembered     = 24 * time.Hour // a bad actor stays listed
	forgetEvery    = 5 * time.Second
	maxTracks      = 10_000
	proposalStep   = 5 * time.Second
	longestDelay   = 10 * time.Minute
	proposalMargin = 1.25
)

// A Nuisance is an alarm that tells too often, too briefly or for too long.
type Nuisance struct {
	Kind     NuisanceKind
	Rule     string
	Device   facility.DeviceID
	Point    facility.PointID
	Name     facility.Text
	Count    int       // times it went on while it chattered, or fled; 1 of a stale one
	Since    time.Time // first of them
	Last     time.Time // latest of them; of a stale one as Since
	Now      bool      // it chatters still; of a stale one always
	Proposal Proposal
}

// A Proposal is a changed delay or deadband that would have kept a nuisance
// quiet. It is never applied by the program, and none is made for life safety.
type Proposal struct {
	OnDelay  time.Duration // 0 none
	OffDelay time.Duration // 0 none
	Deadband float64       // 0 none; in the base unit
}

// spell is how often something happened, and when.
type spell struct {
	count       int
	first, last time.Time
}

func (s *spell) add(n int, first, last time.Time) {
	if s.count == 0 {
		s.first = first
	}
	s.count, s.last = s.count+n, last
}

// track is what is remembered of one alarm's coming and going.
type track struct {
	key   standingKey
	name  facility.Text
	class Class

	ons   [chatterTimes]onTime // the latest times it went on, a ring
	n     int                  // of ons ever
	on    bool
	offAt time.Duration
	last  time.Duration // latest change

	chatters     bool
	chatter      spell
	gap          time.Duration // the longest time off between two times on within a minute
	overshoot    float64       // the farthest it came back beyond its limit
	fleeting     spell
	longestFleet time.Duration
}

type onTime struct {
	mono time.Duration
	wall time.Time
}

func (m *Meter) track(e Event, mono time.Duration) {
	key := standingKey{e.Rule, e.Device, e.Point}
	t := m.tracks[key]
	if t == nil {
		if len(m.tracks) >= maxTracks {
			m.evict()
		}
		t = &track{key: key}
		m.tracks[key] = t
	}
	t.name, t.class, t.last = e.Name, e.Class, mono
	if e.Kind == Returned {
		t.wentOff(e, mono)
		return
	}
	t.wentOn(onTime{mono, e.At})
}

func (t *track) wentOn(now onTime) {
	if gap := now.mono - t.offAt; t.n > 0 && !t.on && gap <= chatterWindow {
		t.gap = max(t.gap, gap)
	}
	t.ons[t.n%chatterTimes] = now
	t.n++
	t.on = true
	oldest := t.ons[t.n%chatterTimes] // once the ring is full
	switch {
	case t.chatters:
		t.chatter.add(1, now.wall, now.wall)
	case t.n >= chatterTimes && now.mono-oldest.mono <= chatterWindow:
		t.chatters = true
		t.chatter.add(chatterTimes, oldest.wall, now.wall)
	}
}

func (t *track) wentOff(e Event, mono time.Duration) {
	if !t.on {
		return
	}
	t.on, t.offAt = false, mono
	if e.HasLimit && e.HasValue {
		t.overshoot = max(t.overshoot, math.Abs(e.Value-e.Limit))
	}
	if d := mono - t.ons[(t.n-1)%chatterTimes].mono; d < fleetingBelow {
		t.fleeting.add(1, e.At, e.At)
		t.longestFleet = max(t.longestFleet, d)
	}
}

// evict makes room: a quarter of what changed longest ago, the quiet ones first.
func (m *Meter) evict() {
	list := make([]*track, 0, len(m.tracks))
	for _, t := range m.tracks {
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b *track) int {
		return cmp.Or(
			cmp.Compare(btoi(a.chatter.count+a.fleeting.count > 0), btoi(b.chatter.count+b.fleeting.count > 0)),
			cmp.Compare(a.last, b.last), a.key.compare(b.key),
		)
	})
	for _, t := range list[:len(list)/4+1] {
		delete(m.tracks, t.key)
	}
}

func (k standingKey) compare(o standingKey) int {
	return cmp.Or(cmp.Compare(k.rule, o.rule), cmp.Compare(k.device, o.device), cmp.Compare(k.point, o.point))
}

// forget ends what has become quiet, and drops what is a day old. It looks every
// few seconds only.
func (m *Meter) forget() {
	if m.mono-m.swept < forgetEvery {
		return
	}
	m.swept = m.mono
	for key, t := range m.tracks {
		if m.mono-t.last > chatterQuiet {
			t.chatters = false
		}
		if m.mono-t.last > remembered {
			delete(m.tracks, key)
		}
	}
}

// Chatters reports whether an alarm chatters now: annunciate it once, and show
// the times. It is never so for life safety.
func (m *Meter) Chatters(rule string, device facility.DeviceID, point facility.PointID) bool {
	t := m.tracks[standingKey{rule, device, point}]
	return t != nil && t.chatters && t.class != LifeSafety
}

// Nuisances lists what wears people out: chattering and fleeting alarms of the
// last day, and what of standing is stale at now; those that chatter still
// first, then by kind, the most frequent first.
func (m *Meter) Nuisances(standing []Occurrence, device func(facility.DeviceID) facility.Attributes, now time.Time) []Nuisance {
	var list []Nuisance
	for _, t := range m.tracks {
		list = append(list, t.nuisances()...)
	}
	for i := range standing {
		o := &standing[i]
		if !o.StaleAt(now) {
			continue
		}
		var attrs facility.Attributes
		if device != nil {
			attrs = device(o.Device)
		}
		if m.filter.Match(o.Attributes(attrs)) {
			list = append(list, Nuisance{
				Kind: StaleAlarm, Rule: o.Rule, Device: o.Device, Point: o.Point, Name: o.Name,
				Count: 1, Since: o.OnAt, Last: o.OnAt, Now: true,
			})
		}
	}
	slices.SortFunc(list, func(a, b Nuisance) int {
		return cmp.Or(
			cmp.Compare(btoi(b.Now && b.Kind == Chattering), btoi(a.Now && a.Kind == Chattering)),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.Count, a.Count), a.Since.Compare(b.Since),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Device, b.Device), cmp.Compare(a.Point, b.Point),
		)
	})
	return list
}

// StaleAt reports whether an alarm has been annunciated without a break for more
// than a day: its condition is on, and nothing holds it back.
func (o Occurrence) StaleAt(now time.Time) bool {
	return o.Active && !o.IsSuppressed() && now.Sub(o.OnAt) > staleAfter
}

func (t *track) nuisances() []Nuisance {
	base := Nuisance{Rule: t.key.rule, Device: t.key.device, Point: t.key.point, Name: t.name}
	var list []Nuisance
	if t.chatter.count > 0 {
		n := base
		n.Kind, n.Count, n.Since, n.Last, n.Now = Chattering, t.chatter.count, t.chatter.first, t.chatter.last, t.chatters
		if t.class != LifeSafety {
			n.Proposal = Proposal{OffDelay: delayFor(t.gap), Deadband: t.overshoot * proposalMargin}
		}
		list = append(list, n)
	}
	if t.fleeting.count > 0 {
		n := base
		n.Kind, n.Count, n.Since, n.Last = Fleeting, t.fleeting.count, t.fleeting.first, t.fleeting.last
		if t.class != LifeSafety {
			n.Proposal.OnDelay = delayFor(t.longestFleet)
		}
		list = append(list, n)
	}
	return list
}

// delayFor is the least whole step that is longer than d.
func delayFor(d time.Duration) time.Duration {
	return min((d/proposalStep+1)*proposalStep, longestDelay)
}
