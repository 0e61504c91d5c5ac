// Package help lists every key that works in the view one comes from, the marks
// and the alarm states. It can be searched, and Enter runs the entry.
package help

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/live"
	"nezuban/internal/text"
	"nezuban/tui/list"
	"nezuban/tui/session"
)

// Screen is the help.
type Screen struct {
	c       *session.Context
	keys    []session.Key
	search  string
	entries []entry
	ids     []string
	cursor  list.Cursor
}

type entry struct{ id, show, help, key string }

// New makes the help for the keys in c.HelpKeys.
func New(c *session.Context) *Screen {
	s := &Screen{c: c, keys: c.HelpKeys}
	s.find("")
	return s
}

// Title of the view.
func (s *Screen) Title() string { return s.c.T.Help.Title }

// Keys that work here.
func (s *Screen) Keys() []session.Key {
	k := &s.c.T.Keys
	return []session.Key{
		{Key: "/", Hint: k.Filter, Help: s.c.T.Help.Search, Rank: 1},
		{Key: "enter", Show: "Enter", Hint: k.Open, Help: k.OpenLong, Rank: 2},
		{Key: "esc", Show: "Esc", Hint: k.Back, Help: k.BackLong, Rank: 3},
	}
}

// find keeps the entries that hold the words.
func (s *Screen) find(words string) {
	s.search = words
	s.entries, s.ids = nil, nil
	want := strings.ToLower(words)
	add := func(e entry) {
		if strings.Contains(strings.ToLower(e.show+" "+e.help), want) {
			s.entries = append(s.entries, e)
			s.ids = append(s.ids, e.id)
		}
	}
	h := &s.c.T.Help
	add(entry{id: "keys", help: h.KeysTitle})
	for _, k := range s.keys {
		show := k.Show
		if show == "" {
			show = k.Key
		}
		add(entry{"key " + k.Key, show, k.Help, k.Key})
	}
	add(entry{id: "marks", help: h.MarksTitle})
	for _, m := range h.Marks {
		show := m[0]
		if show == "—" {
			show = s.c.Theme.Glyphs.None
		}
		add(entry{"mark " + m[0], show, m[1], ""})
	}
	add(entry{id: "states", help: h.StatesTitle})
	for _, m := range h.States {
		add(entry{"state " + m[0], m[0], m[1], ""})
	}
	s.cursor.Sync(s.ids)
}

// Update takes keys; a snapshot changes nothing here.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case *live.Snapshot:
		s.find(s.search) // the language may have changed
	case tea.KeyMsg:
		s.key(msg.String())
	}
	return nil
}

func (s *Screen) key(key string) {
	switch {
	case s.cursor.Key(s.ids, key):
	case key == "enter" && len(s.entries) > 0:
		if k := s.entries[s.cursor.Index()].key; k != "" {
			s.c.Run(k)
		}
	case key == "/":
		s.c.Ask(session.Prompt{Label: s.c.T.Help.Search + " / ", Initial: s.search, Submit: func(typed string) (tea.Cmd, string) {
			s.find(strings.TrimSpace(typed))
			return nil, ""
		}})
	case key == "esc" && s.search != "":
		s.find("")
	case key == "esc":
		s.c.Back()
	}
}

// View draws the entries.
func (s *Screen) View(width, height int) string {
	th := s.c.Theme
	lines := []string{" " + th.Strong.Paint(text.Cut(s.c.T.Frame.LifeSafety, width-2, th.Glyphs.Tail))}
	from, to := s.cursor.Window(len(s.entries), height-1)
	for i := from; i < to; i++ {
		e := s.entries[i]
		lead := "  "
		if i == s.cursor.Index() {
			lead = th.Cursor.Paint(th.Glyphs.Cursor) + " "
		}
		if e.show == "" {
			lines = append(lines, lead+th.Dim.Paint(e.help))
			continue
		}
		lines = append(lines, lead+"  "+th.Normal.Paint(text.Pad(e.show, 13)+" "+text.Cut(e.help, width-18, th.Glyphs.Tail)))
	}
	if len(s.entries) == 0 {
		lines = append(lines, "  "+th.Normal.Paint(s.c.T.Frame.Nothing))
	}
	return strings.Join(lines, "\n")
}
