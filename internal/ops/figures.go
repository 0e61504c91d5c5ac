package ops

import (
	"context"
	"slices"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/internal/records"
)

// A desk is what one operator position has to bear.
type desk struct {
	position duty.Position
	meter    *alarm.Meter
}

// arrange follows the positions of the configuration. A position that keeps its
// filter keeps its counts. The caller holds mu.
func (s *Service) arrange(positions []duty.Position) {
	var desks []*desk
	for _, p := range positions {
		i := slices.IndexFunc(s.desks, func(d *desk) bool {
			return d.position.ID == p.ID && d.position.Filter.String() == p.Filter.String()
		})
		d := &desk{position: p}
		if i >= 0 {
			d.meter = s.desks[i].meter
		} else {
			d.meter = alarm.NewMeter(p.Filter)
		}
		desks = append(desks, d)
	}
	s.desks = desks
}

// pace lets time pass at every position and notes begins and ends of floods. The
// caller holds mu.
func (s *Service) pace(now time.Time) (items []*item) {
	for _, d := range s.desks {
		change := d.meter.Tick(s.clock.Mono(), now)
		if change == nil {
			continue
		}
		action := "flood.end"
		if change.Begins {
			action = "flood.begin"
		}
		items = append(items, &item{at: now, note: &note{duty.Actor{Kind: "system", ID: "ops"}, action, d.position.ID,
			map[string]any{"rate_per_10min": change.Rate, "at": change.At.Format(time.RFC3339)}}})
	}
	return items
}

// count asks the outbox how it does, for Figures.
func (s *Service) count(ctx context.Context, now time.Time) {
	c, err := s.store.CountNotices(ctx, now.Add(-overShown))
	positions := s.o.Positions()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.arrange(positions)
	if err != nil {
		s.log.Debug("count notices", "err", err)
		return
	}
	s.counts = c
	s.metrics.notices.WithLabelValues(string(duty.NoticeDue)).Set(float64(c.Waiting))
	s.metrics.notices.WithLabelValues(string(duty.NoticeFailed)).Set(float64(c.Failed))
}

// Figures are what the alarms are worth together: suppressions with what they
// cover and have held back, floods and nuisances of every position, the latest
// events that are no alarms, and the outbox as of the last second. How the
// channels do, who sends knows better.
func (s *Service) Figures() live.Figures {
	now, mono := s.clock.Now(), s.clock.Mono()
	s.mu.Lock()
	defer s.mu.Unlock()
	standing := s.standing()
	f := live.Figures{
		Suppressions: s.sups.List(standing, now.Add(-overShown)),
		Notify:       notifyStatus(s.counts),
	}
	_, nobody := s.o.Planner.(nobody)
	f.Notify.Configured = !nobody
	for i := len(s.happenings) - 1; i >= 0; i-- {
		f.Happenings = append(f.Happenings, s.happenings[i])
	}
	seen := map[nuisanceKey]bool{}
	for _, d := range s.desks {
		f.Positions = append(f.Positions, d.position)
		active, since := d.meter.Flood()
		flood := live.Flood{Position: d.position.ID, Rate: d.meter.Rate(mono), Active: active, Since: since}
		if active {
			flood.Deferred = s.behindTheCounter(standing, d.position)
		}
		f.Floods = append(f.Floods, flood)
		for _, n := range d.meter.Nuisances(standing, s.o.Attributes, now) {
			if k := (nuisanceKey{n.Kind, n.Rule, n.Device, n.Point}); !seen[k] {
				seen[k] = true
				f.Nuisances = append(f.Nuisances, live.Nuisance{
					Kind: string(n.Kind), Rule: n.Rule, Device: n.Device, Point: n.Point, Name: n.Name, Count: n.Count,
					Since: n.Since, Last: n.Last, Proposal: live.Proposal{OnDelay: n.Proposal.OnDelay, OffDelay: n.Proposal.OffDelay, Deadband: n.Proposal.Deadband},
				})
			}
		}
	}
	return f
}

type nuisanceKey struct {
	kind   alarm.NuisanceKind
	rule   string
	device facility.DeviceID
	point  facility.PointID
}

// behindTheCounter is how many lines a flood keeps off a position's screen. The
// caller holds mu.
func (s *Service) behindTheCounter(standing []alarm.Occurrence, p duty.Position) (n int) {
	var g alarm.Grouping
	if s.grouped != nil {
		g = *s.grouped
	}
	for _, o := range standing {
		if p.Filter.Match(o.Attributes(s.device(o))) && alarm.Place(o, g, true) == alarm.Deferred {
			n++
		}
	}
	return n
}

func notifyStatus(c records.NoticeCounts) live.NotifyStatus {
	f := live.NotifyStatus{Waiting: c.Waiting, Failed: c.Failed}
	for _, channel := range c.Channels {
		f.Channels = append(f.Channels, live.ChannelStatus{Name: channel.Channel, Waiting: channel.Waiting})
	}
	return f
}
