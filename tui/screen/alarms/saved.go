package alarms

import (
	"strconv"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/i18n"
	"nezuban/internal/text"
	"nezuban/tui/list"
	"nezuban/tui/session"
)

// A View is one of the saved views of the list.
type View string

// The views, by what they are called in the texts.
const (
	All        View = "all"
	Unacked    View = "unacked"
	Shelved    View = "shelved"
	Expiring   View = "expiring"  // shelvings that end within ten minutes
	Forgotten  View = "forgotten" // acknowledged, oldest first
	Suppressed View = "suppressed"
	Service    View = "service"
	Stale      View = "stale" // standing for more than 24 h
	Ended      View = "ended" // shelvings that are over; a view of its own
)

var views = []View{All, Unacked, Shelved, Expiring, Forgotten, Suppressed, Service, Stale, Ended}

const (
	viewPrefix    = "view:"
	expiresSoon   = 10 * time.Minute // alarms.md: listed as expiring
	standsTooLong = 24 * time.Hour   // ISA-18.2: a stale alarm
)

// ViewArg is the argument of New that opens a view.
func ViewArg(v View) string { return viewPrefix + string(v) }

func (v View) name(t *i18n.Texts) string { return i18n.Word(t.View, string(v)) }

// has reports whether an alarm belongs to the view.
func (v View) has(o *alarm.Occurrence, now time.Time) bool {
	switch v {
	case Unacked:
		return session.Calls(o)
	case Shelved:
		return o.Shelve != nil
	case Expiring:
		return o.Shelve != nil && o.Shelve.Until.Sub(now) <= expiresSoon
	case Forgotten:
		return o.Active && o.IsAcked && !o.IsSuppressed()
	case Suppressed:
		return o.Design != ""
	case Service:
		return o.Service != nil
	case Stale:
		return o.Active && !o.IsSuppressed() && now.Sub(o.RaisedAt) > standsTooLong
	}
	return true
}

// A menu is the choice of a view, each with how many alarms it has.
type menu struct {
	cursor list.Cursor
	ids    []string
	counts []int
}

func newMenu(s *Screen) *menu {
	m := &menu{counts: make([]int, len(views))}
	for i, v := range views {
		m.ids = append(m.ids, string(v))
		if s.c.Snapshot == nil {
			continue
		}
		if v == Ended {
			for j := range s.c.Snapshot.Suppressions {
				if s.c.Snapshot.Suppressions[j].State == alarm.Over {
					m.counts[i]++
				}
			}
			continue
		}
		for j := range s.c.Snapshot.Standing {
			if v.has(&s.c.Snapshot.Standing[j], s.c.Now) {
				m.counts[i]++
			}
		}
	}
	m.cursor.Sync(m.ids)
	m.cursor.Select(m.ids, string(s.view))
	return m
}

func (s *Screen) menuKey(key string) {
	if s.menu.cursor.Key(s.menu.ids, key) {
		return
	}
	switch key {
	case "enter", " ":
		v := View(s.menu.cursor.ID())
		s.menu = nil
		if v == Ended {
			s.c.Open("approvals", string(alarm.Over))
			return
		}
		s.view = v
		s.refresh()
	case "esc", "v":
		s.menu = nil
	}
}

// draw writes the menu in place of the list.
func (m *menu) draw(s *Screen, width int) []string {
	th := s.c.Theme
	out := []string{"   " + th.Dim.Paint(s.c.T.Keys.ViewsLong)}
	for i, v := range views {
		lead := "  "
		if i == m.cursor.Index() {
			lead = th.Cursor.Paint(th.Glyphs.Cursor) + " "
		}
		out = append(out, " "+lead+th.Normal.Paint(text.PadLeft(strconv.Itoa(m.counts[i]), 5)+"  "+text.Cut(v.name(s.c.T), width-12, th.Glyphs.Tail)))
	}
	return out
}
