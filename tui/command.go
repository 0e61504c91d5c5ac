package tui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/text/width"

	"nezuban/internal/alarm"
	"nezuban/internal/i18n"
	"nezuban/tui/action"
	"nezuban/tui/filter"
	"nezuban/tui/screen/alarms"
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
	case en.Shelved, ja.Shelved:
		return m.open(session.Place{Screen: "alarms", Arg: alarms.ViewArg(alarms.Shelved)}), ""
	case en.Stale, ja.Stale:
		return m.open(session.Place{Screen: "alarms", Arg: alarms.ViewArg(alarms.Stale)}), ""
	case en.Shelve, ja.Shelve:
		return nil, m.shelve(arg)
	case en.Cause, ja.Cause, en.Close, ja.Close:
		return nil, m.onSelected(name == en.Close || name == ja.Close, arg)
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

// A selector is a screen on which one alarm is under the cursor; nil none.
type selector interface{ Selected() *alarm.Occurrence }

// onSelected asks to close the alarm under the cursor, or to set its cause. An
// answer says why it cannot.
func (m *Model) onSelected(closing bool, arg string) string {
	s, ok := m.at.screen.(selector)
	if !ok || s.Selected() == nil {
		return m.c.T.Command.NoAlarm
	}
	o := *s.Selected()
	id := strings.ToUpper(arg)
	switch {
	case closing:
		action.Close(m.c, m.options.Operations, o)
	case strings.EqualFold(arg, "none"):
		action.SetCause(m.c, m.options.Operations, o, "")
	case !strings.HasPrefix(id, "ALM-") || id == o.ID:
		return m.c.T.Command.CauseUsage
	default:
		action.SetCause(m.c, m.options.Operations, o, id)
	}
	return ""
}

// shelve asks to shelve all that a filter matches, after it has told how many
// that are now.
func (m *Model) shelve(arg string) string {
	f, err := filter.Parse(arg)
	if err != nil {
		return filter.Problem(m.c.T, err)
	}
	selector, ok := f.Selector()
	if !ok {
		return m.c.T.Command.ShelveUsage
	}
	n := 0
	if m.c.Snapshot != nil {
		for i := range m.c.Snapshot.Standing {
			if o := &m.c.Snapshot.Standing[i]; o.Class != alarm.LifeSafety && f.Match(m.c.AlarmAttributes(o)) {
				n++
			}
		}
	}
	action.ShelveFilter(m.c, m.options.Operations, selector, n)
	return ""
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
		c := &t.Command
		words = append(words, c.Help, c.Lang, c.Shelve, c.Shelved, c.Stale, c.Cause, c.Close, c.Quit)
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
