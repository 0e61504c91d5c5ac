package facility

import "fmt"

// A Problem is one mistake in a file people write, with its place and what to
// write instead. All of a site's are reported at once.
type Problem struct {
	File    string `json:"file"` // relative to the site directory where possible
	Line    int    `json:"line"` // from 1; 0 where the whole file is meant
	Column  int    `json:"column"`
	What    string `json:"what"`
	Hint    string `json:"hint,omitempty"` // what to write instead; "" where What says it
	Warning bool   `json:"warning"`        // the site starts all the same
}

func (p Problem) Error() string {
	s := p.File
	if p.Line > 0 {
		s = fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
	s += ": " + p.What
	if p.Hint != "" {
		s += "; " + p.Hint
	}
	return s
}

// A TrendPoint is one step of a trend: the extremes are kept, so that a spike
// between two drawn columns is not lost.
type TrendPoint struct {
	At             Tick // start of the step
	Min, Max, Mean float64
	Known          bool // false: a gap; the numbers mean nothing
}
