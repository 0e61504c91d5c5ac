package reports

import (
	"slices"
	"strconv"
	"strings"

	"nezuban/internal/alarm"
	"nezuban/internal/i18n"
	"nezuban/reports/document"
)

func writeAlarms(w *writer) []document.Block {
	if n, missing := w.absent(PartAlarms); missing {
		return []document.Block{n}
	}
	t := w.t.Alarms
	byPriority := document.Table{Caption: t.ByPriority, Columns: append(left(t.Priority), right(t.Raised, t.StandingAtStart, t.StandingAtEnd, t.Unacked)...)}
	for _, p := range w.m.Alarms.ByPriority {
		byPriority.Rows = append(byPriority.Rows, document.Row{Cells: []document.Cell{
			cell(w.mark(p.Priority)), anchored(p.Raised), anchored(p.StandingAtStart), anchored(p.StandingAtEnd), anchored(p.UnackedAtEnd)}})
	}
	list := document.Table{Caption: t.List, Empty: t.NoneInPeriod,
		Columns: slices.Concat(whole(t.Alarm, t.Priority), left(t.Name), whole(t.Device), left(t.Raised, t.Acked, t.By, t.Returned), whole(t.State), right(t.Standing))}
	for i := range w.m.Stories {
		s := &w.m.Stories[i]
		list.Rows = append(list.Rows, document.Row{Cells: []document.Cell{
			{Links: []document.Link{{ID: s.Evidence, Text: s.ID}}}, cell(w.mark(s.Priority)), cell(s.Name.In(w.lang)), cell(s.Device),
			cell(w.moment(s.RaisedAt)), cell(w.moment(s.AckedAt)), cell(dash(s.AckedBy)), cell(w.moment(s.Returned)),
			{Text: s.AtEnd, Strong: s.AtEnd == string(alarm.Unack)}, cell(w.duration(s.Standing))}})
	}
	return []document.Block{byPriority, list, document.Note{Text: w.states()}, w.timeline(), document.Note{Text: t.Note}}
}

// states explains the codes of the state column, as the console does.
func (w *writer) states() string {
	parts := make([]string, 0, 1+len(w.word.Help.States))
	for _, s := range w.word.Help.States {
		parts = append(parts, s[0]+" "+s[1])
	}
	parts = append(parts, string(alarm.Norm)+" "+w.t.Alarms.Over)
	return strings.Join(parts, " / ")
}

// timeline shows every story as a lane.
func (w *writer) timeline() document.Timeline {
	from := w.m.Period.From.Unix()
	line := document.Timeline{Caption: w.t.Alarms.Timeline, Legend: w.t.Alarms.Legend, Length: w.m.Period.Seconds, Elapsed: w.m.Period.Elapsed}
	if watched := w.m.Devices.From; !watched.IsZero() {
		line.Begin = watched.Unix() - from
	}
	if w.m.Period.Open || line.Begin > 0 {
		line.Legend += " / " + w.t.Alarms.Blank
	}
	for _, m := range w.m.Period.Ticks {
		line.Marks = append(line.Marks, document.Mark{At: m.Unix() - from, Text: m.Short()})
	}
	for i := range w.m.Stories {
		s := &w.m.Stories[i]
		lane := document.Lane{ID: s.Evidence, Label: s.ID + " " + s.Name.In(w.lang)}
		for _, span := range s.Spans {
			letter, weight := letterOf(span.State)
			lane.Spans = append(lane.Spans, document.Span{From: span.From.Unix() - from, To: span.To.Unix() - from, Letter: letter, Weight: weight})
		}
		line.Lanes = append(line.Lanes, lane)
	}
	return line
}

func letterOf(state string) (letter string, weight int) {
	switch alarm.BaseState(state) {
	case alarm.Unack:
		return "U", 4
	case alarm.RtnUn:
		return "R", 3
	case alarm.LatUn, alarm.Latched:
		return "L", 2
	}
	return "A", 1
}

func writeAcknowledgement(w *writer) []document.Block {
	if n, missing := w.absent(PartAlarms); missing {
		return []document.Block{n}
	}
	t, a := w.t.Acks, &w.m.Acknowledgements
	sum := document.Table{Caption: t.Caption, Columns: append(left(w.t.Alarms.Priority), right(t.Waits, t.Done, t.Open, t.Median, t.Worst, t.LongestOpen)...)}
	for _, l := range a.Lines {
		sum.Rows = append(sum.Rows, document.Row{ID: l.ID, Cells: []document.Cell{
			cell(w.mark(l.Priority)), count(l.Waits), count(l.Done), {Text: strconv.FormatInt(l.Pending, 10), Strong: l.Pending > 0},
			cell(w.durationOr(l.Median)), cell(w.durationOr(l.Worst)), cell(w.durationOr(l.LongestOpen))}})
	}
	list := document.Table{Caption: t.List, Empty: w.t.None,
		Columns: slices.Concat(whole(w.t.Alarms.Alarm, w.t.Alarms.Priority), left(w.t.Alarms.Name), whole(t.Began, w.t.Alarms.Acked, w.t.Alarms.By), right(t.Took))}
	for _, x := range a.Waits {
		by, until := x.By, cell(w.moment(x.To))
		if x.ByReset {
			by += " (" + t.ByReset + ")"
		}
		if x.To.IsZero() {
			by, until = i18n.NoValue, document.Cell{Text: t.StillOpen, Strong: true}
		}
		list.Rows = append(list.Rows, document.Row{Cells: []document.Cell{
			{Links: []document.Link{{ID: x.Evidence, Text: x.Alarm}}}, cell(w.mark(x.Priority)), cell(x.Name.In(w.lang)),
			cell(w.moment(x.From)), until, cell(by), cell(w.duration(x.Seconds))}})
	}
	blocks := []document.Block{sum, list, document.Note{Text: t.Note}}
	if a.Rejected > 0 {
		blocks = append(blocks, document.Note{Text: w.rejected(a.Rejected), Strong: true})
	}
	return blocks
}
