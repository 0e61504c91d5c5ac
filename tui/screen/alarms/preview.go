package alarms

import (
	"strconv"
	"strings"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
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

// wrap adds a text on as many lines as it takes, at most lines and as many as
// fit.
func (p *sheet) wrap(label, value string, lines int) {
	value, _ = text.Clean(value, 2000)
	if lines = min(lines, p.height-len(p.lines)); value == "" || lines < 1 {
		return
	}
	th, head := p.s.c.Theme, label+": "
	all := session.Wrap(head+value, p.width-2)
	if len(all) > lines { // the last line goes on and is cut
		all = append(all[:lines-1], strings.Join(all[lines-1:], " "))
	}
	for i, l := range all {
		if i == 0 {
			l = strings.TrimPrefix(l, strings.TrimSpace(head))
			p.lines = append(p.lines, " "+th.Dim.Paint(strings.TrimSpace(head))+th.Normal.Paint(text.Cut(l, p.width-2-text.Width(strings.TrimSpace(head)), th.Glyphs.Tail)))
			continue
		}
		p.lines = append(p.lines, " "+th.Normal.Paint(text.Cut(l, p.width-2, th.Glyphs.Tail)))
	}
}

// preview tells what to do about the selected alarm without leaving the list.
func (s *Screen) preview(width, height int) []string {
	th := s.c.Theme
	p := &sheet{s, width, height, append(make([]string, 0, height), th.Rule(width))}
	if o := s.Selected(); o != nil {
		now := s.c.AlarmReading(o)
		if now != "" {
			now = s.c.T.Alarms.ReadsNow + " " + now
		}
		title := session.Join(s.c.AlarmName(o), o.Place, s.c.AlarmValue(o), now, o.ID)
		p.lines = append(p.lines, " "+th.Strong.Paint(text.Cut(title, width-2, th.Glyphs.Tail)))
		p.standing(o)
		p.people(o)
		p.guidance(o)
		p.add(s.c.T.Alarms.Log, s.log.latest(s.c, o.ID)...)
		p.procedure(o)
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
		unacked, p1 := c.Waiting(group)
		follow = t.Alarms.GroupOf(len(group.Members), unacked, p1)
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
	if by := p.s.c.Deadline(o); by != "" {
		do += " " + by
	}
	p.wrap(do, steps(r.Text.Action, t.Lang), p.height-len(p.lines)-1) // a line stays for what follows if nobody acts
	p.wrap(t.Alarms.IfNot, r.Text.Consequence.In(t.Lang), 2)
	p.wrap(t.Alarms.Confirm, r.Text.Confirm.In(t.Lang), 1)
	p.wrap(t.Alarms.Causes, steps(r.Text.Causes, t.Lang), 2)
}

// procedure is told last: where there is none, that is no help at night.
func (p *sheet) procedure(o *alarm.Occurrence) {
	if r := p.s.c.Snapshot.Rules[o.Rule]; r != nil {
		p.add(p.s.c.T.Alarms.Procedure, p.s.c.Procedure(r))
	}
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
}

// steps writes several texts on one line: "1) …  2) …".
func steps(texts []facility.Text, lang string) string {
	out := make([]string, 0, len(texts))
	for i, a := range texts {
		out = append(out, strconv.Itoa(i+1)+") "+a.In(lang))
	}
	return strings.Join(out, "  ")
}
