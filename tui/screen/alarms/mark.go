package alarms

import (
	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/tui/session"
)

// keepMarks drops the marks of what no longer stands.
func (s *Screen) keepMarks() {
	if len(s.marked) == 0 {
		return
	}
	present := make(map[string]bool, len(s.marked))
	for i := range s.c.Snapshot.Standing {
		if id := s.c.Snapshot.Standing[i].ID; s.marked[id] {
			present[id] = true
		}
	}
	s.marked = present
}

// chosen are the marked rows that a command can mean, or the one under the
// cursor where nothing is marked.
func (s *Screen) chosen(row alarm.Occurrence, can func(*alarm.Occurrence) bool) []alarm.Occurrence {
	if len(s.marked) == 0 {
		return []alarm.Occurrence{row}
	}
	var out []alarm.Occurrence
	for i := range s.c.Snapshot.Standing {
		if o := &s.c.Snapshot.Standing[i]; s.marked[o.ID] && (can == nil || can(o)) {
			out = append(out, *o)
		}
	}
	if len(out) == 0 {
		s.c.Say(s.c.T.Frame.Nothing)
	}
	return out
}

func (s *Screen) mark(row alarm.Occurrence) {
	switch {
	case s.marked[row.ID]:
		delete(s.marked, row.ID)
	case row.Priority == facility.P1:
		s.c.Say(s.c.T.Alarms.OneByOne)
		return
	default:
		s.marked[row.ID] = true
	}
	s.cursor.Move(s.layout.ids, 1)
}

// markRange remembers the first end; at the second one it marks what lies
// between, without priority 1.
func (s *Screen) markRange(id string) {
	if s.anchor == "" {
		s.anchor = id
		s.c.Say(s.c.T.Alarms.RangeFrom)
		return
	}
	from, to := -1, s.cursor.Index()
	for i, l := range s.layout.ids {
		if l == s.anchor {
			from = i
		}
	}
	s.anchor = ""
	if from < 0 { // it no longer stands
		return
	}
	for _, l := range s.layout.lines[min(from, to) : max(from, to)+1] {
		if l.o != nil && l.o.Priority != facility.P1 {
			s.marked[l.o.ID] = true
		}
	}
	s.c.Say(s.c.T.Alarms.Marked(len(s.marked)))
}

func (s *Screen) askMarkAll() {
	var ids []string
	p1 := 0
	for _, l := range s.layout.lines {
		switch {
		case l.o == nil:
		case l.o.Priority == facility.P1:
			p1++
		default:
			ids = append(ids, l.o.ID)
		}
	}
	s.c.Ask(session.Prompt{
		Question: s.c.T.Alarms.MarkAllQuestion(len(ids), p1),
		Confirm:  true,
		Submit: func(string) (tea.Cmd, string) {
			for _, id := range ids {
				s.marked[id] = true
			}
			return nil, ""
		},
	})
}
