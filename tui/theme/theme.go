// Package theme holds the look of the console: styles, marks and glyph sets.
//
// Colour is for the abnormal: four hues for the four priorities, and nothing
// else uses them. No fact is told by colour alone: a mark or a word always says
// the same, so that 16 colours, NO_COLOR and colour-blind eyes lose nothing.
//
// Styles are built from the session's own renderer and are plain pairs of
// escape sequences: painting a cell costs a concatenation. They do not nest.
package theme

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"nezuban/internal/facility"
	"nezuban/internal/text"
)

// A Style paints one run of text.
type Style struct{ open, end string }

// Paint returns s in the style; an empty s stays empty.
func (s Style) Paint(t string) string {
	if t == "" || s.open == "" {
		return t
	}
	return s.open + t + s.end
}

// To writes t in the style; an empty t stays empty.
func (s Style) To(b *strings.Builder, t string) {
	if t == "" {
		return
	}
	b.WriteString(s.open)
	b.WriteString(t)
	b.WriteString(s.end)
}

// FitTo is To for text that has been sanitised, cut or filled up to cells. Long
// lists use it: it allocates only where it cuts.
func (s Style) FitTo(b *strings.Builder, t string, cells int, tail string) {
	w := text.Width(t)
	if w > cells {
		t = text.Cut(t, cells, tail)
		w = text.Width(t)
	}
	b.WriteString(s.open)
	b.WriteString(t)
	for ; w < cells; w++ {
		b.WriteByte(' ')
	}
	b.WriteString(s.end)
}

// A Theme is the look of one session.
type Theme struct {
	Normal  Style // ordinary text
	Dim     Style // headings, rules, less important text
	Old     Style // a value that can no longer be trusted
	Strong  Style // headings of the selected thing
	Cursor  Style // the selected row's marker
	Bar     Style // the reversed bar of REPLAY, DRILL, old data
	Caret   Style // the place where typing goes
	Colours bool  // false: marks alone

	marks  [5][2]string // of the priorities, painted: acknowledged, unacknowledged
	held   [5]string    // the same of those held back
	hue    [5]Style     // mark of a priority
	filled [5]Style     // the same, unacknowledged
	blink  Style

	Glyphs Glyphs
}

// New builds a theme from a session's renderer and the name of a glyph set:
// "ascii" or anything else for Unicode.
func New(r *lipgloss.Renderer, glyphs string) *Theme {
	from := func(s lipgloss.Style) Style {
		out := s.Render("X")
		i := strings.IndexByte(out, 'X')
		return Style{out[:i], out[i+1:]}
	}
	fg := func(c string) lipgloss.Style { return r.NewStyle().Foreground(lipgloss.Color(c)) }
	t := &Theme{
		Normal: from(fg("250")),
		Dim:    from(fg("245")),
		Old:    from(fg("250").Faint(true)),
		Strong: from(fg("255").Bold(true)),
		Cursor: from(fg("255").Bold(true)),
		Bar:    from(r.NewStyle().Reverse(true)),
		Caret:  from(r.NewStyle().Underline(true)),
		Glyphs: glyphSet(glyphs),
	}
	p1 := fg("231").Background(lipgloss.Color("160")).Bold(true)
	p2 := fg("16").Background(lipgloss.Color("214"))
	t.hue = [5]Style{from(fg("139")), from(p1), from(p2), from(fg("227")), from(fg("117"))}
	t.filled = [5]Style{from(fg("139")), from(p1), from(p2), from(fg("227").Reverse(true)), from(fg("117").Reverse(true))}
	t.blink = from(p1.Blink(true))
	t.Colours = t.Normal.open != ""
	for p := range t.marks {
		for i, unacked := range []bool{false, true} {
			t.marks[p][i] = t.mark(facility.Priority(p), unacked)
		}
		t.held[p] = t.hue[0].Paint(text.Pad("~"+strconv.Itoa(p), 3))
	}
	return t
}

// Mark paints the mark of a priority, three cells wide. An unacknowledged P1
// blinks; its row, filled by Alarm, says the same without.
func (t *Theme) Mark(p facility.Priority, unacked bool) string {
	if p < facility.P1 || p > facility.P4 {
		return t.mark(p, unacked)
	}
	if unacked {
		return t.marks[p][1]
	}
	return t.marks[p][0]
}

// Held paints the mark of an alarm that is held back: "~" and its priority.
func (t *Theme) Held(p facility.Priority) string {
	if p < facility.P1 || p > facility.P4 {
		return t.mark(p, false)
	}
	return t.held[p]
}

func (t *Theme) mark(p facility.Priority, unacked bool) string {
	m := text.Pad(p.Mark(), 3)
	switch {
	case p < facility.P1 || p > facility.P4:
		return t.Dim.Paint(m)
	case unacked && p == facility.P1:
		return t.blink.Paint(m)
	case unacked:
		return t.filled[p].Paint(m)
	}
	return t.hue[p].Paint(m)
}

// Alarm paints the text of an alarm: filled while nobody has acknowledged it.
func (t *Theme) Alarm(p facility.Priority, unacked bool, s string) string {
	return t.AlarmStyle(p, unacked).Paint(s)
}

// AlarmStyle is the style of Alarm.
func (t *Theme) AlarmStyle(p facility.Priority, unacked bool) Style {
	if p < facility.P1 || p > facility.P4 || !unacked {
		return t.Normal
	}
	return t.filled[p]
}

// Hue paints s in the hue of a priority, for counters and values that carry
// their mark beside them.
func (t *Theme) Hue(p facility.Priority, s string) string {
	if p < facility.P1 || p > facility.P4 {
		return t.Normal.Paint(s)
	}
	return t.hue[p].Paint(s)
}

// Rule is a horizontal line of the given width.
func (t *Theme) Rule(width int) string {
	return t.Dim.Paint(strings.Repeat(t.Glyphs.Horizontal, max(0, width)))
}

// Cut is the gate for one cell of a table: it sanitises s, shortens it with the
// glyph set's tail and fills it up.
func (t *Theme) Cut(s string, cells int) string {
	s, _ = text.Clean(s, 400)
	return text.Fit(s, cells, t.Glyphs.Tail)
}
