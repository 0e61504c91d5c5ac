// Package chart draws trends and bars in cells. Extremes are kept: a spike
// between two columns is drawn at its full height. A gap stays a gap and is
// marked on the axis, never bridged.
package chart

import (
	"math"
	"slices"
	"strings"

	"nezuban/internal/facility"
	"nezuban/internal/text"
)

// A Trend is what to draw.
type Trend struct {
	Points    []facility.TrendPoint
	From, To  facility.Tick
	Step      int64    // seconds a point covers
	Low, High *float64 // limits, drawn dotted; nil none
	Label     func(v float64) string
	Time      func(t facility.Tick) string
	ASCII     bool
}

// Bounds are the least and the greatest value of the known points; ok is false
// where nothing is known.
func (t *Trend) Bounds() (lo, hi float64, ok bool) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, p := range t.Points {
		if p.Known && !math.IsNaN(p.Min) && !math.IsNaN(p.Max) {
			lo, hi = math.Min(lo, p.Min), math.Max(hi, p.Max)
		}
	}
	return lo, hi, lo <= hi
}

// View draws the trend in width by height cells: the plot, an axis that marks
// gaps with '?', and a line of times. Fewer than 20 columns or 4 lines give "".
func (t *Trend) View(width, height int) string {
	lo, hi, ok := t.Bounds()
	if width < 20 || height < 4 || !ok || t.To <= t.From {
		return ""
	}
	for _, l := range []*float64{t.Low, t.High} {
		if l != nil && *l > lo-(hi-lo+1e-9)*2 && *l < hi+(hi-lo+1e-9)*2 { // a limit far away would flatten the curve
			lo, hi = math.Min(lo, *l), math.Max(hi, *l)
		}
	}
	if hi-lo < 1e-9*math.Max(1, math.Abs(hi)) {
		pad := math.Max(math.Abs(hi)*0.01, 1e-6)
		lo, hi = lo-pad, hi+pad
	}
	rows := height - 2
	labels, gutter := t.labels(lo, hi, rows)
	cols := width - gutter - 1
	if cols < 10 {
		return "" // the labels leave no room for a curve
	}
	g := newGrid(cols, rows, t.ASCII)
	t.dots(g, lo, hi, t.Low)
	t.dots(g, lo, hi, t.High)
	known := t.plot(g, lo, hi)

	tick, corner, line := "┤", "└", "─"
	if t.ASCII {
		tick, corner, line = "|", "+", "-"
	}
	var b strings.Builder
	for r := range rows {
		b.WriteString(text.PadLeft(labels[r], gutter))
		b.WriteString(tick)
		b.WriteString(g.row(r))
		b.WriteByte('\n')
	}
	b.WriteString(strings.Repeat(" ", gutter) + corner)
	for c := range cols {
		if known[c] {
			b.WriteString(line)
		} else {
			b.WriteByte('?')
		}
	}
	b.WriteByte('\n')
	b.WriteString(t.times(gutter+1, cols))
	return b.String()
}

func (t *Trend) labels(lo, hi float64, rows int) ([]string, int) {
	out := make([]string, rows)
	gutter := 0
	for r := range rows {
		if rows > 5 && r%2 == 1 && r != rows-1 {
			continue
		}
		at := hi
		if rows > 1 {
			at = hi - (hi-lo)*float64(r)/float64(rows-1)
		}
		out[r] = t.Label(at)
		gutter = max(gutter, text.Width(out[r]))
	}
	return out, gutter
}

// times writes the start, the middle and the end under the axis.
func (t *Trend) times(indent, cols int) string {
	from, mid, to := t.Time(t.From), t.Time((t.From+t.To)/2), t.Time(t.To)
	gap := cols - text.Width(from) - text.Width(mid) - text.Width(to)
	if gap < 2 {
		return strings.Repeat(" ", indent) + from
	}
	left := gap / 2
	return strings.Repeat(" ", indent) + from + strings.Repeat(" ", left) + mid + strings.Repeat(" ", gap-left) + to
}

