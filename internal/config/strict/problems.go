package strict

import (
	"cmp"
	"slices"

	"nezuban/internal/facility"
)

// Problems collects mistakes; one that is found twice at one place counts once.
type Problems struct{ list []facility.Problem }

// Add notes a mistake and what to write instead.
func (p *Problems) Add(at Place, what, hint string) { p.add(at, what, hint, false) }

// Warn notes something that does not keep the site from starting.
func (p *Problems) Warn(at Place, what, hint string) { p.add(at, what, hint, true) }

func (p *Problems) add(at Place, what, hint string, warning bool) {
	n := facility.Problem{File: at.File, Line: at.Line, Column: at.Column, What: what, Hint: hint, Warning: warning}
	if !slices.Contains(p.list, n) {
		p.list = append(p.list, n)
	}
}

// Append takes over problems that another package found.
func (p *Problems) Append(more ...facility.Problem) { p.list = append(p.list, more...) }

// Errors counts what is not merely a warning.
func (p *Problems) Errors() int {
	n := 0
	for _, e := range p.list {
		if !e.Warning {
			n++
		}
	}
	return n
}

// Sorted returns all of them by file, line and column.
func (p *Problems) Sorted() []facility.Problem {
	slices.SortStableFunc(p.list, func(a, b facility.Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.What, b.What))
	})
	return p.list
}
