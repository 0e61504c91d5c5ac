package tui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/text"
)

// Smallest terminal that has every function.
const (
	minWidth  = 80
	minHeight = 24
)

// oldAfter is the age of a snapshot past which the frame says so: the daemon no
// longer works on what comes in.
const oldAfter = 30 * time.Second

func (m *Model) small() bool { return m.width < minWidth || m.height < minHeight }

// View draws the session.
func (m *Model) View() string {
	if m.width <= 0 || m.height <= 0 {
		return ""
	}
	if m.small() {
		return m.notEnoughRoom()
	}
	foot, counters := m.foot(), m.counterLines()
	room := m.height - 2 - len(counters) - len(foot)
	lines := make([]string, 0, m.height)
	lines = append(append(lines, m.headLine()), counters...)
	body := strings.Split(m.at.screen.View(m.width, room), "\n")
	for i := range room {
		if i < len(body) {
			lines = append(lines, m.within(body[i]))
		} else {
			lines = append(lines, "")
		}
	}
	lines = append(lines, foot...)
	return strings.Join(append(lines, m.hintLine()), "\n")
}

// within cuts a line that is wider than the terminal: one screen's mistake must
// not break the frame.
func (m *Model) within(l string) string {
	if len(l) <= m.width || text.Width(l) <= m.width {
		return l
	}
	return text.Cut(l, m.width, "") + m.reset()
}

// reset ends whatever style a cut line was in.
func (m *Model) reset() string {
	if m.c.Theme.Colours {
		return "\x1b[0m"
	}
	return ""
}

// headLine is line 1: where one is, whether what one sees is live, the time,
// who one is.
func (m *Model) headLine() string {
	th, t := m.c.Theme, m.c.T
	site := ""
	if m.c.Snapshot != nil {
		site = m.c.Snapshot.Site.Code
	}
	now := m.c.Now.In(m.c.Zone())
	state, bar := m.options.Mode, m.options.Mode != "LIVE"
	switch s := m.c.Snapshot; {
	case s == nil:
		state, bar = t.Frame.NoData, true
	case m.c.Now.Sub(s.At) > oldAfter:
		state, bar = "? "+t.Frame.OldData(i18n.FormatAge(m.c.Now.Sub(s.At))), true
	}
	if bar {
		state = th.Bar.Paint(state)
	} else {
		state = th.Normal.Paint(state)
	}
	right := state + " " + th.Normal.Paint(now.Format("15:04:05 MST"))
	who, _ := text.Clean(m.c.Person.Name, 60)
	if r := role(m.c.Person); r != "" {
		who += " (" + i18n.Word(t.Role, string(r)) + ")"
	}
	if m.c.ReadOnly != "" {
		right += "  " + th.Bar.Paint(t.Frame.ReadOnly)
	}
	right += "  " + th.Normal.Paint(text.Cut(strings.TrimSpace(who), 24, th.Glyphs.Tail)+"  "+t.Lang) + " "
	room := m.width - text.Width(right) - 2
	left, _ := text.Clean("nezuban "+site+" > "+m.at.screen.Title(), 300) // a filter may hold anything
	if text.Width(left) > room {                                          // where one is matters more than the program's name
		left = strings.TrimPrefix(left, "nezuban ")
	}
	return " " + th.Strong.Paint(text.Fit(left, max(room, 1), th.Glyphs.Tail)) + " " + right
}

// role is the one that says most about a person.
func role(p duty.Person) duty.Role {
	for _, r := range []duty.Role{duty.Admin, duty.ShiftLead, duty.Operator, duty.Manager, duty.Auditor, duty.Viewer} {
		if p.Has(r) {
			return r
		}
	}
	return ""
}

