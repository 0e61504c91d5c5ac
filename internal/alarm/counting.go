package alarm

import (
	"cmp"
	"slices"
	"time"

	"nezuban/internal/facility"
)

// counting is one Measure at work.
type counting struct {
	period Period
	out    *Performance
	heard  []happening // every annunciation of the position, also those outside the spans
	ons    map[standingKey][]happening
	actors map[standingKey]*BadActor
	waits  [facility.P4 + 1][]time.Duration
}

func (c *counting) within(t time.Time) bool {
	return slices.ContainsFunc(c.period.Spans, func(s Span) bool { return s.has(t) })
}

func (c *counting) matches(e Event) bool {
	if c.period.Drill != nil && c.period.Drill(e.AlarmID) {
		return false
	}
	o := Occurrence{
		ID: e.AlarmID, Revision: e.Revision, Rule: e.Rule, Device: e.Device, Point: e.Point, Place: e.Place,
		Category: e.Category, Zone: e.Zone, Priority: e.Priority, Class: e.Class, Active: true,
	}
	var device facility.Attributes
	if c.period.Device != nil {
		device = c.period.Device(e.Device)
	}
	return c.period.Filter.Match(o.Attributes(device))
}

// course is where one occurrence is, while its events are gone through.
type course struct {
	on       bool
	onAt     time.Time // annunciated and on without a break since; zero: not
	onHeld   bool
	acked    bool
	waiting  time.Time // for an acknowledgement since; zero: not
	priority facility.Priority
}

func (c *counting) life(events []Event) {
	if !c.matches(events[0]) {
		return
	}
	var now course
	for _, e := range events {
		switch e.Kind {
		case Raised, CameBack, Realarmed:
			c.wentOn(&now, e)
		case Returned, Closed:
			c.wentOff(&now, e)
		case Acknowledged:
			c.acknowledged(&now, e)
		case Suppressed:
			c.stale(&now, e.AlarmID, e.At)
			now.onAt = time.Time{}
		case SuppressionEnded:
			if now.on && !now.onHeld {
				now.onAt = e.At
			}
		}
	}
	if n := len(c.period.Spans); now.on && n > 0 {
		c.stale(&now, events[0].AlarmID, c.period.Spans[n-1].To)
	}
}

func (c *counting) wentOn(now *course, e Event) {
	h := happening{e.At, e.AlarmID, standingKey{e.Rule, e.Device, e.Point}}
	if e.Kind != Realarmed || !now.on {
		now.on, now.onAt, now.onHeld = true, e.At, e.Held != ""
		if now.onHeld {
			now.onAt = time.Time{}
		}
		c.ons[h.key] = append(c.ons[h.key], h)
	}
	// A re-alarm is a change to UNACK only of what was acknowledged, or of what was
	// held back before.
	heard := e.Kind != Realarmed || now.acked || now.onHeld || e.Revision == 1
	if e.Kind == Realarmed && now.onHeld && e.Held == "" {
		now.onHeld, now.onAt = false, e.At
	}
	now.acked, now.priority = false, e.Priority
	inside := c.within(e.At)
	switch {
	case !heard:
	case e.Held != "":
		if inside {
			c.out.HeldBack.add(e.AlarmID)
		}
	default:
		if now.waiting.IsZero() {
			now.waiting = e.At
		}
		c.heard = append(c.heard, h)
		if inside {
			c.annunciated(h, e)
		}
	}
}

func (c *counting) annunciated(h happening, e Event) {
	c.out.Annunciated.add(h.id)
	if int(e.Priority) < len(c.out.ByPriority) {
		c.out.ByPriority[e.Priority].add(h.id)
	}
	a := c.actors[h.key]
	if a == nil {
		a = &BadActor{Rule: e.Rule, Device: e.Device, Point: e.Point}
		c.actors[h.key] = a
	}
	a.Name = e.Name
	a.add(h.id)
}

func (c *counting) wentOff(now *course, e Event) {
	c.stale(now, e.AlarmID, e.At)
	if e.Kind == Returned && now.on && !now.onAt.IsZero() && e.At.Sub(now.onAt) < fleetingBelow && c.within(now.onAt) {
		c.out.Fleeting.add(e.AlarmID)
	}
	now.on, now.onAt = false, time.Time{}
}

func (c *counting) acknowledged(now *course, e Event) {
	if !now.waiting.IsZero() && c.within(now.waiting) && int(now.priority) < len(c.waits) {
		wait := max(0, e.At.Sub(now.waiting)) // the clock may have gone back
		c.waits[now.priority] = append(c.waits[now.priority], wait)
		a := &c.out.Acks[now.priority]
		a.add(e.AlarmID)
		if wait <= ackGoal {
			a.Within.add(e.AlarmID)
		}
	}
	now.acked, now.waiting = true, time.Time{}
}

