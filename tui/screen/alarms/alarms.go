// Package alarms is screen 2: every standing alarm, the gravest first, grouped
// by cause, with a preview of the selected one.
//
// The cursor holds an alarm's id: an arrival never moves under it. New ones
// above the visible part are counted, and g goes to them.
//
// Every alarm that stands is in exactly one place: on a line of its own, behind
// the line of its root (o opens it), behind the counter of a flood, or among
// those held back at the end of the list. None is nowhere.
package alarms

import (
	"context"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/alarm"
	"nezuban/internal/live"
	"nezuban/tui/action"
	"nezuban/tui/filter"
	"nezuban/tui/list"
	"nezuban/tui/session"
)

// A Journal gives the recorded events of one alarm, oldest first.
type Journal interface {
	Events(ctx context.Context, alarmID string) ([]alarm.Event, error)
}

// Screen is the list of standing alarms.
type Screen struct {
	c       *session.Context
	ops     action.Operations
	journal Journal
	filter  filter.Filter
	view    View
	menu    *menu // of the saved views, while it is open

	layout layout
	opened map[string]bool // roots whose members are shown, and the flood's line
	cursor list.Cursor
	marked map[string]bool
	anchor string    // where V was pressed first
	seen   time.Time // when the cursor last stood at the top
	log    logbook
	effect session.Effect // of the selected alarm on the loads
}

// New makes the list; arg is a filter or what ViewArg gave, "" none. A filter
// that cannot be read is left out and told.
func New(c *session.Context, ops action.Operations, journal Journal, arg string) *Screen {
	s := &Screen{c: c, ops: ops, journal: journal, view: All, marked: map[string]bool{}, opened: map[string]bool{}}
	if view, ok := strings.CutPrefix(arg, viewPrefix); ok {
		s.view = View(view)
		return s
	}
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
	out := s.c.T.Alarms.Title
	if s.view != All {
		out += " > " + s.view.name(s.c.T)
	}
	if f := s.filter.String(); f != "" {
		out += " > " + f
	}
	return out
}

// Selected is the alarm under the cursor; nil none.
func (s *Screen) Selected() *alarm.Occurrence {
	if i := s.cursor.Index(); i < len(s.layout.lines) {
		return s.layout.lines[i].o
	}
	return nil
}

// Keys that work here.
func (s *Screen) Keys() []session.Key {
	k := &s.c.T.Keys
	if s.menu != nil {
		return []session.Key{
			{Key: "enter", Show: "Enter", Hint: k.Open, Help: k.OpenLong, Rank: 1},
			{Key: "esc", Show: "Esc", Hint: k.Back, Help: k.BackLong, Rank: 2},
			{Key: "j", Show: "j k g G", Help: k.MoveLong},
		}
	}
	return []session.Key{
		{Key: "a", Hint: k.Ack, Help: k.AckLong, Rank: 1},
		{Key: "s", Hint: k.Shelve, Help: k.ShelveLong, Rank: 3},
		{Key: "enter", Show: "Enter", Hint: k.Open, Help: k.OpenLong, Rank: 6},
		{Key: "o", Hint: k.Group, Help: k.GroupLong, Rank: 4},
		{Key: "v", Hint: k.Views, Help: k.ViewsLong, Rank: 5},
		{Key: "z", Hint: k.Service, Help: k.ServiceLong, Rank: 8},
		{Key: "A", Hint: k.Assign, Help: k.AssignLong, Rank: 9},
		{Key: "n", Hint: k.Note, Help: k.NoteLong, Rank: 10},
		{Key: "r", Hint: k.Reset, Help: k.ResetLong, Rank: 7},
		{Key: "f", Hint: k.Follow, Help: k.FollowLong, Rank: 11},
		{Key: " ", Show: "Space", Hint: k.Mark, Help: k.MarkLong, Rank: 12},
		{Key: "V", Hint: k.MarkRange, Help: k.MarkRangeLong, Rank: 14},
		{Key: "*", Hint: k.MarkAll, Help: k.MarkAllLong, Rank: 13},
		{Key: "/", Hint: k.Filter, Help: k.FilterLong, Rank: 2},
		{Key: "j", Show: "j k g G", Help: k.MoveLong},
	}
}

