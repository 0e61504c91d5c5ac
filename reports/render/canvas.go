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

// svg is the canvas of the HTML; numbers have two decimals. It carries its own
// looks, so that the drawing stays the same outside of the page.
type svg struct {
	width, height float64
	body          strings.Builder
}

// looks of what is drawn, by class. Spans differ by letter, fill and edge, never
// by colour alone.
var looks = map[string]string{
	"grid":     `stroke="#d0d0d0" stroke-width="0.6"`,
	"unknown":  `fill="#eeeeee"`,
	"axis":     `font-size="9" fill="#555555"`,
	"label":    `font-size="9" fill="#1a1a1a"`,
	"on":       `fill="#1a1a1a"`,
	"span U":   `fill="#a00000" stroke="#500000" stroke-width="0.8"`,
	"span A":   `fill="#f0c060" stroke="#806000" stroke-width="0.8"`,
	"span R":   `fill="#ffffff" stroke="#a00000" stroke-width="0.8" stroke-dasharray="2 1.5"`,
	"span L":   `fill="#d8d8e8" stroke="#404080" stroke-width="0.8"`,
	"letter U": `font-size="9" fill="#ffffff"`,
	"letter A": `font-size="9" fill="#1a1a1a"`,
	"letter R": `font-size="9" fill="#1a1a1a"`,
	"letter L": `font-size="9" fill="#1a1a1a"`,
}

func (s *svg) Line(x1, y1, x2, y2 float64, class string) {
	fmt.Fprintf(&s.body, `<line x1="%.2f" y1="%.2f" x2="%.2f" y2="%.2f" %s/>`, x1, y1, x2, y2, looks[class])
}

func (s *svg) Rect(x, y, w, h float64, class string) {
	fmt.Fprintf(&s.body, `<rect x="%.2f" y="%.2f" width="%.2f" height="%.2f" %s/>`, x, y, w, h, looks[class])
}

func (s *svg) Poly(points []float64, class string) {
	s.body.WriteString(`<polygon points="`)
	for i := 0; i+1 < len(points); i += 2 {
		if i > 0 {
			s.body.WriteByte(' ')
		}
		fmt.Fprintf(&s.body, "%.2f,%.2f", points[i], points[i+1])
	}
	fmt.Fprintf(&s.body, `" %s/>`, looks[class])
}

func (s *svg) Text(x, y float64, class, content string) {
	fmt.Fprintf(&s.body, `<text x="%.2f" y="%.2f" %s>%s</text>`, x, y, looks[class], html.EscapeString(content))
}

// markup is the finished drawing; label is read to those who cannot see it.
func (s *svg) markup(label string) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" role="img" font-family="BIZ UDPGothic, BIZ UDGothic, Noto Sans CJK JP, sans-serif" aria-label="%s" viewBox="0 0 %.2f %.2f">%s</svg>`,
		html.EscapeString(label), s.width, s.height, s.body.String()))
}
