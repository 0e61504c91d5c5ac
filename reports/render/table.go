package render

import (
	"strings"

	"nezuban/internal/text"
	"nezuban/reports/document"
)

const gutter = 2

// table prints a table at its natural width where it fits, with the first cell
// of each row on a line of its own where that makes it fit, and with wrapped
// cells where nothing else helps. No cell is ever cut.
func (p *page) table(t document.Table) {
	if t.Caption != "" {
		p.line("")
		p.wrapped(t.Caption, "  ")
	}
	if len(t.Rows) == 0 {
		p.wrapped("  "+t.Empty, "  ")
		return
	}
	widths := natural(t)
	lead := false
	if total(widths) > TextWidth && len(widths) > 3 {
		lead = true
		widths = widths[1:]
	}
	indent := 0
	if lead {
		indent = 4
	}
	shrink(widths, TextWidth-indent)
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

func natural(t document.Table) []int {
	widths := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		widths[i] = text.Width(c.Title)
	}
	for _, r := range t.Rows {
		for i, c := range r.Cells {
			widths[i] = max(widths[i], text.Width(plain(c)))
		}
	}
	return widths
}

func total(widths []int) int {
	sum := gutter * (len(widths) - 1)
	for _, w := range widths {
		sum += w
	}
	return sum
}

// shrink takes cells from the widest column until all fit.
func shrink(widths []int, limit int) {
	for total(widths) > limit {
		widest := 0
		for i, w := range widths {
			if w > widths[widest] {
				widest = i
			}
		}
		if widths[widest] <= 4 {
			return
		}
		widths[widest]--
	}
}

func (p *page) row(cols []document.Column, r document.Row, widths []int, lead bool) {
	cells, indent := r.Cells, ""
	if lead {
		p.wrapped(plain(cells[0]), "  ")
		cells, cols, indent = cells[1:], cols[1:], "    "
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
