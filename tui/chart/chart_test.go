package chart

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/text"
)

func trend(points []facility.TrendPoint, ascii bool) *Trend {
	return &Trend{
		Points: points, From: 0, To: 3600, Step: 60, ASCII: ascii,
		Label: func(v float64) string { return i18n.FormatUnit(facility.UnitCelsius, v, "en") },
		Time:  func(t facility.Tick) string { return t.Time().Format("15:04") },
	}
}

func flat(v float64) []facility.TrendPoint {
	var out []facility.TrendPoint
	for i := range 60 {
		out = append(out, facility.TrendPoint{At: facility.Tick(i * 60), Min: v, Max: v, Mean: v, Known: true})
	}
	return out
}

// inked are the rows of the plot that hold anything.
func inked(view string) int {
	n := 0
	for _, l := range strings.Split(view, "\n") {
		if _, plot, ok := strings.Cut(l, "|"); ok && strings.TrimSpace(plot) != "" {
			n++
		}
	}
	return n
}

func TestASpikeOfOneStepIsDrawnAtItsFullHeight(t *testing.T) {
	p := flat(20)
	quiet := inked(trend(p, true).View(60, 12))
	p[30].Max = 40
	if got := inked(trend(p, true).View(60, 12)); got != 10 || quiet != 1 {
		t.Fatalf("ink in %d of 10 rows with the spike and %d without", got, quiet)
	}
}

func TestAGapIsMarkedAndNotBridged(t *testing.T) {
	p := flat(20)
	for i := 20; i < 40; i++ {
		p[i].Known = false
		p[i].Mean, p[i].Min, p[i].Max = 99, 99, 99 // means nothing
	}
	view := trend(p, true).View(67, 8)
	if n := strings.Count(view, "?"); n < 18 || n > 22 {
		t.Fatalf("%d gap marks for a third of 60 columns:\n%s", n, view)
	}
	if strings.Contains(view, "99") {
		t.Fatalf("the value of a gap was drawn:\n%s", view)
	}
	missing := append(append([]facility.TrendPoint(nil), p[:20]...), p[40:]...)
	if got := trend(missing, true).View(67, 8); got != view {
		t.Fatalf("steps that are absent are drawn otherwise than steps not known:\n%s\n%s", got, view)
	}
}

func TestNothingKnownDrawsNothing(t *testing.T) {
	p := flat(1)
	for i := range p {
		p[i].Known = false
	}
	if v := trend(p, false).View(60, 10); v != "" {
		t.Fatalf("drew %q", v)
	}
}

func TestRandomTrendsStayInTheirBox(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 5))
		var p []facility.TrendPoint
		for range r.IntN(300) {
			v := []float64{0, 1, -1, 1e-12, 1e15, math.NaN(), 23.4}[r.IntN(7)] + r.Float64()
			p = append(p, facility.TrendPoint{At: facility.Tick(r.IntN(5000) - 500), Min: v, Max: v + r.Float64(), Mean: v, Known: r.IntN(5) > 0})
		}
		tr := trend(p, r.IntN(2) == 0)
		low := r.Float64() * 30
		tr.Low = &low
		w, h := 20+r.IntN(150), 4+r.IntN(30)
		lines := strings.Split(tr.View(w, h), "\n")
		if len(lines) > h {
			t.Fatalf("seed %d: %d lines of %d", seed, len(lines), h)
		}
		for _, l := range lines {
			if text.Width(l) > w {
				t.Fatalf("seed %d: %d cells of %d: %q", seed, text.Width(l), w, l)
			}
		}
	}
}

func TestRange(t *testing.T) {
	v := func(x float64) *float64 { return &x }
	c := i18n.Scale{Factor: 1, Decimals: 1, Suffix: "C"}
	tests := []struct {
		value     float64
		low, high *float64
		want      string
	}{
		{18, v(18), v(27), "[18.0 |........... 27.0]"},
		{27, v(18), v(27), "[18.0 ...........| 27.0]"},
		{28.1, v(18), v(27), "[18.0 ...........| 27.0]*"},
		{17.9, v(18), v(27), "[18.0 |........... 27.0]*"},
		{30, nil, v(27), "max 27.0*"},
		{30, v(18), nil, "min 18.0"},
		{30, nil, nil, ""},
	}
	for _, tt := range tests {
		if got := Range(tt.value, tt.low, tt.high, c, c.Number, 25, "max", "min"); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.value, got, tt.want)
		}
	}
}

func BenchmarkTrend66x9(b *testing.B) {
	p := make([]facility.TrendPoint, 600)
	for i := range p {
		v := math.Sin(float64(i) / 20)
		p[i] = facility.TrendPoint{At: facility.Tick(i * 6), Min: v, Max: v + 0.1, Mean: v, Known: true}
	}
	tr := trend(p, false)
	tr.Step = 6
	b.ReportAllocs()
	for range b.N {
		_ = tr.View(66, 9)
	}
}
