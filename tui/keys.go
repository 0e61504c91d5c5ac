package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"nezuban/tui/entry"
	"nezuban/tui/session"
)

// keys takes what was pressed. A terminal that was slow hands over several
// letters as one: outside of a prompt they are pressed one by one, and those
// after the one that opened a prompt are typed into it. A paste outside of a
// prompt is not a series of commands and is dropped.
//
// Esc pressed twice in a hurry arrives as one Alt-Esc.
func (m *Model) keys(msg tea.KeyMsg) tea.Cmd {
	if msg.Type == tea.KeyEsc && msg.Alt {
		return tea.Batch(m.keys(keyNamed("esc")), m.keys(keyNamed("esc")))
	}
	if m.prompt != nil {
		return m.typed(msg)
	}
	if msg.Type != tea.KeyRunes || len(msg.Runes) < 2 {
		return m.key(msg.String())
	}
	if msg.Paste {
		return nil
	}
	var cmds []tea.Cmd
	for i, r := range msg.Runes {
		if m.prompt != nil {
			m.line.Insert(string(msg.Runes[i:]))
			break
		}
		cmds = append(cmds, m.key(string(r)))
	}
	return tea.Batch(cmds...)
}

// key is one key outside of a prompt.
func (m *Model) key(key string) tea.Cmd {
	m.notice = ""
	switch key {
	case "ctrl+c":
		return m.leave()
	case "ctrl+l":
		return tea.ClearScreen
	case ":", "ctrl+p":
		m.askCommand()
		return nil
	case "?":
		if m.at.place.Screen == "help" {
			return nil
		}
		m.c.HelpKeys = m.allKeys()
		return m.open(session.Place{Screen: "help"})
	case "-":
		return m.last()
	case "[", "]":
		if m.screenHas(key) {
			break
		}
		if key == "[" {
			return m.back()
		}
		return m.forward()
	case "1", "2", "3", "4", "5", "6", "7", "8", "9":
		if e := screenOnKey(key); e != nil {
			return m.open(session.Place{Screen: e.name})
		}
		m.notice = m.c.T.Frame.NoSuchScreen
		return nil
	}
	if m.small() {
		return nil // what cannot be seen is not worked on
	}
	return m.ask(keyNamed(key))
}

// keyNamed makes a key message that prints as key. Screens match keys by that
// string only.
func keyNamed(key string) tea.KeyMsg {
	if k, ok := namedKeys[key]; ok {
		return tea.KeyMsg{Type: k}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(key)}
}

// namedKeys are those that screens know by name.
var namedKeys = map[string]tea.KeyType{
	"enter": tea.KeyEnter, "esc": tea.KeyEsc, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
	"home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "tab": tea.KeyTab,
	"ctrl+d": tea.KeyCtrlD, "ctrl+u": tea.KeyCtrlU, "ctrl+z": tea.KeyCtrlZ, "ctrl+w": tea.KeyCtrlW, " ": tea.KeySpace,
}

func (m *Model) screenHas(key string) bool {
	for _, k := range m.at.screen.Keys() {
		if k.Key == key {
			return true
		}
	}
	return false
}

// leave quits at the second Ctrl-c in a row.
func (m *Model) leave() tea.Cmd {
	if m.c.Now.Before(m.leaveUntil) {
		return tea.Quit
	}
	m.leaveUntil = m.c.Now.Add(leaveWithin)
	m.notice = m.c.T.Frame.LeaveAgain
	return nil
}

// allKeys are the keys of the present screen and those that work everywhere.
func (m *Model) allKeys() []session.Key {
	k := &m.c.T.Keys
	out := append([]session.Key(nil), m.at.screen.Keys()...)
	for _, e := range screens {
		if e.key != "" {
			hint, _ := e.word(m.c.T)
			out = append(out, session.Key{Key: e.key, Help: k.ScreenLong + ": " + hint})
		}
	}
	return append(out,
		session.Key{Key: "esc", Show: "Esc", Help: k.BackLong},
		session.Key{Key: "-", Help: k.LastLong},
		session.Key{Key: "[", Show: "[ ]", Help: k.HistoryLong},
		session.Key{Key: ":", Help: k.CommandLong},
		session.Key{Key: "ctrl+l", Show: "Ctrl-l", Help: k.RedrawLong},
		session.Key{Key: "ctrl+c", Show: m.c.T.Frame.CtrlCTwice, Help: k.LeaveLong},
	)
}

// openPrompt shows a question on the last lines.
func (m *Model) openPrompt(p *session.Prompt) {
	m.prompt, m.problem, m.notice = p, "", ""
	m.line = entry.Line{}
	m.line.Set(p.Initial)
}

func (m *Model) closePrompt() {
	m.prompt, m.problem = nil, ""
	m.line = entry.Line{}
}

// typed is a key inside a prompt.
func (m *Model) typed(msg tea.KeyMsg) tea.Cmd {
	switch key := msg.String(); {
	case key == "esc", key == "ctrl+c":
		m.closePrompt()
	case key == "enter":
		return m.submit()
	case m.prompt.Confirm:
		return nil
	case key == "tab":
		m.complete()
	case msg.Type == tea.KeyRunes || msg.Type == tea.KeySpace:
		m.problem = ""
		if !msg.Alt {
			m.line.Insert(string(msg.Runes))
		}
	default:
		m.problem = ""
		m.line.Key(key)
	}
	return nil
}

// submit hands the text over. A command that it opens is run after the prompt
// has gone.
func (m *Model) submit() tea.Cmd {
	p := m.prompt
	cmd, problem := p.Submit(m.line.String())
	if problem != "" {
		m.problem = problem
		return nil
	}
	if m.prompt == p {
		m.closePrompt()
	}
	return tea.Batch(cmd, m.serve(m.c.Take()))
}
