package overview

import (
	"strconv"
	"strings"

	"nezuban/internal/alarm"
	"nezuban/internal/text"
	"nezuban/tui/session"
)

// gravest is the first standing alarm of a category: among equally grave ones
// the cause before what follows from it.
func (s *Screen) gravest(category string) (*alarm.Occurrence, int) {
	var first *alarm.Occurrence
	n := 0
	if s.c.Snapshot == nil {
		return nil, 0
	}
	for i := range s.c.Snapshot.Standing {
		if o := &s.c.Snapshot.Standing[i]; o.Category == category && !o.IsSuppressed() {
			n++
			if first == nil || first.Priority == o.Priority && first.IsAcked == o.IsAcked && s.follows(first) && !s.follows(o) {
				first = o
			}
		}
	}
	return first, n
}

// heldBack counts the standing alarms of a category that are shelved, suppressed
// or out of service.
func (s *Screen) heldBack(category string) int {
	n := 0
	if s.c.Snapshot != nil {
		for i := range s.c.Snapshot.Standing {
			if o := &s.c.Snapshot.Standing[i]; o.Category == category && o.IsSuppressed() {
				n++
			}
		}
	}
	return n
}

// follows reports whether an alarm is another one's consequence.
func (s *Screen) follows(o *alarm.Occurrence) bool {
	return s.c.Snapshot.Grouping.RootOf[o.ID] != ""
}

// mark and words for the gravest alarm of an area, in cells.
func (s *Screen) status(category string, cells int) string {
	th := s.c.Theme
	o, n := s.gravest(category)
	if blind := s.unseen(category); o == nil && blind != "" {
		return "    " + th.Bar.Paint(text.Cut(blind, cells-4, th.Glyphs.Tail)) + strings.Repeat(" ", max(cells-4-text.Width(blind), 0))
	}
	if o == nil {
		word := s.c.T.Overview.Quiet
		if s.c.Snapshot == nil || len(s.c.Snapshot.Devices) == 0 {
			word = s.c.T.Overview.NoData
		} else if n := s.heldBack(category); n > 0 {
			return th.Strong.Paint(text.Fit("~   "+s.c.T.Overview.OnlyHeld(n), cells, th.Glyphs.Tail))
		}
		return th.Dim.Paint(text.Fit("    "+word, cells, th.Glyphs.Tail))
	}
	return s.statusOf(o, n, cells)
}

// statusOf writes the gravest of n alarms.
func (s *Screen) statusOf(o *alarm.Occurrence, n, cells int) string {
	th := s.c.Theme
	unacked := session.Calls(o)
	more := ""
	if n > 1 {
		more = " +" + strconv.Itoa(n-1)
	}
	name := text.Cut(s.c.AlarmNameIn(o, cells-4-len(more))+more, cells-4, th.Glyphs.Tail)
	return th.Mark(o.Priority, unacked) + " " + th.Normal.Paint(text.Pad(name, cells-4))
}
