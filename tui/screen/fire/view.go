package fire

import (
	"strconv"
	"strings"

	"nezuban/internal/facility"
	"nezuban/internal/text"
	"nezuban/internal/topology/fire"
	"nezuban/tui/session"
)

// View draws the counts, the zones, and the detail of the selected one.
func (s *Screen) View(width, height int) string {
	th, t := s.c.Theme, &s.c.T.Fire
	safety := " " + th.Dim.Paint(text.Cut(s.c.T.Frame.LifeSafety, width-2, th.Glyphs.Tail))
	st := s.status()
	line := func(l string) string { return " " + th.Normal.Paint(text.Cut(l, width-2, th.Glyphs.Tail)) }
	switch {
	case s.c.Snapshot == nil:
		return line(s.c.T.Frame.NoData) + "\n" + safety
	case st == nil:
		return strings.Join([]string{th.Rule(width), " " + th.Strong.Paint(text.Cut(t.NoModel, width-2, th.Glyphs.Tail)), line(t.HowTo), safety}, "\n")
	}
	detail := s.detail(width)
	out := append(s.counts(st, width), s.heading(width))
	room := min(len(detail), max(height-len(out)-1-4, height/2))
	rows := height - len(out) - 1 - room
	from, to := s.cursor.Window(len(s.zones), rows)
	for i := from; i < to; i++ {
		out = append(out, s.row(s.zones[i], i == s.cursor.Index(), width))
	}
	if len(s.zones) == 0 {
		out = append(out, "   "+th.Normal.Paint(s.c.T.Frame.Nothing))
	}
	for len(out) < height-1-room {
		out = append(out, "")
	}
	out = append(out, detail[:room]...)
	return strings.Join(append(out, safety), "\n")
}

// counts of the zones by every state that holds in them, and of the permits, on
// as many lines as that takes: none is cut off.
func (s *Screen) counts(st *fire.Status, width int) []string {
	n, isolated := st.Count(), 0
	for i := range st.Zones {
		if busy(&st.Zones[i]) {
			isolated++
		}
	}
	var parts []string
	for _, x := range []fire.State{fire.Alarm, fire.Discharged, fire.PreAlarm, fire.Supervisory, fire.Trouble, fire.Disabled, fire.Test, fire.Unknown} {
		parts = append(parts, s.c.ZoneWord(x)+" "+strconv.Itoa(n[x]))
	}
	var out []string
	line := ""
	for _, p := range append(parts, s.c.T.Fire.Isolated(isolated)) {
		if line != "" && text.Width(line)+2+text.Width(p) > width-2 {
			out, line = append(out, " "+s.c.Theme.Normal.Paint(line)), ""
		}
		if line != "" {
			line += "  "
		}
		line += p
	}
	return append(out, " "+s.c.Theme.Normal.Paint(line))
}

// widths of the columns: place, zone, state, suppression, not seen, permit.
func widths(width int) [6]int {
	c := [6]int{10, 12, 18, 12, 6, 0}
	if width >= 110 {
		c = [6]int{18, 26, 26, 16, 9, 0}
	}
	rest := width - 7
	for _, w := range c {
		rest -= w + 1
	}
	c[5] = max(rest+1, 1)
	return c
}

func (s *Screen) heading(width int) string {
	t, c := &s.c.T.Fire, widths(width)
	unseen := t.NotSeen
	if text.Width(unseen) > c[4] {
		unseen = "?"
	}
	var out []string
	for i, w := range []string{t.Place, t.Zone, t.State, t.Suppression, unseen, t.Isolation} {
		out = append(out, text.Fit(w, c[i], ""))
	}
	return s.c.Theme.Dim.Paint("       " + strings.Join(out, " "))
}

func (s *Screen) row(z *fire.Zone, selected bool, width int) string {
	th, t, c := s.c.Theme, &s.c.T.Fire, widths(width)
	lead := "  "
	if selected {
		lead = th.Cursor.Paint(th.Glyphs.Cursor) + " "
	}
	mark := "   "
	if o := s.grave[z.Model.ID]; o != nil {
		mark = th.Mark(o.Priority, session.Unacked(o.State()))
	}
	states := s.states(z, "+")
	unseen := ""
	if z.NotSeen > 0 {
		unseen = "?" + strconv.Itoa(z.NotSeen) + "/" + strconv.Itoa(z.NotSeen+z.Seen)
	}
	permits := 0
	permit := ""
	for _, i := range z.Isolations {
		if !i.Active && i.Overdue <= 0 {
			continue
		}
		if permits++; permit == "" || i.Overdue > 0 {
			permit = i.Model.Permit
			if i.Overdue > 0 {
				permit = "! " + permit
			}
			if i.Overdue > 0 && width >= 110 {
				permit += " " + t.Overdue
			}
		}
	}
	if permits > 1 {
		permit += " +" + strconv.Itoa(permits-1)
	}
	cells := []string{z.Model.Place, s.name(z), states, s.ready(z), unseen, permit}
	for i := range cells {
		cells[i] = th.Cut(cells[i], c[i])
	}
	body := strings.Join(cells, " ")
	switch {
	case z.State == fire.Unknown:
		body = th.Old.Paint(body)
	case z.State >= fire.PreAlarm:
		body = th.Alarm(facility.P1, s.grave[z.Model.ID] == nil || session.Unacked(s.grave[z.Model.ID].State()), body)
	case z.State != fire.Normal:
		body = th.Strong.Paint(body)
	default:
		body = th.Normal.Paint(body)
	}
	return " " + lead + mark + " " + body
}

func (s *Screen) name(z *fire.Zone) string {
	if n := z.Model.Name.In(s.c.T.Lang); n != "" {
		return s.c.Clean(n)
	}
	return s.c.Clean(z.Model.ID)
}

// states are all that hold in a zone, the gravest first.
func (s *Screen) states(z *fire.Zone, between string) string {
	out := []string{s.c.ZoneWord(z.State)}
	for _, a := range z.Also {
		out = append(out, s.c.ZoneWord(a))
	}
	return strings.Join(out, between)
}

func (s *Screen) ready(z *fire.Zone) string {
	if z.Model.Suppression == nil {
		return s.c.Theme.Glyphs.None
	}
	return s.c.T.StateWord("fire_suppression_ready", [...]string{"unknown", "not_ready", "manual_only", "automatic"}[min(int(z.Ready), 3)])
}
