// Package alarms is screen 2: every standing alarm, the gravest first, with a
// preview of the selected one.
//
// The cursor holds an alarm's id: an arrival never moves under it. New ones
// above the visible part are counted, and g goes to them.
package alarms

import (
	"strconv"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/tui/action"
	"nezuban/tui/filter"
	"nezuban/tui/list"
	"nezuban/tui/session"
)

// Screen is the list of standing alarms.
type Screen struct {
	c      *session.Context
	ops    action.Operations
	filter filter.Filter
	all    int
	rows   []*alarm.Occurrence // of the snapshot, never changed
	ids    []string
	cursor list.Cursor
	marked map[string]bool
	seen   time.Time // when the cursor last stood at the top
}

// New makes the list; arg is a filter, "" none. A filter that cannot be read is
// left out and told.
func New(c *session.Context, ops action.Operations, arg string) *Screen {
	s := &Screen{c: c, ops: ops, marked: map[string]bool{}}
	f, err := filter.Parse(arg)
	if err != nil {
		c.Say(filter.Problem(c.T, err))
		return s
	}
	s.filter = f
	return s
}

// Title of the view.
func (s *Screen) Title() string {
	if f := s.filter.String(); f != "" {
		return s.c.T.Alarms.Title + " > " + f
	}
	return s.c.T.Alarms.Title
}

// Keys that work here.
func (s *Screen) Keys() []session.Key {
	k := &s.c.T.Keys
	return []session.Key{
		{Key: "a", Hint: k.Ack, Help: k.AckLong, Rank: 1},
		{Key: "enter", Show: "Enter", Hint: k.Open, Help: k.OpenLong, Rank: 2},
		{Key: "r", Hint: k.Reset, Help: k.ResetLong, Rank: 4},
		{Key: "f", Hint: k.Follow, Help: k.FollowLong, Rank: 5},
		{Key: " ", Show: "Space", Hint: k.Mark, Help: k.MarkLong, Rank: 6},
		{Key: "*", Hint: k.MarkAll, Help: k.MarkAllLong, Rank: 7},
		{Key: "/", Hint: k.Filter, Help: k.FilterLong, Rank: 3},
		{Key: "j", Show: "j k g G", Help: k.MoveLong},
	}
}

// Update takes snapshots and keys.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case *live.Snapshot:
		s.refresh()
	case tea.KeyMsg:
		s.key(msg.String())
		if s.cursor.Index() == 0 {
			s.seen = s.c.Now
		}
	}
	return nil
}

// refresh applies the filter to the present snapshot.
func (s *Screen) refresh() {
	s.rows, s.ids = s.rows[:0], s.ids[:0]
	if s.c.Snapshot == nil {
		return
	}
	standing := s.c.Snapshot.Standing
	s.all = len(standing)
	present := make(map[string]bool, len(s.marked))
	for i := range standing {
		o := &standing[i]
		if s.marked[o.ID] && session.Unacked(o.State()) {
			present[o.ID] = true
		}
		if s.shows(o) {
			s.rows = append(s.rows, o)
			s.ids = append(s.ids, o.ID)
		}
	}
	s.marked = present
	s.cursor.Sync(s.ids)
	if s.seen.IsZero() || s.cursor.Index() == 0 {
		s.seen = s.c.Now
	}
}

func (s *Screen) shows(o *alarm.Occurrence) bool {
	return s.filter.String() == "" || s.filter.Match(s.c.AlarmAttributes(o), s.c.AlarmName(o), o.Name.En, o.Name.Ja, o.ID, o.Place, string(o.Device), o.Comment, o.AckedBy)
}

func (s *Screen) key(key string) {
	if s.cursor.Key(s.ids, key) {
		return
	}
	switch key {
	case "/":
		s.askFilter()
		return
	case "esc":
		s.escape()
		return
	}
	if len(s.rows) == 0 {
		return
	}
	row := *s.rows[s.cursor.Index()]
	switch key {
	case "enter":
		s.c.Open("alarm", row.ID)
	case "f":
		s.c.Open("device", string(row.Device))
	case "a":
		action.Acknowledge(s.c, s.ops, s.chosen(row))
	case "r":
		action.Reset(s.c, s.ops, row)
	case " ":
		s.mark(row)
	case "*":
		s.askMarkAll()
	}
}

// chosen are the marked rows, or the one under the cursor.
func (s *Screen) chosen(row alarm.Occurrence) []alarm.Occurrence {
	if len(s.marked) == 0 {
		return []alarm.Occurrence{row}
	}
	var out []alarm.Occurrence
	for i := range s.c.Snapshot.Standing {
		if o := &s.c.Snapshot.Standing[i]; s.marked[o.ID] && session.Unacked(o.State()) {
			out = append(out, *o)
		}
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
	case !session.Unacked(row.State()):
		s.c.Say(s.c.T.Alarms.AlreadyAcked)
		return
	default:
		s.marked[row.ID] = true
	}
	s.cursor.Move(s.ids, 1)
}

func (s *Screen) askMarkAll() {
	var ids []string
	p1 := 0
	for i := range s.rows {
		switch o := s.rows[i]; {
		case !session.Unacked(o.State()):
		case o.Priority == facility.P1:
			p1++
		default:
			ids = append(ids, o.ID)
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

func (s *Screen) askFilter() {
	s.c.Ask(session.Prompt{
		Label:   s.c.T.Frame.Filter + " / ",
		Initial: s.filter.String(),
		Submit: func(typed string) (tea.Cmd, string) {
			f, err := filter.Parse(typed)
			if err != nil {
				return nil, filter.Problem(s.c.T, err)
			}
			s.filter = f
			s.refresh()
			return nil, ""
		},
	})
}

// escape clears marks, then the filter, then leaves.
func (s *Screen) escape() {
	switch {
	case len(s.marked) > 0:
		s.marked = map[string]bool{}
	case s.filter.String() != "":
		s.filter = filter.Filter{}
		s.refresh()
	default:
		s.c.Back()
	}
}

// status is the line above the list.
func (s *Screen) status(from int) string {
	parts := []string{s.c.T.Frame.Shown(len(s.rows), s.all)}
	if f := s.filter.String(); f != "" {
		parts = append([]string{s.c.T.Frame.Filter + ": " + f}, parts...)
	}
	if len(s.marked) > 0 {
		parts = append(parts, s.c.T.Alarms.Marked(len(s.marked)))
	}
	fresh := 0
	for i := range from {
		if s.rows[i].RaisedAt.After(s.seen) {
			fresh++
		}
	}
	if fresh > 0 {
		parts = append(parts, s.c.Theme.Glyphs.Up+" "+s.c.T.Frame.NewAbove(fresh))
	}
	return session.Join(parts...)
}

// times an alarm came on, where more than once.
func times(o *alarm.Occurrence) string {
	if o.Count > 1 {
		return "x" + strconv.Itoa(o.Count)
	}
	return ""
}
