package overview

import (
	"strconv"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/internal/text"
	"nezuban/tui/session"
)

// gather lists what waits for somebody. A consequence is behind its root where
// that waits as well; a root that somebody has acknowledged hides nothing.
func (s *Screen) gather(snap *live.Snapshot) {
	calling := map[string]bool{}
	for _, g := range snap.Grouping.Groups {
		calling[g.Root] = false
	}
	for i := range snap.Standing {
		if _, isRoot := calling[snap.Standing[i].ID]; isRoot {
			calling[snap.Standing[i].ID] = session.Calls(&snap.Standing[i])
		}
	}
	for i := range snap.Standing {
		o := &snap.Standing[i]
		root := snap.Grouping.RootOf[o.ID]
		if !session.Calls(o) || calling[root] && alarm.Place(*o, snap.Grouping, false) == alarm.InGroup {
			continue
		}
		s.unacked = append(s.unacked, o)
		s.ids = append(s.ids, o.ID)
	}
}

// list of unacknowledged alarms.
func (s *Screen) list(width, height int) []string {
	th, o := s.c.Theme, &s.c.T.Overview
	if height < 2 {
		return nil
	}
	nameW := width - 3 - 4 - 1 - 6 - 1 - 6
	placeW := 0
	if width >= 76 {
		placeW = min(18, width/5)
		nameW -= placeW + 1
	}
	from, to := s.cursor.Window(len(s.unacked), height-1)
	title := o.TopUnacked
	if from > 0 {
		title += "  " + th.Glyphs.Up + " " + strconv.Itoa(from)
	}
	if below := len(s.unacked) - to; below > 0 {
		title += "  v " + strconv.Itoa(below)
	}
	head := "   " + text.Fit("", 4, "") + text.Fit(title, nameW, th.Glyphs.Tail)
	if placeW > 0 {
		head += " " + text.Fit(o.Place, placeW, "")
	}
	head += " " + text.Fit(o.State, 6, "") + " " + text.PadLeft(o.Age, 5)
	out := []string{th.Dim.Paint(head)}
	if len(s.unacked) == 0 {
		word := o.NoUnacked
		if s.c.Snapshot == nil {
			word = s.c.T.Frame.NoData
		}
		return append(out, "       "+th.Normal.Paint(word))
	}
	for i := from; i < to; i++ {
		a := s.unacked[i]
		mark := "  "
		if i == s.cursor.Index() && s.held() {
			mark = th.Cursor.Paint(th.Glyphs.Cursor) + " "
		}
		follow := ""
		if g, ok := s.c.Snapshot.Grouping.Group(a.ID); ok {
			follow = " +" + strconv.Itoa(len(g.Members))
		}
		name := th.Cut(s.c.AlarmNameIn(a, nameW-len(follow)), nameW-len(follow)) + follow
		if a.Priority == facility.P1 {
			name = th.Alarm(a.Priority, true, name)
		} else {
			name = th.Normal.Paint(name)
		}
		line := " " + mark + th.Mark(a.Priority, true) + " " + name
		if placeW > 0 {
			line += " " + th.Normal.Paint(th.Cut(a.Place, placeW))
		}
		out = append(out, line+" "+th.Normal.Paint(text.Pad(string(a.Shown()), 6)+" "+text.PadLeft(s.c.Age(a.RaisedAt), 5)))
	}
	return out
}
