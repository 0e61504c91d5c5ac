// Package target is the evidence of one quality target: every stretch of time, or
// every occurrence, of its running window with what it counted as and why.
//
// What is shown is computed from history and records when it is asked for, and
// says as of when.
package target

import (
	"context"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/live"
	"nezuban/internal/text"
	"nezuban/sla"
	"nezuban/tui/list"
	"nezuban/tui/session"
)

// Evidence says how a target's figure came about: the window that contains an
// instant, of one entity or, with "", of all.
type Evidence interface {
	Explain(ctx context.Context, target, entity string, at time.Time) ([]sla.Explanation, error)
}

// limit is how long history may take.
const limit = 30 * time.Second

// Screen shows one target, one of its entities at a time.
type Screen struct {
	c        *session.Context
	evidence Evidence
	name     string
	first    string // entity to begin with
	asked    bool
	loading  bool
	err      error
	list     []sla.Explanation
	shown    []shown // entities of all parts of the window
	at       int
	cursor   list.Cursor
	ids      []string
}

// shown is one entity in one part of the window.
type shown struct {
	part   *sla.Result
	entity sla.Explained
}

type msg struct {
	screen *Screen
	list   []sla.Explanation
	err    error
}

// New makes the screen; arg is the target's name and, after a space, the entity to
// begin with.
func New(c *session.Context, e Evidence, arg string) *Screen {
	s := &Screen{c: c, evidence: e}
	s.name, s.first, _ = strings.Cut(arg, " ")
	return s
}

// Title of the view.
func (s *Screen) Title() string { return s.c.T.Explain.Title + " " + s.name }

// Keys that work here.
func (s *Screen) Keys() []session.Key {
	k := &s.c.T.Keys
	return []session.Key{
		{Key: "n", Show: "n p", Hint: s.c.T.Explain.Entity, Help: s.c.T.Explain.EntityLong, Rank: 1},
		{Key: "r", Hint: s.c.T.Explain.Again, Help: s.c.T.Explain.AgainLong, Rank: 2},
		{Key: "esc", Show: "Esc", Hint: k.Back, Help: k.BackLong, Rank: 3},
		{Key: "j", Show: "j k g G", Help: k.MoveLong},
	}
}

// Update takes snapshots, keys and what was computed.
func (s *Screen) Update(m tea.Msg) tea.Cmd {
	switch m := m.(type) {
	case *live.Snapshot:
		if !s.asked {
			return s.ask()
		}
	case msg:
		if m.screen == s {
			s.take(m)
		}
	case tea.KeyMsg:
		return s.key(m.String())
	}
	return nil
}

func (s *Screen) key(key string) tea.Cmd {
	switch {
	case key == "esc":
		s.c.Back()
	case key == "r":
		return s.ask()
	case key == "n" && len(s.shown) > 0:
		s.show((s.at + 1) % len(s.shown))
	case key == "p" && len(s.shown) > 0:
		s.show((s.at + len(s.shown) - 1) % len(s.shown))
	default:
		s.cursor.Key(s.ids, key)
	}
	return nil
}

// ask has the evidence computed, one question at a time.
func (s *Screen) ask() tea.Cmd {
	s.asked = true
	if s.loading || s.evidence == nil {
		return nil
	}
	s.loading = true
	e, name, at := s.evidence, s.name, s.c.Now
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		list, err := e.Explain(ctx, name, "", at)
		return msg{s, list, err}
	}
}

func (s *Screen) take(m msg) {
	s.loading, s.err, s.list, s.shown = false, m.err, m.list, nil
	at := 0
	for i := range s.list {
		for _, e := range s.list[i].Entities {
			if e.Result.Entity == s.first {
				at = len(s.shown)
			}
			s.shown = append(s.shown, shown{&s.list[i].Result, e})
		}
	}
	s.show(at)
}

func (s *Screen) show(at int) {
	s.at, s.ids = at, nil
	if at < len(s.shown) {
		s.first = s.shown[at].entity.Result.Entity
		for _, l := range s.shown[at].entity.Lines {
			s.ids = append(s.ids, time.Unix(l.From, 0).Format(time.RFC3339)+string(l.What)+l.ID)
		}
	}
	s.cursor = list.Cursor{}
	s.cursor.Sync(s.ids)
}

// View draws the lines of one entity.
func (s *Screen) View(width, height int) string {
	th, t := s.c.Theme, &s.c.T.Explain
	say := func(words string) string { return "  " + th.Normal.Paint(text.Cut(words, width-4, th.Glyphs.Tail)) }
	if len(s.shown) == 0 {
		switch {
		case s.err != nil:
			why, _ := text.Clean(s.err.Error(), 300)
			return say(t.Failed) + "\n   " + th.Dim.Paint(text.Cut(why, width-5, th.Glyphs.Tail))
		case s.evidence == nil || !s.loading && s.asked:
			return say(t.None)
		}
		return say(t.Loading)
	}
	x := s.shown[s.at]
	lines := append(s.head(x, width), "")
	lines[len(lines)-1] = th.Dim.Paint(text.Cut("  "+text.Fit(t.From, 14, "")+" "+text.PadLeft(t.Lasted, 9)+"  "+text.Fit(t.Was, 10, "")+" "+t.Because, width, ""))
	from, to := s.cursor.Window(len(x.entity.Lines), height-len(lines))
	for i := from; i < to; i++ {
		lead := "  "
		if i == s.cursor.Index() {
			lead = th.Cursor.Paint(th.Glyphs.Cursor) + " "
		}
		lines = append(lines, lead+s.line(&x.entity.Lines[i], width-2))
	}
	if len(x.entity.Lines) == 0 {
		lines = append(lines, say(t.NoLines))
	}
	return strings.Join(lines, "\n")
}
