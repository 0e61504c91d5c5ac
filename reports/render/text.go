package render

import (
	"bytes"
	"strings"

	"nezuban/internal/text"
	"nezuban/reports/document"
)

// TextWidth is the width of a text report in terminal cells: it fits a mail and
// a screen of 80 columns.
const TextWidth = 78

// Text lays the document out in lines of at most TextWidth cells; full-width
// characters count two.
func Text(d document.Document) []byte {
	var p page
	p.line(d.Title)
	p.line(strings.Repeat("=", TextWidth))
	for _, b := range d.Banners {
		p.wrapped("*** "+b+" ***", "")
	}
	width := 0
	for _, f := range d.Facts {
		width = max(width, text.Width(f.Label))
	}
	for _, f := range d.Facts {
		p.wrapped(text.Pad(f.Label, width)+"  "+f.Value, strings.Repeat(" ", width+2))
	}
	for _, s := range d.Sections {
		p.line("")
		p.line(s.Title)
		p.line(strings.Repeat("-", TextWidth))
		for _, b := range s.Blocks {
			p.block(b)
		}
	}
	p.line("")
	p.line(strings.Repeat("-", TextWidth))
	for _, f := range d.Footer {
		p.wrapped(f, "  ")
	}
	return p.buf.Bytes()
}

// A page collects lines without trailing blanks.
type page struct{ buf bytes.Buffer }

func (p *page) line(s string) {
	p.buf.WriteString(strings.TrimRight(s, " "))
	p.buf.WriteByte('\n')
}

func (p *page) wrapped(s, indent string) {
	for i, l := range wrap(s, TextWidth-text.Width(indent)) {
		if i > 0 {
			l = indent + l
		}
		p.line(l)
	}
}

func (p *page) block(b document.Block) {
	switch b := b.(type) {
	case document.Note:
		mark := ""
		if b.Strong {
			mark = "! "
		}
		p.wrapped(mark+b.Text, mark)
	case document.Heading:
		p.line("")
		p.wrapped(b.Text, "  ")
	case document.Table:
		p.table(b)
	case document.Timeline:
		p.timeline(b)
	}
}

// timeline draws a lane per line, a letter for each slice of the period.
func (p *page) timeline(t document.Timeline) {
	const label = 24
	const slices = 48
	if t.Length <= 0 || len(t.Lanes) == 0 {
		return
	}
	p.line("")
	p.wrapped(t.Caption, "  ")
	axis := []byte(strings.Repeat(" ", slices+5))
	for _, m := range t.Marks {
		at := int(m.At * slices / t.Length)
		if at+len(m.Text) <= len(axis) && strings.TrimSpace(string(axis[max(at-1, 0):at+len(m.Text)])) == "" {
			copy(axis[at:], m.Text)
		}
	}
	p.line(strings.Repeat(" ", label+1) + string(axis))
	for _, lane := range t.Lanes {
		row := bytes.Repeat([]byte{'.'}, slices)
		for i := range row {
			if int64(i)*t.Length/slices >= t.Elapsed || int64(i+1)*t.Length/slices <= t.Begin {
				row[i] = ' '
			}
		}
		weight := make([]int, slices)
		for _, s := range lane.Spans {
			last := min((s.To*slices-1)/t.Length, slices-1)
			for i := s.From * slices / t.Length; i <= last; i++ {
				if s.Weight >= weight[i] {
					row[i], weight[i] = s.Letter[0], s.Weight
				}
			}
		}
		p.line(text.Fit(lane.Label, label, "~") + " " + string(row))
	}
	p.wrapped(t.Legend, "  ")
}

// wrap breaks s into lines of at most cells terminal cells, at spaces and
// between wide characters, and inside a word only where it does not fit a line.
// Nothing but the spaces at breaks is lost.
func wrap(s string, cells int) []string {
	cells = max(cells, 2)
	var lines []string
	cur, width := "", 0
	flush := func() {
		lines = append(lines, strings.TrimRight(cur, " "))
		cur, width = "", 0
	}
	for _, tok := range tokens(s) {
		w := text.Width(tok)
		if width+w > cells && cur != "" {
			flush()
			if tok == " " {
				continue
			}
		}
		for w > cells { // a word longer than a line
			head := text.Cut(tok, cells, "")
			lines = append(lines, head)
			tok = tok[len(head):]
			w = text.Width(tok)
		}
		cur += tok
		width += w
	}
	if cur != "" || len(lines) == 0 {
		flush()
	}
	return lines
}
