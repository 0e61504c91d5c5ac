package alarms

import (
	"strconv"
	"strings"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/text"
	"nezuban/tui/session"
)

// A sheet collects the labelled lines of the preview, as many as fit.
type sheet struct {
	s             *Screen
	width, height int
	lines         []string
}

func (p *sheet) add(label string, parts ...string) {
	value := session.Join(parts...)
	if value == "" || len(p.lines) >= p.height {
		return
	}
	th := p.s.c.Theme
	head := ""
	if label != "" {
		head = label + ": "
	}
	p.lines = append(p.lines, " "+th.Dim.Paint(head)+th.Normal.Paint(text.Cut(value, p.width-2-text.Width(head), th.Glyphs.Tail)))
}

// preview tells what to do about the selected alarm without leaving the list.
func (s *Screen) preview(width, height int) []string {
	th := s.c.Theme
	p := &sheet{s, width, height, append(make([]string, 0, height), th.Rule(width))}
	if o := s.Selected(); o != nil {
		title := session.Join(s.c.AlarmName(o), o.Place, s.c.AlarmValue(o), o.ID)
		p.lines = append(p.lines, " "+th.Strong.Paint(text.Cut(title, width-2, th.Glyphs.Tail)))
		p.standing(o)
		p.guidance(o)
		p.people(o)
	}
	for len(p.lines) < height {
		p.lines = append(p.lines, "")
	}
	return p.lines
}

// standing is what an operator must know before what to do: that nothing
// watches it, that it is held back, what it follows from or what follows.
func (p *sheet) standing(o *alarm.Occurrence) {
	c, t := p.s.c, p.s.c.T
	if c.Unwatched(o) {
		p.add("?", t.Alarms.Unwatched)
	}
	for _, l := range c.Suppression(o) {
		p.add("", l)
	}
	if root := c.Snapshot.Grouping.RootOf[o.ID]; root != "" {
		p.add("", t.Alarms.FollowsFrom(root, c.NameOf(root)))
	}
	group, _ := c.Snapshot.Grouping.Group(o.ID)
	follow, effect := "", ""
	if len(group.Members) > 0 {
		follow = t.Alarms.GroupOf(len(group.Members))
	}
	if p.s.effect.Known {
		effect = t.Alarms.EffectOf(p.s.effect.Dead, p.s.effect.Fewer, p.s.effect.Unknown)
	}
	p.add("", follow, effect)
}

func (p *sheet) guidance(o *alarm.Occurrence) {
	t := p.s.c.T
	r := p.s.c.Snapshot.Rules[o.Rule]
	if r == nil {
		p.add("", t.Alarms.NoGuidance)
		return
	}
	do := t.Alarms.Do
	if r.TimeToRespond > 0 {
		do += " " + t.Alarms.Within + " " + i18n.FormatDuration(r.TimeToRespond)
	}
	p.add(do, steps(r.Text.Action, t.Lang))
	p.add(t.Alarms.IfNot, r.Text.Consequence.In(t.Lang))
	p.add(t.Alarms.Procedure, p.s.c.Procedure(r))
	p.add(t.Alarms.Causes, steps(r.Text.Causes, t.Lang))
}

func (p *sheet) people(o *alarm.Occurrence) {
	c, t := p.s.c, p.s.c.T
	if !o.AckedAt.IsZero() {
		p.add(t.Alarms.AckedBy, c.Clock(o.AckedAt), o.AckedBy, o.Comment)
	}
	owner, notes := o.Owner, ""
	if owner != "" {
		owner = t.Alarms.OwnerIs + " " + owner
	}
	if o.Notes > 0 {
		notes = t.Alarms.Notes(o.Notes)
	}
	p.add("", owner, notes)
	p.add(t.Alarms.Log, p.s.log.latest(c, o.ID)...)
}

// steps writes several texts on one line: "1) …  2) …".
func steps(texts []facility.Text, lang string) string {
	out := make([]string, 0, len(texts))
	for i, a := range texts {
		out = append(out, strconv.Itoa(i+1)+") "+a.In(lang))
	}
	return strings.Join(out, "  ")
}