// Update takes snapshots, keys and the journal's answer.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case *live.Snapshot:
		s.refresh()
	case logMsg:
		if msg.to != s {
			return nil
		}
		s.log.take(msg)
	case tea.KeyMsg:
		s.key(msg.String())
		if s.cursor.Index() == 0 {
			s.seen = s.c.Now
		}
	default:
		return nil
	}
	o := s.Selected()
	s.effect = s.c.EffectOf(o)
	return s.log.read(s, o)
}

// refresh lays the present snapshot out.
func (s *Screen) refresh() {
	s.layout.make(s)
	if s.c.Snapshot == nil {
		return
	}
	s.keepMarks()
	s.cursor.Sync(s.layout.ids)
	if s.seen.IsZero() || s.cursor.Index() == 0 {
		s.seen = s.c.Now
	}
}

func (s *Screen) shows(o *alarm.Occurrence) bool {
	return s.filter.String() == "" || s.filter.Match(s.c.AlarmAttributes(o), s.c.AlarmName(o), o.Name.En, o.Name.Ja, o.ID, o.Place, string(o.Device), o.Comment, o.AckedBy, o.Owner)
}

func (s *Screen) key(key string) {
	if s.menu != nil {
		s.menuKey(key)
		return
	}
	if s.cursor.Key(s.layout.ids, key) {
		return
	}
	switch key {
	case "/":
		s.askFilter()
		return
	case "v":
		s.menu = newMenu(s)
		return
	case "esc":
		s.escape()
		return
	case "*":
		s.askMarkAll()
		return
	}
	if i := s.cursor.Index(); i < len(s.layout.lines) {
		s.rowKey(key, s.layout.lines[i])
	}
}

// rowKey is a key that means the line under the cursor, or what is marked.
func (s *Screen) rowKey(key string, l line) {
	if key == "o" || l.o == nil && key == "enter" {
		s.toggle(l)
		return
	}
	if l.o == nil {
		return
	}
	row := *l.o
	switch key {
	case "enter":
		s.c.Open("alarm", row.ID)
	case "f":
		s.c.Open("device", string(row.Device))
	case "a":
		action.Acknowledge(s.c, s.ops, s.chosen(row, func(o *alarm.Occurrence) bool { return session.Unacked(o.State()) }))
	case "s":
		action.Shelve(s.c, s.ops, s.chosen(row, func(o *alarm.Occurrence) bool { return o.Shelve == nil }))
	case "z":
		action.OutOfService(s.c, s.ops, s.chosen(row, nil))
	case "A":
		action.Assign(s.c, s.ops, row)
	case "n":
		action.Note(s.c, s.ops, row)
	case "r":
		action.Reset(s.c, s.ops, row)
	case " ":
		s.mark(row)
	case "V":
		s.markRange(row.ID)
	}
}

// toggle opens or closes a group, or what a flood keeps behind its line. On a
// consequence it closes the group that it stands in.
func (s *Screen) toggle(l line) {
	id := floodLine
	switch {
	case l.o == nil:
	case l.members > 0:
		id = l.o.ID
	case l.depth > 0:
		id = s.c.Snapshot.Grouping.RootOf[l.o.ID]
		s.cursor.Select(s.layout.ids, id)
	default:
		if !s.opened[floodLine] {
			s.c.Say(s.c.T.Alarms.NoGroup)
			return
		}
	}
	if s.opened[id] {
		delete(s.opened, id)
	} else {
		s.opened[id] = true
	}
	s.refresh()
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

// escape clears marks, then the filter, then the view, then leaves.
func (s *Screen) escape() {
	switch {
	case len(s.marked) > 0 || s.anchor != "":
		s.marked, s.anchor = map[string]bool{}, ""
	case s.filter.String() != "":
		s.filter = filter.Filter{}
		s.refresh()
	case s.view != All:
		s.view = All
		s.refresh()
	default:
		s.c.Back()
	}
}
