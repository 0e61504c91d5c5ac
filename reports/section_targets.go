package reports

import (
	"strconv"
	"strings"
	"time"

	"nezuban/internal/i18n"
	"nezuban/reports/document"
	"nezuban/sla"
)

func writeTargets(w *writer) []document.Block {
	if n, missing := w.absent(PartTargets); missing {
		return []document.Block{n}
	}
	t := w.t.Targets
	judged := document.Table{Caption: t.Caption, Empty: w.t.None,
		Columns: append(append(left(t.Name), right(t.Goal, t.SLI, t.Low, t.High, t.Unknown, t.Left)...), left(t.Verdict)...)}
	seconds := document.Table{Caption: t.SecondsCaption, Empty: w.t.None,
		Columns: append(append(left(t.Name), right(t.Good, t.Bad, t.Unknown, t.Excluded, t.Eligible, t.Budget, t.Entities)...), left(t.Window)...)}
	for i := range w.m.Targets {
		judged.Rows = append(judged.Rows, w.targetRow(&w.m.Targets[i]))
		seconds.Rows = append(seconds.Rows, w.secondsRow(&w.m.Targets[i]))
	}
	return []document.Block{judged, seconds, document.Note{Text: t.Note}}
}

func (w *writer) secondsRow(l *TargetLine) document.Row {
	entities := i18n.NoValue
	if l.Entities > 0 {
		entities = strconv.Itoa(l.MetEntities) + "/" + strconv.Itoa(l.Entities)
	}
	label := strings.TrimSpace(l.Name + " " + l.Entity)
	if l.Unit == string(sla.UnitOccurrences) {
		label += " (" + w.t.Targets.Counts + ")"
	}
	name := document.Cell{Links: []document.Link{{ID: l.ID, Text: label}}}
	return document.Row{Cells: []document.Cell{name, count(l.Good), count(l.Bad), count(l.Unknown), count(l.Excluded), count(l.Eligible),
		cell(dash(l.Budget)), cell(entities), cell(window(l.From, l.To))}}
}

// window is a whole month or day by its name, anything else by its bounds.
func window(from, to Moment) string {
	if from.Clock() != "00:00:00" || to.Clock() != "00:00:00" {
		return from.String() + " – " + to.String()
	}
	switch to.Date() {
	case from.t.AddDate(0, 0, 1).Format(time.DateOnly):
		return from.Date()
	case from.t.AddDate(0, 1, 0).Format(time.DateOnly):
		if from.t.Day() == 1 {
			return from.t.Format("2006-01")
		}
	}
	return from.Date() + " – " + to.Date()
}

func (w *writer) targetRow(l *TargetLine) document.Row {
	name := l.Title.In(w.lang)
	if name != l.Name {
		name += " (" + l.Name + ")"
	}
	if l.Entity != "" {
		name += " " + l.Entity
	}
	verdict := i18n.Word(w.word.Verdict, l.Verdict)
	if b := i18n.Word(w.word.Basis, l.Basis); b != "" && l.Verdict != string(sla.NotApplicable) && l.Verdict != string(sla.InsufficientData) {
		verdict += ", " + b
	}
	if l.Open {
		verdict += ", " + w.t.SoFar
	}
	if l.Exhausted {
		verdict += ", " + w.t.Targets.Exhausted
	}
	if l.Few {
		verdict += ", " + w.t.Targets.Few
	}
	goal, actual := dash(l.Target), dash(l.SLI)
	if l.Unit == string(sla.UnitValue) {
		goal, actual = l.Limit+" "+w.t.Targets.Limit, dash(l.Value)
	}
	if l.Without != "" {
		actual += " (" + w.t.Targets.Without + " " + l.Without + ")"
	}
	return document.Row{ID: l.ID, Cells: []document.Cell{
		cell(name), cell(goal), cell(actual), cell(dash(l.Low)), cell(dash(l.High)), count(l.Unknown),
		cell(dash(l.BudgetLeft)), {Text: verdict, Strong: l.Verdict == string(sla.Missed)}}}
}
