package sla

import (
	"cmp"
	"slices"
	"time"
)

// A DueIndicator is good where every obligation is completed on or before its
// due date.
type DueIndicator struct {
	Record   string          // type of record, such as inspection
	Types    map[string]Step // recurring obligations: how often each is due
	Grace    time.Duration
	Evidence bool // done without evidence is not done
	Basis    DueBasis
}

// DueBasis says what the next due date counts from.
type DueBasis string

const (
	FromDueDate  DueBasis = "due-date"
	FromDoneDate DueBasis = "done-date"
)

// A Step is a calendar period between two due dates.
type Step struct{ Months, Days int }

// An Obligation is one thing that is to be done by a day.
type Obligation struct {
	ID       string `json:"id"`
	Entity   string `json:"entity"`
	Record   string `json:"record"`
	Type     string `json:"type,omitempty"`
	Due      string `json:"due"`  // local date
	Done     int64  `json:"done"` // Unix seconds; 0: not done
	Evidence string `json:"evidence,omitempty"`
	Source   string `json:"source,omitempty"` // who recorded it
}

// A dueState is an obligation as judged.
type dueState struct {
	Obligation
	end     int64 // first second after the due date, local
	verdict class
	pending bool
}

// deadline is the first instant after the due date, in the target's zone; false
// where the date cannot be read.
func (o *Obligation) deadline(zone *time.Location) (int64, bool) {
	d, err := time.Parse(time.DateOnly, o.Due)
	if err != nil {
		return 0, false
	}
	return startOfDay(d.Year(), d.Month(), d.Day()+1, zone).Unix(), true
}

// obligations of an entity whose due date lies in [from, to), by date; overdue
// are those of earlier windows that are still not done at asOf.
func (t *Target) obligations(e *Entity, from, to, asOf int64) (list []dueState, overdue int64) {
	i := t.Due
	for _, o := range e.Obligations {
		if o.Record != i.Record || len(i.Types) > 0 && o.Type != "" && i.Types[o.Type] == (Step{}) {
			continue
		}
		end, ok := o.deadline(t.Window.Zone)
		if !ok || e.Until != 0 && end-1 >= e.Until {
			continue
		}
		done := o.Done
		if done > asOf || i.Evidence && o.Evidence == "" {
			done = 0
		}
		limit := end + int64(i.Grace/time.Second)
		if end-1 < from {
			if done == 0 {
				overdue++
			}
			continue
		}
		if end-1 >= to {
			continue
		}
		s := dueState{Obligation: o, end: limit}
		switch {
		case done != 0 && done < limit:
			s.verdict = good
		case asOf >= limit:
			s.verdict = bad
		default:
			s.pending = true
		}
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b dueState) int { return cmp.Or(cmp.Compare(a.end, b.end), cmp.Compare(a.ID, b.ID)) })
	return list, overdue
}

// dueCounts of obligations; nothing is excluded by time, a waiver is a record.
func dueCounts(list []dueState, overdue int64) tally {
	y := tally{overdue: overdue}
	for _, s := range list {
		switch {
		case s.pending:
			y.pending++
			continue
		case s.verdict == good:
			y.good++
		default:
			y.bad++
		}
		y.service++
	}
	y.rawGood, y.rawBad = y.good, y.bad
	return y
}

// NextDue is the due date that follows. first is the first of the series, of
// which last is the latest: counting from the first keeps the day of the month
// after a short one (Aug 31, Feb 28, Aug 31).
func (s Step) NextDue(first, last time.Time, basis DueBasis, done time.Time) time.Time {
	if basis == FromDoneDate && !done.IsZero() {
		return addMonths(done, s.Months).AddDate(0, 0, s.Days)
	}
	if s.Months == 0 {
		return last.AddDate(0, 0, max(1, s.Days))
	}
	for k := 1; ; k++ {
		if next := addMonths(first, k*s.Months).AddDate(0, 0, s.Days); next.After(last) {
			return next
		}
	}
}

// addMonths goes by the calendar, with the end of the month as the limit.
func addMonths(d time.Time, n int) time.Time {
	first := time.Date(d.Year(), d.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return time.Date(first.Year(), first.Month(), min(d.Day(), last), 0, 0, 0, 0, time.UTC)
}

// A Calendar says which days are worked on; nil: Monday to Friday.
type Calendar func(day time.Time) bool

// Weekdays is the calendar of a site that has none.
func Weekdays(day time.Time) bool {
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
}

// BusinessDays is the due date a number of business days after a day.
func BusinessDays(from time.Time, n int, working Calendar) time.Time {
	if working == nil {
		working = Weekdays
	}
	d := from
	for n > 0 {
		if d = d.AddDate(0, 0, 1); working(d) {
			n--
		}
	}
	return d
}
