package alarm

import (
	"time"

	"nezuban/internal/facility"
)

// Priority follows from the severity of the consequence and the time in which
// somebody must respond; it is never typed. A fire alarm or discharge is P1 in
// every column. A rule without a severity or a time counts as the gravest.
func (r *Rule) Priority() facility.Priority {
	if r.FireAlarm {
		return facility.P1
	}
	row := map[Consequence][4]facility.Priority{
		Minor:  {facility.P4, facility.P4, facility.P3, facility.P3},
		Major:  {facility.P3, facility.P3, facility.P2, facility.P2},
		Severe: {facility.P2, facility.P2, facility.P1, facility.P1},
	}
	columns, ok := row[r.Severity]
	if !ok {
		columns = row[Severe]
	}
	switch t := r.TimeToRespond; {
	case t > 30*time.Minute:
		return columns[0]
	case t >= 10*time.Minute:
		return columns[1]
	case t >= 3*time.Minute:
		return columns[2]
	}
	return columns[3]
}