// foot are the lines above the hints: a prompt of one or two, or a notice.
func (m *Model) foot() []string {
	th := m.c.Theme
	if m.prompt == nil {
		if m.notice == "" {
			return nil
		}
		n, _ := text.Clean(m.notice, 400)
		return []string{" " + th.Strong.Paint(text.Cut(n, m.width-2, th.Glyphs.Tail))}
	}
	var out []string
	above := m.prompt.Question
	if m.prompt.Complete != nil {
		above = strings.Join(m.prompt.Complete(m.line.String()), "  ")
	}
	if m.problem != "" {
		p, _ := text.Clean(m.problem, 400)
		out = append(out, " "+th.Bar.Paint(text.Cut(p, m.width-2, th.Glyphs.Tail)))
	}
	if above != "" {
		q, _ := text.Clean(above, 400)
		out = append(out, " "+th.Strong.Paint(text.Cut(q, m.width-2, th.Glyphs.Tail)))
	}
	if m.prompt.Confirm { // the last line says which keys
		return out
	}
	label := " " + m.prompt.Label
	line, col := m.line.View(m.width-text.Width(label)-1, th.Caret.Paint)
	// The count of spaces at the end changes with the caret, so that a moved
	// caret is a changed line also where nothing is painted.
	room := m.width - text.Width(label) - text.Width(line)
	return append(out, label+line+strings.Repeat(" ", min(max(room, 0), col%7)))
}

// placeCaret tells the writer where the real cursor belongs.
func (m *Model) placeCaret() {
	if m.prompt == nil || m.prompt.Confirm || m.small() {
		m.caret.Put(0, 0)
		return
	}
	label := " " + m.prompt.Label
	_, col := m.line.View(m.width-text.Width(label)-1, func(s string) string { return s })
	m.caret.Put(m.height-1, text.Width(label)+col+1)
}

// hintLine is the last line: what the keys do here, the least important dropped
// where it is narrow.
func (m *Model) hintLine() string {
	th, t := m.c.Theme, m.c.T
	if m.prompt != nil {
		return " " + th.Dim.Paint(text.Cut(t.Frame.Cancel, m.width-2, th.Glyphs.Tail))
	}
	type hint struct {
		s    string
		rank int
	}
	all := make([]hint, 0, 20)
	for _, e := range screens {
		if e.key != "" {
			w, _ := e.word(t)
			all = append(all, hint{e.key + " " + w, 5})
		}
	}
	for _, k := range m.at.screen.Keys() {
		if k.Hint == "" {
			continue
		}
		show := k.Show
		if show == "" {
			show = k.Key
		}
		all = append(all, hint{show + " " + k.Hint, k.Rank})
	}
	all = append(all, hint{": " + t.Keys.Command, 4}, hint{"? " + t.Keys.Help, 0})
	total := 1
	for _, h := range all {
		total += text.Width(h.s) + 2
	}
	if total > m.width { // one hint for all the number keys
		keys := ""
		for _, e := range screens {
			if e.key != "" {
				total -= text.Width(all[0].s) + 2
				all = all[1:]
				keys += e.key + " "
			}
		}
		all = append([]hint{{keys + t.Frame.Screens, 3}}, all...)
		total += text.Width(all[0].s) + 2
	}
	for total > m.width {
		worst := 0
		for i := range all { // from the right
			if all[i].rank >= all[worst].rank {
				worst = i
			}
		}
		total -= text.Width(all[worst].s) + 2
		all = slices.Delete(all, worst, worst+1)
	}
	out := make([]string, 0, len(all))
	for _, h := range all {
		out = append(out, h.s)
	}
	return " " + th.Dim.Paint(strings.Join(out, "  "))
}

// notEnoughRoom is all that is drawn in a terminal below 80x24: the size
// needed and the gravest counts.
func (m *Model) notEnoughRoom() string {
	c := m.counts
	lines := []string{
		m.c.Theme.Hue(facility.P1, facility.P1.Mark()+" "+strconv.Itoa(c.all[1])) + "  " + m.c.Theme.Hue(facility.P2, facility.P2.Mark()+" "+strconv.Itoa(c.all[2])),
		m.c.T.Frame.TooSmall(m.width, m.height),
	}
	if m.c.Snapshot == nil {
		lines[0] = m.c.T.Frame.NoData
	}
	for i := range lines {
		lines[i] = m.within(lines[i])
	}
	return strings.Join(lines[:min(len(lines), m.height)], "\n")
}
