package power

import (
	"strconv"
	"strings"

	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/text"
	"nezuban/internal/topology"
	"nezuban/tui/session"
)

// loadColumns are the widths of a load's row: name, cords, now, design, power,
// without A, without B, why.
func loadColumns(width int) [8]int {
	c := [8]int{14, 5, 8, 6, 9, 6, 6, 0}
	if width >= 110 {
		c[0] = 28
	}
	rest := width - 3
	for _, w := range c {
		rest -= w + 1
	}
	c[7] = max(rest, 4)
	return c
}

func (s *Screen) loadHead(width int) string {
	t, c := &s.c.T.Power, loadColumns(width)
	var out []string
	for i, w := range []string{t.Rack, "A B", t.Now, t.Design, t.Power, t.WithoutA, t.WithoutB, t.Why} {
		out = append(out, text.Fit(w, c[i], ""))
	}
	return s.c.Theme.Dim.Paint("   " + strings.Join(out, " "))
}

func (s *Screen) load(y int, l *topology.LoadState, width int) string {
	th, c := s.c.Theme, loadColumns(width)
	lead := " "
	if y == s.row {
		lead = th.Cursor.Paint(th.Glyphs.Cursor)
	}
	power := "?"
	if l.HasWatts {
		power = i18n.FormatUnit(facility.UnitWatts, l.Watts, s.c.T.Lang)
	}
	design := string(l.Node.Design)
	if design == "" {
		design = th.Glyphs.None
	}
	var cords []string
	for _, cord := range l.Cords {
		cords = append(cords, s.cord(cord))
	}
	cells := []string{s.label(l.Node), strings.Join(cords, " "), s.c.RedundancyWord(l.Redundancy), design, power, s.survives(l.WithoutA), s.survives(l.WithoutB), s.names(l.Why)}
	for i := range cells {
		cells[i] = text.Fit(cells[i], c[i], th.Glyphs.Tail)
	}
	body := strings.Join(cells, " ")
	switch {
	case l.Redundancy == topology.RedundancyUnknown:
		body = th.Old.Paint(body)
	case session.BelowDesign(l):
		body = th.Strong.Paint(body)
	default:
		body = th.Normal.Paint(body)
	}
	return lead + "  " + body
}

func (s *Screen) cord(x topology.Tri) string {
	switch x {
	case topology.Yes:
		return s.c.Theme.Glyphs.Live
	case topology.No:
		return "x"
	}
	return "?"
}

func (s *Screen) survives(x topology.Tri) string {
	t := &s.c.T.Power
	switch x {
	case topology.Yes:
		return t.Survives
	case topology.No:
		return t.Falls
	}
	return t.Untold
}

// detail tells about the node under the cursor.
func (s *Screen) detail(width int) []string {
	th, t := s.c.Theme, &s.c.T.Power
	out := []string{th.Rule(width)}
	n := s.node()
	if n != nil {
		i := s.grid.index[n.ID]
		state := &s.drawn.Nodes[i]
		_, word := s.state(state)
		if word == "" {
			word = t.Live
		}
		how := t.Derived
		if state.Measured {
			how = t.Measured
		}
		title := session.Join(s.label(n), i18n.Word(s.c.T.NodeKind, string(n.Kind)), word+" ("+how+")", n.Place, string(n.ID))
		out = append(out, " "+th.Strong.Paint(text.Cut(title, width-2, th.Glyphs.Tail)))
		lines := s.ofNode(state)
		if l := s.grid.load(n.ID); l >= 0 {
			lines = s.ofLoad(&s.drawn.Loads[l])
		}
		for _, l := range lines {
			if l == "" {
				continue
			}
			out = append(out, " "+th.Normal.Paint(text.Cut(l, width-2, th.Glyphs.Tail)))
		}
	}
	for len(out) < detailLines {
		out = append(out, "")
	}
	return out[:detailLines]
}

func (s *Screen) ofNode(n *topology.NodeState) []string {
	t := &s.c.T.Power
	from, load := "", ""
	if len(n.Node.From) > 0 {
		from = t.FedFrom + " " + s.names(n.Node.From)
	}
	if len(n.Sources) > 0 && len(n.Node.From) > 0 {
		from += "   " + t.Sources + " " + s.names(n.Sources)
	}
	if n.HasWatts {
		load = i18n.FormatUnit(facility.UnitWatts, n.Watts[0]+n.Watts[1]+n.Watts[2], s.c.T.Lang)
	}
	ratio, drops := "", ""
	if n.HasRatio {
		ratio = t.Ratio + " " + i18n.FormatUnit(facility.UnitRatio, n.Ratio, s.c.T.Lang)
	}
	if n.Single {
		drops = t.Drops(n.Drops)
	}
	return []string{from, session.Join(load, ratio, drops), s.alarmOf(n.Node)}
}

func (s *Screen) ofLoad(l *topology.LoadState) []string {
	t := &s.c.T.Power
	var cords, phases []string
	for i, from := range l.Node.From {
		word := "?"
		if i < len(l.Cords) {
			switch l.Cords[i] {
			case topology.Yes:
				word = t.Live
			case topology.No:
				word = t.Dead
			}
		}
		cords = append(cords, s.name(from)+" "+word)
	}
	for _, p := range l.ByPhase {
		phases = append(phases, s.c.RedundancyWord(p))
	}
	headroom := "?"
	if l.HasHeadroom {
		headroom = i18n.FormatUnit(facility.UnitRatio, l.Headroom, s.c.T.Lang)
	}
	facts := session.Join(t.Paths+" "+strconv.Itoa(l.Paths), t.Phase+" "+strings.Join(phases, "/"), t.Headroom+" "+headroom)
	why := ""
	if len(l.Why) > 0 {
		why = t.Why + " " + s.names(l.Why)
	}
	return []string{t.FedFrom + " " + strings.Join(cords, ", "), facts, why}
}

// alarmOf is the gravest alarm of a node's device.
func (s *Screen) alarmOf(n *topology.Node) string {
	if o := s.grave[n.Device]; o != nil && n.Device != "" {
		return session.Join(o.Priority.Mark()+" "+string(o.Shown()), s.c.AlarmName(o), o.ID)
	}
	return ""
}
