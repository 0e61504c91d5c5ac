package render

import (
	"strings"

	"nezuban/internal/text"
	"nezuban/reports/document"
)

// Blanks between columns, and before what follows the cells that lead a row.
const (
	gutter     = 2
	leadIndent = 4
)

// table prints a table in columns. What is too wide is wrapped inside its cells;
// where not even the longest words fit beside each other, the first cells of
// each row move to a line of their own. No cell is ever cut.
func (p *page) table(t document.Table) {
	if t.Caption != "" {
		p.line("")
		p.wrapped(t.Caption, "  ")
	}
	if len(t.Rows) == 0 {
		p.wrapped("  "+t.Empty, "  ")
		return
	}
	natural, least := measure(t, lineWidth), measure(t, wordWidth)
	lead, indent := 0, 0
	for total(least[lead:])+indent > TextWidth && lead < len(least)-1 {
		lead, indent = lead+1, leadIndent
	}
	widths := natural[lead:]
	shrink(widths, least[lead:], TextWidth-indent)
	titles := make([]document.Cell, len(t.Columns))
	for i, c := range t.Columns {
		titles[i] = document.Cell{Text: c.Title}
	}
	p.row(t.Columns, document.Row{Cells: titles}, widths, lead)
	p.line(strings.Repeat(" ", indent) + strings.Repeat("-", total(widths)))
	for _, r := range t.Rows {
		p.row(t.Columns, r, widths, lead)
	}
}

// measure gives each column the greatest of what width says of its cells.
func measure(t document.Table, width func(string) int) []int {
	widths := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		widths[i] = width(c.Title)
	}
	for _, r := range t.Rows {
		for i, c := range r.Cells {
			widths[i] = max(widths[i], width(plain(c)))
		}
	}
	return widths
}

func lineWidth(s string) int { return text.Width(s) }

// wordWidth is the width of the longest word, and not less than a short line,
// since a column of one character a line cannot be read. Words longer than a
// page are broken.
func wordWidth(s string) int {
	widest := min(lineWidth(s), 10)
	for _, tok := range tokens(s) {
		widest = max(widest, text.Width(tok))
	}
	return min(widest, TextWidth-leadIndent)
}

func total(widths []int) int {
	sum := gutter * (len(widths) - 1)
	for _, w := range widths {
		sum += w
	}
	return sum
}

// shrink takes cells from the widest column until all fit, from none more than
// its longest word allows while another can give.
func shrink(widths, least []int, limit int) {
	for total(widths) > limit {
		widest := -1
		for i, w := range widths {
			if w > least[i] && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return // one column is left, and its words are bounded
		}
		widths[widest]--
	}
}

func (p *page) row(cols []document.Column, r document.Row, widths []int, lead int) {
	cells, indent := r.Cells, ""
	if lead > 0 {
		heads := make([]string, 0, lead)
		for _, c := range cells[:lead] {
			heads = append(heads, plain(c))
		}
		p.wrapped(strings.Join(heads, strings.Repeat(" ", gutter)), "  ")
		cells, cols, indent = cells[lead:], cols[lead:], strings.Repeat(" ", leadIndent)
	}
	columns, height := make([][]string, len(cells)), 1
	for i, c := range cells {
		columns[i] = wrap(plain(c), widths[i])
		height = max(height, len(columns[i]))
	}
	for n := range height {
		var b strings.Builder
		b.WriteString(indent)
		for i, lines := range columns {
			s := ""
			if n < len(lines) {
				s = lines[n]
			}
			if cols[i].Right {
				b.WriteString(text.PadLeft(s, widths[i]))
			} else {
				b.WriteString(text.Pad(s, widths[i]))
			}
			if i < len(columns)-1 {
				b.WriteString(strings.Repeat(" ", gutter))
			}
		}
		p.line(b.String())
	}
}

// plain is a cell with its links spelt out.
func plain(c document.Cell) string {
	parts := make([]string, 0, 1+len(c.Links))
	if c.Text != "" {
		parts = append(parts, c.Text)
	}
	for _, l := range c.Links {
		parts = append(parts, l.Text)
	}
	return strings.Join(parts, " ")
}
