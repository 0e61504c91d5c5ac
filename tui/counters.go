package tui

import (
	"strconv"
	"strings"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/live"
	"nezuban/internal/text"
	"nezuban/tui/session"
)

// counts of the standing alarms and of what holds some of them back, over
// everything: no filter touches them.
type counts struct {
	all, unacked [5]int // by priority; unacked without those held back
	rtn          int
	shelved      int       // shelvings in force
	nextEnd      time.Time // of the first of them to end
	service      int       // out of service, in force
	stopped      int       // devices whose polling is stopped
	waiting      int       // requests that wait for a second person
	flood        int       // rate of the busiest position in a flood; 0 none
}

func count(s *live.Snapshot) counts {
	var c counts
	for i := range s.Standing {
		o := &s.Standing[i]
		p := int(o.Priority)
		if p < 1 || p > 4 {
			p = 0
		}
		c.all[p]++
		if !session.Calls(o) {
			continue
		}
		c.unacked[p]++
		if st := o.State(); st == alarm.RtnUn || st == alarm.LatUn {
			c.rtn++
		}
	}
	for i := range s.Suppressions {
		switch x := &s.Suppressions[i]; {
		case x.State == alarm.Waiting:
			c.waiting++
		case x.State != alarm.InForce:
		case x.Type == alarm.OutOfService:
			c.service++
		case x.Type == alarm.PollingStop:
			c.stopped++
		default:
			c.shelved++
			if c.nextEnd.IsZero() || x.Until.Before(c.nextEnd) {
				c.nextEnd = x.Until
			}
		}
	}
	for _, f := range s.Floods {
		if f.Active {
			c.flood = max(c.flood, f.Rate, 1)
		}
	}
	return c
}

// counterLines are line 2, the same on every screen. Where it would be too long
// it says the same with fewer words, and where that is too long as well it takes
// a second line: nothing on it may be cut off.
func (m *Model) counterLines() []string {
	if m.c.Snapshot == nil {
		return []string{" " + m.c.Theme.Bar.Paint(m.c.T.Frame.NoData)}
	}
	const gap = "  "
	long := " " + m.priorities(" "+m.c.T.Frame.Unack+" ", gap) + gap + m.facts(false, gap)
	if text.Width(long) <= m.width {
		return []string{long}
	}
	head, tail := m.priorities("/", " "), m.facts(true, " ")
	if short := " " + head + " " + tail; text.Width(short) <= m.width {
		return []string{short}
	}
	return []string{m.within(" " + head), m.within(" " + tail)}
}

// priorities writes the counts of each: of stands between all and
// unacknowledged.
func (m *Model) priorities(of, gap string) string {
	th, c := m.c.Theme, &m.counts
	out := make([]string, 0, 5)
	for p := facility.P1; p <= facility.P4; p++ {
		s := p.Mark() + " " + strconv.Itoa(c.all[p])
		if c.unacked[p] > 0 {
			s += of + strconv.Itoa(c.unacked[p])
		}
		if c.all[p] > 0 {
			s = th.Hue(p, s)
		} else {
			s = th.Normal.Paint(s)
		}
		out = append(out, s)
	}
	if c.all[0] > 0 {
		out = append(out, th.Normal.Paint("? "+strconv.Itoa(c.all[0])))
	}
	return strings.Join(out, gap)
}

// facts are what stands behind the priorities. What asks for somebody (a flood,
// a request, a store in trouble) is set off.
func (m *Model) facts(short bool, gap string) string {
	th, f, c := m.c.Theme, &m.c.T.Frame, &m.counts
	rtn, shelved, service, approvals, flood := f.RTNUnack, f.Shelved, f.OutOfService, f.Approvals, f.Flood
	if short {
		rtn, shelved, service, approvals, flood = "RTN", f.ShelvedShort, f.OutOfServiceShort, f.ApprovalsShort, f.FloodShort
	}
	plain := append(make([]string, 0, 6), rtn+" "+strconv.Itoa(c.rtn), shelved+" "+strconv.Itoa(c.shelved))
	if !c.nextEnd.IsZero() {
		next := c.nextEnd.In(m.c.Zone()).Format("15:04")
		if !short {
			next = f.Next(next)
		}
		plain[1] += " " + next
	}
	plain = append(plain, service+" "+strconv.Itoa(c.service))
	switch {
	case c.stopped > 0 && short:
		plain = append(plain, f.StoppedShort+" "+strconv.Itoa(c.stopped))
	case c.stopped > 0:
		plain = append(plain, m.c.T.Devices.Stopped(c.stopped))
	}
	if c.flood == 0 {
		plain = append(plain, f.Rate(m.c.Snapshot.RatePer10Min))
	}
	if !short && c.flood == 0 {
		plain = append(plain, f.NoFlood)
	}
	out := []string{th.Normal.Paint(strings.Join(plain, gap))}
	if c.flood > 0 {
		out = append(out, th.Bar.Paint(flood(c.flood)))
	}
	if c.waiting > 0 {
		out = append(out, th.Bar.Paint(approvals+" "+strconv.Itoa(c.waiting)))
	}
	for _, w := range m.storeTroubles() {
		out = append(out, th.Bar.Paint(w))
	}
	return strings.Join(out, gap)
}

// storeTroubles are the words for stores that are not in order.
func (m *Model) storeTroubles() []string {
	var out []string
	s := m.c.Snapshot.Stores
	if s.History.State != "ok" && s.History.State != "" {
		out = append(out, i18n.Word(m.c.T.HistoryDown, s.History.State))
	}
	if s.Records.State != "ok" && s.Records.State != "" {
		out = append(out, i18n.Word(m.c.T.RecordsDown, s.Records.State))
	}
	return out
}
