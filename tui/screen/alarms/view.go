package alarms

import (
	"strconv"
	"strings"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/text"
	"nezuban/tui/session"
	"nezuban/tui/theme"
)

// columns are widths in cells; 0 leaves a column out. They drop in the order
// owner, comment, place; how many follow then stands behind the name. The value
// and who acknowledged or holds it back stay.
type columns struct{ name, value, by, place, count, owner, note int }

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
	if rest >= 36+17 {
		c.note = min(40, rest-37)
		rest -= c.note + 1
	}
	if rest >= 36+9 {
		c.owner = 8
		rest -= c.owner + 1
	}
	c.name = max(rest, 10)
	return c
}

// previewLines of a body of this height, under a list of so many rows: what a
// short list leaves free goes to the preview, which then cuts nothing off. It
// does not depend on the selected alarm: the list stays where it is.
func previewLines(height, rows int) int {
	least := 0
	switch {
	case height >= 45:
		least = 14
	case height >= 28:
		least = 11
	case height >= 16:
		least = 7
	default:
		return 0
	}
	const most, spare = 18, 6 // rows kept for alarms to come
	return max(least, min(most, height-2-max(rows+1, spare)))
}

// View draws the list and, from 16 lines on, a preview of the selected alarm.
func (s *Screen) View(width, height int) string {
	preview := previewLines(height, len(s.layout.lines))
	rows := height - 2 - preview
	from, to := s.cursor.Window(len(s.layout.lines), rows)
	th := s.c.Theme
	cols := widths(width)
	lines := make([]string, 0, height+1)
	lines = append(lines, " "+th.Dim.Paint(text.Cut(s.status(from), width-2, th.Glyphs.Tail)))
	if s.menu != nil {
		lines = append(lines, s.menu.draw(s, width)...)
		return strings.Join(lines, "\n")
	}
	lines = append(lines, s.head(cols))
	for i := from; i < to; i++ {
		lines = append(lines, s.row(s.layout.lines[i], i == s.cursor.Index(), cols, width))
	}
	if len(s.layout.lines) == 0 {
		word := s.c.T.Frame.Nothing
		if s.c.Snapshot == nil {
			word = s.c.T.Frame.NoData
		} else if s.layout.all == 0 {
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

// status is the line above the list.
func (s *Screen) status(from int) string {
	parts := make([]string, 0, 6)
	if s.view != All {
		parts = append(parts, s.view.name(s.c.T))
	}
	if f := s.filter.String(); f != "" {
		parts = append(parts, s.c.T.Frame.Filter+": "+f)
	}
	parts = append(parts, s.c.T.Frame.Shown(s.layout.shown, s.layout.all))
	if len(s.marked) > 0 {
		parts = append(parts, s.c.T.Alarms.Marked(len(s.marked)))
	}
	fresh := 0
	for i := range min(from, len(s.layout.lines)) {
		if o := s.layout.lines[i].o; o != nil && o.RaisedAt.After(s.seen) {
			fresh++
		}
	}
	if fresh > 0 {
		parts = append(parts, s.c.Theme.Glyphs.Up+" "+s.c.T.Frame.NewAbove(fresh))
	}
	return session.Join(parts...)
}

func (s *Screen) head(c columns) string {
	t := &s.c.T.Alarms
	line := "   " + text.Fit(t.Priority, 3, "") + " " + text.Fit(t.State, 5, "") + " " + text.Fit(t.Age, 5, "") + " " +
		text.Fit(t.Name, c.name, "") + " " + text.Fit(t.Value, c.value, "") + " " + text.Fit(t.By, c.by, "")
	for _, x := range []struct {
		title string
		cells int
	}{{t.Place, c.place}, {t.Count, c.count}, {t.Note, c.note}, {t.OwnerIs, c.owner}} {
		if x.cells > 0 {
			line += " " + text.Fit(x.title, x.cells, "")
		}
	}
	return s.c.Theme.Dim.Paint(line)
}

func (s *Screen) row(l line, selected bool, c columns, width int) string {
	th := s.c.Theme
	var b strings.Builder
	b.Grow(512)
	mark := func(on bool, sign string) {
		if on {
			th.Cursor.To(&b, sign)
		} else {
			b.WriteByte(' ')
		}
	}
	mark(selected, th.Glyphs.Cursor)
	if l.o == nil {
		b.WriteString("  ")
		th.Strong.To(&b, text.Cut(s.c.T.Alarms.Deferred(l.held), width-4, th.Glyphs.Tail))
		return b.String()
	}
	o := l.o
	mark(s.marked[o.ID], "*")
	b.WriteByte(' ')
	held := o.IsSuppressed()
	unacked := session.Unacked(o.State()) && !held
	if held {
		b.WriteString(th.Held(o.Priority))
	} else {
		b.WriteString(th.Mark(o.Priority, unacked))
	}
	b.WriteByte(' ')
	th.AlarmStyle(o.Priority, unacked).FitTo(&b, string(o.Shown()), 5, "")
	age := s.c.Age(o.RaisedAt)
	for range 5 - len(age) {
		b.WriteByte(' ')
	}
	th.Normal.FitTo(&b, age, len(age)+2, "")
	s.name(&b, l, unacked, c)
	cell := func(t string, cells int) {
		if cells > 0 {
			b.WriteByte(' ')
			th.Normal.FitTo(&b, t, cells, th.Glyphs.Tail)
		}
	}
	value, by, why := s.columns(o)
	cell(value, c.value)
	cell(by, c.by)
	cell(s.c.Clean(o.Place), c.place)
	if c.count > 0 {
		tag, style := s.times(l)
		if len(tag) > c.count {
			tag = "" // stands behind the name
		}
		b.WriteByte(' ')
		style.FitTo(&b, tag, c.count, th.Glyphs.Tail)
	}
	cell(why, c.note)
	cell(s.c.Clean(o.Owner), c.owner)
	return b.String()
}

// name writes an alarm's words, set in under its root, and, where its column has
// no room for it, how many follow and how often it came.
func (s *Screen) name(b *strings.Builder, l line, unacked bool, c columns) {
	th, o, cells := s.c.Theme, l.o, c.name
	style := th.Normal
	if o.Priority == facility.P1 {
		style = th.AlarmStyle(o.Priority, unacked)
	}
	if l.depth > 0 {
		th.Dim.To(b, " "+th.Glyphs.BottomLeft+" ")
		cells -= 3
	}
	tag, tagged := s.times(l)
	if len(tag) <= c.count {
		tag = "" // has its column
	} else {
		cells -= len(tag) + 1
	}
	style.FitTo(b, s.c.AlarmNameIn(o, cells), cells, th.Glyphs.Tail)
	if tag != "" {
		b.WriteByte(' ')
		tagged.To(b, tag)
	}
}

// columns are value, person and words of an alarm; of one that is held back,
// until when, by whom and why.
func (s *Screen) columns(o *alarm.Occurrence) (value, by, why string) {
	switch o.Shown() {
	case alarm.ShownOutOfService:
		return s.c.Clean(o.Service.Change), s.c.Clean(o.Service.By), s.c.Clean(o.Service.Reason)
	case alarm.ShownSuppressed:
		return s.c.Clean(o.Design), "", ""
	case alarm.ShownShelved:
		return s.c.T.Fire.Until + " " + s.c.Minute(o.Shelve.Until), s.c.Clean(o.Shelve.By), s.c.Clean(o.Shelve.Reason)
	}
	return s.c.AlarmValue(o), s.c.Clean(o.AckedBy), s.c.Clean(o.Comment)
}

// times says how many follow from a root, and how often an alarm came on where
// that is more than once. Where somebody has seen to the root, "+16/5" and the
// hue of the gravest say that five of those that follow still wait.
func (s *Screen) times(l line) (string, theme.Style) {
	th, out := s.c.Theme, ""
	style := th.Strong
	if l.members > 0 {
		out = "+" + strconv.Itoa(l.members)
		if l.calling > 0 && !session.Calls(l.o) {
			out += "/" + strconv.Itoa(l.calling)
			style = th.AlarmStyle(l.gravest, true)
		}
	}
	if l.o.Count > 1 {
		out += "x" + strconv.Itoa(l.o.Count)
	}
	return out, style
}