// plot draws every known point from its least to its greatest value over the
// pixel columns it covers, and joins neighbours.
func (t *Trend) plot(g *grid, lo, hi float64) []bool {
	known := make([]bool, g.cols)
	span := float64(t.To - t.From)
	y := func(v float64) int {
		return int(math.Round((hi - v) / (hi - lo) * float64(g.height-1)))
	}
	points := slices.Clone(t.Points)
	slices.SortFunc(points, func(a, b facility.TrendPoint) int { return int(a.At - b.At) })
	lastX, lastY := -1, 0
	for _, p := range points {
		end := int64(p.At) + max(t.Step, 1)
		if end <= int64(t.From) || p.At >= t.To {
			continue
		}
		if !p.Known || math.IsNaN(p.Min) || math.IsNaN(p.Max) {
			lastX = -1
			continue
		}
		x0 := int(float64(int64(p.At)-int64(t.From)) / span * float64(g.width))
		x1 := int(math.Ceil(float64(end-int64(t.From))/span*float64(g.width))) - 1
		x0, x1 = max(x0, 0), min(max(x1, x0), g.width-1)
		if x0 > x1 {
			continue
		}
		top, bottom, mean := y(p.Max), y(p.Min), y(p.Mean)
		for x := x0; x <= x1; x++ {
			known[x/g.perX] = true
			g.vertical(x, mean, mean)
		}
		g.vertical((x0+x1)/2, top, bottom)
		if lastX >= 0 && x0-lastX <= 1 {
			g.vertical(x0, lastY, mean)
		}
		lastX, lastY = x1, mean
	}
	return known
}

func (t *Trend) dots(g *grid, lo, hi float64, limit *float64) {
	if limit == nil || *limit < lo || *limit > hi {
		return
	}
	g.dotted(int(math.Round((hi - *limit) / (hi - lo) * float64(g.height-1))))
}

// grid is the plot in pixels: 2 by 4 a cell in braille, 1 by 2 in ASCII.
type grid struct {
	cols, rows    int
	width, height int
	perX, perY    int
	ascii         bool
	set, limit    []bool
}

func newGrid(cols, rows int, ascii bool) *grid {
	g := &grid{cols: cols, rows: rows, perX: 2, perY: 4, ascii: ascii}
	if ascii {
		g.perX, g.perY = 1, 2
	}
	g.width, g.height = cols*g.perX, rows*g.perY
	g.set, g.limit = make([]bool, g.width*g.height), make([]bool, g.width*g.height)
	return g
}

func (g *grid) vertical(x, a, b int) {
	if x < 0 || x >= g.width {
		return
	}
	for y := max(min(a, b), 0); y <= min(max(a, b), g.height-1); y++ {
		g.set[y*g.width+x] = true
	}
}

func (g *grid) dotted(y int) {
	if y < 0 || y >= g.height {
		return
	}
	for x := range g.width {
		if x/g.perX%2 == 0 {
			g.limit[y*g.width+x] = true
		}
	}
}

// braille dot bits by column and row of the cell (Unicode block 2800).
var braille = [2][4]rune{{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}

func (g *grid) row(r int) string {
	var b strings.Builder
	for c := range g.cols {
		var bits rune
		var upper, lower, limit bool
		for dx := range g.perX {
			for dy := range g.perY {
				i := (r*g.perY+dy)*g.width + c*g.perX + dx
				if g.limit[i] {
					limit = true
				}
				if !g.set[i] && !g.limit[i] {
					continue
				}
				if g.ascii {
					upper = upper || g.set[i] && dy == 0
					lower = lower || g.set[i] && dy == 1
					continue
				}
				bits |= braille[dx][dy]
			}
		}
		b.WriteRune(cell(g.ascii, bits, upper, lower, limit))
	}
	return b.String()
}

func cell(ascii bool, bits rune, upper, lower, limit bool) rune {
	switch {
	case !ascii && bits == 0:
		return ' '
	case !ascii:
		return 0x2800 + bits
	case upper && lower:
		return ':'
	case upper:
		return '\''
	case lower:
		return '.'
	case limit:
		return '-'
	}
	return ' '
}
