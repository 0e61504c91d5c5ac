package alarms

import (
	"strconv"
	"strings"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/text"
	"nezuban/tui/session"
)

// columns are widths in cells; 0 leaves a column out. They drop in the order
// comment, N, place: the value and who acknowledged stay.
type columns struct{ name, value, by, place, count, note int }

// fixed cells: cursor, mark, priority, state and age with their gaps.
const fixed = 19

func widths(width int) columns {
	c := columns{value: 14, by: 8}
	rest := width - fixed - c.value - c.by - 3
	if rest >= 34+17 {
		c.place = 16
		rest -= c.place + 1
	}
	if rest >= 34+5 {
		c.count = 4
		rest -= c.count + 1
	}
	if rest >= 36+21 {
		c.note = min(40, rest-36)
		rest -= c.note + 1
	}
	c.name = max(rest, 10)
	return c
}

// View draws the list and, from 16 lines on, a preview of the selected alarm.
func (s *Screen) View(width, height int) string {
	preview := 0
	if height >= 16 {
		preview = 6
	}
	if height >= 28 {
		preview = 9
	}
	rows := height - 2 - preview
	from, to := s.cursor.Window(len(s.rows), rows)
	th := s.c.Theme
	cols := widths(width)
	lines := make([]string, 0, height+1)
	lines = append(lines, " "+th.Dim.Paint(text.Cut(s.status(from), width-2, th.Glyphs.Tail)), s.head(cols))
	for i := from; i < to; i++ {
		lines = append(lines, s.row(s.rows[i], i == s.cursor.Index(), cols))
	}
	if len(s.rows) == 0 {
		word := s.c.T.Frame.Nothing
		if s.c.Snapshot == nil {
			word = s.c.T.Frame.NoData
		} else if s.all == 0 {
			word = s.c.T.Overview.Quiet
		}
		lines = append(lines, "   "+th.Normal.Paint(word))
	}
	for len(lines) < height-preview {
		lines = append(lines, "")
	}
	if preview > 0 {
		lines = append(lines, s.preview(width, preview)...)
	}
	return strings.Join(lines, "\n")
}

func (s *Screen) head(c columns) string {
	t := &s.c.T.Alarms
	line := "   " + text.Fit(t.Priority, 3, "") + " " + text.Fit(t.State, 5, "") + " " + text.Fit(t.Age, 5, "") + " " +
		text.Fit(t.Name, c.name, "") + " " + text.Fit(t.Value, c.value, "") + " " + text.Fit(t.By, c.by, "")
	if c.place > 0 {
		line += " " + text.Fit(t.Place, c.place, "")
	}
	if c.count > 0 {
		line += " " + text.Fit(t.Count, c.count, "")
	}
	if c.note > 0 {
		line += " " + text.Fit(t.Note, c.note, "")
	}
	return s.c.Theme.Dim.Paint(line)
}

func (s *Screen) row(o *alarm.Occurrence, selected bool, c columns) string {
	th := s.c.Theme
	unacked := session.Unacked(o.State())
	var b strings.Builder
	b.Grow(384)
	mark := func(on bool, sign string) {
		if on {
			th.Cursor.To(&b, sign)
		} else {
			b.WriteByte(' ')
		}
	}
	mark(selected, th.Glyphs.Cursor)
	mark(s.marked[o.ID], "*")
	b.WriteByte(' ')
	b.WriteString(th.Mark(o.Priority, unacked))
	b.WriteByte(' ')
	th.AlarmStyle(o.Priority, unacked).FitTo(&b, string(o.State()), 5, "")
	age := s.c.Age(o.RaisedAt)
	for range 5 - len(age) {
		b.WriteByte(' ')
	}
	th.Normal.FitTo(&b, age, len(age)+2, "")
	style := th.Normal
	if o.Priority == facility.P1 {
		style = th.AlarmStyle(o.Priority, unacked)
	}
	tail := th.Glyphs.Tail
	style.FitTo(&b, s.c.AlarmName(o), c.name, tail)
	cell := func(t string, cells int) {
		if cells > 0 {
			b.WriteByte(' ')
			th.Normal.FitTo(&b, t, cells, tail)
		}
	}
	cell(s.c.AlarmValue(o), c.value)
	cell(s.c.Clean(o.AckedBy), c.by)
	cell(s.c.Clean(o.Place), c.place)
	cell(times(o), c.count)
	cell(s.c.Clean(o.Comment), c.note)
	return b.String()
}

// preview tells what to do about the selected alarm without leaving the list.
func (s *Screen) preview(width, height int) []string {
	th, t := s.c.Theme, s.c.T
	lines := []string{th.Rule(width)}
	add := func(label, value string) {
		if value = session.Join(value); value == "" || len(lines) >= height {
			return
		}
		head := ""
		if label != "" {
			head = label + ": "
		}
		lines = append(lines, " "+th.Dim.Paint(head)+th.Normal.Paint(text.Cut(value, width-2-text.Width(head), th.Glyphs.Tail)))
	}
	if len(s.rows) > 0 {
		o := s.rows[s.cursor.Index()]
		title := session.Join(s.c.AlarmName(o), o.Place, s.c.AlarmValue(o), o.ID)
		lines = append(lines, " "+th.Strong.Paint(text.Cut(title, width-2, th.Glyphs.Tail)))
		if s.c.Unwatched(o) {
			add("?", t.Alarms.Unwatched)
		}
		if r := s.rule(o); r != nil {
			do := t.Alarms.Do
			if r.TimeToRespond > 0 {
				do += " " + t.Alarms.Within + " " + i18n.FormatDuration(r.TimeToRespond)
			}
			add(do, steps(r.Text.Action, t.Lang))
			add(t.Alarms.IfNot, r.Text.Consequence.In(t.Lang))
			add(t.Alarms.Procedure, s.c.Procedure(r))
		} else {
			add("", t.Alarms.NoGuidance)
		}
		if !o.AckedAt.IsZero() {
			add(t.Alarms.AckedBy, session.Join(s.c.Clock(o.AckedAt), o.AckedBy, o.Comment))
		}
	}
	for len(lines) < height {
		lines = append(lines, "")
	}
	return lines
}

func (s *Screen) rule(o *alarm.Occurrence) *alarm.Rule {
	if s.c.Snapshot == nil {
		return nil
	}
	return s.c.Snapshot.Rules[o.Rule]
}

// steps writes actions on one line: "1) …  2) …".
func steps(actions []facility.Text, lang string) string {
	var out []string
	for i, a := range actions {
		out = append(out, strconv.Itoa(i+1)+") "+a.In(lang))
	}
	return strings.Join(out, "  ")
}
