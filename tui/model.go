package tui

import (
	"errors"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"nezuban/internal/i18n"
	"nezuban/internal/live"
	"nezuban/tui/action"
	"nezuban/tui/entry"
	"nezuban/tui/session"
	"nezuban/tui/term"
	"nezuban/tui/theme"
)

const (
	// pullEvery is the longest a session goes without looking for a snapshot.
	pullEvery = 250 * time.Millisecond
	// refreshEvery is how often screens are shown the same snapshot again, so
	// that ages and staleness move on when nothing else does.
	refreshEvery = 5 * time.Second
	// leaveWithin is how long the first Ctrl-c counts.
	leaveWithin = 3 * time.Second
	// maxPast bounds the views one can go back to.
	maxPast = 50
)

// A view is a screen one is at or has been to.
type view struct {
	place  session.Place
	screen Screen
}

// Model is the root of a console session. It implements tea.Model.
type Model struct {
	options Options
	c       *session.Context
	caret   *term.Caret

	width, height int
	at            view
	past, future  []view
	roots         map[string]Screen // screens behind number keys keep their place

	prompt  *session.Prompt
	line    entry.Line
	problem string // of what was typed

	notice     string
	leaveUntil time.Time // a Ctrl-c before this leaves
	fixedLang  bool      // chosen, by the person or the caller
	lastShown  time.Time // when the screen last got a snapshot
	counts     counts    // of the present snapshot
}

// pulled is the answer of the pull command.
type pulled struct {
	snapshot *live.Snapshot
	now      time.Time
}

// New makes the console of one session. The result also has a method Caret for
// the session's writer.
func New(o Options) tea.Model { return newModel(o) }

func newModel(o Options) *Model {
	if o.Renderer == nil {
		o.Renderer = lipgloss.DefaultRenderer()
	}
	if o.Mode == "" {
		o.Mode = "LIVE"
	}
	lang := o.Language
	if lang == "" {
		lang = o.Person.Language
	}
	m := &Model{
		options:   o,
		fixedLang: lang != "",
		caret:     &term.Caret{},
		roots:     map[string]Screen{},
		c: &session.Context{
			Person: o.Person,
			T:      i18n.For(lang),
			Theme:  theme.New(o.Renderer, o.Glyphs),
			Now:    o.Clock.Now().Truncate(time.Second),

			ShiftEnd: o.ShiftEnd, People: o.People,
		},
	}
	m.goTo(session.Place{Screen: "overview"})
	return m
}

// Caret is where the real cursor belongs, for the session's writer.
func (m *Model) Caret() *term.Caret { return m.caret }

// Init takes the first snapshot.
func (m *Model) Init() tea.Cmd { return m.pull() }

// pull waits for a wake-up, at most pullEvery, and answers with the newest
// snapshot. It subscribes before it looks, so no wake-up is lost, and it ends by
// itself, so a session that is over leaves nothing behind.
func (m *Model) pull() tea.Cmd {
	feed, clk := m.options.Feed, m.options.Clock
	var have uint64
	if m.c.Snapshot != nil {
		have = m.c.Snapshot.Number
	}
	return func() tea.Msg {
		wake, cancel := feed.Subscribe()
		defer cancel()
		if s := feed.Snapshot(); s != nil && s.Number != have {
			return pulled{s, clk.Now()}
		}
		timer := time.NewTimer(pullEvery)
		defer timer.Stop()
		select {
		case <-wake:
		case <-timer.C:
		}
		return pulled{feed.Snapshot(), clk.Now()}
	}
}

// Update is the only place where the session changes.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case pulled:
		cmd = tea.Batch(m.take(msg), m.pull())
	case tea.KeyMsg:
		cmd = m.keys(msg)
	case action.Done:
		m.notice = msg.Sentence(m.c.T)
	case session.ReadOnlyMsg:
		m.c.ReadOnly = msg.Why
		m.notice = msg.Why.Sentence(m.c.T)
		m.closePrompt()
	default:
		cmd = m.deliver(msg)
	}
	m.placeCaret()
	return m, cmd
}

// take moves time on and shows the screen a snapshot that is new to it.
func (m *Model) take(p pulled) tea.Cmd {
	m.c.Now = p.now.Truncate(time.Second)
	s := p.snapshot
	if s == nil {
		return nil
	}
	isNew := m.c.Snapshot == nil || m.c.Snapshot.Number != s.Number
	if isNew {
		m.c.Show(s)
		m.counts = count(s)
		if !m.fixedLang {
			m.c.T = i18n.For(s.Site.Language)
		}
	}
	if isNew || m.c.Now.Sub(m.lastShown) >= refreshEvery {
		return m.show()
	}
	return nil
}

// show gives the present screen the present snapshot.
func (m *Model) show() tea.Cmd {
	if m.c.Snapshot == nil {
		return nil
	}
	m.lastShown = m.c.Now
	return m.ask(m.c.Snapshot)
}

// ask runs the screen's Update and carries out what it requested.
func (m *Model) ask(msg tea.Msg) tea.Cmd {
	cmd := m.at.screen.Update(msg)
	return tea.Batch(cmd, m.serve(m.c.Take()))
}

// deliver gives a message of a screen's own to every screen that is still
// there: its sender may no longer be in front.
func (m *Model) deliver(msg tea.Msg) tea.Cmd {
	seen := map[Screen]bool{}
	var cmds []tea.Cmd
	give := func(s Screen) {
		if s != nil && !seen[s] {
			seen[s] = true
			cmds = append(cmds, s.Update(msg))
		}
	}
	give(m.at.screen)
	for _, v := range m.past {
		give(v.screen)
	}
	for _, v := range m.future {
		give(v.screen)
	}
	cmds = append(cmds, m.serve(m.c.Take()))
	return tea.Batch(cmds...)
}

func (m *Model) serve(r session.Requests) tea.Cmd {
	if r.Notice != "" {
		m.notice = r.Notice
	}
	if r.Prompt != nil {
		m.openPrompt(r.Prompt)
	}
	switch {
	case r.Open != nil:
		return m.open(*r.Open)
	case r.Back:
		cmd := m.back()
		if r.Run == "" {
			return cmd
		}
		return tea.Batch(cmd, m.key(r.Run))
	}
	return nil
}

// Err is returned by Run where the console could not start.
var errNoTerminal = errors.New("console needs a terminal: run it in one, or use the status, alarms and devices commands")
