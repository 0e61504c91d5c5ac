package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"nezuban/tui/session"
)

// goTo makes the view of a place the present one.
func (m *Model) goTo(p session.Place) {
	e := screenNamed(p.Screen)
	if e == nil {
		return
	}
	if e.key != "" && p.Arg == "" {
		if m.roots[p.Screen] == nil {
			m.roots[p.Screen] = e.make(m.c, m.options, "")
		}
		m.at = view{p, m.roots[p.Screen]}
		return
	}
	m.at = view{p, e.make(m.c, m.options, p.Arg)}
}

// open goes to a place and remembers the view one comes from.
func (m *Model) open(p session.Place) tea.Cmd {
	if p == m.at.place || screenNamed(p.Screen) == nil {
		return nil
	}
	m.past = append(m.past, m.at)
	if len(m.past) > maxPast {
		m.past = m.past[1:]
	}
	m.future = nil
	m.goTo(p)
	r := m.c.Take() // a filter that could not be read says so
	if r.Notice != "" {
		m.notice = r.Notice
	}
	return m.show()
}

// back returns to the view before; from the first one to the overview.
func (m *Model) back() tea.Cmd {
	if len(m.past) == 0 {
		if m.at.place.Screen == "overview" {
			return nil
		}
		m.goTo(session.Place{Screen: "overview"})
		return m.show()
	}
	m.future = append(m.future, m.at)
	m.at, m.past = m.past[len(m.past)-1], m.past[:len(m.past)-1]
	return m.show()
}

// forward undoes back.
func (m *Model) forward() tea.Cmd {
	if len(m.future) == 0 {
		return nil
	}
	m.past = append(m.past, m.at)
	m.at, m.future = m.future[len(m.future)-1], m.future[:len(m.future)-1]
	return m.show()
}

// last swaps the present view with the one before it.
func (m *Model) last() tea.Cmd {
	if len(m.past) == 0 {
		return nil
	}
	i := len(m.past) - 1
	m.at, m.past[i] = m.past[i], m.at
	return m.show()
}
