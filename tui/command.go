package tui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/text/width"

	"nezuban/internal/i18n"
	"nezuban/tui/action"
	"nezuban/tui/session"
)

// askCommand opens the command line. Names of both languages work at all times.
func (m *Model) askCommand() {
	m.openPrompt(&session.Prompt{
		Label:    m.c.T.Command.Label,
		Submit:   m.command,
		Complete: m.candidates,
	})
}

// command runs what was typed; the second result says why it could not.
func (m *Model) command(typed string) (tea.Cmd, string) {
	name, arg, _ := strings.Cut(strings.TrimSpace(width.Fold.String(typed)), " ")
	name, arg = strings.ToLower(strings.TrimPrefix(name, ":")), strings.TrimSpace(arg)
	en, ja := &i18n.For("en").Command, &i18n.For("ja").Command
	switch name {
	case "":
		return nil, ""
	case en.Quit, ja.Quit, "q":
		return tea.Quit, ""
	case en.Lang, ja.Lang:
		return m.language(arg)
	case en.Help, ja.Help:
		m.closePrompt()
		return m.key("?"), ""
	}
	for _, e := range screens {
		if e.word == nil {
			continue
		}
		_, enWord := e.word(i18n.For("en"))
		_, jaWord := e.word(i18n.For("ja"))
		if name == enWord || name == jaWord {
			return m.open(session.Place{Screen: e.name, Arg: arg}), ""
		}
	}
	return m.find(name)
}

// find takes the id of a device or an alarm.
func (m *Model) find(name string) (tea.Cmd, string) {
	for id := range m.c.Devices {
		if strings.EqualFold(string(id), name) {
			return m.open(session.Place{Screen: "device", Arg: string(id)}), ""
		}
	}
	if strings.HasPrefix(name, "alm-") {
		return m.open(session.Place{Screen: "alarm", Arg: strings.ToUpper(name)}), ""
	}
	return nil, m.c.T.Command.Unknown(name)
}

// language changes the session at once and asks the service to keep the choice.
func (m *Model) language(lang string) (tea.Cmd, string) {
	if lang != "ja" && lang != "en" {
		return nil, m.c.T.Command.LangUsage
	}
	m.c.T, m.fixedLang = i18n.For(lang), true
	cmd := m.show()
	if m.c.Person.ID == "" || m.c.ReadOnly != "" {
		return cmd, "" // nobody to keep it for
	}
	return tea.Batch(cmd, action.SetLanguage(m.c, m.options.Operations, lang)), ""
}

// candidates are the words that begin as typed: commands first, then devices.
func (m *Model) candidates(typed string) []string {
	typed = strings.ToLower(strings.TrimLeft(typed, " "))
	if strings.Contains(typed, " ") {
		return nil
	}
	var words []string
	for _, lang := range []string{m.c.T.Lang, "en", "ja"} {
		t := i18n.For(lang)
		for _, e := range screens {
			if e.word != nil {
				_, w := e.word(t)
				words = append(words, w)
			}
		}
		words = append(words, t.Command.Help, t.Command.Lang, t.Command.Quit)
	}
	var ids []string
	if typed != "" {
		for id := range m.c.Devices {
			ids = append(ids, string(id))
		}
		slices.Sort(ids)
	}
	var out []string
	for _, w := range append(words, ids...) {
		if strings.HasPrefix(w, typed) && !slices.Contains(out, w) {
			out = append(out, w)
		}
		if len(out) == 12 {
			break
		}
	}
	return out
}

// complete replaces what was typed by the part all candidates share, or by the
// only one.
func (m *Model) complete() {
	if m.prompt.Complete == nil {
		return
	}
	words := m.prompt.Complete(m.line.String())
	switch len(words) {
	case 0:
		return
	case 1:
		m.line.Set(words[0] + " ")
		return
	}
	shared := []rune(words[0])
	for _, w := range words[1:] {
		rs := []rune(w)
		n := 0
		for n < len(shared) && n < len(rs) && shared[n] == rs[n] {
			n++
		}
		shared = shared[:n]
	}
	if len(string(shared)) > len(m.line.String()) {
		m.line.Set(string(shared))
	}
}
