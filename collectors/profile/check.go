package profile

import (
	"math"
	"slices"
	"strconv"

	"nezuban/internal/facility"
)

// checkUnit holds what a metric's unit demands of its entry.
func (r *reader) checkUnit(m *mapping, q *Quantity) {
	if q.Metric.Name == "" {
		return
	}
	state := q.Metric.Unit == facility.UnitState
	if state && len(q.States) == 0 {
		r.problem(m.node, "states: {1: {name: …, severity: …}, …}", "%s is a state: its states are missing", q.Metric.Name)
	}
	if !state && q.States != nil {
		r.problem(m.node, "", "%s is in %s: it has no states", q.Metric.Name, q.Metric.Unit)
	}
	if state && (q.Scale != 1 || q.Offset != 0 || q.MultiplyBy != "" || q.DivideBy != nil || q.Powers != nil || q.ScaleBy != nil || q.Complement || q.Add != nil) {
		r.problem(m.node, "", "%s is a state: it cannot be scaled", q.Metric.Name)
	}
	if q.StateIf != nil && !slices.ContainsFunc(q.States, func(s facility.State) bool { return float64(s.Value) == q.StateIf.Value }) {
		r.problem(m.node, "add it to states", "state_if: %g is none of the states of %s", q.StateIf.Value, q.Metric.Name)
	}
	if !state && q.Pick != nil {
		r.problem(m.node, "", "%s is in %s: a bit or character of it makes no sense", q.Metric.Name, q.Metric.Unit)
	}
	if (q.Fahrenheit || q.FahrenheitIf != nil) && q.Metric.Unit != facility.UnitCelsius {
		r.problem(m.node, "", "%s is in %s: fahrenheit makes no sense", q.Metric.Name, q.Metric.Unit)
	}
	if q.Complement && q.Metric.Unit != facility.UnitRatio {
		r.problem(m.node, "", "complement is for ratios; %s is in %s", q.Metric.Name, q.Metric.Unit)
	}
	if q.Metric.Unit == facility.UnitRatio && q.Range != nil && q.DivideBy == nil && q.Powers == nil && q.ScaleBy == nil {
		if top := math.Abs(q.Range[1]*q.Scale + q.Offset); top > 10 {
			r.problem(m.node, "a percentage needs scale: 0.01", "%s is a ratio, yet its range reaches %g", q.Metric.Name, top)
		}
	}
}

// nearest is a hint naming the catalogue's closest metric, "" where none is close.
func nearest(name string) string {
	best, score := "", 0
	for _, m := range facility.Metrics() {
		n := 0
		for n < len(m.Name) && n < len(name) && m.Name[n] == name[n] {
			n++
		}
		if n > score {
			best, score = m.Name, n
		}
	}
	if score < 5 {
		return "see `nezuban metrics` for all that exist"
	}
	return "did you mean " + best + "? See `nezuban metrics`"
}

// checkTwice reports quantities of one profile that would make the same point.
func (r *reader) checkTwice(p *Profile) {
	seen := map[string]int{}
	for i := range p.Points {
		q := &p.Points[i]
		r.twice(seen, q, facility.SeriesName(q.Metric.Name, q.Labels))
	}
	for i := range p.Tables {
		t := &p.Tables[i]
		seen := map[string]int{}
		for j := range t.Columns {
			q := &t.Columns[j]
			r.twice(seen, q, facility.SeriesName(q.Metric.Name, q.Labels))
		}
	}
}

func (r *reader) twice(seen map[string]int, q *Quantity, id string) {
	if q.Rows != nil || q.Where != nil {
		return // which of them there is shows on the device; the first one stands
	}
	line, twice := seen[id]
	if twice && !q.Alternate {
		r.problems = append(r.problems, facility.Problem{File: r.file, Line: q.line, Column: q.column,
			What: "point " + id + " twice, first in line " + strconv.Itoa(line),
			Hint: "give them different labels, or mark the second alternate: true"})
	}
	if !twice {
		seen[id] = q.line
	}
}
