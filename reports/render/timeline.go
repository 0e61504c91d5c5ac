package render

import (
	"html/template"

	"nezuban/internal/text"
	"nezuban/reports/document"
)

// Measures of a time line, in points.
const (
	laneHeight = 14.0
	labelWidth = 210.0
	plotWidth  = 480.0
	axisHeight = 16.0
)

// timeline draws lanes over an axis: each span is a bar with its letter, so that
// it can be read without colour.
func timeline(t document.Timeline) template.HTML {
	if t.Length <= 0 || len(t.Lanes) == 0 {
		return ""
	}
	s := &svg{width: labelWidth + plotWidth + 24, height: axisHeight + laneHeight*float64(len(t.Lanes)) + 4}
	drawTimeline(s, t, s.height)
	return s.markup(t.Caption)
}

func drawTimeline(c canvas, t document.Timeline, height float64) {
	x := func(at int64) float64 { return labelWidth + plotWidth*float64(at)/float64(t.Length) }
	for _, unknown := range [][2]int64{{0, t.Begin}, {t.Elapsed, t.Length}} {
		if from, to := unknown[0], unknown[1]; from < to {
			c.Rect(x(from), axisHeight, x(to)-x(from), height-axisHeight, "unknown")
		}
	}
	for _, m := range t.Marks {
		c.Line(x(m.At), axisHeight-3, x(m.At), height, "grid")
		c.Text(x(m.At)-11, axisHeight-5, "axis", m.Text)
	}
	for i, lane := range t.Lanes {
		top := axisHeight + laneHeight*float64(i)
		c.Text(0, top+laneHeight-4, "label", text.Cut(lane.Label, 36, "…"))
		for _, s := range lane.Spans {
			left, right := x(s.From), x(s.To)
			if right-left < 1.5 {
				right = left + 1.5 // seen, however short
			}
			c.Rect(left, top+2, right-left, laneHeight-4, "span "+s.Letter)
			if right-left > 9 {
				c.Text(left+2, top+laneHeight-4, "letter "+s.Letter, s.Letter)
			}
		}
		if n := len(lane.Spans); n > 0 && lane.Spans[n-1].To >= t.Length { // goes on past the edge
			edge := x(t.Length)
			c.Poly([]float64{edge, top + 3, edge + 6, top + laneHeight/2, edge, top + laneHeight - 3}, "on")
		}
	}
}
