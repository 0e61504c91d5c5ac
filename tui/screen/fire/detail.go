package fire

import (
	"strconv"
	"strings"

	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/text"
	"nezuban/internal/topology/fire"
	"nezuban/tui/session"
)

// A sheet collects labelled lines of one width.
type sheet struct {
	s     *Screen
	width int
	lines []string
}

func (p *sheet) add(label string, parts ...string) {
	th, value := p.s.c.Theme, session.Join(parts...)
	if value == "" {
		return
	}
	p.lines = append(p.lines, " "+th.Dim.Paint(text.Fit(label, 12, ""))+" "+th.Normal.Paint(text.Cut(value, p.width-16, th.Glyphs.Tail)))
}

// detail of the selected zone: its alarms, what is not seen, permits,
// suppression and detectors, what asks for somebody first.
func (s *Screen) detail(width int) []string {
	th, t := s.c.Theme, &s.c.T.Fire
	p := &sheet{s: s, width: width, lines: []string{th.Rule(width)}}
	z := s.zone()
	if z == nil {
		return p.lines
	}
	title := session.Join(s.name(z), z.Model.Place, s.states(z, " + "), z.Model.ID)
	p.lines = append(p.lines, " "+th.Strong.Paint(text.Cut(title, width-2, th.Glyphs.Tail)))
	if z.NotSeen > 0 {
		p.add(t.NotSeen, t.NotSeenOf(z.NotSeen, z.NotSeen+z.Seen))
	}
	label := t.Alarms
	for _, o := range s.alarms {
		p.add(label, o.Priority.Mark()+" "+string(o.Shown()), s.c.AlarmName(o), s.c.Minute(o.RaisedAt))
		label = ""
	}
	if len(s.alarms) == 0 {
		p.add(t.Alarms, t.NoAlarms)
	}
	p.isolations(z)
	p.suppression(z)
	p.detectors(z)
	return p.lines
}

// isolations are the permits of a zone: until when, who watches, and whether
// one should have ended.
func (p *sheet) isolations(z *fire.Zone) {
	c, t := p.s.c, &p.s.c.T.Fire
	label := t.Permit
	for _, i := range z.Isolations {
		watch := t.NoWatch
		if i.Model.Watch != "" {
			watch = t.Watch + " " + i.Model.Watch
		}
		if i.Model.Every > 0 {
			watch += ", " + t.Every + " " + i18n.FormatDuration(i.Model.Every)
		}
		state := t.Until + " " + c.Minute(i.Model.Until)
		switch {
		case i.Overdue > 0:
			state = t.Overdue + " " + i18n.FormatAge(i.Overdue) + ", " + state
		case !i.Active && i.Model.From.After(c.Now):
			state = t.Planned + " " + c.Minute(i.Model.From) + " " + state
			watch = ""
		case !i.Active:
			continue // it has ended in order
		}
		if !i.Round.IsZero() {
			watch += ", " + t.Round + " " + c.Minute(i.Round)
		}
		p.add(label, i.Model.Permit, state, i.Model.What.In(c.T.Lang))
		p.add("", watch)
		label = ""
	}
}

func (p *sheet) suppression(z *fire.Zone) {
	t, m := p.s.c.T, z.Model.Suppression
	if m == nil {
		p.add(t.Fire.Suppression, t.Fire.NoSuppression)
		return
	}
	ready := []string{p.s.ready(z)}
	for _, why := range z.Why {
		ready = append(ready, i18n.Word(t.ReadyWhy, why))
	}
	p.add(t.Fire.Suppression, ready...)
	var banks []string
	for _, c := range m.Cylinders {
		bank := c.ID
		if c.Reserve {
			bank += " (" + t.Fire.Reserve + ")"
		}
		banks = append(banks, bank+" "+p.s.pressure(c))
	}
	p.add(t.Fire.Agent, append([]string{m.Agent}, banks...)...)
	p.add(t.Fire.Release, m.ReleaseText.In(t.Lang))
}

// pressure of a bank against what it needs, or why there is none.
func (s *Screen) pressure(c fire.CylinderModel) string {
	limit := ""
	if c.Least > 0 {
		limit = " >= " + i18n.FormatUnit(facility.UnitPascals, c.Least, s.c.T.Lang)
	}
	p := s.c.Point(c.Pressure)
	if p == nil || !p.Freshness(s.c.Now).Known() {
		return "?" + limit
	}
	return i18n.FormatUnit(facility.UnitPascals, p.Value, s.c.T.Lang) + limit
}

// detectors with their state and, for aspirating ones, the level against its
// steps; those that are not normal first.
func (p *sheet) detectors(z *fire.Zone) {
	t := p.s.c.T
	label := t.Fire.Detectors
	normal := 0
	for pass := range 2 {
		for i := range z.Detectors {
			d := &z.Detectors[i]
			if (d.State != fire.Normal || d.HasLevel) != (pass == 0) {
				continue
			}
			if pass == 1 && d.Model.Level == "" {
				normal++
				continue
			}
			p.add(label, p.s.detector(d)...)
			label = ""
		}
	}
	if normal > 0 {
		p.add(label, strconv.Itoa(normal)+" "+p.s.c.ZoneWord(fire.Normal))
	}
}

func (s *Screen) detector(d *fire.Detector) []string {
	name := d.Model.Name.In(s.c.T.Lang)
	if name == "" {
		name = d.Model.ID
	}
	out := []string{name, s.c.ZoneWord(d.State)}
	if d.Model.Level == "" {
		return out
	}
	level := "?"
	if d.HasLevel {
		level = obscuration(d.Level)
	}
	var steps []string
	for i, l := range d.Model.Levels {
		step := strconv.FormatFloat(l*100, 'f', 3, 64)
		if i < d.Step {
			step = "*" + step // reached
		}
		steps = append(steps, step)
	}
	out = append(out, level)
	if len(steps) > 0 {
		out = append(out, s.c.T.Fire.Thresholds+" "+strings.Join(steps, " "))
	}
	return out
}

// obscuration is a ratio per metre as detectors print it: per cent per metre.
func obscuration(ratio float64) string {
	return strconv.FormatFloat(ratio*100, 'f', 3, 64) + " %/m"
}
