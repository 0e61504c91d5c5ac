package alarms

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/alarm"
	"nezuban/internal/i18n"
	"nezuban/tui/action"
	"nezuban/tui/session"
)

// A logbook holds the events of the selected alarm. One question to the journal
// is under way at a time.
type logbook struct {
	id       string
	revision int
	events   []alarm.Event
	reading  bool
}

// logMsg is the answer of the journal.
type logMsg struct {
	to       *Screen
	id       string
	revision int
	events   []alarm.Event
	err      error
}

// read asks for the events of o where those at hand are of another alarm or of
// an earlier revision.
func (l *logbook) read(s *Screen, o *alarm.Occurrence) tea.Cmd {
	if o == nil || s.journal == nil || l.reading || l.id == o.ID && l.revision == o.Revision {
		return nil
	}
	l.reading = true
	journal, id, revision := s.journal, o.ID, o.Revision
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), action.Limit)
		defer cancel()
		events, err := journal.Events(ctx, id)
		return logMsg{s, id, revision, events, err}
	}
}

func (l *logbook) take(m logMsg) {
	l.id, l.revision, l.events, l.reading = m.id, m.revision, m.events, false
	if m.err != nil {
		l.events = nil // the alarm's own screen tells why
	}
}

// latest are the last events of an alarm, the newest first.
func (l *logbook) latest(c *session.Context, id string) []string {
	if l.id != id {
		return nil
	}
	var parts []string
	for i := len(l.events) - 1; i >= 0 && len(parts) < 6; i-- {
		e := &l.events[i]
		parts = append(parts, c.Clock(e.At)+" "+i18n.Word(c.T.Event, string(e.Kind)))
	}
	return parts
}
