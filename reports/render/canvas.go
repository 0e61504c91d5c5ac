package render

import (
	"fmt"
	"html"
	"html/template"
	"strings"
)

// A canvas is what a drawing needs and no more, so that it can be put on paper
// by another back-end. Lengths are in points, the origin at the top left.
type canvas interface {
	Line(x1, y1, x2, y2 float64, class string)
	Rect(x, y, w, h float64, class string)
	Poly(points []float64, class string)      // x, y, x, y …
	Text(x, y float64, class, content string) // x, y: left end of the base line
}

// svg is the canvas of the HTML; numbers have two decimals.
type svg struct {
	width, height float64
	body          strings.Builder
}

func (s *svg) Line(x1, y1, x2, y2 float64, class string) {
	fmt.Fprintf(&s.body, `<line x1="%.2f" y1="%.2f" x2="%.2f" y2="%.2f" class="%s"/>`, x1, y1, x2, y2, class)
}

func (s *svg) Rect(x, y, w, h float64, class string) {
	fmt.Fprintf(&s.body, `<rect x="%.2f" y="%.2f" width="%.2f" height="%.2f" class="%s"/>`, x, y, w, h, class)
}

func (s *svg) Poly(points []float64, class string) {
	s.body.WriteString(`<polygon points="`)
	for i := 0; i+1 < len(points); i += 2 {
		if i > 0 {
			s.body.WriteByte(' ')
		}
		fmt.Fprintf(&s.body, "%.2f,%.2f", points[i], points[i+1])
	}
	fmt.Fprintf(&s.body, `" class="%s"/>`, class)
}

func (s *svg) Text(x, y float64, class, content string) {
	fmt.Fprintf(&s.body, `<text x="%.2f" y="%.2f" class="%s">%s</text>`, x, y, class, html.EscapeString(content))
}

// markup is the finished drawing; label is read to those who cannot see it.
func (s *svg) markup(label string) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="%s" viewBox="0 0 %.2f %.2f">%s</svg>`,
		html.EscapeString(label), s.width, s.height, s.body.String()))
}