// stale counts an alarm once that was on for more than a day at some moment of
// the spans, seen up to end.
func (c *counting) stale(now *course, id string, end time.Time) {
	if !now.on || now.onAt.IsZero() || slices.Contains(c.out.Stale.IDs, id) {
		return
	}
	from := now.onAt.Add(staleAfter)
	for _, s := range c.period.Spans {
		if s.From.Before(end) && from.Before(s.To) && from.Before(end) {
			c.out.Stale.add(id)
			return
		}
	}
}

// busy counts the stretches of ten minutes and of an hour, and the busiest ten
// minutes wherever they begin.
func (c *counting) busy() {
	for _, s := range c.period.Spans {
		inside := c.inside(s)
		c.out.TenMinutes += stretches(s, floodWindow, inside, 10, &c.out.BusyTen)
		c.out.Hours += stretches(s, time.Hour, inside, 30, &c.out.BusyHours)
		first := 0
		for i, h := range inside {
			for h.at.Sub(inside[first].at) >= floodWindow {
				first++
			}
			if n := i - first + 1; n > c.out.MostInTen.N {
				c.out.MostInTen = Figure{N: n}
				for _, x := range inside[first : i+1] {
					c.out.MostInTen.IDs = append(c.out.MostInTen.IDs, x.id)
				}
			}
		}
	}
}

// inside are the annunciations of a span, in order.
func (c *counting) inside(s Span) []happening {
	from := func(t time.Time) int {
		i, _ := slices.BinarySearchFunc(c.heard, t, func(h happening, t time.Time) int {
			if h.at.Before(t) {
				return -1
			}
			return 1
		})
		return i
	}
	return c.heard[from(s.From):from(s.To)]
}

// stretches parts a span and adds those with more than limit to busy.
func stretches(s Span, length time.Duration, inside []happening, limit int, busy *Figure) (n int) {
	for at := s.From; at.Before(s.To); at = at.Add(length) {
		n++
		k := 0
		for k < len(inside) && inside[k].at.Before(at.Add(length)) {
			k++
		}
		if k > limit {
			busy.N++
			for _, h := range inside[:k] {
				busy.IDs = append(busy.IDs, h.id)
			}
		}
		inside = inside[k:]
	}
	return n
}

// floods finds every flood and adds the part that lies in the spans.
func (c *counting) floods() {
	first, begin := 0, time.Time{} // heard[first:i] went on within ten minutes
	end := func(at time.Time) {
		c.flood(Span{begin, at})
		begin = time.Time{}
	}
	for i := 0; i <= len(c.heard); i++ {
		for first < i && (i == len(c.heard) || c.heard[i].at.Sub(c.heard[first].at) >= floodWindow) {
			gone := c.heard[first].at.Add(floodWindow)
			first++
			same := i // what comes at the moment at which another falls out takes its place
			for same < len(c.heard) && c.heard[same].at.Equal(gone) {
				same++
			}
			if !begin.IsZero() && same-first < floodLeaves {
				end(gone)
			}
		}
		if i < len(c.heard) && begin.IsZero() && i-first+1 > floodEnters {
			begin = c.heard[i].at
		}
	}
}

func (c *counting) flood(f Span) {
	touched := false
	for _, s := range c.period.Spans {
		from, to := f.From, f.To
		if s.From.After(from) {
			from = s.From
		}
		if s.To.Before(to) {
			to = s.To
		}
		if !from.Before(to) {
			continue
		}
		touched = true
		c.out.FloodTime += to.Sub(from)
		for _, h := range c.inside(Span{from, to}) {
			c.out.Floods.IDs = append(c.out.Floods.IDs, h.id)
		}
	}
	if touched {
		c.out.Floods.N++
	}
}

func (c *counting) frequent() {
	list := make([]*BadActor, 0, len(c.actors))
	for _, a := range c.actors {
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b *BadActor) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Device, b.Device), cmp.Compare(a.Point, b.Point))
	})
	for _, a := range list[:min(10, len(list))] {
		c.out.Frequent = append(c.out.Frequent, *a)
		c.out.FrequentSum += a.N
	}
}

// chattering counts alarms that went on three times within a minute, the third
// time within the spans, whether or not anything held them back.
func (c *counting) chattering() {
	for _, ons := range c.ons {
		slices.SortFunc(ons, func(a, b happening) int { return a.at.Compare(b.at) })
		found := false
		for i := chatterTimes - 1; i < len(ons); i++ {
			if ons[i].at.Sub(ons[i-chatterTimes+1].at) > chatterWindow || !c.within(ons[i].at) {
				continue
			}
			found = true
			for _, h := range ons[i-chatterTimes+1 : i+1] {
				c.out.Chattering.IDs = append(c.out.Chattering.IDs, h.id)
			}
		}
		if found {
			c.out.Chattering.N++
		}
	}
}

func (c *counting) acks() {
	for p, waits := range c.waits {
		if len(waits) == 0 {
			continue
		}
		slices.Sort(waits)
		middle := len(waits) / 2
		m := waits[middle]
		if len(waits)%2 == 0 {
			m = waits[middle-1] + (m-waits[middle-1])/2
		}
		c.out.Acks[p].Median = m
	}
}
