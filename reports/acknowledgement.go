package reports

import (
	"cmp"
	"slices"
	"strconv"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// acknowledgements measures the waits that began in the period. A difference is
// taken between the printed stamps, so that a reader gets the same number.
func (b *builder) acknowledgements(lives []life, stories []Story) AckSummary {
	sum := AckSummary{Waits: []Wait{}, Lines: []AckLine{}}
	for i, l := range lives {
		waits, rejected := b.waitsOf(l, &stories[i])
		sum.Waits = append(sum.Waits, waits...)
		sum.Rejected += rejected
	}
	slices.SortFunc(sum.Waits, func(x, y Wait) int {
		return cmp.Or(cmp.Compare(y.Seconds, x.Seconds), cmp.Compare(x.From.Unix(), y.From.Unix()), cmp.Compare(x.Alarm, y.Alarm))
	})
	for p := facility.P1; p <= facility.P4; p++ {
		if l := b.ackLine(int(p), sum.Waits); l.Waits > 0 {
			sum.Lines = append(sum.Lines, l)
		}
	}
	sum.Lines = append(sum.Lines, b.ackLine(0, sum.Waits))
	return sum
}

// waitsOf finds the stretches in which one occurrence was unacknowledged. What
// comes back or re-alarms while it waits does not begin a second wait.
func (b *builder) waitsOf(l life, s *Story) (waits []Wait, rejected int64) {
	var open *Wait
	var since moment
	closed := func(w Wait) {
		if b.when(since.at) == InPeriod {
			waits = append(waits, w)
		}
	}
	for _, m := range l.steps {
		switch m.event.Kind {
		case alarm.Raised, alarm.CameBack, alarm.Realarmed:
			if open == nil {
				since = m
				open = &Wait{Alarm: s.ID, Evidence: s.Evidence, Priority: int(m.after.Priority), Name: bothOf(m.after.Name), From: b.at(m.at)}
			}
		case alarm.Acknowledged, alarm.ResetDone:
			if open == nil {
				continue // a reset of what somebody had acknowledged
			}
			w := *open
			open = nil
			w.To, w.By, w.ByReset = b.at(m.event.At), personOf(m.event.Actor), m.event.Kind == alarm.ResetDone
			if w.Seconds = w.To.Unix() - w.From.Unix(); w.Seconds < 0 {
				if b.when(since.at) == InPeriod {
					rejected++
				}
				continue
			}
			closed(w)
		}
	}
	if open != nil {
		open.Seconds = b.in.AsOf.Unix() - open.From.Unix()
		closed(*open)
	}
	return waits, rejected
}

// ackLine sums the waits of one priority; 0 takes them all. Waits are sorted, the
// longest first.
func (b *builder) ackLine(priority int, waits []Wait) AckLine {
	line := AckLine{ID: b.anchor("ack", "p"+strconv.Itoa(priority)), Priority: priority}
	var done []int64
	for _, w := range waits {
		if priority != 0 && w.Priority != priority {
			continue
		}
		line.Waits++
		if w.To.IsZero() {
			line.Pending++
			if line.LongestOpen == nil {
				line.LongestOpen = &w.Seconds
			}
			continue
		}
		done = append(done, w.Seconds)
	}
	if line.Done = int64(len(done)); line.Done > 0 {
		line.Worst, line.Median = &done[0], &done[(len(done)-1)/2] // descending: of two in the middle the longer
	}
	return line
}
